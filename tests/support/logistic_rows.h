/* Rows for tests of logistic regressions. */
#ifndef RETAIN_TEST_LOGISTIC_ROWS_H
#define RETAIN_TEST_LOGISTIC_ROWS_H

#include "retain/logistic.h"

enum { LOGISTIC_ROWS = 400, LOGISTIC_COLUMNS = 5 };

typedef struct logistic_data {
    retain_predictors predictors; /* of static memory: good until the next call */
    const uint8_t *outcome;
    const double *weight;
} logistic_data;

/* A data set of golden/logistic/rows.csv, by name. */
logistic_data read_logistic_data(const char *name);

#endif
