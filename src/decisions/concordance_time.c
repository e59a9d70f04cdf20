/* How good is a score at a given time?
 *
 * By then some have left, some are still there, and some were lost from sight before, of whom nothing is known: those who are known stand for them, with
 * weights 1 / G (concordance_rows.h). One walk through the rows in the order of the score gives for each the weight of the other side that lies below it;
 * the change of the figure with the weight of each row comes out of the same walk, and that of G is added.
 *
 * The Brier score of the Kaplan-Meier estimate S, given to all, needs no walk: weights are such that the weighted share still there is S itself, so
 * that it is S (1 - S). */
#include <math.h>

#include "decisions/concordance_rows.h"
#include "math/interval.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "retain/concordance.h"

/* --- what both need ------------------------------------------------------------------------------------------------------------ */

typedef struct room {
    retain__watch watch;
    size_t *order;            /* [count] rows by score */
    double *influence, *part; /* [count], [moments + 1] */
    double *total;            /* [count] of the mean over time */
    double level;
} room;

/* How things stand at a time. */
typedef struct stand {
    size_t moments;         /* that are not after it */
    double cases, controls; /* rows that had left, rows still there */
    double still;           /* G */
} stand;

static retain_status check_times(retain_context *ctx, const double *time, size_t times, int ascending)
{
    if (times && !time)
        return retain__fail_null(ctx, "time");
    for (size_t k = 0; k < times; k++) {
        if (!(time[k] >= 0.0 && retain__is_finite(time[k])))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "time[%zu] is %g; it must be at least 0 and finite", k, time[k]);
        if (ascending && k && !(time[k] > time[k - 1]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "time[%zu] is %g; times must ascend", k, time[k]);
    }
    return RETAIN_OK;
}

