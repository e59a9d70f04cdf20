/* Rows for tests of logistic regressions. */
#include "logistic_rows.h"

#include "support.h"

logistic_data read_logistic_data(const char *name)
{
    static const char *const names[LOGISTIC_COLUMNS] = {"x1", "x2", "x3", "x4", "x5"};
    static double x[LOGISTIC_COLUMNS][LOGISTIC_ROWS], weight[LOGISTIC_ROWS];
    static uint8_t outcome[LOGISTIC_ROWS];
    static const double *const column[LOGISTIC_COLUMNS] = {x[0], x[1], x[2], x[3], x[4]};
    golden table = golden_read("logistic/rows.csv");
    size_t count = 0, columns = 0;

    for (size_t row = 0; row < table.rows; row++) {
        if (strcmp(golden_text(&table, row, "dataset"), name) != 0)
            continue;
        assert_true(count < LOGISTIC_ROWS);
        outcome[count] = golden_number(&table, row, "y") > 0.5;
        weight[count] = golden_number(&table, row, "weight");
        columns = 0;
        while (columns < LOGISTIC_COLUMNS && !golden_blank(&table, row, names[columns])) {
            x[columns][count] = golden_number(&table, row, names[columns]);
            columns++;
        }
        count++;
    }
    assert_true(count > 0);
    golden_free(&table);
    return (logistic_data){{count, columns, column, 0}, outcome, weight};
}
