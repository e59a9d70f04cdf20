/* Pictures: retention over time with its interval, orders to come, and risk against value.
 *
 * Each is drawn for someone who looks for ten seconds: few lines, labels on the lines themselves, no legend to decode. Details are in the
 * tooltips (title elements), so they cost no ink. In a language that runs from right to left so do the axes: `across` mirrors every x, and the
 * anchors of texts, which are sides of the language and not of the paper, mirror themselves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pictures.h"

enum { WIDE = 860, HIGH = 300, LEFT = 52, RIGHT = 128, TOP = 26, BOTTOM = 40 };

/* --- retention over time ------------------------------------------------------------------------------------------------------- */

struct frame {
    double first, last, lowest, highest; /* what the axes span */
};

static double across(double x)
{
    return right_to_left() ? WIDE - x : x;
}

static double x_at(const struct frame *frame, double x)
{
    double span = frame->last - frame->first;

    return across(LEFT + (WIDE - LEFT - RIGHT) * (span > 0.0 ? (x - frame->first) / span : 0.5));
}

static double y_at(const struct frame *frame, double y)
{
    return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * (y - frame->lowest) / (frame->highest - frame->lowest);
}

static void draw_percent_grid(FILE *file, const struct frame *frame)
{
    double step = frame->highest > 0.6 ? 0.2 : 0.1;
    char text[TEXT];

    for (double at = 0.0; at <= frame->highest + 1e-9; at += step) {
        fprintf(file, "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' class='grid'/>", across(LEFT), across(WIDE - RIGHT),
                y_at(frame, at), y_at(frame, at));
        fprintf(file, "<text x='%.1f' y='%.1f' class='tick' text-anchor='end'>%s</text>\n", across(LEFT - 8), y_at(frame, at) + 4,
                write_percent(at, text));
    }
}

static void draw_line(FILE *file, const struct frame *frame, const double *rate, size_t first, size_t last, const char *class)
{
    int pen_down = 0;

    fputs("<path d='", file);
    for (size_t k = first; k <= last; k++) {
        if (!isnan(rate[k]))
            fprintf(file, "%c%.1f %.1f", pen_down ? 'L' : 'M', x_at(frame, (double)k), y_at(frame, rate[k]));
        pen_down = !isnan(rate[k]);
    }
    fprintf(file, "' class='%s'/>\n", class);
}

/* The interval, as one patch per stretch without gaps. */
static void draw_band(FILE *file, const struct frame *frame, const double *low, const double *high, size_t first, size_t last)
{
    for (size_t k = first; k <= last; k++) {
        size_t end = k;

        if (isnan(low[k]))
            continue;
        while (end < last && !isnan(low[end + 1]))
            end++;
        fputs("<path d='", file);
        for (size_t i = k; i <= end; i++)
            fprintf(file, "%c%.1f %.1f", i == k ? 'M' : 'L', x_at(frame, (double)i), y_at(frame, high[i]));
        for (size_t i = end + 1; i-- > k;)
            fprintf(file, "L%.1f %.1f", x_at(frame, (double)i), y_at(frame, low[i]));
        fputs("Z' class='band'/>\n", file);
        k = end;
    }
}

static const char *name_period(const struct report *report, size_t k, char text[TEXT])
{
    return write_period(report->settings.calendar, report->settings.period, report->figures.edges[k], text);
}

static void draw_period_ticks(FILE *file, const struct report *report, const struct frame *frame, size_t first, size_t last)
{
    size_t step = (last - first) / 8 + 1;
    char text[TEXT];

    for (size_t k = first; k <= last; k += step)
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>\n", x_at(frame, (double)k),
                HIGH - BOTTOM + 22, name_period(report, k, text));
}