static retain_status take_room(retain__scratch *scratch, room *of)
{
    of->order = retain__take(scratch, of->watch.count, sizeof *of->order);
    of->influence = retain__take(scratch, of->watch.count, sizeof *of->influence);
    of->total = retain__take_zeroed(scratch, of->watch.count, sizeof *of->total);
    of->part = retain__take(scratch, of->watch.moments + 1, sizeof *of->part);
    return of->order && of->influence && of->total && of->part ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static stand stand_at(const retain__watch *watch, double time)
{
    stand at = {retain__moments_until(watch, time), 0.0, 0.0, 1.0};

    for (size_t m = 0; m < watch->moments; m++) {
        const retain__moment *moment = watch->moment + m;

        if (m < at.moments)
            at.cases += moment->events;
        else
            at.controls += moment->events + moment->leaves;
    }
    if (at.moments)
        at.still = watch->moment[at.moments - 1].after;
    return at;
}

/* Standard error of a figure from the influence of rows. */
static double find_error(const retain__watch *watch, const double *influence)
{
    double squares = 0.0;

    for (size_t k = 0; k < watch->count; k++)
        squares += watch->row[k].weight * influence[k] * influence[k];
    return sqrt(squares);
}

static void put_figure(const retain_concordance_columns *columns, size_t k, double value, double error, retain__limits limits,
                       double null_value)
{
    retain__put(columns->value, k, value);
    retain__put(columns->standard_error, k, error);
    retain__put(columns->low, k, limits.low);
    retain__put(columns->high, k, limits.high);
    retain__put(columns->null_value, k, null_value);
}

static void clear_parts(const room *of)
{
    for (size_t m = 0; m <= of->watch.moments; m++)
        of->part[m] = 0.0;
}

/* --- AUC ----------------------------------------------------------------------------------------------------------------------- */

/* Weight of a case; 0 for others. */
static double case_weight(const room *of, const stand *at, const retain__watched *row)
{
    return row->event && row->time < at->moments ? row->weight / of->watch.moment[row->time].before : 0.0;
}

static double control_weight(const stand *at, const retain__watched *row)
{
    return row->time >= at->moments ? row->weight : 0.0;
}

/* Writes for each row the weight of the other side that is beyond it the right way, equal scores half, to `influence`; returns their sum over cases. */
static double compare_sides(const room *of, const stand *at, double cases)
{
    double case_below = 0.0, control_below = 0.0, sum = 0.0;

    for (size_t i = 0, end; i < of->watch.count; i = end) {
        double case_here = 0.0, control_here = 0.0;

        for (end = i; end < of->watch.count && of->watch.row[of->order[end]].rank == of->watch.row[of->order[i]].rank; end++) {
            const retain__watched *row = of->watch.row + of->order[end];

            case_here += case_weight(of, at, row);
            control_here += control_weight(at, row);
        }
        for (size_t j = i; j < end; j++)
            of->influence[of->order[j]] = of->watch.row[of->order[j]].time < at->moments ? control_below + 0.5 * control_here
                                                                                         : cases - case_below - 0.5 * case_here;
        sum += case_here * (control_below + 0.5 * control_here);
        case_below += case_here;
        control_below += control_here;
    }
    return sum;
}

static void measure_auc(const room *of, double time, size_t k, const retain_concordance_columns *columns)
{
    const stand at = stand_at(&of->watch, time);
    double cases = 0.0, auc, error;

    retain__put(columns->cases, k, at.cases);
    retain__put(columns->controls, k, at.controls);
    for (size_t i = 0; i < of->watch.count; i++)
        cases += case_weight(of, &at, of->watch.row + of->order[i]);
    if (!(at.cases > 0.0 && at.controls > 0.0)) {
        const double none = (double)NAN;

        put_figure(columns, k, none, none, (retain__limits){none, none}, none);
        return;
    }
    auc = fmin(1.0, compare_sides(of, &at, cases) / cases / at.controls);
    clear_parts(of);
    for (size_t i = 0; i < of->watch.count; i++) {
        const retain__watched *row = of->watch.row + i;
        const double weight = case_weight(of, &at, row);

        if (weight > 0.0) {
            const double off = (of->influence[i] - auc * at.controls) / (cases * at.controls);

            of->part[row->time] += weight * off;
            of->influence[i] = off * (weight / row->weight);
        } else {
            of->influence[i] = row->time < at.moments ? 0.0 : (of->influence[i] - auc * cases) / (cases * at.controls);
        }
    }
    retain__add_censoring(&of->watch, 1.0, of->part, of->influence);
    error = find_error(&of->watch, of->influence);
    put_figure(columns, k, auc, error, retain__logit_limits(auc, error, of->level), 0.5);
}

retain_status retain_concordance_auc(retain_context *ctx, const retain_durations *durations, const double *score,
                                     const double *time, size_t times, double level, const retain_concordance_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    room of = {.level = level};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &of.level);
    if (status == RETAIN_OK)
        status = check_times(ctx, time, times, 0);
    if (status == RETAIN_OK && durations && durations->count && !score)
        status = retain__fail_null(ctx, "score");
    if (status == RETAIN_OK)
        status = retain__watch_rows(ctx, &scratch, durations, score, 0, &of.watch);
    if (status == RETAIN_OK)
        status = take_room(&scratch, &of);
    if (status == RETAIN_OK)
        status = retain__order_by_score(&scratch, &of.watch, of.order);
    for (size_t k = 0; status == RETAIN_OK && k < times; k++)
        measure_auc(&of, time[k], k, columns);
    retain__release(&scratch);
    return status;
}

/* --- Brier scores -------------------------------------------------------------------------------------------------------------- */

/* Limits on the scale of the figure itself, cut to where it can lie. */
static retain__limits plain_limits(double value, double error, double level)
{
    const double reach = -retain__ndtri(0.5 * (1.0 - level)) * error;
    const retain__limits none = {(double)NAN, (double)NAN}, limits = {fmax(0.0, value - reach), value + reach};

    return error > 0.0 ? limits : none;
}

/* The Kaplan-Meier estimate of still being there after a number of moments. */
static double find_survival(const retain__watch *watch, size_t moments)
{
    double survival = 1.0;

    for (size_t m = 0; m < moments; m++) {
        const retain__moment *at = watch->moment + m;

        survival *= at->watched / (at->watched + at->events);
    }
    return survival;
}

