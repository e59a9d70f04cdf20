/* Any clock, any tickets: parts lie within their wholes, limits around what they limit, and the total is the sum of the groups. */
#include <math.h>

#include "fuzz.h"
#include "retain/service.h"

enum { ROWS = 60, GROUPS = 5, QUANTILES = 4 };

/* Rows of two or three columns of instants, most of which come one after the other. */
typedef struct rows {
    size_t count, groups;
    int64_t *first, *second, *third, *group;
} rows;

static int64_t read_instant(fuzz_input *in, int is_odd, int64_t from)
{
    const uint64_t what = fuzz_bits(in, 1);

    if (is_odd && what < 64)
        return fuzz_integer(in);
    return what > 230 ? RETAIN_SERVICE_NOT_YET : (int64_t)((uint64_t)from + (what >> (what & 3)));
}

static rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 16);
    rows all = {fuzz_below(in, ROWS), fuzz_below(in, GROUPS), NULL, NULL, NULL, NULL};

    all.first = fuzz_array(in, all.count, sizeof *all.first);
    all.second = fuzz_array(in, all.count, sizeof *all.second);
    all.third = fuzz_array(in, all.count, sizeof *all.third);
    all.group = fuzz_array(in, all.count, sizeof *all.group);
    for (size_t i = 0; i < all.count; i++) {
        all.first[i] = odd == 1 ? fuzz_integer(in) : (int64_t)fuzz_bits(in, 1) - 50;
        all.second[i] = read_instant(in, odd == 2, odd == 3 && i % 2 ? -1 : all.first[i]);
        all.third[i] = read_instant(in, odd == 4, all.first[i]);
        all.group[i] = odd == 5 || !all.groups ? fuzz_integer(in) : (int64_t)fuzz_below(in, all.groups);
    }
    if (!all.groups && odd != 6)
        all.group = NULL;
    return all;
}

static int64_t read_end(fuzz_input *in)
{
    return fuzz_bits(in, 1) < 245 ? (int64_t)fuzz_bits(in, 1) : fuzz_integer(in);
}

static int is_around(double low, double x, double high)
{
    return x != x || ((low != low || low <= x + 1e-9 * fabs(x)) && (high != high || x <= high + 1e-9 * fabs(x)));
}

static void check_share(const double *whole, const double *part, const double *rate, const double *low, const double *high,
                        size_t groups)
{
    double wholes = 0.0, parts = 0.0;

    for (size_t g = 0; g <= groups; g++) {
        fuzz_check(part[g] >= 0.0 && part[g] <= whole[g]);
        fuzz_check((rate[g] == rate[g]) == (whole[g] > 0.0));
        fuzz_check(is_around(low[g], rate[g], high[g]));
        wholes += g < groups ? whole[g] : 0.0;
        parts += g < groups ? part[g] : 0.0;
    }
    fuzz_check(groups == 0 || (wholes == whole[groups] && parts == part[groups]));
}

static const retain_service_times_options *read_options(fuzz_input *in, size_t *quantile_count)
{
    retain_service_times_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;
    double *quantiles = fuzz_array(in, QUANTILES, sizeof *quantiles);

    *quantile_count = fuzz_below(in, QUANTILES + 1);
    for (size_t q = 0; q < *quantile_count; q++)
        quantiles[q] = odd ? fuzz_double(in) : fuzz_within(in, 0.001, 0.999);
    *options = (retain_service_times_options){odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                              odd ? fuzz_double(in) : (double)fuzz_below(in, 60),
                                              fuzz_bits(in, 1) < 200 ? quantiles : NULL,
                                              *quantile_count,
                                              odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 100),
                                              0.0};
    if (!options->quantiles)
        *quantile_count = 1;
    if (fuzz_bits(in, 1) >= 40)
        return options;
    *quantile_count = 1;
    return NULL;
}

