/* Scores by group: NPS, CSAT, CES, and who answered at all.
 *
 * Counts are whole numbers, so neither the order of the responses nor any grouping of them shows in a share. A mean of whole
 * scores is one rounded division; for scores that are not whole, sums and squared deviations are carried as the pairs of
 * math/sums.h. Deviations are taken from the mean in a second look at the rows: the sum of squares less the square of the sum
 * would lose its digits when all answers are close together. */
#include <math.h>

#include "math/interval.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "metrics/row_groups.h"
#include "retain/survey.h"

enum { DETRACTOR, PASSIVE, PROMOTER, NPS_CLASSES };

static const double LOWEST_PASSIVE = 7.0, LOWEST_PROMOTER = 9.0, HIGHEST_NPS_SCORE = 10.0;

/* --- NPS from counts ---------------------------------------------------------------------------------------------------------- */

static int are_parts(double promoters, double detractors, double responses)
{
    return promoters >= 0.0 && detractors >= 0.0 && promoters + detractors <= responses && retain__is_finite(responses);
}

double retain_survey_nps(double promoters, double detractors, double responses)
{
    return are_parts(promoters, detractors, responses) && responses > 0.0 ? (promoters - detractors) / responses : (double)NAN;
}

double retain_survey_nps_low(double promoters, double detractors, double responses, double level)
{
    return retain__paired_limits(promoters, detractors, responses, level).low;
}

double retain_survey_nps_high(double promoters, double detractors, double responses, double level)
{
    return retain__paired_limits(promoters, detractors, responses, level).high;
}

/* --- NPS by group ------------------------------------------------------------------------------------------------------------- */

static void put(double *column, size_t i, double value)
{
    if (column)
        column[i] = value;
}

static void put_nps(const retain_survey_nps_columns *out, size_t i, const uint64_t *count, double level)
{
    const double promoters = (double)count[PROMOTER], detractors = (double)count[DETRACTOR];
    const double n = promoters + (double)count[PASSIVE] + detractors;

    put(out->responses, i, n);
    put(out->promoters, i, promoters);
    put(out->passives, i, (double)count[PASSIVE]);
    put(out->detractors, i, detractors);
    put(out->nps, i, retain_survey_nps(promoters, detractors, n));
    if (out->low || out->high) {
        const retain__limits limits = retain__paired_limits(promoters, detractors, n, level);

        put(out->low, i, limits.low);
        put(out->high, i, limits.high);
    }
}

static retain_status check_scale_score(retain_context *ctx, double score, size_t i, double lowest, double highest)
{
    if (score >= lowest && score <= highest && score == floor(score))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_DATA, i, "score[%zu] is %g; it must be a whole number from %g to %g", i, score, lowest,
                        highest);
}

retain_status retain_survey_nps_groups(retain_context *ctx, const double *score, const int64_t *group, size_t count, size_t groups,
                                       double level, const retain_survey_nps_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    retain__row_groups codes = {NULL, 0, 0};
    uint64_t(*cell)[NPS_CLASSES] = NULL, total[NPS_CLASSES] = {0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK && count && !score)
        status = retain__fail_null(ctx, "score");
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "group", group, count, groups, &codes);
    if (status == RETAIN_OK && !(cell = retain__take_zeroed(&scratch, codes.cells, sizeof *cell)))
        status = RETAIN_ERROR_MEMORY;
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const double given = score[i];
        size_t at;

        status = check_scale_score(ctx, given, i, 0.0, HIGHEST_NPS_SCORE);
        if (status == RETAIN_OK)
            status = retain__take_row_group(ctx, "group", &codes, i, &at);
        if (status == RETAIN_OK)
            cell[at][(given >= LOWEST_PASSIVE) + (given >= LOWEST_PROMOTER)]++;
    }
    if (status == RETAIN_OK) {
        for (size_t g = 0; g < codes.cells; g++) {
            for (int c = 0; c < NPS_CLASSES; c++)
                total[c] += cell[g][c];
            if (groups)
                put_nps(columns, g, cell[g], level);
        }
        put_nps(columns, groups, total, level);
    }
    retain__release(&scratch);
    return status;
}

/* --- difference of NPS -------------------------------------------------------------------------------------------------------- */

static retain_status check_parts(retain_context *ctx, const char *prefix, const double *promoters, const double *detractors,
                                 const double *responses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!are_parts(promoters[i], detractors[i], responses[i]))
            return retain__fail(
                ctx, RETAIN_ERROR_DATA, i,
                "%spromoters[%zu] is %g and %sdetractors[%zu] is %g; they must not be negative, nor together exceed "
                "%sresponses[%zu] = %g",
                prefix, i, promoters[i], prefix, i, detractors[i], prefix, i, responses[i]);
    }
    return RETAIN_OK;
}