/* The Brier score at one time; its influence is left in `influence`. NaN where nobody was watched longer, unless all had left. */
static double measure_brier(const room *of, const double *survival, const stand *at)
{
    double brier = 0.0;

    if (!(of->watch.weight > 0.0) || (!(at->controls > 0.0) && find_survival(&of->watch, at->moments) > 0.0))
        return (double)NAN;
    clear_parts(of);
    for (size_t k = 0; k < of->watch.count; k++) {
        const retain__watched *row = of->watch.row + k;
        const double s = survival[row->row];
        const int is_control = row->time >= at->moments;
        const double loss = is_control   ? (1.0 - s) * (1.0 - s) / at->still
                            : row->event ? s * s / of->watch.moment[row->time].before
                                         : 0.0;

        of->influence[k] = loss;
        of->part[is_control ? at->moments : row->time] += row->weight * loss;
        brier += row->weight * loss;
    }
    brier /= of->watch.weight;
    for (size_t k = 0; k < of->watch.count; k++)
        of->influence[k] -= brier;
    retain__add_censoring(&of->watch, 1.0, of->part, of->influence);
    for (size_t k = 0; k < of->watch.count; k++)
        of->influence[k] /= of->watch.weight;
    return brier;
}

static void write_brier(room *of, const double *survival, size_t rows, const double *time, size_t times,
                        const retain_concordance_columns *columns, const retain_concordance_columns *integrated)
{
    double mean = times < 2 ? (double)NAN : 0.0, null_mean = mean, error;

    for (size_t k = 0; k < times; k++) {
        const stand at = stand_at(&of->watch, time[k]);
        const double brier = measure_brier(of, survival + k * rows, &at), alone = find_survival(&of->watch, at.moments);
        const double null_value = isnan(brier) ? brier : alone * (1.0 - alone);
        const double width =
            times < 2 ? 0.0 : 0.5 * (time[k + 1 < times ? k + 1 : k] - time[k ? k - 1 : k]) / (time[times - 1] - time[0]);

        error = isnan(brier) ? brier : find_error(&of->watch, of->influence);
        put_figure(columns, k, brier, error, plain_limits(brier, error, of->level), null_value);
        retain__put(columns->cases, k, at.cases);
        retain__put(columns->controls, k, at.controls);
        mean += width * brier;
        null_mean += width * null_value;
        for (size_t i = 0; !isnan(brier) && i < of->watch.count; i++)
            of->total[i] += width * of->influence[i];
    }
    if (integrated) {
        error = isnan(mean) ? mean : find_error(&of->watch, of->total);
        put_figure(integrated, 0, mean, error, plain_limits(mean, error, of->level), null_mean);
    }
}

retain_status retain_concordance_brier(retain_context *ctx, const retain_durations *durations, const double *survival,
                                       const double *time, size_t times, double level, const retain_concordance_columns *columns,
                                       const retain_concordance_columns *integrated)
{
    retain__scratch scratch = {ctx, NULL};
    room of = {.level = level};
    int fits = 1;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &of.level);
    if (status == RETAIN_OK)
        status = check_times(ctx, time, times, 1);
    if (status == RETAIN_OK)
        status = retain__watch_rows(ctx, &scratch, durations, NULL, 0, &of.watch);
    if (status == RETAIN_OK) {
        const size_t cells = retain__multiply(times, durations->count, &fits);

        if (!fits)
            status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                  "%zu times of %zu rows are more than an array can hold", times, durations->count);
        else if (cells && !survival)
            status = retain__fail_null(ctx, "survival");
        for (size_t c = 0; status == RETAIN_OK && c < cells; c++) {
            if (!(survival[c] >= 0.0 && survival[c] <= 1.0))
                status = retain__fail(ctx, RETAIN_ERROR_DATA, c % durations->count,
                                      "survival[%zu] is %g (row %zu at time %zu); it must lie in [0, 1]", c, survival[c],
                                      c % durations->count, c / durations->count);
        }
    }
    if (status == RETAIN_OK)
        status = take_room(&scratch, &of);
    if (status == RETAIN_OK)
        write_brier(&of, survival, durations->count, time, times, columns, integrated);
    retain__release(&scratch);
    return status;
}
