/* retention_report: one shop, from its order table to a page that a shop owner reads.
 *
 * Reads orders from an SQLite database, computes everything with libretain, prints a page, and writes CSV files and a self-contained
 * HTML report. examples/run.sh makes the database from any CSV file of orders. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"

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
    "  --calendar NAME    gregorian (default) or jalali (Solar Hijri)\n"
    "  --period NAME      day, week, month (default), quarter or year\n"
    "  --week-start NAME  first day of a week, monday (default) to sunday\n"
    "  --window DAYS      a customer is active when the last order is at most so many days old; default: 90\n"
    "  --horizon DAYS     risk means no order in so many days; default: 90\n"
    "  --clv-days DAYS    value still to come counts orders of so many days; default: 365\n"
    "  --discount RATE    annual discount rate, a fraction; default: 0.10\n"
    "  --margin SHARE     share of an order's value that is profit; default: 1 (value counts revenue)\n"
    "  --model NAME       pareto_nbd (default), bg_nbd or mbg_nbd: the model behind risk and value\n"
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

enum flag {
    DATABASE = 1,
    QUERY,
    OUT,
    SHOP,
    ZONE,
    CALENDAR,
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
    case CALENDAR:
        settings->calendar = (retain_calendar)choose("--calendar", text, calendars, 2);
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
        settings->model = (retain_btyd_family)(1 + choose("--model", text, model_names, MODELS));
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
                                          {"calendar", required_argument, NULL, CALENDAR},
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

int main(int count, char **words)
{
    struct settings settings = {.query = "SELECT customer, time, value FROM orders",
                                .out = "report",
                                .shop = "Your shop",
                                .window_days = 90,
                                .horizon_days = 90,
                                .clv_days = 365.0,
                                .annual_rate = 0.10,
                                .margin = 1.0,
                                .model = RETAIN_BTYD_PARETO_NBD,
                                .threads = 1};
    struct shop shop = {0};
    struct figures figures = {0};

    take_flags(count, words, &settings);
    load_shop(&settings, &shop);
    compute_figures(&settings, &shop, &figures);
    if (mkdir(settings.out, 0777) != 0 && errno != EEXIST)
        stop("cannot make the folder %s: %s", settings.out, strerror(errno));
    write_files(&settings, &shop, &figures);
    write_html(&settings, &shop, &figures);
    print_page(&settings, &shop, &figures);
    return 0;
}