static void draw_dots(FILE *file, const struct report *report, const struct frame *frame, size_t first, size_t last)
{
    const retain_crr_columns *crr = &report->figures.crr;
    char text[TEXT], low[TEXT], high[TEXT], rate[TEXT];

    for (size_t k = first; k <= last; k++) {
        if (isnan(crr->crr[k]))
            continue;
        fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.5' class='dot'><title>%s: %s</title></circle>\n", x_at(frame, (double)k),
                y_at(frame, crr->crr[k]), name_period(report, k, text),
                say(rate, SAY_crr_now, "rate", write_percent(crr->crr[k], low), NULL));
        fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.5' class='dot second'><title>%s: ", x_at(frame, (double)k),
                y_at(frame, crr->crr_strict[k]), text);
        fputs(say(text, SAY_never_left, "rate", write_percent(crr->crr_strict[k], rate), NULL), file);
        if (!isnan(crr->crr_strict_low[k]))
            fprintf(file, " (%s)",
                    say(text, SAY_interval, "low", write_percent(crr->crr_strict_low[k], low), "high",
                        write_percent(crr->crr_strict_high[k], high), NULL));
        fputs("</title></circle>\n", file);
    }
}

/* The labels of the two lines, at their ends, kept apart. */
static void draw_labels(FILE *file, const retain_crr_columns *crr, const struct frame *frame, size_t last)
{
    double first = y_at(frame, crr->crr[last]), second = y_at(frame, crr->crr_strict[last]),
           shift = second - first < 16.0 ? (16.0 - (second - first)) / 2.0 : 0.0, x = across(WIDE - RIGHT + 10);
    char text[TEXT], rate[TEXT];

    fprintf(file, "<text x='%.1f' y='%.1f' class='label first'>%s</text>", x, first + 4 - shift,
            say(text, SAY_crr_now, "rate", write_percent(crr->crr[last], rate), NULL));
    fprintf(file, "<text x='%.1f' y='%.1f' class='label second'>%s</text>\n", x, second + 4 + shift,
            say(text, SAY_never_left, "rate", write_percent(crr->crr_strict[last], rate), NULL));
}

void draw_retention(FILE *file, const struct report *report)
{
    const retain_crr_columns *crr = &report->figures.crr;
    size_t last = report->figures.over, first = report->figures.settled;
    struct frame frame = {0.0, 0.0, 0.0, 0.2};

    while (last != SIZE_MAX && first < last && isnan(crr->crr[first]))
        first++;
    if (last == SIZE_MAX || first > last || isnan(crr->crr[first]))
        return;
    frame.first = (double)first;
    frame.last = (double)last;
    for (size_t k = first; k <= last; k++)
        frame.highest = fmax(frame.highest, fmax(isnan(crr->crr[k]) ? 0.0 : crr->crr[k],
                                                 isnan(crr->crr_strict_high[k]) ? 0.0 : crr->crr_strict_high[k]));
    frame.highest = ceil(frame.highest * 10.0 - 1e-9) / 10.0;
    fprintf(file, "<div class='scroll'><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDE, HIGH,
            phrase(SAY_crr_picture));
    draw_percent_grid(file, &frame);
    draw_band(file, &frame, crr->crr_strict_low, crr->crr_strict_high, first, last);
    draw_line(file, &frame, crr->crr_strict, first, last, "line second");
    draw_line(file, &frame, crr->crr, first, last, "line first");
    draw_dots(file, report, &frame, first, last);
    if (!isnan(crr->crr[last]))
        draw_labels(file, crr, &frame, last);
    draw_period_ticks(file, report, &frame, first, last);
    fputs("</svg></div>\n", file);
}

/* --- time to the second order ------------------------------------------------------------------------------------------------------ */

/* A share that rises in steps. */
static void draw_steps(FILE *file, const struct frame *frame, const double *days, const double *share, size_t count)
{
    fprintf(file, "<path d='M%.1f %.1f", x_at(frame, 0.0), y_at(frame, 0.0));
    for (size_t k = 0; k < count; k++)
        fprintf(file, "H%.1fV%.1f", x_at(frame, days[k]), y_at(frame, share[k]));
    fprintf(file, "H%.1f' class='line first'/>\n", x_at(frame, frame->last));
}

