/* The parts of retention_report: load a shop's orders from SQLite, compute every figure with libretain, write them for people and for
 * programs. Each part is one file; this header is what they share. */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "retain/retain.h"

enum { MODELS = 3, BANDS = 3 };

/* What the user asked for. */
struct settings {
    const char *database, *query, *out, *zone, *shop;
    retain_calendar calendar;
    retain_period period;
    int first_weekday;
    int64_t window_days, horizon_days;
    double clv_days, annual_rate, margin;
    retain_btyd_family model;
    int threads;
};

/* The shop's order log, as columns. Customers are numbered in the order of their names. */
struct shop {
    size_t rows, names;
    int64_t *customer, *day, *order; /* order is NULL when the query has no fourth column */
    double *value;
    char **name;
};

/* A fit with what it said. */
struct fitted {
    retain_btyd model;
    retain_fit_report report;
    retain_status status;
};

/* Everything the report shows. NaN where a number does not exist. */
struct figures {
    int64_t first_day, observation_end;
    retain_orders_report log;
    /* periods */
    size_t periods;
    int64_t *edges;
    int64_t window_days;
    retain_crr_columns crr;
    /* cohorts, periods x periods */
    double *size, *active, *orders, *revenue, *retention, *retention_low, *retention_high;
    double *average, *average_low, *average_high;
    uint8_t *complete;
    /* one row per customer */
    size_t customers;
    retain_summary summary;
    struct fitted fits[MODELS];
    retain_spend spend_model;
    retain_fit_report spend_report;
    retain_status spend_status;
    double spend_correlation;
    const struct fitted *chosen; /* the model behind the columns below; NULL when none can be used */
    double *alive, *expected, *risk, *order_value, *clv, *at_risk;
    uint8_t *band;
    size_t *by_value_at_risk; /* customers, most value at risk first */
    double foreseen,
        happened; /* occasions of the last horizon: as the model would have foreseen them from the days before, and as they came */
};

extern const char *const band_names[BANDS];
extern const char *const model_names[MODELS]; /* pareto_nbd, bg_nbd, mbg_nbd */

/* Ends the program with a sentence on stderr and status 1. */
void stop(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Memory or the end. */
void *must_have(size_t count, size_t size);

/* load.c: reads customer, time, value (and order id) from the database. */
void load_shop(const struct settings *settings, struct shop *shop);
/* compute.c */
void compute_figures(const struct settings *settings, const struct shop *shop, struct figures *figures);
/* files.c: retention.csv, cohorts.csv, models.csv, customers.csv in settings->out. */
void write_files(const struct settings *settings, const struct shop *shop, const struct figures *figures);
FILE *open_file(const struct settings *settings, const char *name);
/* page.c: the terminal. */
void print_page(const struct settings *settings, const struct shop *shop, const struct figures *figures);
/* html.c: report.html in settings->out. */
void write_html(const struct settings *settings, const struct shop *shop, const struct figures *figures);

/* words.c: numbers and sentences as a shop owner reads them. Texts are in the caller's buffer. */
enum { TEXT = 512 };
const char *write_iso(int64_t day, char text[TEXT]);
const char *write_period(const struct settings *settings, int64_t first_day, char text[TEXT]);
const char *write_percent(double rate, char text[TEXT]);
const char *write_count(double count, char text[TEXT]);
const char *write_money(double money, char text[TEXT]);
const char *describe_model(const struct fitted *fit, char text[TEXT]);
const char *describe_spend(const struct figures *figures, char text[TEXT]);
const char *describe_retention(const struct figures *figures, char text[TEXT]);
const char *describe_hindsight(const struct settings *settings, const struct figures *figures, char text[TEXT]);
const char *describe_dropped(const struct figures *figures, char text[TEXT]);
/* Index of the last period that is over, or SIZE_MAX. */
size_t last_complete(const struct figures *figures);
/* Sums over customers of a band: how many, their CLV, their value at risk. */
struct band_total {
    double customers, clv, at_risk;
};
void add_up_bands(const struct figures *figures, struct band_total totals[BANDS]);

#endif
