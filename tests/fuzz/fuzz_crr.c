/* Any log, any edges, any window: whoever was there at the start stayed or was lost, and nobody appears from nowhere. */
#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/crr.h"

enum { COLUMNS = 16 };

/* A number in [0, 1], or NaN. */
static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static int is_equal(double a, double b)
{
    return a == b || (a != a && b != b);
}

static int ascend(const double *cuts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cuts[i] != cuts[i] || (i && cuts[i] < cuts[i - 1]))
            return 0;
    }
    return 1;
}

static void try_formulas(fuzz_input *in)
{
    const double start = fuzz_double(in), end = fuzz_double(in), gained = fuzz_double(in), k = fuzz_double(in);
    const size_t count = fuzz_below(in, 10);
    const double *cuts = fuzz_maybe(in, fuzz_doubles(in, count));
    const double rate = retain_crr(start, end, gained), churn = retain_crr_churn(start, end, gained);
    const int grade = retain_crr_grade(rate, cuts, count);

    fuzz_check((rate != rate) == (churn != churn) || start > 1e300 || end > 1e300 || gained > 1e300); /* churn may overflow */
    fuzz_check(grade >= -1 && grade <= (cuts ? (int)count : 4));
    fuzz_check((grade == -1) == (rate != rate || !ascend(cuts, cuts ? count : 0)));
    fuzz_check(is_share(retain_crr_over(rate, k)));
    fuzz_check(is_share(retain_crr_churn_over(churn, k)));
}

static const retain_crr_options *read_options(fuzz_input *in)
{
    retain_crr_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->window_days = odd ? fuzz_integer(in) : (int64_t)fuzz_bits(in, 1);
    options->window_quantile = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.99);
    options->level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.99);
    options->activity = (retain_crr_activity)fuzz_below(in, odd ? 4 : 2);
    options->span = odd ? (size_t)fuzz_bits(in, 8) : fuzz_below(in, 6);
    if (options->activity == RETAIN_CRR_PERIOD && !odd)
        options->window_days = 0;
    return fuzz_maybe(in, options);
}

/* Results k of `columns` arrays of so many entries; a result ends where the one `span` later begins. */
static void check_flow(double *const *column, size_t results, size_t span)
{
    for (size_t k = 0; k < results; k++) {
        const double start = column[0][k], acquired = column[1][k], gained = column[2][k], retained = column[3][k];
        const double reactivated = column[4][k], lost = column[5][k], end = column[6][k];

        for (int c = 10; c < COLUMNS; c++)
            fuzz_check(is_share(column[c][k]));
        if (end != end)
            continue;
        fuzz_check(gained >= 0.0 && gained <= acquired && gained <= end);
        fuzz_check(k + span >= results || column[0][k + span] == end);
        if (start != start)
            continue;
        fuzz_check(start == retained + lost && end == retained + gained + reactivated);
        fuzz_check(retained >= 0.0 && lost >= 0.0 && reactivated >= 0.0);
        fuzz_check(is_equal(column[7][k], retain_crr(start, end, gained)));
    }
}

static retain_crr_columns make_columns(fuzz_input *in, size_t results, double ***all)
{
    double **column = fuzz_array(in, COLUMNS, sizeof *column);

    for (int c = 0; c < COLUMNS; c++)
        column[c] = fuzz_output(in, results, sizeof **column);
    *all = column;
    return (retain_crr_columns){column[0], column[1], column[2],  column[3],  column[4],  column[5],  column[6],  column[7],
                                column[8], column[9], column[10], column[11], column[12], column[13], column[14], column[15]};
}

