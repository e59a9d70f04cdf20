/* Shares and average rows of cohort counts, whether every cell has its own denominator or a whole row shares one. */
#ifndef RETAIN_COHORT_RATES_H
#define RETAIN_COHORT_RATES_H

#include "core/core.h"

/* Counts as a table. The denominator of cell (r, j) is at whole[r * row_step + j * column_step]. */
typedef struct retain__cohort_counts {
    const char *whole_name; /* for sentences */
    const double *whole, *active;
    size_t rows, columns, row_step, column_step;
} retain__cohort_counts;

/* Checks level and counts; `written`, called `written_name`, is the output that must not be NULL. */
retain_status retain__check_counts(retain_context *ctx, const retain__cohort_counts *counts, double *level,
                                   const char *written_name, const double *written);

void retain__put_shares(const retain__cohort_counts *counts, double level, double *share, double *low, double *high);
void retain__put_overall(const retain__cohort_counts *counts, double level, double *overall, double *customers, double *low,
                         double *high);

#endif