void draw_second_order(FILE *file, const struct report *report)
{
    static const double marks[] = {30, 90, 180, 365, 730, 1095, 1460, 1825, 2555, 3650};
    const retain_repeat_time_columns *second = &report->figures.second;
    size_t count = report->figures.second_days;
    struct frame frame = {0.0, fmax(second->days[count - 1], 1.0), 0.0, ceil(10.0 * fmax(second->share[count - 1], 0.1)) / 10.0};
    char text[TEXT], days[TEXT];

    fprintf(file, "<div class='scroll'><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDE, HIGH,
            phrase(SAY_second_order_picture));
    draw_percent_grid(file, &frame);
    draw_steps(file, &frame, second->days, second->share, count);
    for (size_t m = 0, k = 0; m < sizeof marks / sizeof *marks && marks[m] <= frame.last; m++) {
        while (k + 1 < count && second->days[k + 1] <= marks[m])
            k++;
        if (m > 0 && marks[m] - marks[m - 1] < frame.last / 9.0)
            continue;
        say_count(days, SAY_n_days, marks[m]);
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>", x_at(&frame, marks[m]),
                HIGH - BOTTOM + 22, days);
        if (second->days[k] > marks[m])
            continue;
        fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.5' class='dot'><title>%s: %s</title></circle>\n", x_at(&frame, marks[m]),
                y_at(&frame, second->share[k]), days, write_percent(second->share[k], text));
    }
    fprintf(file, "<text x='%.1f' y='%.1f' class='label first'>%s</text>\n</svg></div>\n", across(WIDE - RIGHT + 10),
            y_at(&frame, second->share[count - 1]) + 4, write_percent(second->share[count - 1], text));
}

/* --- does 30 % mean 30 %? ------------------------------------------------------------------------------------------------------------ */

enum { GROUPS = 10 };

struct foretold {
    double risk;
    int silent;
};

static int compare_foretold(const void *a, const void *b)
{
    const double x = ((const struct foretold *)a)->risk, y = ((const struct foretold *)b)->risk;

    return (x > y) - (x < y);
}

static void draw_group(FILE *file, const struct frame *frame, const struct foretold *of, size_t count)
{
    double risk = 0.0, silent = 0.0, n = (double)count;
    char text[TEXT], customers[TEXT], foretold[TEXT], share[TEXT];

    for (size_t i = 0; i < count; i++) {
        risk += of[i].risk / n;
        silent += of[i].silent;
    }
    fprintf(file, "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' class='line first'/>", x_at(frame, risk), x_at(frame, risk),
            y_at(frame, retain_rate_low(silent, n, 0.95)), y_at(frame, retain_rate_high(silent, n, 0.95)));
    fprintf(file, "<circle cx='%.1f' cy='%.1f' r='4.5' class='dot'><title>%s</title></circle>\n", x_at(frame, risk),
            y_at(frame, silent / n),
            say(text, SAY_reliability_note, "customers", say_count(customers, SAY_n_customers, n), "risk",
                write_percent(risk, foretold), "share", write_percent(silent / n, share), NULL));
}

void draw_reliability(FILE *file, const struct report *report)
{
    const struct leaving *leaving = &report->figures.leaving;
    const struct frame frame = {0.0, 1.0, 0.0, 1.0};
    const size_t count = leaving->test_count;
    struct foretold *sorted = must_have(count, sizeof *sorted);
    char text[TEXT];

    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct foretold){leaving->foretold[i], leaving->silent[i]};
    qsort(sorted, count, sizeof *sorted, compare_foretold);
    fprintf(file, "<div class='scroll'><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDE, HIGH,
            phrase(SAY_reliability_picture));
    draw_percent_grid(file, &frame);
    for (int share = 0; share <= 100; share += 20)
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>\n", x_at(&frame, share / 100.0),
                HIGH - BOTTOM + 18, write_percent(share / 100.0, text));
    fprintf(file, "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='now'/>\n", x_at(&frame, 0.0), y_at(&frame, 0.0),
            x_at(&frame, 1.0), y_at(&frame, 1.0));
    for (size_t g = 0; g < GROUPS && count >= GROUPS; g++)
        draw_group(file, &frame, sorted + g * count / GROUPS, (g + 1) * count / GROUPS - g * count / GROUPS);
    fprintf(file, "<text x='%.1f' y='%d' class='axis' text-anchor='end'>%s</text>\n", x_at(&frame, 1.0), HIGH - 6,
            phrase(SAY_reliability_axis));
    fprintf(file, "<text x='%.1f' y='%d' class='axis'>%s</text>\n</svg></div>\n", x_at(&frame, 0.0), TOP - 10,
            phrase(SAY_reliability_came));
    free(sorted);
}

