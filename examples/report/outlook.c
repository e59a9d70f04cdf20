/* What to expect: the orders of the periods to come with a band, what the same method would have foreseen of the last periods, when customers
 * will order next, and how many of them hold the value to come.
 *
 * A forecast of a period counts the days with an order of those who were customers before it began. So does what came, which is therefore less
 * than all orders of the period: newcomers come on top. */
#include <math.h>
#include <stdlib.h>

#include "csv.h"
#include "pictures.h"
#include "sections.h"

enum { HIDDEN_DAYS = 36525 /* a next order later than in a hundred years has no date */ };

/* --- what is computed ------------------------------------------------------------------------------------------------------------ */

/* Customers known on the day `made`, and the days with an order that they had from `first` to `last`. */
static void count_orders(struct report *report, struct look *look)
{
    const struct figures *figures = &report->figures;
    const retain_orders_options options = {.struct_size = sizeof options, .unit_days = UNIT_DAYS};
    int64_t *known = must_have(figures->customers, sizeof *known);
    double *orders = new_column(figures->customers);
    size_t count = 0;

    for (size_t i = 0; i < figures->customers; i++) {
        if (figures->summary.first_day[i] <= look->made)
            known[count++] = figures->summary.customer[i];
    }
    check(report,
          retain_orders_holdout(&report->context, &report->log, look->made, look->last, &options, known, count, orders, NULL),
          "counting the orders of a period");
    look->customers = (double)count;
    look->orders = 0.0;
    for (size_t i = 0; i < count; i++)
        look->orders += orders[i];
    free(known);
    free(orders);
}

/* Of a total about its forecast; doubt about the parameters counts where the fit tells it. */
static double variance_of(const retain_btyd_sum *sum)
{
    return sum->variance + (isnan(sum->standard_error) ? 0.0 : sum->standard_error * sum->standard_error);
}

/* What `fit` expects of `customers`, whom it knows up to the day `made`. */
static void foresee(struct report *report, const struct fitted *fit, const retain_customers *customers, struct look *look)
{
    double from = (double)(look->first - 1 - look->made) / UNIT_DAYS, days = (double)(look->last + 1 - look->first);
    const retain_btyd_question orders = {
        .struct_size = sizeof orders, .quantity = RETAIN_BTYD_ORDERS, .from = from, .to = from + days / UNIT_DAYS};

    look->expected.struct_size = sizeof look->expected;
    check(report,
          retain_btyd_total(&report->context, &fit->model, fit->report.covariance, customers, &orders, NULL, 0.95, &look->expected),
          "the forecast of a period");
    look->foreseen = 1;
}

/* Gives a forecast its band. Months differ by more than chance from customer to customer, for reasons that all of them share, so the band
 * is as wide as what came of earlier forecasts asks for, where there are enough of them; else, of a period to come, it knows chance
 * alone. */
static void widen(struct report *report, struct look *look, const retain_evaluation_shock_report *shocks)
{
    const retain_btyd_sum *sum = &look->expected;
    const double variance = variance_of(sum);

    look->least = look->most = look->shock = (double)NAN;
    if (!look->foreseen)
        return;
    if (shocks->periods >= LOOKS_FOR_SHOCKS) {
        look->shock = shocks->tau;
        check(report,
              retain_evaluation_shock_band(&report->context, shocks, &sum->value, &variance, 1, 0.95, NULL, &look->least,
                                           &look->most),
              "the band of a period");
    } else if (isnan(look->orders)) {
        look->least = sum->least;
        look->most = sum->most;
    }
}

/* The bands, each from nothing but what came of the forecasts before it. */
static void find_bands(struct report *report)
{
    const retain_evaluation_shock_options options = {.struct_size = sizeof options, .unbiased = 1};
    struct figures *out = &report->figures;
    retain_evaluation_shock_report shocks = {.struct_size = sizeof shocks};
    double expected[LOOKS], actual[LOOKS], variance[LOOKS];
    size_t count = 0;

    for (size_t k = 0; k < out->past_count; k++) {
        struct look *look = &out->past[k];

        check(report, retain_evaluation_shocks(&report->context, expected, actual, variance, count, &options, &shocks),
              "what moves all customers at once");
        widen(report, look, &shocks);
        if (!look->foreseen || !(look->expected.value > 1e-9 && variance_of(&look->expected) > 0.0))
            continue;
        expected[count] = look->expected.value;
        actual[count] = look->orders;
        variance[count++] = variance_of(&look->expected);
    }
    check(report, retain_evaluation_shocks(&report->context, expected, actual, variance, count, &options, &shocks),
          "what moves all customers at once");
    for (size_t k = 0; k < out->coming_count; k++)
        widen(report, &out->coming[k], &shocks);
}

