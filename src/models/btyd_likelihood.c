/* The likelihood of customers without covariates.
 *
 * The likelihood of a table of customers is a sum over its distinct rows, each times its weight (data/collapse.h), and a family
 * adds up value, gradient and Hessian in one go: terms in x alone once per distinct x, the others run by run of rows that have
 * x in common. The rows are cut into blocks, each summed by one thread, and the blocks are added in order, in doubled
 * precision: the sums, and with them the fit, do not depend on threads, on the order of customers, or on whether equal
 * customers come one by one or as a weight. */
#include "models/btyd_likelihood.h"

#include <string.h>

#include "math/sums.h"

enum { ROW_BLOCK = 2048, COUNT_BLOCK = 16, SHARE = 16, MANY = 16384, SUMS = RETAIN__BTYD_SUMS };

/* --- sums ----------------------------------------------------------------------------------------------------------------- */

/* The run that a row is in. */
static size_t find_run(const retain__collapsed *rows, size_t row)
{
    size_t low = 0, high = rows->runs;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (rows->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void add_row_block(const retain__btyd_likelihood *of, size_t first, size_t last, double *sums)
{
    const retain__collapsed *rows = &of->rows;

    for (size_t run = find_run(rows, first); first < last; run++) {
        size_t end = rows->first[run + 1] < last ? rows->first[run + 1] : last;

        while (first < end) {
            size_t count = end - first < RETAIN__BTYD_RUN ? end - first : RETAIN__BTYD_RUN;
            retain__btyd_run part = {rows->value[run], count, rows->column[0] + first, rows->column[1] + first,
                                     rows->weight + first};

            of->family->add_rows(of->family, of->p, &part, sums);
            first += count;
        }
    }
}

/* The first blocks are blocks of rows, the others of distinct counts. */
static void sum_block(void *state, size_t block, size_t first, size_t last)
{
    const retain__btyd_likelihood *of = state;
    double *sums = of->sums + block * SUMS;
    size_t rows = of->rows.count, runs = of->rows.runs;

    (void)first;
    (void)last;
    for (size_t k = 0; k < SUMS; k++)
        sums[k] = 0.0;
    if (block < of->row_blocks) {
        first = block * ROW_BLOCK;
        add_row_block(of, first, rows - first < ROW_BLOCK ? rows : first + ROW_BLOCK, sums);
        return;
    }
    first = (block - of->row_blocks) * COUNT_BLOCK;
    last = runs - first < COUNT_BLOCK ? runs : first + COUNT_BLOCK;
    for (size_t run = first; run < last; run++)
        of->family->add_counts(of->family, of->p, of->rows.value[run], of->run_weight[run], sums);
}

retain_status retain__btyd_sum(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                               double *hessian)
{
    retain__btyd_likelihood *of = state;
    const size_t blocks = of->row_blocks + of->count_blocks, count = of->family->count;
    double total[SUMS] = {0.0},
           done = (double)(of->earlier + evaluation); /* of an unknown number: progress slows down towards its end */
    retain_status status;

    memcpy(of->p, parameters, count * sizeof *parameters);
    of->p[count] = of->k;
    status = retain__parallel(of->ctx, blocks, 1, of->until * done / (done + 10.0), of->until * (done + 1.0) / (done + 11.0),
                              sum_block, of);
    if (status != RETAIN_OK)
        return status;
    for (size_t k = 0; k < 1 + count + count * (count + 1) / 2; k++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t block = 0; block < blocks; block++)
            retain__sum_add(&sum, of->sums[block * SUMS + k]);
        total[k] = retain__sum_value(sum);
    }
    *value = total[0] + of->constant;
    for (size_t i = 0, k = 1 + count; i < count; i++) {
        gradient[i] = total[1 + i];
        for (size_t j = i; hessian && j < count; j++, k++)
            hessian[i * count + j] = hessian[j * count + i] = total[k];
    }
    return RETAIN_OK;
}

retain_status retain__btyd_sum_sample(void *state, const double *parameters, double *value, double *gradient, double *hessian)
{
    const retain__btyd_likelihood *of = state;

    return retain__btyd_sum(of->sample, 0, parameters, value, gradient, hessian);
}

/* --- preparation ---------------------------------------------------------------------------------------------------------- */

/* Weights per x, and the moments that starts are made from. */
void retain__btyd_measure(retain__btyd_likelihood *of)
{
    const retain__collapsed *rows = &of->rows;
    retain__sum customers = {0.0, 0.0}, repeaters = {0.0, 0.0}, x_sum = {0.0, 0.0}, T_sum = {0.0, 0.0};

    for (size_t run = 0; run < rows->runs; run++) {
        retain__sum weight = {0.0, 0.0};

        for (size_t i = rows->first[run]; i < rows->first[run + 1]; i++) {
            retain__sum_add(&weight, rows->weight[i]);
            retain__sum_add(&T_sum, rows->weight[i] * rows->column[1][i]);
        }
        of->run_weight[run] = retain__sum_value(weight);
        retain__sum_merge(&customers, weight);
        if (rows->value[run] > 0.0)
            retain__sum_merge(&repeaters, weight);
        retain__sum_add(&x_sum, of->run_weight[run] * rows->value[run]);
    }
    of->moments.customers = retain__sum_value(customers);
    of->moments.repeaters = retain__sum_value(repeaters);
    of->moments.mean_x = retain__sum_value(x_sum) / of->moments.customers;
    of->moments.mean_T = retain__sum_value(T_sum) / of->moments.customers;
}

/* What is computed once the rows are there. */
static retain_status complete(retain__scratch *scratch, retain__btyd_likelihood *of)
{
    of->row_blocks = retain__blocks(of->rows.count, ROW_BLOCK);
    of->count_blocks = retain__blocks(of->rows.runs, COUNT_BLOCK);
    of->sums = retain__take(scratch, of->row_blocks + of->count_blocks, SUMS * sizeof *of->sums);
    of->run_weight = retain__take(scratch, of->rows.runs, sizeof *of->run_weight);
    if (!of->sums || !of->run_weight)
        return RETAIN_ERROR_MEMORY;
    retain__btyd_measure(of);
    return RETAIN_OK;
}

/* Every SHARE-th of the distinct rows, from the middle of the first SHARE on. They are in an order, so all corners of the table
 * have their share. */
static retain_status take_sample(retain__scratch *scratch, const retain__btyd_likelihood *of, retain__btyd_likelihood *sample)
{
    const retain__collapsed *from = &of->rows;
    retain__collapsed *to = &sample->rows;
    size_t most = from->count / SHARE + 1;

    to->column[0] = retain__take(scratch, most, sizeof(double));
    to->column[1] = retain__take(scratch, most, sizeof(double));
    to->weight = retain__take(scratch, most, sizeof *to->weight);
    to->value = retain__take(scratch, from->runs, sizeof *to->value);
    to->first = retain__take(scratch, from->runs + 1, sizeof *to->first);
    if (!to->column[0] || !to->column[1] || !to->weight || !to->value || !to->first)
        return RETAIN_ERROR_MEMORY;
    for (size_t run = 0, row = SHARE / 2; run < from->runs; run++) {
        to->value[to->runs] = from->value[run];
        to->first[to->runs] = to->count;
        for (; row < from->first[run + 1]; row += SHARE, to->count++) {
            to->column[0][to->count] = from->column[0][row];
            to->column[1][to->count] = from->column[1][row];
            to->weight[to->count] = from->weight[row];
        }
        to->runs += to->count > to->first[to->runs];
    }
    to->first[to->runs] = to->count;
    return complete(scratch, sample);
}

retain_status retain__btyd_collect(retain__scratch *scratch, const retain_customers *customers, retain__btyd_likelihood *of)
{
    const double *columns[] = {customers->frequency, customers->t_x, customers->T};
    retain_status status = retain__collapse(scratch, columns, 3, customers->weight, customers->count, NULL, &of->rows);

    if (status == RETAIN_OK)
        status = complete(scratch, of);
    if (status == RETAIN_OK && of->rows.count >= MANY)
        status = take_sample(scratch, of, of->sample);
    else
        of->sample = NULL;
    return status;
}

retain_status retain__btyd_copy_likelihood(retain__scratch *scratch, const retain__btyd_likelihood *from, int weights,
                                           retain__btyd_likelihood *copy)
{
    *copy = *from;
    copy->ctx = NULL;
    copy->sample = NULL;
    copy->sums = retain__take(scratch, from->row_blocks + from->count_blocks, SUMS * sizeof *copy->sums);
    if (weights) {
        copy->rows.weight = retain__take(scratch, from->rows.count, sizeof *copy->rows.weight);
        copy->run_weight = retain__take(scratch, from->rows.runs, sizeof *copy->run_weight);
    }
    return copy->sums && copy->rows.weight && copy->run_weight ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}