/* --- revenue bridge ---------------------------------------------------------------------------------------------------------------- */

enum { BARS = 7, BAR = 74 };

void draw_bridge(FILE *file, const struct report *report)
{
    const retain_revenue_columns *bridge = &report->figures.bridge;
    size_t k = report->figures.over;
    const double change[BARS] = {bridge->start[k],
                                 -bridge->lost[k],
                                 -bridge->contraction[k],
                                 bridge->expansion[k],
                                 bridge->reactivated[k],
                                 bridge->acquired[k],
                                 0.0};
    double highest = fmax(bridge->start[k], bridge->end[k]), level = 0.0;
    struct frame frame = {0.0, 1.0, 0.0, 0.0};
    char text[TEXT];

    for (int b = 0; b < BARS; b++)
        highest = fmax(highest, level += change[b]);
    if (!(highest > 0.0))
        return;
    frame.highest = highest;
    level = 0.0;
    fprintf(file, "<div class='scroll'><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDE, HIGH,
            phrase(SAY_revenue_title));
    for (int b = 0; b < BARS; b++) {
        double from = b == BARS - 1 ? 0.0 : level, to = b == BARS - 1 ? bridge->end[k] : level + change[b],
               middle = across(LEFT + (WIDE - 2.0 * LEFT) * (b + 0.5) / BARS), top = y_at(&frame, fmax(from, to));

        fprintf(file, "<rect x='%.1f' y='%.1f' width='%d' height='%.1f' class='%s'/>", middle - BAR / 2.0, top, BAR,
                y_at(&frame, fmin(from, to)) - top,
                b == 0 || b == BARS - 1 ? "whole"
                : to < from             ? "less"
                                        : "more");
        fprintf(file, "<text x='%.1f' y='%.1f' class='tick' text-anchor='middle'>%s</text>", middle, top - 6,
                write_count((b == BARS - 1 ? to : change[b]) / report->figures.bridge_unit, text));
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>\n", middle, HIGH - BOTTOM + 22,
                say_item(text, SAY_bridge, (size_t)b));
        level = to;
    }
    fputs("</svg></div>\n", file);
}

/* --- orders to come ------------------------------------------------------------------------------------------------------------------- */

enum { OUTLOOK = LOOKS + 1 + LOOKS_AHEAD }; /* with a gap for the period that is not over */

struct outlook {
    size_t past, count;
    int64_t first[OUTLOOK]; /* days; INT64_MIN in the gap */
    double came[OUTLOOK], expected[OUTLOOK], least[OUTLOOK], most[OUTLOOK];
};

static void add_look(struct outlook *outlook, const struct look *look)
{
    size_t k = outlook->count++;

    outlook->first[k] = look ? look->first : INT64_MIN;
    outlook->came[k] = look ? look->orders : (double)NAN;
    outlook->expected[k] = look && look->foreseen ? look->expected.value : (double)NAN;
    outlook->least[k] = look ? look->least : (double)NAN;
    outlook->most[k] = look ? look->most : (double)NAN;
}

static void gather_outlook(const struct figures *figures, struct outlook *outlook)
{
    for (size_t k = 0; k < figures->past_count; k++)
        add_look(outlook, &figures->past[k]);
    outlook->past = outlook->count;
    if (figures->coming_count && figures->past_count && figures->past[figures->past_count - 1].last + 1 < figures->coming[0].first)
        add_look(outlook, NULL);
    for (size_t k = 0; k < figures->coming_count; k++)
        add_look(outlook, &figures->coming[k]);
}

/* A round step, of which four to ten make `most`. */
static double choose_step(double most)
{
    double unit = pow(10.0, floor(log10(most / 4.0))), steps = most / 4.0 / unit;

    return fmax(1.0, unit * (steps >= 5.0 ? 5.0 : steps >= 2.0 ? 2.0 : 1.0));
}

