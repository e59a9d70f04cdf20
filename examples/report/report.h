/* retention_report: what its parts share.
 *
 *   load.c        tables from SQLite, with times.c
 *   base.c        customers and periods, which everything else is counted by
 *   sections      one file each: what it computes with libretain, its CSV file, and what it shows (sections.h)
 *   words.c       languages; every phrase is in phrases.def
 *   page.c        titles, paragraphs and tables, on the terminal and as HTML
 *   pictures.c    pictures of the HTML page
 *   csv.c         files for programs */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "retain/retain.h"
#include "words.h"

enum { MODELS = 7, COMPARED = 3 /* of them, always */, BANDS = 3, UNIT_DAYS = 7 /* the models count time in weeks */ };

/* What the user asked for. */
struct settings {
    const char *database, *query, *out, *zone, *shop;
    enum language language;
    retain_calendar calendar, dates; /* of the pages, and of the database */
    int calendar_given;
    retain_period period;
    int first_weekday; /* 0 means Monday */
    int64_t window_days, horizon_days;
    double clv_days, annual_rate, margin;
    int model; /* place among the models */
    int threads;
};

/* The rows of a table, as columns: who, when, a number and a text. */
struct rows {
    size_t count;
    int64_t *customer, *day;
    double *value;
    char **text;
};

/* The rows of a table of moments, in seconds of the shop's clock; RETAIN_SERVICE_NOT_YET for what has not happened. */
enum { MOMENTS = 3 };
struct moments {
    size_t count;
    int64_t *customer, *at[MOMENTS];
};

/* Rows of the shop's file that are not among the orders, by reason. */
struct left_out {
    size_t count;
    char **reason;
    double *rows, *value;
};

/* What the database has. Customers of all tables are numbered together, in the order of their names. */
struct shop {
    struct rows orders, responses, events; /* with amounts and order ids; scores and kinds; values and kinds */
    struct moments tickets, deliveries;    /* opened, answered, resolved; promised, delivered */
    struct left_out left_out;
    int64_t *order; /* NULL when the query has no fourth column */
    size_t names;
    char **name;
};

/* A fit with what it said. */
struct fitted {
    int place; /* among the models */
    retain_btyd model;
    retain_fit_report report;
    retain_status status;
};

enum { FUNNEL = 8 }; /* orders that are followed one by one */

/* Scores of one survey: per period, then those of no period, then the total. */
enum { SURVEY_NPS, SURVEY_CSAT, SURVEY_CES, SURVEYS };
struct survey {
    size_t total;
    double *responses, *score, *low, *high; /* NULL when nobody answered */
};

/* Who came back after a response: detractors, passives, promoters. */
struct came_back {
    double counted[3], rate[3], low[3], high[3];
    retain_survey_retention_report report;
};

/* One kind of event, and who came back after it. */
enum { EVENT_KINDS = 10 }; /* that are shown: the most frequent */
struct event_kind {
    const char *name;
    double events;
    retain_signals_comparison effect;
};

/* One figure of the service, among so many. */
enum service_figure { FIRST_RESPONSE, RESOLUTION, FIRST_CONTACT, REPEAT_CONTACT, LATE_DELIVERY, SERVICE_FIGURES };
struct service {
    double value, low, high, among; /* hours of the first two, then shares */
};

/* A period, what came in it, and what was expected of it on the day `made`: days with an order of those who were customers then. */
enum {
    LOOKS = 18,      /* periods so far that are looked at */
    LOOKS_BACK = 12, /* of which so many are forecast */
    LOOKS_AHEAD = 6,
    LOOKS_FOR_SHOCKS = 3 /* earlier forecasts that it takes to tell what moves all customers at once */
};
struct look {
    int64_t made, first, last; /* days */
    double customers, orders;  /* NaN orders: still to come */
    int foreseen;              /* is there a forecast? */
    retain_btyd_sum expected;
    double least, most; /* the band; NaN where there is none */
    double shock;       /* its share that all customers have in common, NaN where it knows none */
};

/* Who is about to leave, as it was learnt from the shop's own past; one row per customer but for the test. */
struct leaving {
    int scored; /* 0: there is too little to learn from, as the card says */
    int ranked; /* 0: nobody has a value at risk */
    retain_risk_card card;
    size_t count, test_count;
    int64_t *customer, *rank, *reason;
    double *risk, *low, *high, *residual, *at_risk, *effect;
    size_t *by_rank;
    double *foretold; /* of the customers of the test, and what came of them */
    uint8_t *silent;
};

#define BEST_SHARE 0.1 /* of the customers, who hold so much of the value to come */