/* The chosen family as it would have been fitted on the day `made`. */
static void foresee_then(struct report *report, struct look *look)
{
    struct known known = know(report, look->made);

    if (is_usable(&known.fit.report))
        foresee(report, &known.fit, &known.customers, look);
    forget(&known);
}

/* The last periods that are over; of those after the first third of the log the last LOOKS_BACK are forecast. */
static void look_back(struct report *report)
{
    struct figures *out = &report->figures;
    size_t last = out->over, first;

    if (last == SIZE_MAX || last == 0)
        return;
    first = last > LOOKS ? last - LOOKS + 1 : 1;
    for (size_t k = first; k <= last; k++) {
        struct look *look = &out->past[out->past_count++];

        look->made = out->edges[k] - 1;
        look->first = out->edges[k];
        look->last = out->edges[k + 1] - 1;
        count_orders(report, look);
        if (out->chosen && k > last / 3 && last - k < LOOKS_BACK)
            foresee_then(report, look);
    }
}

/* The next whole periods. */
static void look_ahead(struct report *report, const retain_customers *customers)
{
    static const int64_t longest[] = {31, 1, 7, 92, 366}; /* days of a month, day, week, quarter, year */
    struct figures *out = &report->figures;
    const retain_calendar_options options = {.struct_size = sizeof options,
                                             .calendar = report->settings.calendar,
                                             .period = report->settings.period,
                                             .first_weekday = report->settings.first_weekday};
    int64_t from = out->observation_end + 1, to = from + (LOOKS_AHEAD + 1) * longest[report->settings.period], *edges;
    size_t count;

    if (!out->chosen)
        return;
    retain_calendar_edges(&report->context, from, to, &options, NULL, 0, &count);
    edges = must_have(count, sizeof *edges);
    check(report, retain_calendar_edges(&report->context, from, to, &options, edges, count, &count), "cutting the time to come");
    for (size_t k = 0; k + 1 < count && out->coming_count < LOOKS_AHEAD; k++) {
        struct look *look = &out->coming[out->coming_count];

        if (edges[k] < from)
            continue;
        *look = (struct look){.made = out->observation_end,
                              .first = edges[k],
                              .last = edges[k + 1] - 1,
                              .customers = (double)out->customers,
                              .orders = (double)NAN};
        foresee(report, out->chosen, customers, look);
        out->coming_count++;
    }
    free(edges);
}

/* Days until the next order has come with even chances; infinite for those who are more likely never to come. */
static void find_next_orders(struct report *report, const retain_customers *customers)
{
    const retain_btyd_question median = {.struct_size = sizeof median, .quantity = RETAIN_BTYD_NEXT_QUANTILE, .share = 0.5};
    struct figures *out = &report->figures;

    out->next_order = new_column(out->customers);
    for (size_t i = 0; i < out->customers; i++)
        out->next_order[i] = (double)NAN;
    if (!out->chosen)
        return;
    check(report, retain_btyd_forecast(&report->context, &out->chosen->model, customers, &median, out->next_order),
          "the next order");
    for (size_t i = 0; i < out->customers; i++)
        out->next_order[i] *= UNIT_DAYS;
}

