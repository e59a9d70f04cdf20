/* The pictures of the report, as inline SVG and coloured tables. */
#ifndef PICTURES_H
#define PICTURES_H

#include "report.h"

void draw_retention(FILE *file, const struct settings *settings, const struct figures *figures);
void draw_cohorts(FILE *file, const struct settings *settings, const struct figures *figures);
void draw_risk(FILE *file, const struct settings *settings, const struct figures *figures);

#endif
