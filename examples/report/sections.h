/* The sections of the report, in the order of the page.
 *
 * To add one: write a file like retention.c with up to three functions, declare them here and add a row to `sections` in main.c. Its phrases go
 * to phrases.def, its figures into struct figures, and its CSV file into docs/report.md. */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "page.h"
#include "report.h"

struct section {
    enum phrase title;                                            /* NO_TITLE for none */
    const char *csv;                                              /* name of its CSV file, or NULL */
    int (*present)(const struct report *report);                  /* 0: leave it out; NULL means always there */
    void (*compute)(struct report *report);                       /* may be NULL */
    void (*write)(const struct report *report, FILE *csv);        /* NULL without a CSV file */
    void (*show)(const struct report *report, struct page *page); /* may be NULL */
    int html_only;
};

extern const struct section sections[];
extern const size_t section_count;
int is_present(const struct section *section, const struct report *report);
/* Shows all sections that are present. */
void show_sections(const struct report *report, struct page *page);

void show_glance(const struct report *report, struct page *page);

void compute_retention(struct report *report);
void write_retention(const struct report *report, FILE *csv);
void show_retention(const struct report *report, struct page *page);

void compute_cohorts(struct report *report);
void write_cohorts(const struct report *report, FILE *csv);
void show_cohorts(const struct report *report, struct page *page);

void compute_revenue(struct report *report);
void write_revenue(const struct report *report, FILE *csv);
void show_revenue(const struct report *report, struct page *page);

void compute_repeat(struct report *report);
void write_repeat(const struct report *report, FILE *csv);
void write_second_order(const struct report *report, FILE *csv);
void show_repeat(const struct report *report, struct page *page);

void compute_segments(struct report *report);
void write_segments(const struct report *report, FILE *csv);
void write_rfm(const struct report *report, FILE *csv);
void show_segments(const struct report *report, struct page *page);

int has_survey(const struct report *report);
void compute_survey(struct report *report);
void write_survey(const struct report *report, FILE *csv);
void show_survey(const struct report *report, struct page *page);

int has_service(const struct report *report);
void compute_service(struct report *report);
void write_service(const struct report *report, FILE *csv);
void show_service(const struct report *report, struct page *page);

int has_events(const struct report *report);
void compute_events(struct report *report);
void write_events(const struct report *report, FILE *csv);
void show_events(const struct report *report, struct page *page);

void compute_forecast(struct report *report);
void write_customers(const struct report *report, FILE *csv);
void show_forecast(const struct report *report, struct page *page);

void compute_leaving(struct report *report);
void write_leaving(const struct report *report, FILE *csv);
void show_leaving(const struct report *report, struct page *page);

void compute_value(struct report *report);
void write_value(const struct report *report, FILE *csv);
void show_value(const struct report *report, struct page *page);

void compute_outlook(struct report *report);
void write_outlook(const struct report *report, FILE *csv);
void show_outlook(const struct report *report, struct page *page);

void write_models(const struct report *report, FILE *csv);
void show_trust(const struct report *report, struct page *page);
void show_meanings(const struct report *report, struct page *page);

#endif