/* How many will come back within the horizon, and what the best of them hold. */
static void sum_up(struct report *report, const retain_customers *customers)
{
    const double best = BEST_SHARE;
    struct figures *out = &report->figures;
    const retain_btyd_question back = {
        .struct_size = sizeof back, .quantity = RETAIN_BTYD_RETURN, .to = (double)report->settings.horizon_days / UNIT_DAYS};

    out->value_share = out->value_share_low = out->value_share_high = (double)NAN;
    if (!out->chosen)
        return;
    out->back.struct_size = sizeof out->back;
    check(report,
          retain_btyd_total(&report->context, &out->chosen->model, out->chosen->report.covariance, customers, &back, NULL, 0.95,
                            &out->back),
          "customers who come back");
    for (size_t i = 0; i < out->customers; i++) {
        if (!isfinite(out->clv[i]) || out->clv[i] < 0.0)
            return;
    }
    check(report,
          retain_rfm_top_share(&report->context, out->clv, out->customers, &best, 1, 0.0, &out->value_share, &out->value_share_low,
                               &out->value_share_high),
          "the share of the most valuable customers");
}

void compute_outlook(struct report *report)
{
    struct figures *out = &report->figures;
    const retain_customers customers = {.count = out->customers,
                                        .frequency = out->summary.frequency,
                                        .t_x = out->summary.t_x,
                                        .T = out->summary.T,
                                        .unit_days = UNIT_DAYS};

    look_back(report);
    look_ahead(report, &customers);
    find_bands(report);
    find_next_orders(report, &customers);
    sum_up(report, &customers);
}

/* --- files for programs ---------------------------------------------------------------------------------------------------------- */

static void write_look(FILE *csv, const struct look *look)
{
    char first[TEXT], made[TEXT];

    fprintf(csv, "%s,%s", write_iso(look->first, first), write_iso(look->made, made));
    put_csv_number(csv, look->customers);
    put_csv_number(csv, look->orders);
    put_csv_number(csv, look->foreseen ? look->expected.value : (double)NAN);
    put_csv_number(csv, look->foreseen ? look->expected.low : (double)NAN);
    put_csv_number(csv, look->foreseen ? look->expected.high : (double)NAN);
    put_csv_number(csv, look->least);
    put_csv_number(csv, look->most);
    put_csv_number(csv, look->shock);
    fputc('\n', csv);
}

void write_outlook(const struct report *report, FILE *csv)
{
    const struct figures *figures = &report->figures;

    fputs("period,made,customers,orders,expected,low,high,least,most,shock\n", csv);
    for (size_t k = 0; k < figures->past_count; k++)
        write_look(csv, &figures->past[k]);
    for (size_t k = 0; k < figures->coming_count; k++)
        write_look(csv, &figures->coming[k]);
}

int64_t day_of_next_order(const struct figures *figures, size_t i)
{
    return figures->next_order[i] <= HIDDEN_DAYS ? figures->observation_end + (int64_t)ceil(figures->next_order[i]) : INT64_MIN;
}

/* --- what is shown ----------------------------------------------------------------------------------------------------------------- */

static void put_next_period(const struct report *report, struct page *page)
{
    const struct look *next = &report->figures.coming[0];
    char text[TEXT], period[TEXT], expected[TEXT], least[TEXT], most[TEXT];

    write_period(report->settings.calendar, report->settings.period, next->first, period);
    write_count(next->expected.value, expected);
    if (isnan(next->least))
        put_text(page, say(text, SAY_outlook_next_only, "period", period, "orders", expected, NULL));
    else
        put_text(page, say(text, SAY_outlook_next, "period", period, "orders", expected, "least", write_count(next->least, least),
                           "most", write_count(next->most, most), NULL));
}

/* What the band knows. */
static void put_shock(const struct look *next, struct page *page)
{
    char text[TEXT], shock[TEXT];

    if (isnan(next->least))
        return;
    if (isnan(next->shock))
        put_text(page, phrase(SAY_outlook_shock_unknown));
    else if (next->shock < 0.005)
        put_text(page, phrase(SAY_outlook_shock_none));
    else
        put_text(page, say(text, SAY_outlook_shock, "shock", write_percent(next->shock, shock), NULL));
}

/* The chance of at most so many hits, were each to be expected 95 times of 100. */
static double find_chance(double hits, double looks)
{
    double chance = 0.0, one = pow(0.05, looks);

    for (double k = 0.0; k <= hits; k++) {
        chance += one;
        one *= (looks - k) / (k + 1.0) * (0.95 / 0.05);
    }
    return chance;
}

