/* The files for programs: header rows, ISO dates, rates as fractions, an empty field where a number does not exist. */
#ifndef CSV_H
#define CSV_H

#include <stdio.h>

#include "report.h"

/* A file in the folder that the user named; the end when it cannot be written. */
FILE *open_file(const struct settings *settings, const char *name);
void close_file(FILE *file, const char *name);
/* Writes `,` and a number with as many digits as it takes to read back the same double. */
void put_csv_number(FILE *file, double value);
/* A text that the shop gave, as the first field of a row. */
void put_csv_text(FILE *file, const char *text);
/* Would a spreadsheet take the text for a formula? */
int looks_like_formula(const char *text);

#endif
