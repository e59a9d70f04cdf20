/* retention_report: one shop, from its order table to a page that a shop owner reads.
 *
 * Reads orders from an SQLite database, computes everything with libretain, prints a page, and writes CSV files and a self-contained
 * HTML report. examples/run.sh makes the database from any CSV file of orders. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csv.h"
#include "sections.h"

const struct section sections[] = {
    {NO_TITLE, NULL, NULL, NULL, NULL, show_glance, 0},
    {SAY_retention_title, "retention.csv", NULL, compute_retention, write_retention, show_retention, 0},
    {SAY_cohorts_title, "cohorts.csv", NULL, compute_cohorts, write_cohorts, show_cohorts, 0},
    {SAY_repeat_title, "repeat.csv", NULL, compute_repeat, write_repeat, show_repeat, 0},
    {NO_TITLE, "second_order.csv", NULL, NULL, write_second_order, NULL, 0},
    {SAY_revenue_title, "revenue.csv", NULL, compute_revenue, write_revenue, show_revenue, 0},
    {SAY_segments_title, "segments.csv", NULL, compute_segments, write_segments, show_segments, 0},
    {NO_TITLE, "rfm.csv", NULL, NULL, write_rfm, NULL, 0},
    {SAY_survey_title, "survey.csv", has_survey, compute_survey, write_survey, show_survey, 0},
    {SAY_service_title, "service.csv", has_service, compute_service, write_service, show_service, 0},
    {SAY_events_title, "events.csv", has_events, compute_events, write_events, show_events, 0},
    {SAY_forecast_title, "customers.csv", NULL, compute_forecast, write_customers, show_forecast, 0},
    {SAY_leaving_title, "leaving.csv", NULL, compute_leaving, write_leaving, show_leaving, 0},
    {SAY_outlook_title, "outlook.csv", NULL, compute_outlook, write_outlook, show_outlook, 0},
    {SAY_worth_title, "value.csv", NULL, compute_value, write_value, show_value, 0},
    {SAY_trust_title, "models.csv", NULL, NULL, write_models, show_trust, 0},
    {SAY_words_title, NULL, NULL, NULL, NULL, show_meanings, 1},
};
const size_t section_count = sizeof sections / sizeof *sections;

static const char *const usage =
    "Usage: retention_report --database FILE [options]\n"
    "\n"
    "Which customers stay, what they are worth, who is about to leave: from a table of orders.\n"
    "\n"
    "  --database FILE    SQLite database with the orders\n"
    "  --query SQL        selects customer, time, value and, if you like, an order id whose rows are one\n"
    "                     order; default: SELECT customer, time, value FROM orders\n"
    "  --out FOLDER       where to write report.html and the CSV files (made when missing); default: report\n"
    "  --shop NAME        name on the page; default: Your shop\n"
    "  --zone NAME        the shop's time zone, such as Asia/Tehran, for times that are Unix seconds or carry a\n"
    "                     zone of their own; default: UTC\n"
    "  --language NAME    en (default), fa (Persian) or ar (Arabic): the words, digits and direction of both pages.\n"
    "                     The CSV files are the same in every language, errors are in English\n"
    "  --calendar NAME    gregorian or jalali (Solar Hijri): of months, quarters, years and the dates on the pages.\n"
    "                     Default: jalali in Persian, otherwise gregorian\n"
    "  --dates NAME       calendar of the dates in the database: gregorian (default) or jalali, as 1402-07-27\n"
    "  --period NAME      day, week, month (default), quarter or year\n"
    "  --week-start NAME  first day of a week, monday to sunday; default: saturday in Persian, otherwise monday\n"
    "  --window DAYS      a customer is active when the last order is at most so many days old; default: 90\n"
    "  --horizon DAYS     risk means no order in so many days; default: 90\n"
    "  --clv-days DAYS    value still to come counts orders of so many days; default: 365\n"
    "  --discount RATE    annual discount rate, a fraction; default: 0.10\n"
    "  --margin SHARE     share of an order's value that is profit; default: 1 (value counts revenue)\n"
    "  --model NAME       the model behind risk and value: pareto_nbd (default), bg_nbd, mbg_nbd, nbd, gg_nbd, bg_cnbd or "
    "mbg_cnbd\n"
    "  --threads N        worker threads; default: 1. Results never depend on it\n"
    "  --help             this text\n";

/* Index of `text` among `names`, or the end of the program. */
static int choose(const char *flag, const char *text, const char *const names[], int count)
{
    char list[TEXT] = "";

    for (int i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0)
            return i;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", names[i]);
    }
    stop("%s %s is unknown; it is one of %s", flag, text, list);
}

