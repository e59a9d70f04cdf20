/* The pictures of the HTML page, as inline SVG. */
#ifndef PICTURES_H
#define PICTURES_H

#include "report.h"

/* Nothing where no period began with active customers. */
void draw_retention(FILE *file, const struct report *report);
/* The share of customers who are back, by days since their first order. */
void draw_second_order(FILE *file, const struct report *report);
/* From the revenue of one period to that of the last one that is over. */
void draw_bridge(FILE *file, const struct report *report);
/* Risks as they were foretold on the test, against the share that was silent. */
void draw_reliability(FILE *file, const struct report *report);
/* Orders of the last periods, and what is expected of the next ones. */
void draw_outlook(FILE *file, const struct report *report);
/* Nothing where there is no forecast of value. */
void draw_risk(FILE *file, const struct report *report);

#endif