static void try_periods(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_crr_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t edge_count;
    int64_t *edges = fuzz_log_edges(in, &edge_count), *window = fuzz_output(in, 1, sizeof *window);
    const size_t span = options && options->span && options->struct_size == sizeof *options ? options->span : 1;
    const size_t results = edge_count > span ? edge_count - span : 0;
    const retain_orders *log = fuzz_log(in);
    double **column;
    const retain_crr_columns columns = make_columns(in, results, &column);

    if (fuzz_outcome(in, retain_crr_periods(ctx, log, end, fuzz_maybe(in, edges), edge_count, counting, options,
                                            fuzz_bits(in, 1) < 250 ? &columns : NULL, fuzz_maybe(in, window))))
        check_flow(column, results, span);
}

static void try_flags(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_crr_options *options = fuzz_array(in, 1, sizeof *options);
    const size_t customers = fuzz_below(in, 12), instants = fuzz_below(in, 12), span = fuzz_below(in, 8), odd = fuzz_below(in, 16);
    const size_t results = instants > (span ? span : 1) ? instants - (span ? span : 1) : 0;
    uint8_t *active = fuzz_array(in, customers * instants, 1);
    double **column;
    const retain_crr_columns columns = make_columns(in, results, &column);

    *options = (retain_crr_options){.struct_size = sizeof *options, .span = span, .level = odd == 1 ? fuzz_double(in) : 0.0};
    for (size_t i = 0; i < customers * instants; i++)
        active[i] = (uint8_t)(odd == 2 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
    if (fuzz_outcome(in, retain_crr_flags(ctx, fuzz_maybe(in, active), customers, instants, span != 1 ? options : NULL,
                                          fuzz_bits(in, 1) < 250 ? &columns : NULL)))
        check_flow(column, results, span ? span : 1);
}

static void try_change(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t periods = fuzz_below(in, 12), lag = fuzz_below(in, 5), odd = fuzz_below(in, 4);
    const double level = odd == 1 ? fuzz_double(in) : fuzz_within(in, 0.0, 0.99);
    double *part = fuzz_array(in, periods, sizeof *part), *whole = fuzz_array(in, periods, sizeof *whole);
    double *change = fuzz_output(in, periods, sizeof *change), *low = fuzz_output(in, periods, sizeof *low);
    double *high = fuzz_output(in, periods, sizeof *high), *p_value = fuzz_output(in, periods, sizeof *p_value);

    for (size_t k = 0; k < periods; k++) {
        whole[k] = odd == 2 ? fuzz_double(in) : (double)fuzz_bits(in, 1);
        part[k] = odd == 2 ? fuzz_double(in) : whole[k] * fuzz_within(in, 0.0, 1.0);
    }
    if (!fuzz_outcome(in, retain_crr_change(ctx, fuzz_maybe(in, part), fuzz_maybe(in, whole), periods, lag, level,
                                            fuzz_maybe(in, change), low, high, p_value)))
        return;
    for (size_t k = 0; k < periods; k++) {
        fuzz_check(is_equal(change[k], change[k]) && is_share(p_value[k]));
        fuzz_check(change[k] != change[k] ? low[k] != low[k] : low[k] <= change[k] && change[k] <= high[k]);
    }
}

static void try_window(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const double quantile = fuzz_bits(in, 1) < 240 ? fuzz_within(in, 0.01, 0.99) : fuzz_double(in);
    const retain_orders *log = fuzz_log(in);
    double *window = fuzz_output(in, 1, sizeof *window), *reached = fuzz_output(in, 1, sizeof *reached), *longer;

    if (!fuzz_outcome(in, retain_crr_window(ctx, log, end, counting, quantile, window, reached)))
        return;
    fuzz_check(is_share(*reached));
    fuzz_check((*window != *window) == !(*reached > 0.0));
    fuzz_check(*window != *window || *window >= 1.0);
    longer = fuzz_output(in, 1, sizeof *longer);
    fuzz_check(fuzz_outcome(in, retain_crr_window(fuzz_calm_context(in), log, end, counting, 0.5 + 0.5 * quantile, longer, NULL)));
    fuzz_check(*window != *window || *longer >= *window);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_formulas, try_periods, try_window, try_flags, try_change};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