static void try_times(fuzz_input *in)
{
    enum { FIGURES = 13 };
    retain_context *ctx = fuzz_context(in);
    size_t quantiles;
    const retain_service_times_options *options = read_options(in, &quantiles);
    const int64_t end = read_end(in);
    const rows all = read_rows(in);
    const size_t n = all.groups + 1;
    double *c[FIGURES];
    retain_service_times_columns columns;

    for (int f = 0; f < FIGURES; f++)
        c[f] = fuzz_output(in, f >= 2 && f <= 4 ? n * quantiles : n, sizeof **c);
    columns = (retain_service_times_columns){c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12]};
    if (!fuzz_outcome(in,
                      retain_service_times(ctx, fuzz_maybe(in, all.first), fuzz_maybe(in, all.second), fuzz_maybe(in, all.third),
                                           all.group, all.count, all.groups, end, options, fuzz_maybe(in, &columns))))
        return;
    check_share(c[8], c[9], c[10], c[11], c[12], all.groups);
    for (size_t g = 0; g < n; g++) {
        fuzz_check(c[1][g] <= c[0][g] && c[8][g] <= c[0][g]);
        fuzz_check((c[5][g] == c[5][g]) == (c[0][g] > 0.0 && c[0][g] == c[1][g]));
        fuzz_check(is_around(c[6][g], c[5][g], c[7][g]));
        for (size_t q = g * quantiles; q < (g + 1) * quantiles; q++)
            fuzz_check(is_around(c[3][q], c[2][q], c[4][q]) && !(c[2][q] < 0.0));
    }
}

static void try_contacts(fuzz_input *in)
{
    enum { FIGURES = 10 };
    retain_context *ctx = fuzz_context(in);
    retain_service_tickets *tickets = fuzz_array(in, 1, sizeof *tickets);
    const int64_t end = read_end(in), within = fuzz_bits(in, 1) < 240 ? 1 + (int64_t)fuzz_bits(in, 1) : fuzz_integer(in);
    const rows all = read_rows(in);
    const size_t n = all.groups + 1;
    int64_t *customer = fuzz_array(in, all.count, sizeof *customer);
    double *contacts = fuzz_array(in, all.count, sizeof *contacts), *c[FIGURES];
    retain_service_contacts_columns columns;

    for (size_t i = 0; i < all.count; i++) {
        customer[i] = fuzz_bits(in, 1) < 250 ? (int64_t)fuzz_below(in, 6) : fuzz_integer(in);
        contacts[i] = fuzz_bits(in, 1) < 250 ? 1.0 + (double)fuzz_below(in, 3) : fuzz_double(in);
    }
    *tickets = (retain_service_tickets){
        all.count, fuzz_maybe(in, customer), all.first, fuzz_maybe(in, all.second), fuzz_bits(in, 1) < 128 ? contacts : NULL,
        all.group};
    for (int f = 0; f < FIGURES; f++)
        c[f] = fuzz_output(in, n, sizeof **c);
    columns = (retain_service_contacts_columns){c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9]};
    if (!fuzz_outcome(in, retain_service_contacts(ctx, tickets, all.groups, end, within, 0.0, &columns)))
        return;
    check_share(c[0], c[1], c[2], c[3], c[4], all.groups);
    check_share(c[5], c[6], c[7], c[8], c[9], all.groups);
}

static void try_shares(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const int64_t end = read_end(in), within = fuzz_bits(in, 1) < 240 ? (int64_t)fuzz_bits(in, 1) : fuzz_integer(in);
    const int is_late = (int)fuzz_below(in, 2);
    const rows all = read_rows(in);
    const size_t n = all.groups + 1;
    double *c[5];

    for (int f = 0; f < 5; f++)
        c[f] = fuzz_output(in, n, sizeof **c);
    if (fuzz_outcome(in, is_late ? retain_service_late(ctx, all.first, fuzz_maybe(in, all.second), all.group, all.count, all.groups,
                                                       end, 0.0, c[0], c[1], c[2], c[3], c[4])
                                 : retain_service_returns(ctx, all.first, fuzz_maybe(in, all.second), all.group, all.count,
                                                          all.groups, end, within, 0.0, c[0], c[1], c[2], c[3], c[4])))
        check_share(c[0], c[1], c[2], c[3], c[4], all.groups);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_times, try_contacts, try_shares};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}