static double take_number(const char *flag, const char *text, double least, double most)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !(value >= least && value <= most))
        stop("%s %s is wrong; it must be a number from %g to %g", flag, text, least, most);
    return value;
}

static int64_t take_days(const char *flag, const char *text)
{
    double value = take_number(flag, text, 1, 36525);

    if (value != (double)(int64_t)value)
        stop("%s %s is wrong; it must be a whole number of days", flag, text);
    return (int64_t)value;
}

enum { SATURDAY = 6 };

enum flag {
    DATABASE = 1,
    QUERY,
    OUT,
    SHOP,
    ZONE,
    LANGUAGE,
    CALENDAR,
    DATES,
    PERIOD,
    WEEK_START,
    WINDOW,
    HORIZON,
    CLV_DAYS,
    DISCOUNT,
    MARGIN,
    MODEL,
    THREADS,
    HELP
};

static void take_flag(enum flag flag, const char *text, struct settings *settings)
{
    static const char *const calendars[] = {"gregorian", "jalali"};
    static const char *const periods[] = {"month", "day", "week", "quarter", "year"};
    static const char *const weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

    switch (flag) {
    case DATABASE:
        settings->database = text;
        break;
    case QUERY:
        settings->query = text;
        break;
    case OUT:
        settings->out = text;
        break;
    case SHOP:
        settings->shop = text;
        break;
    case ZONE:
        settings->zone = text;
        break;
    case LANGUAGE:
        settings->language = (enum language)choose("--language", text, language_codes, LANGUAGES);
        break;
    case CALENDAR:
        settings->calendar = (retain_calendar)choose("--calendar", text, calendars, 2);
        settings->calendar_given = 1;
        break;
    case DATES:
        settings->dates = (retain_calendar)choose("--dates", text, calendars, 2);
        break;
    case PERIOD:
        settings->period = (retain_period)choose("--period", text, periods, 5);
        break;
    case WEEK_START:
        settings->first_weekday = 1 + choose("--week-start", text, weekdays, 7);
        break;
    case WINDOW:
        settings->window_days = take_days("--window", text);
        break;
    case HORIZON:
        settings->horizon_days = take_days("--horizon", text);
        break;
    case CLV_DAYS:
        settings->clv_days = (double)take_days("--clv-days", text);
        break;
    case DISCOUNT:
        settings->annual_rate = take_number("--discount", text, 0.0, 100.0);
        break;
    case MARGIN:
        settings->margin = take_number("--margin", text, 1e-6, 1.0);
        break;
    case MODEL:
        settings->model = choose("--model", text, model_names, MODELS);
        break;
    case THREADS:
        settings->threads = (int)take_number("--threads", text, 1, 256);
        break;
    case HELP:
        fputs(usage, stdout);
        exit(0);
    }
}

