/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_PREDICTORS_H
#define RETAIN_PREDICTORS_H

#include <stddef.h>

/** @defgroup predictors Predictors
 *  @brief What is known of each row, from which something else is to be told.
 *
 *  A borrowed view of a table of numbers: a row for each customer (or customer and date), a column for each thing that is known: days
 *  since the last order, tickets of the last quarter, kind of contract. Where something is not known it is **NaN**: missing is not
 *  0, and functions say what they make of it. Yes and no are 1 and 0; one of several kinds is a column of 0 and 1 for each kind but one.
 *
 *  Columns may lie anywhere. A table in one block is viewed as it lies, without copying:
 *
 *      const double *column[2] = {table, table + rows};
 *      retain_predictors by_column = {rows, 2, column, 0};                    // one column after the other
 *      const double *first[2] = {table, table + 1};
 *      retain_predictors by_row = {rows, 2, first, 2};                        // row after row
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most columns that any function takes. */
#define RETAIN_PREDICTORS_MOST 256

/** A table of numbers. */
typedef struct retain_predictors {
    size_t count;   /**< rows */
    size_t columns; /**< columns, at most RETAIN_PREDICTORS_MOST */
    const double *const
        *column;   /**< [columns] where each column begins; may be NULL without columns. NaN, or at most 1e100 in size */
    size_t stride; /**< from a number to the one below it; 0 means 1. Where rows lie one after the other: their length */
} retain_predictors;

/** Which contributions of columns to a risk count as reasons. */
typedef enum retain_direction {
    RETAIN_REASONS_EITHER = 0,  /**< all that are not 0 */
    RETAIN_REASONS_RAISING = 1, /**< those that raise it */
    RETAIN_REASONS_LOWERING = 2 /**< those that lower it */
} retain_direction;

#ifdef __cplusplus
}
#endif
/** @} */
#endif
