/* Layouts of cohort tables for fuzz targets: mostly such as can be, with now and then something odd. */
#ifndef RETAIN_FUZZ_COHORT_LAYOUT_H
#define RETAIN_FUZZ_COHORT_LAYOUT_H

#include "fuzz_orders_log.h"
#include "retain/cohort_cells.h"

enum { FUZZ_AGE_EDGES = 8, FUZZ_CUSTOMERS = 8 };

static const retain_groups *fuzz_groups(fuzz_input *in)
{
    retain_groups *groups = fuzz_array(in, 1, sizeof *groups);
    const int odd = fuzz_below(in, 16) == 15;
    int64_t *customer = fuzz_array(in, FUZZ_CUSTOMERS, sizeof *customer), *group = fuzz_array(in, FUZZ_CUSTOMERS, sizeof *group);

    groups->count = FUZZ_CUSTOMERS - (odd ? fuzz_below(in, FUZZ_CUSTOMERS + 1) : 0);
    groups->groups = odd ? fuzz_below(in, 4) : 3;
    for (size_t i = 0; i < FUZZ_CUSTOMERS; i++) {
        customer[i] = odd && fuzz_bits(in, 1) < 20 ? fuzz_integer(in) : (int64_t)i;
        group[i] = (int64_t)fuzz_below(in, 3);
    }
    groups->customer = fuzz_maybe(in, customer);
    groups->group = fuzz_maybe(in, group);
    return fuzz_maybe(in, groups);
}

static const retain_cohort_layout *fuzz_layout(fuzz_input *in)
{
    retain_cohort_layout *layout = fuzz_array(in, 1, sizeof *layout);
    const int odd = fuzz_below(in, 16) == 15, with_ages = fuzz_below(in, 3) == 0;
    int64_t *edges, *ages = fuzz_array(in, FUZZ_AGE_EDGES, sizeof *ages);
    int64_t age = (int64_t)fuzz_below(in, 2);

    layout->struct_size = odd ? fuzz_below(in, sizeof *layout) : sizeof *layout;
    layout->rows = (retain_cohort_rows)fuzz_below(in, odd ? 256 : 4);
    layout->axis = (retain_cohort_axis)fuzz_below(in, odd ? 256 : 3);
    edges = fuzz_log_edges(in, &layout->edge_count);
    if (layout->edge_count && fuzz_bits(in, 1) < 200)
        edges[0] = -30; /* before the beginning of most logs */
    layout->edges = fuzz_maybe(in, edges);
    for (size_t k = 0; k < FUZZ_AGE_EDGES; k++) {
        ages[k] = age;
        age = odd ? fuzz_integer(in) : age + 1 + (int64_t)fuzz_below(in, 12);
    }
    if (layout->axis == RETAIN_COHORT_ROLLING || with_ages || odd) {
        layout->age_edges = fuzz_maybe(in, ages);
        layout->age_edge_count = odd ? fuzz_below(in, FUZZ_AGE_EDGES + 1) : 2 + fuzz_below(in, FUZZ_AGE_EDGES - 1);
    }
    layout->groups = fuzz_groups(in);
    return fuzz_maybe(in, layout);
}

/* A margin for each customer. */
static void fuzz_margins(fuzz_input *in, int odd, const double **margins, const int64_t **whose, size_t *count)
{
    int64_t *customer = fuzz_array(in, FUZZ_CUSTOMERS, sizeof *customer);
    double *margin = fuzz_array(in, FUZZ_CUSTOMERS, sizeof *margin);

    for (size_t i = 0; i < FUZZ_CUSTOMERS; i++) {
        customer[i] = odd && fuzz_bits(in, 1) < 20 ? fuzz_integer(in) : (int64_t)i;
        margin[i] = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    }
    *margins = fuzz_maybe(in, margin);
    *whose = fuzz_maybe(in, customer);
    *count = FUZZ_CUSTOMERS;
}

#endif