retain_status retain_survey_nps_difference(retain_context *ctx, const double *promoters, const double *detractors,
                                           const double *responses, const double *of_promoters, const double *of_detractors,
                                           const double *of_responses, size_t count, double level, double *difference, double *low,
                                           double *high)
{
    const struct {
        const double *column;
        const char *name;
    } needed[] = {{promoters, "promoters"},       {detractors, "detractors"},       {responses, "responses"},
                  {of_promoters, "of_promoters"}, {of_detractors, "of_detractors"}, {of_responses, "of_responses"},
                  {difference, "difference"}};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    for (size_t k = 0; status == RETAIN_OK && count && k < sizeof needed / sizeof *needed; k++) {
        if (!needed[k].column)
            status = retain__fail_null(ctx, needed[k].name);
    }
    if (status == RETAIN_OK)
        status = check_parts(ctx, "", promoters, detractors, responses, count);
    if (status == RETAIN_OK)
        status = check_parts(ctx, "of_", of_promoters, of_detractors, of_responses, count);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        const double a = retain_survey_nps(promoters[i], detractors[i], responses[i]);
        const double b = retain_survey_nps(of_promoters[i], of_detractors[i], of_responses[i]);
        const retain__limits limits =
            retain__difference_limits(a, retain__paired_limits(promoters[i], detractors[i], responses[i], level), b,
                                      retain__paired_limits(of_promoters[i], of_detractors[i], of_responses[i], level));

        difference[i] = a - b;
        put(low, i, limits.low);
        put(high, i, limits.high);
    }
    return RETAIN_OK;
}

/* --- scales ------------------------------------------------------------------------------------------------------------------- */

static retain_status take_scale(retain_context *ctx, const retain_survey_scale *given, double lowest, double highest,
                                retain_survey_scale *scale)
{
    retain_status status;

    *scale = (retain_survey_scale){.struct_size = sizeof *scale};
    status = retain__take_options(ctx, "scale", given, sizeof *given, sizeof *given, scale);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "scale.level", &scale->level);
    if (status != RETAIN_OK)
        return status;
    if (scale->lowest == 0.0 && scale->highest == 0.0) {
        scale->lowest = lowest;
        scale->highest = highest;
    }
    if (!(retain__is_finite(scale->lowest) && retain__is_finite(scale->highest) && scale->lowest < scale->highest))
        return retain__fail(
            ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
            "scale.lowest is %g and scale.highest is %g; they must be finite, and the highest score above the lowest",
            scale->lowest, scale->highest);
    return RETAIN_OK;
}

/* Whole scores, of which the top ones count as satisfied. */
static retain_status take_csat_scale(retain_context *ctx, const retain_survey_scale *given, retain_survey_scale *scale)
{
    static const double MOST = 1e15;
    retain_status status = take_scale(ctx, given, 1.0, 5.0, scale);

    if (status != RETAIN_OK)
        return status;
    if (scale->lowest != floor(scale->lowest) || scale->highest != floor(scale->highest) || fabs(scale->lowest) > MOST ||
        fabs(scale->highest) > MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "scale.lowest is %g and scale.highest is %g; the ends of a CSAT scale must be whole numbers",
                            scale->lowest, scale->highest);
    if (scale->top == 0.0)
        scale->top = 2.0;
    if (!(scale->top >= 1.0 && scale->top == floor(scale->top) && scale->top <= scale->highest - scale->lowest))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "scale.top is %g; it must be a whole number from 1 to %g, one less than there are scores", scale->top,
                            scale->highest - scale->lowest);
    return RETAIN_OK;
}

/* --- CSAT --------------------------------------------------------------------------------------------------------------------- */

typedef struct share {
    uint64_t part, whole;
} share;

retain_status retain_survey_csat(retain_context *ctx, const double *score, const int64_t *group, size_t count, size_t groups,
                                 const retain_survey_scale *given, double *responses, double *satisfied, double *csat, double *low,
                                 double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain_survey_scale scale;
    retain__row_groups codes = {NULL, 0, 0};
    share *cell = NULL, total = {0, 0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_csat_scale(ctx, given, &scale);
    if (status == RETAIN_OK && count && !score)
        status = retain__fail_null(ctx, "score");
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "group", group, count, groups, &codes);
    if (status == RETAIN_OK && !(cell = retain__take_zeroed(&scratch, codes.cells, sizeof *cell)))
        status = RETAIN_ERROR_MEMORY;
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const double answer = score[i];
        size_t at;

        status = check_scale_score(ctx, answer, i, scale.lowest, scale.highest);
        if (status == RETAIN_OK)
            status = retain__take_row_group(ctx, "group", &codes, i, &at);
        if (status == RETAIN_OK) {
            cell[at].part += answer > scale.highest - scale.top;
            cell[at].whole++;
        }
    }
    for (size_t g = 0; status == RETAIN_OK && g <= groups; g++) {
        const share *of = g < codes.cells ? &cell[g] : &total;

        if (g < groups) {
            total.part += of->part;
            total.whole += of->whole;
        }
        put(responses, g, (double)of->whole);
        put(satisfied, g, (double)of->part);
        retain__put_rate((double)of->part, (double)of->whole, scale.level, csat, low, high, g);
    }
    retain__release(&scratch);
    return status;
}