static void take_flags(int count, char **words, struct settings *settings)
{
    static const struct option flags[] = {{"database", required_argument, NULL, DATABASE},
                                          {"query", required_argument, NULL, QUERY},
                                          {"out", required_argument, NULL, OUT},
                                          {"shop", required_argument, NULL, SHOP},
                                          {"zone", required_argument, NULL, ZONE},
                                          {"language", required_argument, NULL, LANGUAGE},
                                          {"calendar", required_argument, NULL, CALENDAR},
                                          {"dates", required_argument, NULL, DATES},
                                          {"period", required_argument, NULL, PERIOD},
                                          {"week-start", required_argument, NULL, WEEK_START},
                                          {"window", required_argument, NULL, WINDOW},
                                          {"horizon", required_argument, NULL, HORIZON},
                                          {"clv-days", required_argument, NULL, CLV_DAYS},
                                          {"discount", required_argument, NULL, DISCOUNT},
                                          {"margin", required_argument, NULL, MARGIN},
                                          {"model", required_argument, NULL, MODEL},
                                          {"threads", required_argument, NULL, THREADS},
                                          {"help", no_argument, NULL, HELP},
                                          {NULL, 0, NULL, 0}};
    int flag;

    while ((flag = getopt_long(count, words, "", flags, NULL)) != -1) {
        if (flag == '?')
            stop("see retention_report --help");
        take_flag((enum flag)flag, optarg, settings);
    }
    if (optind < count)
        stop("what is \"%s\"? See retention_report --help", words[optind]);
    if (!settings->database)
        stop("--database is missing; see retention_report --help");
}

/* What depends on the language and was not given. */
static void settle(struct settings *settings)
{
    if (settings->language == PERSIAN && !settings->calendar_given)
        settings->calendar = RETAIN_CALENDAR_JALALI;
    if (settings->language == PERSIAN && settings->first_weekday == 0)
        settings->first_weekday = SATURDAY;
    speak(settings->language);
}

int is_present(const struct section *section, const struct report *report)
{
    return !section->present || section->present(report);
}

void show_sections(const struct report *report, struct page *page)
{
    for (size_t k = 0; k < section_count; k++) {
        if (!sections[k].show || !is_present(&sections[k], report) || (sections[k].html_only && !page->html))
            continue;
        if (sections[k].title != NO_TITLE)
            put_title(page, sections[k].title);
        sections[k].show(report, page);
    }
}

static void write_files(const struct report *report)
{
    for (size_t k = 0; k < section_count; k++) {
        FILE *csv;

        if (!sections[k].csv || !is_present(&sections[k], report))
            continue;
        csv = open_file(&report->settings, sections[k].csv);
        sections[k].write(report, csv);
        close_file(csv, sections[k].csv);
    }
}

/* The page on the terminal. */
static void print_page(const struct report *report)
{
    struct page page = {.file = stdout};
    char text[TEXT], files[TEXT] = "report.html";

    putchar('\n');
    put_text(&page, report->settings.shop);
    put_text(&page, phrase(SAY_headline));
    show_sections(report, &page);
    for (size_t k = 0; k < section_count; k++) {
        if (is_present(&sections[k], report) && sections[k].csv)
            snprintf(files + strlen(files), sizeof files - strlen(files), "%s%s", phrase(SAY_list_comma), sections[k].csv);
    }
    putchar('\n');
    put_text(&page, say(text, SAY_written, "folder", report->settings.out, "files", files, NULL));
}

int main(int count, char **words)
{
    struct report report = {.settings = {.query = "SELECT customer, time, value FROM orders",
                                         .out = "report",
                                         .shop = "Your shop",
                                         .window_days = 90,
                                         .horizon_days = 90,
                                         .clv_days = 365.0,
                                         .annual_rate = 0.10,
                                         .margin = 1.0,
                                         .threads = 1},
                            .context = RETAIN_CONTEXT_INIT};

    take_flags(count, words, &report.settings);
    settle(&report.settings);
    report.context.threads = report.settings.threads;
    load_shop(&report.settings, &report.shop);
    compute_base(&report);
    for (size_t k = 0; k < section_count; k++)
        if (sections[k].compute && is_present(&sections[k], &report))
            sections[k].compute(&report);
    if (mkdir(report.settings.out, 0777) != 0 && errno != EEXIST)
        stop("cannot make the folder %s: %s", report.settings.out, strerror(errno));
    write_files(&report);
    write_html(&report);
    print_page(&report);
    return 0;
}
