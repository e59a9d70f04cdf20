/* What is still to come: discounted lifetime and its elasticity; and simulated customers.
 *
 * The three values of retain_contract_moment are one sum, D = sum of v^j S(n + 1 + j) / S(n): DERL just before a decision is D,
 * just after a payment v D, and DEL 1 + v D. When every retention rate to come is multiplied by 1 + e, S(n + j) is by (1 + e)^j,
 * so with E = sum of (j + 1) v^j S(n + 1 + j) / S(n) the elasticity of D is E / D, and that of DEL v E / (1 + v D). Limits are those
 * of log D, so those of DEL stay above the payment that is certain.
 *
 * A sum depends on n alone, and in a base of customers few n differ: those below 1024 are computed once each. Where many models are
 * asked, one n is had from the next. */
#include <math.h>
#include <string.h>

#include "math/random.h"
#include "models/contract_family.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS, KNOWN = 1024, ANCHOR = 32, ROWS = 16, BLOCK = RETAIN__CONTRACT_BLOCK };

typedef struct worth {
    double value, low, high;
} worth;

typedef struct future {
    retain__contract_checked model;
    retain__contract_doubt doubt;
    const double *survived;
    retain_contract_moment moment;
    double t, delta;
    int is_elasticity, with_limits;
    size_t known_count;
    size_t *n;           /* [known_count] that occur, below KNOWN */
    worth *known, *each; /* [KNOWN], [count] */
} future;

static double add_up(const future *of, double n, int rises, int order, double *sums)
{
    const retain__contract_sum sum = {of->model.family, of->model.p, n, of->t, of->delta, rises, order};

    retain__contract_add_up(&sum, sums);
    return sums[0];
}

/* The value at the moment asked for, from D. */
static double at_moment(const future *of, double sum)
{
    double v = exp(-of->delta);

    if (of->moment == RETAIN_CONTRACT_DERL_BEFORE)
        return sum;
    return (of->moment == RETAIN_CONTRACT_DEL ? 1.0 : 0.0) + v * sum;
}

/* The elasticity, from D and E. */
static double compare(const future *of, double sum, double rising)
{
    if (!(rising < (double)INFINITY))
        return rising;
    if (of->moment == RETAIN_CONTRACT_DEL)
        return exp(-of->delta) * rising / at_moment(of, sum);
    return sum > 0.0 ? rising / sum : (double)NAN;
}

static worth compute_elasticity(const future *of, double n)
{
    double sums[1 + PARAMETERS], sum = add_up(of, n, 0, 0, sums), rising = add_up(of, n, 1, 0, sums);

    return (worth){compare(of, sum, rising), (double)NAN, (double)NAN};
}

static worth compute_value(const future *of, double n)
{
    double sums[1 + PARAMETERS], sum = add_up(of, n, 0, of->with_limits, sums), width;
    worth result = {at_moment(of, sum), (double)NAN, (double)NAN};

    if (!of->with_limits)
        return result;
    if (sum == 0.0) { /* no decision ahead, or nobody who gets there: certain */
        result.low = result.high = result.value;
    } else if (sum < (double)INFINITY) {
        width = retain__contract_width(&of->doubt, sums + 1, of->model.family->count) / sum;
        result.low = at_moment(of, sum * exp(-width));
        result.high = at_moment(of, sum * exp(width));
    }
    return result;
}

static worth compute(const future *of, double n)
{
    return of->is_elasticity ? compute_elasticity(of, n) : compute_value(of, n);
}

/* --- many models ------------------------------------------------------------------------------------------------------------- */

/* D, E and the D of twice the discount rate, those that are wanted. */
typedef struct sums_ahead {
    double sum, rising, twice;
} sums_ahead;

static sums_ahead look_ahead(const future *of, double n, int with_rising, int with_twice)
{
    future twice = *of;
    double sums[1 + PARAMETERS];
    sums_ahead found = {add_up(of, n, 0, 0, sums), 0.0, 0.0};

    twice.delta *= 2.0;
    if (with_rising)
        found.rising = add_up(of, n, 1, 0, sums);
    if (with_twice)
        found.twice = add_up(&twice, n, 0, 0, sums);
    return found;
}

/* From n + 1 to n, all decisions being ahead: with r = S(n + 1) / S(n), D = r (1 + v D'), E = r (1 + v (D' + E')). Nothing cancels, and
 * errors shrink by r v on the way. */
