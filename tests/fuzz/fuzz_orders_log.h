/* Order logs for fuzz targets: mostly such as shops have, with now and then something odd in any column. */
#ifndef RETAIN_FUZZ_ORDERS_LOG_H
#define RETAIN_FUZZ_ORDERS_LOG_H

#include "fuzz.h"
#include "retain/orders.h"

enum { FUZZ_LOG_ROWS = 50, FUZZ_LOG_EDGES = 40 };

/* Small days mostly. */
static int64_t fuzz_log_day(fuzz_input *in)
{
    const uint64_t what = fuzz_bits(in, 1);

    return what < 250 ? (int64_t)(fuzz_bits(in, 1) >> (what & 3)) - 20 : fuzz_integer(in);
}

static const retain_orders *fuzz_log(fuzz_input *in)
{
    retain_orders *log = fuzz_array(in, 1, sizeof *log);
    const size_t rows = fuzz_below(in, FUZZ_LOG_ROWS), columns = fuzz_below(in, 16), odd = fuzz_below(in, 32);
    int64_t *customer = fuzz_array(in, rows, sizeof *customer), *day = fuzz_array(in, rows, sizeof *day);
    int64_t *order = fuzz_array(in, rows, sizeof *order);
    double *value = fuzz_array(in, rows, sizeof *value), *multiple = fuzz_array(in, rows, sizeof *multiple);
    double *low = fuzz_array(in, rows, sizeof *low);
    uint8_t *cancelled = fuzz_array(in, rows, sizeof *cancelled);

    for (size_t i = 0; i < rows; i++) {
        customer[i] = odd == 1 ? fuzz_integer(in) : (int64_t)fuzz_below(in, 8);
        day[i] = fuzz_log_day(in);
        value[i] = odd == 2 ? fuzz_double(in) : (double)(int8_t)fuzz_bits(in, 1) * 0.25;
        order[i] = odd == 3 ? fuzz_integer(in) : (int64_t)fuzz_below(in, 4);
        multiple[i] = odd == 4 ? fuzz_double(in) : 1.0 + (double)fuzz_below(in, 3);
        low[i] = odd == 5 ? fuzz_double(in) : 0.0;
        cancelled[i] = (uint8_t)(odd == 6 ? fuzz_bits(in, 1) : fuzz_below(in, 8) == 7);
    }
    *log = (retain_orders){rows,
                           fuzz_maybe(in, customer),
                           fuzz_maybe(in, day),
                           fuzz_maybe(in, value),
                           columns & 1 ? order : NULL,
                           columns & 2 ? cancelled : NULL,
                           (columns & 5) == 4 || odd == 7 ? multiple : NULL,
                           columns & 8 ? low : NULL};
    return fuzz_maybe(in, log);
}

static const retain_orders_options *fuzz_log_options(fuzz_input *in)
{
    retain_orders_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 32) == 31;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->unit_days = odd ? fuzz_double(in) : (double)fuzz_below(in, 8);
    options->occasion_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 8);
    options->count_zero_orders = (int)fuzz_below(in, 2);
    options->low_memory = options->count_zero_orders;
    return fuzz_bits(in, 1) < 128 ? NULL : options;
}

/* Ascending edges mostly; `*count` receives their number. */
static inline int64_t *fuzz_log_edges(fuzz_input *in, size_t *count)
{
    int64_t *edges, at = fuzz_log_day(in);

    *count = fuzz_below(in, FUZZ_LOG_EDGES);
    edges = fuzz_array(in, *count, sizeof *edges);
    for (size_t k = 0; k < *count; k++) {
        const uint64_t step = fuzz_bits(in, 1);

        edges[k] = at;
        at = step == 255 ? fuzz_integer(in) : at <= INT64_MAX - 256 ? at + 1 + (int64_t)(step >> (step & 3)) : INT64_MIN;
    }
    return edges;
}

#endif