/* --- CES ---------------------------------------------------------------------------------------------------------------------- */

typedef struct spread {
    retain__sum sum, squares;
    double mean;
    uint64_t count;
} spread;

static void settle_mean(spread *of)
{
    of->mean = of->count ? retain__sum_value(of->sum) / (double)of->count : (double)NAN;
}

static void add_square(spread *of, double score)
{
    const double deviation = score - of->mean;

    retain__sum_add(&of->squares, deviation * deviation);
}

/* Counts and sums, cell by cell and of all. */
static retain_status add_scores(retain_context *ctx, const double *score, size_t count, const retain__row_groups *codes,
                                const retain_survey_scale *scale, spread *cell)
{
    for (size_t i = 0; i < count; i++) {
        const double answer = score[i];
        size_t at;

        if (!(answer >= scale->lowest && answer <= scale->highest))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "score[%zu] is %g; it must lie in [%g, %g]", i, answer, scale->lowest,
                                scale->highest);
        if (retain__take_row_group(ctx, "group", codes, i, &at) != RETAIN_OK)
            return RETAIN_ERROR_DATA;
        retain__sum_add(&cell[at].sum, answer);
        cell[at].count++;
    }
    return RETAIN_OK;
}

static retain_status add_squares(retain_context *ctx, const double *score, size_t count, const retain__row_groups *codes,
                                 spread *cell, spread *total)
{
    for (size_t g = 0; g < codes->cells; g++) {
        retain__sum_merge(&total->sum, cell[g].sum);
        total->count += cell[g].count;
        settle_mean(&cell[g]);
    }
    settle_mean(total);
    for (size_t i = 0; i < count; i++) {
        size_t at;

        if (retain__take_row_group(ctx, "group", codes, i, &at) != RETAIN_OK)
            return RETAIN_ERROR_DATA;
        add_square(&cell[at], score[i]);
        add_square(total, score[i]);
    }
    return RETAIN_OK;
}

retain_status retain_survey_ces(retain_context *ctx, const double *score, const int64_t *group, size_t count, size_t groups,
                                const retain_survey_scale *given, double *responses, double *ces, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain_survey_scale scale;
    retain__row_groups codes = {NULL, 0, 0};
    retain__students known = {{0.0}};
    spread *cell = NULL, total = {{0.0, 0.0}, {0.0, 0.0}, 0.0, 0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_scale(ctx, given, 1.0, 7.0, &scale);
    if (status == RETAIN_OK && count && !score)
        status = retain__fail_null(ctx, "score");
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "group", group, count, groups, &codes);
    if (status == RETAIN_OK && !(cell = retain__take_zeroed(&scratch, codes.cells, sizeof *cell)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = add_scores(ctx, score, count, &codes, &scale, cell);
    if (status == RETAIN_OK)
        status = add_squares(ctx, score, count, &codes, cell, &total);
    for (size_t g = 0; status == RETAIN_OK && g <= groups; g++) {
        const spread *of = g < groups ? &cell[g] : &total;
        const retain__limits limits =
            retain__group_mean_limits(of->mean, retain__sum_value(of->squares), (double)of->count, scale.level, &known);

        put(responses, g, (double)of->count);
        put(ces, g, of->mean);
        put(low, g, limits.low);
        put(high, g, limits.high);
    }
    retain__release(&scratch);
    return status;
}

/* --- response rate ------------------------------------------------------------------------------------------------------------ */

retain_status retain_survey_response(retain_context *ctx, const double *responses, const double *invited, size_t groups,
                                     double level, double *rate, double *low, double *high)
{
    double answered = 0.0, asked = 0.0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status != RETAIN_OK)
        return status;
    if (groups && !responses)
        return retain__fail_null(ctx, "responses");
    if (groups && !invited)
        return retain__fail_null(ctx, "invited");
    if (!rate)
        return retain__fail_null(ctx, "rate");
    for (size_t g = 0; g < groups; g++) {
        if (!(responses[g] >= 0.0 && responses[g] <= invited[g] && retain__is_finite(invited[g])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, g, "responses[%zu] is %g; it must lie in [0, invited[%zu] = %g]", g,
                                responses[g], g, invited[g]);
        if (responses[g] != floor(responses[g]) || invited[g] != floor(invited[g]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, g, "responses[%zu] is %g of invited[%zu] = %g; both must be whole", g,
                                responses[g], g, invited[g]);
    }
    for (size_t g = 0; g < groups; g++) {
        answered += responses[g];
        asked += invited[g];
        retain__put_rate(responses[g], invited[g], level, rate, low, high, g);
    }
    retain__put_rate(answered, asked, level, rate, low, high, groups);
    return RETAIN_OK;
}