/* Everything the report shows. NaN where a number does not exist. */
struct figures {
    /* base.c */
    int64_t first_day, observation_end;
    int64_t day_before; /* the last day with an order before the observation end, or that */
    size_t last_row;    /* an order of the observation end */
    double once;        /* share of the customers who bought once */
    retain_orders_report log;
    size_t periods, over; /* `over`: the last period that is over, or SIZE_MAX */
    int64_t *edges;
    size_t customers;
    retain_summary summary;
    /* retention.c */
    int64_t window_days;
    retain_crr_columns crr;
    size_t settled; /* the first period that can be read: it begins a window after the first order or later */
    double floor;   /* of the CRR in the period `over`, if nobody ever came back and as many came in every period */
    int64_t newest; /* by then 99 of 100 customers had ordered for the first time */
    /* cohorts.c, periods x periods */
    double *size, *active, *orders, *revenue, *retention, *retention_low, *retention_high;
    double *average, *average_low, *average_high;
    int comes_back; /* has anybody of a cohort bought in a later period? */
    uint8_t *complete;
    /* revenue.c */
    retain_revenue_columns bridge;
    double bridge_unit; /* amounts are shown in so many */
    /* repeat.c */
    retain_repeat_report repeat;
    retain_repeat_steps steps;
    retain_repeat_time_columns second; /* of so many days */
    size_t second_days;
    /* segments.c, one row per customer; then one per segment, and all */
    uint8_t *r, *f, *m, *segment;
    retain_rfm_columns segments;
    double top_share, top_share_low, top_share_high; /* of revenue, from the best customers */
    /* survey.c */
    struct survey surveys[SURVEYS];
    struct came_back came_back;
    /* events.c */
    size_t kind_count;
    struct event_kind *kinds;
    /* service.c */
    struct service service[SERVICE_FIGURES];
    /* forecast.c, one row per customer */
    struct fitted fits[COMPARED + 1]; /* those that are always compared, and the one asked for */
    int fit_count;
    retain_spend spend_model;
    retain_fit_report spend_report;
    retain_status spend_status;
    retain_spend_dependence spend_goes_with; /* how often a customer comes */
    const struct fitted *chosen;             /* the model behind the columns below; NULL when none can be used */
    double *alive, *expected, *risk, *order_value, *clv, *at_risk;
    uint8_t *band;
    size_t *by_value_at_risk;  /* customers, most value at risk first */
    double foreseen, happened; /* occasions of the last horizon: as the model would have foreseen them before, and as they came */
    /* leaving.c */
    struct leaving leaving;
    /* value.c, by cohort and of all; nothing unless `valued` */
    int valued;
    retain_clv_columns value;
    /* outlook.c */
    size_t past_count, coming_count;
    struct look past[LOOKS], coming[LOOKS_AHEAD];
    double *next_order;                                    /* days until it has come with even chances, one row per customer */
    retain_btyd_sum back;                                  /* customers who order within the horizon */
    double value_share, value_share_low, value_share_high; /* of the value to come, that the best customers hold */
};

struct report {
    struct settings settings;
    struct shop shop;
    retain_context context;
    retain_orders log; /* views of `shop` */
    struct figures figures;
};

extern const char *const model_names[MODELS]; /* pareto_nbd, bg_nbd, mbg_nbd, ... */

/* What was known on a day of the past: customers, and the chosen family fitted to them. */
struct known {
    int64_t *customer;
    double *columns; /* of `customers`, one after the other */
    retain_customers customers;
    struct fitted fit;
};

/* Ends the program with a sentence on stderr and status 1. */
void stop(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Memory or the end. */
void *must_have(size_t count, size_t size);
/* A column of numbers, or the end. */
double *new_column(size_t count);
/* The end unless `status` is RETAIN_OK; `doing` is for the sentence. */
void check(const struct report *report, retain_status status, const char *doing);

/* The family of a model of the table. */
retain_btyd_family family_of(int model);
/* Does the chosen family read the logarithms of gaps? */
int reads_gaps(const struct report *report);
/* What was known on a day; forget() when it is no longer needed. */
struct known know(struct report *report, int64_t day);
void forget(struct known *known);
/* Can a model be used for forecasts? */
int is_usable(const retain_fit_report *report);
/* Can the model of spending put a value on customers? */
int can_value(const struct figures *figures);
/* The day by which a customer's next order has come with even chances; INT64_MIN when none has. */
int64_t day_of_next_order(const struct figures *figures, size_t i);

void load_shop(const struct settings *settings, struct shop *shop);
void compute_base(struct report *report);
/* Is period `k` over? */
int is_over(const struct figures *figures, size_t k);

/* report.html */
void write_html(const struct report *report);

#endif
