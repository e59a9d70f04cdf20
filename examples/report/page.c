/* The page on the terminal: what happened, what to expect, whom to call first. */
#include <math.h>
#include <string.h>

#include "report.h"

static void rule(const char *title)
{
    size_t length = strlen(title);

    printf("\n%s ", title);
    for (size_t i = length; i < 96; i++)
        fputs("─", stdout);
    fputs("\n\n", stdout);
}

/* Prints a text in lines of at most 98 characters. */
static void paragraph(const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t length = strcspn(text, " ");

        if (column && column + 1 + length > 98) {
            putchar('\n');
            column = 0;
        } else if (column) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* A bar of at most `width` cells, in eighths. */
static void bar(double share, int width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int units = isnan(share) ? 0 : (int)lround(fmin(fmax(share, 0.0), 1.0) * width * 8);

    for (int i = 0; i < units / 8; i++)
        fputs("█", stdout);
    fputs(eighths[units % 8], stdout);
}

static void print_head(const struct settings *settings, const struct figures *figures)
{
    const retain_summary *summary = &figures->summary;
    double once = 0.0;
    char customers[TEXT], orders[TEXT], revenue[TEXT], first[TEXT], last[TEXT], share[TEXT], text[TEXT];

    for (size_t i = 0; i < figures->customers; i++)
        once += summary->frequency[i] == 0.0;
    printf("\n%s: who stays, what they are worth, who is about to leave\n", settings->shop);
    printf("%s customers, %s orders, %s of revenue, %s to %s\n\n", write_count((double)figures->customers, customers),
           write_count(figures->log.kept_orders, orders), write_money(figures->log.kept_value, revenue),
           write_iso(figures->first_day, first), write_iso(figures->observation_end, last));
    printf("%s of the customers have bought once and not again so far.\n", write_percent(once / (double)figures->customers, share));
    paragraph(describe_dropped(figures, text));
}

static void print_retention(const struct settings *settings, const struct figures *figures)
{
    const retain_crr_columns *crr = &figures->crr;
    size_t over = last_complete(figures), first = over != SIZE_MAX && over > 14 ? over - 14 : 0;
    char text[TEXT];

    rule("Retention");
    paragraph(describe_retention(figures, text));
    printf("\nActive means: bought in the last %lld days.\n\n", (long long)figures->window_days);
    printf("%-17s%9s%9s%9s%9s%9s%9s   %s\n", "period", "start", "lost", "retained", "back", "new", "end", "CRR (95 % interval)");
    for (size_t k = first; over != SIZE_MAX && k <= over; k++) {
        char cells[6][TEXT], low[TEXT], high[TEXT];

        printf("%-17s%9s%9s%9s%9s%9s%9s", write_period(settings, figures->edges[k], text), write_count(crr->start[k], cells[0]),
               write_count(crr->lost[k], cells[1]), write_count(crr->retained[k], cells[2]),
               write_count(crr->reactivated[k], cells[3]), write_count(crr->gained[k], cells[4]),
               write_count(crr->end[k], cells[5]));
        if (isnan(crr->crr[k])) {
            puts("       -");
            continue;
        }
        printf("  %6s", write_percent(crr->crr[k], text));
        if (isnan(crr->crr_low[k]))
            printf("%16s", "");
        else
            printf("  %6s - %5s", write_percent(crr->crr_low[k], low), write_percent(crr->crr_high[k], high));
        fputs("  ", stdout);
        bar(crr->crr[k], 16);
        putchar('\n');
    }
}

static void print_cohorts(const struct settings *settings, const struct figures *figures)
{
    size_t n = figures->periods, ages = n < 13 ? n : 13, over = last_complete(figures);
    size_t shown = 0;
    char text[TEXT];

    while (ages > 2 && isnan(figures->average[ages - 1]))
        ages--;
    rule("Cohorts");
    paragraph(
        "Of the customers won in a period, the share that bought again so many periods later. The last row is the average over all "
        "cohorts that have got there.");
    printf("\n%-17s%9s", "won in", "customers");
    for (size_t age = 1; age < ages; age++)
        printf("%6zu", age);
    putchar('\n');
    for (size_t c = 0; c < n && over != SIZE_MAX && c <= over; c++) {
        if (figures->size[c] == 0.0 || shown >= 18)
            continue;
        shown++;
        printf("%-17s%9s", write_period(settings, figures->edges[c], text), write_count(figures->size[c], (char[TEXT]){0}));
        for (size_t age = 1; age < ages && c + age < n; age++) {
            double retention = figures->retention[c * n + age];

            if (isnan(retention))
                break;
            printf("%5.0f%%", 100.0 * retention);
        }
        putchar('\n');
    }
    printf("%-26s", "average");
    for (size_t age = 1; age < ages && !isnan(figures->average[age]); age++)
        printf("%5.0f%%", 100.0 * figures->average[age]);
    putchar('\n');
}

static void print_models(const struct settings *settings, const struct figures *figures)
{
    char text[TEXT];

    rule("What to expect");
    for (int k = 0; k < MODELS; k++) {
        fputs(figures->chosen == &figures->fits[k] ? "* " : "  ", stdout);
        paragraph(describe_model(&figures->fits[k], text));
    }
    fputs("  ", stdout);
    paragraph(describe_spend(figures, text));
    if (figures->chosen) {
        fputs("  ", stdout);
        paragraph(describe_hindsight(settings, figures, text));
    }
    if (figures->chosen)
        puts("\n* stands behind the forecasts below.");
    else
        puts("\nThe chosen model cannot be used on these data, so there are no forecasts per customer.");
}

static void print_bands(const struct settings *settings, const struct figures *figures)
{
    struct band_total totals[BANDS];

    add_up_bands(figures, totals);
    rule("Who is about to leave");
    printf("Risk is the probability of no order in the next %lld days. Value is what the next %.0f days should bring, discounted "
           "at %g %%\n"
           "a year. Value at risk is risk times value.\n\n",
           (long long)settings->horizon_days, settings->clv_days, 100.0 * settings->annual_rate);
    printf("%-10s %11s %19s %19s\n", "risk", "customers", "value", "value at risk");
    for (int b = BANDS - 1; b >= 0; b--) {
        char customers[TEXT], clv[TEXT], at_risk[TEXT];

        printf("%-10s %11s %19s %19s\n", band_names[b], write_count(totals[b].customers, customers),
               write_money(totals[b].clv, clv), write_money(totals[b].at_risk, at_risk));
    }
}

/* A name in a column of `width` characters, cut between characters (of UTF-8) when it is longer. */
static void print_name(const char *name, int width)
{
    for (; *name && width > 0; width--) {
        do
            putchar(*name++);
        while (((unsigned char)*name & 0xc0) == 0x80);
    }
    printf("%*s", width, "");
}

static void print_first_calls(const struct shop *shop, const struct figures *figures)
{
    const retain_summary *summary = &figures->summary;

    rule("What to do first");
    puts("Write to these customers: they have the most value at risk.\n");
    printf("%-20s %6s %10s %17s %6s %17s %17s\n", "customer", "orders", "last order", "revenue", "risk", "value", "value at risk");
    for (size_t rank = 0; rank < 12 && rank < figures->customers; rank++) {
        size_t i = figures->by_value_at_risk[rank];
        char cells[5][TEXT], day[TEXT];

        if (isnan(figures->at_risk[i]))
            break;
        print_name(shop->name[summary->customer[i]], 20);
        printf(" %6s %10s %17s %6s %17s %17s\n", write_count(summary->orders[i], cells[0]), write_iso(summary->last_day[i], day),
               write_money(summary->revenue[i], cells[1]), write_percent(figures->risk[i], cells[2]),
               write_money(figures->clv[i], cells[3]), write_money(figures->at_risk[i], cells[4]));
    }
}

void print_page(const struct settings *settings, const struct shop *shop, const struct figures *figures)
{
    print_head(settings, figures);
    print_retention(settings, figures);
    print_cohorts(settings, figures);
    print_models(settings, figures);
    if (figures->chosen) {
        print_bands(settings, figures);
        print_first_calls(shop, figures);
    }
    printf("\nWritten: %s/report.html, retention.csv, cohorts.csv, models.csv, customers.csv\n", settings->out);
}