static void draw_count_grid(FILE *file, const struct frame *frame, double step)
{
    char text[TEXT];

    for (double at = 0.0; at <= frame->highest * (1.0 + 1e-9); at += step) {
        fprintf(file, "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' class='grid'/>", across(LEFT), across(WIDE - RIGHT),
                y_at(frame, at), y_at(frame, at));
        fprintf(file, "<text x='%.1f' y='%.1f' class='tick' text-anchor='end'>%s</text>\n", across(LEFT - 8), y_at(frame, at) + 4,
                write_count(at, text));
    }
}

static void draw_looks(FILE *file, const struct report *report, const struct frame *frame, const struct outlook *outlook)
{
    const struct settings *settings = &report->settings;
    size_t step = (outlook->count - 1) / 8 + 1;
    char period[TEXT], text[TEXT], least[TEXT], most[TEXT];

    for (size_t k = 0; k < outlook->count; k++) {
        if (outlook->first[k] == INT64_MIN)
            continue;
        write_period(settings->calendar, settings->period, outlook->first[k], period);
        if (k % step == 0)
            fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>", x_at(frame, (double)k),
                    HIGH - BOTTOM + 22, period);
        if (!isnan(outlook->expected[k])) {
            fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.5' class='dot second'><title>%s: %s", x_at(frame, (double)k),
                    y_at(frame, outlook->expected[k]), period, write_count(outlook->expected[k], text));
            if (!isnan(outlook->least[k]))
                fprintf(file, " (%s)",
                        say(text, SAY_interval, "low", write_count(outlook->least[k], least), "high",
                            write_count(outlook->most[k], most), NULL));
            fputs("</title></circle>\n", file);
        }
        if (!isnan(outlook->came[k]))
            fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.5' class='dot'><title>%s: %s</title></circle>\n",
                    x_at(frame, (double)k), y_at(frame, outlook->came[k]), period, write_count(outlook->came[k], text));
    }
}

void draw_outlook(FILE *file, const struct report *report)
{
    struct outlook outlook = {.count = 0};
    struct frame frame = {0.0, 0.0, 0.0, 1.0};
    double step, now;
    size_t last;

    gather_outlook(&report->figures, &outlook);
    last = outlook.count - 1;
    frame.last = (double)last;
    for (size_t k = 0; k <= last; k++)
        frame.highest = fmax(
            frame.highest, fmax(isnan(outlook.came[k]) ? 0.0 : outlook.came[k],
                                isnan(outlook.most[k]) ? isnan(outlook.expected[k]) ? 0.0 : outlook.expected[k] : outlook.most[k]));
    step = choose_step(frame.highest);
    frame.highest = step * ceil(frame.highest / step - 1e-9);
    now = x_at(&frame, (double)outlook.past - 0.5);
    fprintf(file, "<div class='scroll'><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDE, HIGH,
            phrase(SAY_outlook_picture));
    draw_count_grid(file, &frame, step);
    if (outlook.past)
        fprintf(file, "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' class='now'/>\n", now, now, TOP, HIGH - BOTTOM);
    draw_band(file, &frame, outlook.least, outlook.most, 0, last);
    draw_line(file, &frame, outlook.expected, 0, last, "line second");
    draw_line(file, &frame, outlook.came, 0, last, "line first");
    draw_looks(file, report, &frame, &outlook);
    fprintf(file, "<text x='%.1f' y='%.1f' class='label second'>%s</text>\n", across(WIDE - RIGHT + 10),
            y_at(&frame, outlook.expected[last]) + 4, phrase(SAY_outlook_expected));
    if (outlook.past)
        fprintf(file, "<text x='%.1f' y='%d' class='label first' text-anchor='end'>%s</text>\n", now + (right_to_left() ? 8 : -8),
                TOP + 6, phrase(SAY_outlook_came));
    fputs("</svg></div>\n", file);
}

/* --- risk against value --------------------------------------------------------------------------------------------------------------- */

enum { COLUMNS = 20, ROWS = 14, TALL = 420 };

struct bin {
    double customers, at_risk;
};

static double row_at(double row)
{
    return TALL - BOTTOM - (TALL - TOP - BOTTOM) * (row + 0.5) / ROWS;
}

static double column_at(double column)
{
    return across(LEFT + 20 + (WIDE - LEFT - 60) * column / COLUMNS);
}