static void step_back(const future *of, double n, double v, sums_ahead *at)
{
    double terms[RETAIN__CONTRACT_TERMS], r;

    of->model.family->log_survival(of->model.family, of->model.p, n, 1.0, log(n + 1.0), 0, terms);
    r = exp(terms[0]);
    if (at->rising < (double)INFINITY)
        at->rising = r * (1.0 + v * (at->sum + at->rising));
    if (at->twice < (double)INFINITY)
        at->twice = r * (1.0 + v * v * at->twice);
    if (at->sum < (double)INFINITY)
        at->sum = r * (1.0 + v * at->sum);
}

/* Of X = sum of v^j over j below the number K of renewals to come E X^2 is the sum of (A_(j+1)^2 - A_j^2) S(n + 1 + j) / S(n), A_j being
 * that of the first j terms: without discount (2 j + 1), otherwise (2 v^j - (1 + v) v^(2 j)) / (1 - v). */
static double find_variance(const future *of, double v, const sums_ahead *at)
{
    double square = of->delta == 0.0 ? 2.0 * at->rising - at->sum : (2.0 * at->sum - (1.0 + v) * at->twice) / -expm1(-of->delta);

    if (!(square < (double)INFINITY))
        return (double)INFINITY;
    square -= at->sum * at->sum;
    return (of->moment == RETAIN_CONTRACT_DERL_BEFORE ? 1.0 : v * v) * (square > 0.0 ? square : 0.0);
}

/* Where all decisions count, sums are taken at every ANCHOR-th number of renewals only, and from there step by step to those below. An
 * answer so depends on its own n, whatever the others are. */
void retain__contract_worths(const retain__contract_checked *model, const retain__contract_terms_of_value *terms, const double *n,
                             size_t count, size_t stride, double *value, double *variance)
{
    const future of = {.model = *model, .moment = terms->moment, .t = terms->t, .delta = terms->delta};
    int with_rising = terms->is_elasticity || (variance && terms->delta == 0.0), with_twice = variance && terms->delta > 0.0;
    double v = exp(-terms->delta), anchor = -1.0, place = -1.0;
    sums_ahead at = {0.0, 0.0, 0.0};

    for (size_t i = count; i-- > 0;) {
        double above = terms->t < (double)INFINITY ? n[i] : ANCHOR * ceil(n[i] / ANCHOR);

        if (above != anchor || place < n[i]) {
            anchor = place = above;
            at = look_ahead(&of, anchor, with_rising, with_twice);
        }
        for (; place > n[i]; place -= 1.0)
            step_back(&of, place - 1.0, v, &at);
        value[i * stride] = terms->is_elasticity ? compare(&of, at.sum, at.rising) : at_moment(&of, at.sum);
        if (variance)
            variance[i * stride] = find_variance(&of, v, &at);
    }
}

/* --- one model ----------------------------------------------------------------------------------------------------------------- */

static void know_block(void *state, size_t block, size_t first, size_t last)
{
    const future *of = state;

    (void)block;
    for (size_t i = first; i < last; i++)
        of->known[of->n[i]] = compute(of, (double)of->n[i]);
}

static void each_block(void *state, size_t block, size_t first, size_t last)
{
    const future *of = state;

    (void)block;
    for (size_t i = first; i < last; i++) {
        double n = of->survived ? of->survived[i] : 0.0;

        of->each[i] = n < KNOWN ? of->known[(size_t)n] : compute(of, n);
    }
}

/* Lists the small n that occur. */
static void list_known(future *of, size_t count, unsigned char *seen)
{
    memset(seen, 0, KNOWN);
    for (size_t i = 0; i < count; i++) {
        double n = of->survived ? of->survived[i] : 0.0;

        if (n < KNOWN && !seen[(size_t)n]) {
            seen[(size_t)n] = 1;
            of->n[of->known_count++] = (size_t)n;
        }
        if (!of->survived)
            break;
    }
}

static retain_status compute_all(retain_context *ctx, future *of, size_t count, double *value, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    unsigned char seen[KNOWN];
    retain_status status = RETAIN_OK;

    of->n = retain__take(&scratch, KNOWN, sizeof *of->n);
    of->known = retain__take(&scratch, KNOWN, sizeof *of->known);
    of->each = retain__take(&scratch, count, sizeof *of->each);
    if (!of->n || !of->known || !of->each)
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        list_known(of, count, seen);
        status = retain__parallel(ctx, of->known_count, ROWS, 0.0, 0.5, know_block, of);
    }
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, count, BLOCK, 0.5, 1.0, each_block, of);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        value[i] = of->each[i].value;
        if (low)
            low[i] = of->each[i].low;
        if (high)
            high[i] = of->each[i].high;
    }
    retain__release(&scratch);
    return status;
}