/* How often what came lay in the band. */
static void put_hits(const struct figures *figures, struct page *page)
{
    double hits = 0.0, looks = 0.0;
    char text[TEXT], periods[TEXT], times[TEXT];

    for (size_t k = 0; k < figures->past_count; k++) {
        const struct look *look = &figures->past[k];

        if (isnan(look->least))
            continue;
        looks++;
        hits += look->orders >= look->least && look->orders <= look->most;
    }
    if (looks == 0.0)
        return;
    put_text(page, say(text, SAY_outlook_hits, "periods", say_count(periods, SAY_past_periods, looks), "times",
                       say_count(times, SAY_n_times, hits), NULL));
    if (find_chance(hits, looks) < 0.05)
        put_text(page, phrase(SAY_outlook_misses));
}

static void put_summary(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    char text[TEXT], days[TEXT], count[TEXT], least[TEXT], most[TEXT], share[TEXT], low[TEXT], high[TEXT], interval[TEXT];

    say_count(days, SAY_n_days, (double)report->settings.horizon_days);
    if (isnan(figures->back.least))
        put_text(page, say(text, SAY_outlook_back_only, "days", days, "count",
                           say_count(count, SAY_n_customers, round(figures->back.value)), NULL));
    else
        put_text(page,
                 say(text, SAY_outlook_back, "days", days, "count", say_count(count, SAY_n_customers, round(figures->back.value)),
                     "least", write_count(figures->back.least, least), "most", write_count(figures->back.most, most), NULL));
    if (isnan(figures->value_share_low))
        return;
    say(interval, SAY_interval, "low", write_percent(figures->value_share_low, low), "high",
        write_percent(figures->value_share_high, high), NULL);
    put_text(page, say(text, SAY_outlook_concentration, "share", write_percent(BEST_SHARE, share), "money",
                       write_percent(figures->value_share, count), "interval", interval, NULL));
}

static const double *sort_key;

static int most_first(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    double x = sort_key[i], y = sort_key[j];

    return x != y ? (x < y ? 1 : -1) : (i > j) - (i < j);
}

/* The customers of most value to come, and when to expect them. */
static void put_next_orders(const struct report *report, struct page *page)
{
    static const enum phrase headings[] = {SAY_customer, SAY_last_order, SAY_outlook_next_order, SAY_outlook_return, SAY_value};
    const struct figures *figures = &report->figures;
    size_t *order = must_have(figures->customers, sizeof *order), count = 0;
    char text[TEXT];

    for (size_t i = 0; i < figures->customers; i++) {
        if (isfinite(figures->clv[i]))
            order[count++] = i;
    }
    sort_key = figures->clv;
    qsort(order, count, sizeof *order, most_first);
    if (count) {
        put_text(page, phrase(SAY_outlook_next_text));
        begin_table(page, TABLE_LIST);
        for (size_t c = 0; c < sizeof headings / sizeof *headings; c++)
            put_heading(page, headings[c]);
        end_row(page);
    }
    for (size_t rank = 0; rank < (page->html ? 15 : 8) && rank < count; rank++) {
        size_t i = order[rank];
        int64_t day = day_of_next_order(figures, i);

        put_cell(page, (struct cell){.kind = CELL_NAME, .text = report->shop.name[figures->summary.customer[i]]});
        put_number(page, write_date(report->settings.calendar, figures->summary.last_day[i], text));
        put_number(page, day == INT64_MIN ? phrase(SAY_outlook_never) : write_date(report->settings.calendar, day, text));
        put_number(page, write_percent(1.0 - figures->risk[i], text));
        put_number(page, write_money(figures->clv[i], text));
        end_row(page);
    }
    if (count)
        end_table(page);
    free(order);
}

void show_outlook(const struct report *report, struct page *page)
{
    if (!report->figures.coming_count) {
        put_text(page, phrase(SAY_outlook_none));
        return;
    }
    put_next_period(report, page);
    if (page->html) {
        put_text(page, phrase(SAY_outlook_band));
        draw_outlook(page->file, report);
    }
    put_shock(&report->figures.coming[0], page);
    put_hits(&report->figures, page);
    put_summary(report, page);
    put_next_orders(report, page);
}