/* Fills the bins; returns the decades of value that the rows span. */
static int fill_bins(const struct figures *figures, struct bin bins[ROWS][COLUMNS], double *lowest, double *highest)
{
    double least = INFINITY, most = 0.0;

    for (size_t i = 0; i < figures->customers; i++) {
        if (figures->clv[i] > 0.0 && isfinite(figures->clv[i])) {
            least = fmin(least, figures->clv[i]);
            most = fmax(most, figures->clv[i]);
        }
    }
    if (most == 0.0)
        return 0;
    *highest = ceil(log10(most) * 2.0) / 2.0;
    *lowest = fmax(floor(log10(least) * 2.0) / 2.0, *highest - 5.0);
    if (*highest <= *lowest)
        *lowest = *highest - 1.0;
    for (size_t i = 0; i < figures->customers; i++) {
        double value = figures->clv[i];
        int row, column;

        if (!(value > 0.0) || !isfinite(value))
            continue;
        row = (int)((log10(value) - *lowest) / (*highest - *lowest) * ROWS);
        column = (int)(figures->risk[i] * COLUMNS);
        row = row < 0 ? 0 : row >= ROWS ? ROWS - 1 : row;
        column = column >= COLUMNS ? COLUMNS - 1 : column;
        bins[row][column].customers++;
        bins[row][column].at_risk += figures->at_risk[i];
    }
    return 1;
}

static void draw_bins(FILE *file, struct bin bins[ROWS][COLUMNS])
{
    double most = 0.0;
    char customers[TEXT], money[TEXT], note[TEXT];

    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            most = fmax(most, bins[row][column].at_risk);
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            const struct bin *bin = &bins[row][column];
            double middle = (column + 0.5) / COLUMNS;

            if (bin->customers == 0.0)
                continue;
            say(note, SAY_circle_note, "customers", say_count(customers, SAY_n_customers, bin->customers), "money",
                write_money(bin->at_risk, money), NULL);
            fprintf(file, "<circle cx='%.1f' cy='%.1f' r='%.1f' class='%s'><title>%s</title></circle>\n", column_at(column + 0.5),
                    row_at(row), 2.0 + 15.0 * sqrt(fmax(bin->at_risk, 0.0) / most),
                    middle < 0.5   ? "low"
                    : middle < 0.8 ? "medium"
                                   : "high",
                    note);
        }
    }
}

void draw_risk(FILE *file, const struct report *report)
{
    static struct bin bins[ROWS][COLUMNS];
    double lowest = 0.0, highest = 1.0;
    char text[TEXT], days[TEXT];

    memset(bins, 0, sizeof bins);
    if (!fill_bins(&report->figures, bins, &lowest, &highest))
        return;
    fprintf(file, "<div class='scroll'><svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n", WIDE, TALL,
            phrase(SAY_risk_picture));
    for (double exponent = ceil(lowest); exponent <= highest + 1e-9; exponent++) {
        double y = row_at((exponent - lowest) / (highest - lowest) * ROWS - 0.5);

        fprintf(file, "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' class='grid'/>", column_at(0), column_at(COLUMNS), y, y);
        fprintf(file, "<text x='%.1f' y='%.1f' class='tick' text-anchor='end'>%s</text>\n",
                column_at(0) + (right_to_left() ? 8 : -8), y + 4, write_money(pow(10.0, exponent), text));
    }
    for (int share = 0; share <= 100; share += 20)
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>\n", column_at(COLUMNS * share / 100.0),
                TALL - BOTTOM + 16, write_percent(share / 100.0, text));
    draw_bins(file, bins);
    fprintf(file, "<text x='%.1f' y='%d' class='axis' text-anchor='end'>%s</text>\n", column_at(COLUMNS), TALL - 8,
            say(text, SAY_risk_axis, "days", say_count(days, SAY_n_days, (double)report->settings.horizon_days), NULL));
    fprintf(file, "<text x='%.1f' y='%d' class='axis'>%s</text>\n</svg></div>\n", column_at(0), TOP - 10,
            say(text, SAY_value_axis, "days", say_count(days, SAY_n_days, report->settings.clv_days), NULL));
}
