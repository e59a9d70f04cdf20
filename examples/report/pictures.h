/* The pictures of the HTML page, as inline SVG. */
#ifndef PICTURES_H
#define PICTURES_H

#include "report.h"

/* Nothing where no period began with active customers. */
void draw_retention(FILE *file, const struct report *report);
/* Nothing where there is no forecast of value. */
void draw_risk(FILE *file, const struct report *report);

#endif
