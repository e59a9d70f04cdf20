/* Cohort tables of any layout, and random worlds to make them from. */
#ifndef RETAIN_TEST_COHORT_TABLES_H
#define RETAIN_TEST_COHORT_TABLES_H

#include "logs.h"
#include "retain/cohort_cells.h"

enum { MEASURES = 17 }; /* columns of doubles with a cell each */

typedef struct cell_table {
    size_t rows, columns, cells;
    double *room;
    retain_cohort_columns of;
} cell_table;

/* Room for a table, painted. */
cell_table table_make(size_t rows, size_t columns);
void table_free(cell_table *table);

/* The table of a layout, filled. */
cell_table table_of(retain_context *ctx, const retain_orders *orders, int64_t end, const retain_cohort_layout *layout,
                    const retain_orders_options *counting, const retain_cohort_cells_options *options);

/* The same to the last bit? */
void assert_same_cells(const cell_table *a, const cell_table *b);

/* Sum of the numbers that are not NaN. */
double sum_of(const double *numbers, size_t count);

enum { MOST_CUSTOMERS = 10 };

/* Everything that a random table is made from. */
typedef struct world {
    random_log log;
    int64_t edges[64], ages[16], customers[MOST_CUSTOMERS], groups_of[MOST_CUSTOMERS];
    double margins[MOST_CUSTOMERS];
    retain_groups groups;
    retain_cohort_layout layout;
    retain_cohort_cells_options options;
    retain_orders_options counting;
    int64_t end;
} world;

/* The world of a trial: every combination of rows, columns and options comes by. */
void world_make(world *made, uint64_t *seed, int trial);

enum { DAYS = 300, LARGE = 100000, PEOPLE = 16000, GROUPS = 5 };

/* A large log, ten periods of 30 days, the same 300 days one by one, and groups. */
typedef struct large_world {
    random_log log;
    int64_t months[DAYS / 30 + 1], days[DAYS + 1], ages[6];
    int64_t *customers, *groups_of;
    retain_groups groups;
} large_world;

large_world large_make(void);
void large_free(large_world *made);

#endif