retain_status retain__contract_check_terms(retain_context *ctx, const char *ahead, retain_contract_moment moment, double t,
                                           double d)
{
    if (moment != RETAIN_CONTRACT_DEL && moment != RETAIN_CONTRACT_DERL_BEFORE && moment != RETAIN_CONTRACT_DERL_AFTER)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "moment is %d; it must be a retain_contract_moment",
                            (int)moment);
    if (t != (double)INFINITY && !(t >= 0.0 && t <= 9007199254740992.0 && t == floor(t)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s is %g; it must be a whole number in [0, 2^53], or infinite for all decisions to come", ahead, t);
    if (!(d >= 0.0 && retain__is_finite(d)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "d is %g; it must be finite and at least 0, the discount rate of one period", d);
    return RETAIN_OK;
}

static retain_status check_future(retain_context *ctx, future *of, const retain_contract *model, size_t count, double d)
{
    retain_status status = retain__contract_check(ctx, model, &of->model);

    if (status == RETAIN_OK)
        status = retain__contract_check_terms(ctx, "t", of->moment, of->t, d);
    of->delta = log1p(d);
    return status == RETAIN_OK ? retain__contract_check_whole(ctx, "survived", of->survived, count, 0.0) : status;
}

retain_status retain_contract_discounted(retain_context *ctx, const retain_contract *model, const double *survived, size_t count,
                                         retain_contract_moment moment, double t, double d, const retain_fit_report *report,
                                         double level, double *discounted, double *low, double *high)
{
    future of = {.survived = survived, .moment = moment, .t = t, .with_limits = low || high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_future(ctx, &of, model, count, d);
    if (status == RETAIN_OK)
        status = retain__contract_doubt_of(ctx, &of.model, report, level, of.with_limits, &of.doubt);
    if (status == RETAIN_OK && count && !discounted)
        status = retain__fail_null(ctx, "discounted");
    return status == RETAIN_OK ? compute_all(ctx, &of, count, discounted, low, high) : status;
}

retain_status retain_contract_elasticity(retain_context *ctx, const retain_contract *model, const double *survived, size_t count,
                                         retain_contract_moment moment, double t, double d, double *elasticity)
{
    future of = {.survived = survived, .moment = moment, .t = t, .is_elasticity = 1};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_future(ctx, &of, model, count, d);
    if (status == RETAIN_OK && count && !elasticity)
        status = retain__fail_null(ctx, "elasticity");
    return status == RETAIN_OK ? compute_all(ctx, &of, count, elasticity, NULL, NULL) : status;
}

/* --- simulated customers ---------------------------------------------------------------------------------------------------- */

typedef struct simulation {
    retain__contract_checked model;
    const double *decisions;
    uint64_t seed;
    double *periods, *lifetime;
    uint8_t *left;
} simulation;

static void simulate_block(void *state, size_t block, size_t first, size_t last)
{
    const simulation *of = state;

    (void)block;
    for (size_t i = first; i < last; i++) {
        retain__random random = retain__random_start(of->seed, i);
        double T = of->model.family->draw(of->model.p, &random);

        of->left[i] = T <= of->decisions[i];
        of->periods[i] = of->left[i] ? T : of->decisions[i];
        if (of->lifetime)
            of->lifetime[i] = T;
    }
}

retain_status retain_contract_simulate(retain_context *ctx, const retain_contract *model, const double *decisions, size_t count,
                                       uint64_t seed, double *periods, uint8_t *left, double *lifetime)
{
    simulation of = {.decisions = decisions, .seed = seed, .periods = periods, .lifetime = lifetime, .left = left};
    retain_context quiet;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_check(ctx, model, &of.model);
    if (status == RETAIN_OK && count && (!decisions || !periods || !left))
        status = retain__fail_null(ctx, !decisions ? "decisions" : !periods ? "periods" : "left");
    if (status == RETAIN_OK)
        status = retain__contract_check_whole(ctx, "decisions", decisions, count, 0.0);
    if (status != RETAIN_OK)
        return status;
    if (ctx) { /* it writes the caller's arrays: not to be cancelled half-way */
        quiet = *ctx;
        quiet.progress = NULL;
    }
    return retain__parallel(ctx ? &quiet : NULL, count, BLOCK, 0.0, 1.0, simulate_block, &of);
}
