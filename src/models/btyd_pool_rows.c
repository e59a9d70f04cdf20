/* Rows by group: a counting sort, so that every group is a table of customers of its own, next to the others. */
#include <string.h>

#include "models/btyd_pool.h"

static const size_t most_groups = 1000000;

static retain_status check_codes(retain_context *ctx, const int64_t *group, size_t count, size_t groups)
{
    if (groups < 1 || groups > most_groups)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "groups is %zu; it must lie in [1, 10^6]", groups);
    if (count && !group)
        return retain__fail_null(ctx, "group");
    return RETAIN_OK;
}

/* Each code is read once into `code`, for the caller's memory may be written to in the meantime; `first` counts. */
static retain_status count_rows(retain_context *ctx, const int64_t *group, size_t count, size_t groups, size_t *code, size_t *first)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t given = group[i];

        if (given < 0 || (uint64_t)given >= groups)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "group[%zu] is %lld; it must lie in [0, groups = %zu)", i,
                                (long long)given, groups);
        code[i] = (size_t)given;
        first[code[i] + 1]++;
    }
    for (size_t g = 0; g < groups; g++)
        first[g + 1] += first[g];
    return RETAIN_OK;
}

/* A column in the order of the rows; NULL where the caller has none. */
static retain_status arrange_column(retain__scratch *scratch, const retain__pool_rows *rows, const double *from, const double **to)
{
    double *column;

    *to = NULL;
    if (!from)
        return RETAIN_OK;
    column = retain__take(scratch, rows->customers.count, sizeof *column);
    if (!column)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < rows->customers.count; i++)
        column[i] = from[rows->row[i]];
    *to = column;
    return RETAIN_OK;
}

static retain_status arrange_columns(retain__scratch *scratch, const retain_customers *from, size_t covariates,
                                     retain__pool_rows *rows)
{
    retain_customers *to = &rows->customers;
    retain_status status = arrange_column(scratch, rows, from->frequency, &to->frequency);

    if (status == RETAIN_OK)
        status = arrange_column(scratch, rows, from->t_x, &to->t_x);
    if (status == RETAIN_OK)
        status = arrange_column(scratch, rows, from->T, &to->T);
    if (status == RETAIN_OK)
        status = arrange_column(scratch, rows, from->weight, &to->weight);
    if (status == RETAIN_OK)
        status = arrange_column(scratch, rows, from->log_gaps, &to->log_gaps);
    for (size_t c = 0; status == RETAIN_OK && c < covariates; c++)
        status = arrange_column(scratch, rows, from->covariates[c], &rows->column[c]);
    to->covariate_count = covariates;
    to->unit_days = from->unit_days;
    return status;
}

retain_status retain__pool_arrange(retain__scratch *scratch, const retain_customers *customers, size_t covariates,
                                   const int64_t *group, size_t groups, retain__pool_rows *rows)
{
    size_t count = customers->count, *code = NULL;
    retain_status status = check_codes(scratch->ctx, group, count, groups);

    memset(rows, 0, sizeof *rows);
    rows->groups = groups;
    rows->customers.count = count;
    if (status != RETAIN_OK)
        return status;
    code = retain__take(scratch, count, sizeof *code);
    rows->first = retain__take_zeroed(scratch, groups + 1, sizeof *rows->first);
    rows->row = retain__take(scratch, count, sizeof *rows->row);
    if (!code || !rows->first || !rows->row)
        return RETAIN_ERROR_MEMORY;
    status = count_rows(scratch->ctx, group, count, groups, code, rows->first);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        rows->row[rows->first[code[i]]++] = i;
    memmove(rows->first + 1, rows->first, groups * sizeof *rows->first); /* each is where the next one begins by now */
    rows->first[0] = 0;
    retain__give_back(scratch, code);
    return arrange_columns(scratch, customers, covariates, rows);
}

void retain__pool_part_of(const retain__pool_rows *rows, size_t group, retain__pool_part *part)
{
    const retain_customers *all = &rows->customers;
    size_t first = rows->first[group];

    part->customers = *all;
    part->customers.count = rows->first[group + 1] - first;
    part->customers.frequency += first;
    part->customers.t_x += first;
    part->customers.T += first;
    part->customers.weight = all->weight ? all->weight + first : NULL;
    part->customers.log_gaps = all->log_gaps ? all->log_gaps + first : NULL;
    for (size_t c = 0; c < all->covariate_count; c++)
        part->column[c] = rows->column[c] + first;
    part->customers.covariates = all->covariate_count ? part->column : NULL;
}
