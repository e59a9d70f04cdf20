/* Three pictures: retention over time with its interval, the cohort heat map, and risk against value.
 *
 * Each is drawn for someone who looks for ten seconds: few lines, labels on the lines themselves, no legend to decode. Details are in the
 * tooltips (title elements), so they cost no ink. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pictures.h"

enum { WIDE = 860, HIGH = 300, LEFT = 52, RIGHT = 128, TOP = 26, BOTTOM = 40 };

/* --- retention over time ------------------------------------------------------------------------------------------------------- */

struct frame {
    double first, last, lowest, highest; /* what the axes span */
};

static double x_at(const struct frame *frame, double x)
{
    double span = frame->last - frame->first;

    return LEFT + (WIDE - LEFT - RIGHT) * (span > 0.0 ? (x - frame->first) / span : 0.5);
}

static double y_at(const struct frame *frame, double y)
{
    return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * (y - frame->lowest) / (frame->highest - frame->lowest);
}

static void draw_percent_grid(FILE *file, const struct frame *frame)
{
    double step = frame->highest > 0.6 ? 0.2 : 0.1;

    for (double at = 0.0; at <= frame->highest + 1e-9; at += step) {
        fprintf(file, "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' class='grid'/>", LEFT, WIDE - RIGHT, y_at(frame, at),
                y_at(frame, at));
        fprintf(file, "<text x='%d' y='%.1f' class='tick' text-anchor='end'>%.0f %%</text>\n", LEFT - 8, y_at(frame, at) + 4,
                100.0 * at);
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

static void draw_period_ticks(FILE *file, const struct settings *settings, const struct figures *figures, const struct frame *frame,
                              size_t first, size_t last)
{
    size_t step = (last - first) / 8 + 1;
    char text[TEXT];

    for (size_t k = first; k <= last; k += step)
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%s</text>\n", x_at(frame, (double)k),
                HIGH - BOTTOM + 22, write_period(settings, figures->edges[k], text));
}

void draw_retention(FILE *file, const struct settings *settings, const struct figures *figures)
{
    const retain_crr_columns *crr = &figures->crr;
    size_t last = last_complete(figures), first = 0;
    struct frame frame = {0.0, 0.0, 0.0, 0.2};
    char text[TEXT], low[TEXT], high[TEXT];

    while (last != SIZE_MAX && first < last && isnan(crr->crr[first]))
        first++;
    if (last == SIZE_MAX || isnan(crr->crr[first])) {
        fputs("<p class='none'>No period is over yet that began with active customers.</p>\n", file);
        return;
    }
    frame.first = (double)first;
    frame.last = (double)last;
    for (size_t k = first; k <= last; k++)
        frame.highest =
            fmax(frame.highest, fmax(isnan(crr->crr[k]) ? 0.0 : crr->crr[k], isnan(crr->crr_high[k]) ? 0.0 : crr->crr_high[k]));
    frame.highest = ceil(frame.highest * 10.0 - 1e-9) / 10.0;
    fprintf(file, "<svg viewBox='0 0 %d %d' role='img' aria-label='Retention rate by period'>\n", WIDE, HIGH);
    draw_percent_grid(file, &frame);
    draw_band(file, &frame, crr->crr_low, crr->crr_high, first, last);
    draw_line(file, &frame, crr->crr_strict, first, last, "line second");
    draw_line(file, &frame, crr->crr, first, last, "line first");
    for (size_t k = first; k <= last; k++) {
        if (isnan(crr->crr[k]))
            continue;
        fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.5' class='dot'><title>%s: ", x_at(&frame, (double)k),
                y_at(&frame, crr->crr[k]), write_period(settings, figures->edges[k], text));
        fprintf(file, "CRR %s", write_percent(crr->crr[k], text));
        if (!isnan(crr->crr_low[k]))
            fprintf(file, " (%s to %s)", write_percent(crr->crr_low[k], low), write_percent(crr->crr_high[k], high));
        fputs("</title></circle>\n", file);
    }
    if (!isnan(crr->crr[last])) {
        double apart = y_at(&frame, crr->crr_strict[last]) - y_at(&frame, crr->crr[last]),
               shift = apart < 16.0 ? (16.0 - apart) / 2.0 : 0.0;

        fprintf(file, "<text x='%d' y='%.1f' class='label first'>CRR %s</text>", WIDE - RIGHT + 10,
                y_at(&frame, crr->crr[last]) + 4 - shift, write_percent(crr->crr[last], text));
        fprintf(file, "<text x='%d' y='%.1f' class='label second'>never left %s</text>\n", WIDE - RIGHT + 10,
                y_at(&frame, crr->crr_strict[last]) + 4 + shift, write_percent(crr->crr_strict[last], text));
    }
    draw_period_ticks(file, settings, figures, &frame, first, last);
    fputs("</svg>\n", file);
}

/* --- cohort heat map --------------------------------------------------------------------------------------------------------------- */

/* Colour of a share of the deepest one: paper to deep green, dark text on light cells. */
static void write_colour(FILE *file, double share)
{
    static const double paper[3] = {247, 243, 234}, deep[3] = {11, 93, 84};
    double t = pow(fmin(fmax(share, 0.0), 1.0), 0.8);

    fprintf(file, " style='background:rgb(%.0f,%.0f,%.0f);color:%s'", paper[0] + t * (deep[0] - paper[0]),
            paper[1] + t * (deep[1] - paper[1]), paper[2] + t * (deep[2] - paper[2]), t > 0.55 ? "#fff" : "#22303c");
}

void draw_cohorts(FILE *file, const struct settings *settings, const struct figures *figures)
{
    size_t n = figures->periods, ages = n < 19 ? n : 19, over = last_complete(figures), first = 0, shown = 0;
    double deepest = 0.0;
    char text[TEXT], low[TEXT], high[TEXT];

    for (size_t c = 0; c < n; c++)
        for (size_t age = 1; c + age < n; age++)
            deepest = fmax(deepest, isnan(figures->retention[c * n + age]) ? 0.0 : figures->retention[c * n + age]);
    for (size_t c = n; c-- > 0 && shown < 24;) {
        if (over != SIZE_MAX && c <= over && figures->size[c] > 0.0) {
            first = c;
            shown++;
        }
    }
    while (ages > 2 && isnan(figures->average[ages - 1]))
        ages--;
    fputs("<div class='scroll'><table class='heat'><thead><tr><th>won in</th><th>customers</th>", file);
    for (size_t age = 1; age < ages; age++)
        fprintf(file, "<th>+%zu</th>", age);
    fputs("</tr></thead><tbody>\n", file);
    for (size_t c = first; over != SIZE_MAX && c <= over; c++) {
        if (figures->size[c] == 0.0)
            continue;
        fprintf(file, "<tr><th>%s</th>", write_period(settings, figures->edges[c], text));
        fprintf(file, "<td class='count'>%s</td>", write_count(figures->size[c], text));
        for (size_t age = 1; age < ages && c + age < n; age++) {
            double rate = figures->retention[c * n + age];

            if (isnan(rate))
                break;
            fputs("<td", file);
            write_colour(file, deepest > 0.0 ? rate / deepest : 0.0);
            fprintf(file, " title='%s of %.0f customers (%s to %s)'>", write_count(figures->active[c * n + age], text),
                    figures->size[c], write_percent(figures->retention_low[c * n + age], low),
                    write_percent(figures->retention_high[c * n + age], high));
            fprintf(file, "%.0f</td>", 100.0 * rate);
        }
        fputs("</tr>\n", file);
    }
    fputs("<tr class='average'><th>average</th><td></td>", file);
    for (size_t age = 1; age < ages && !isnan(figures->average[age]); age++)
        fprintf(file, "<td title='%s to %s'>%.0f</td>", write_percent(figures->average_low[age], low),
                write_percent(figures->average_high[age], high), 100.0 * figures->average[age]);
    fputs("</tr></tbody></table></div>\n", file);
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
    return LEFT + 20 + (WIDE - LEFT - 60) * column / COLUMNS;
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
    char customers[TEXT], money[TEXT];

    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            most = fmax(most, bins[row][column].at_risk);
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            const struct bin *bin = &bins[row][column];
            double middle = (column + 0.5) / COLUMNS;

            if (bin->customers == 0.0)
                continue;
            fprintf(file, "<circle cx='%.1f' cy='%.1f' r='%.1f' class='%s'><title>%s customers, %s at risk</title></circle>\n",
                    column_at(column + 0.5), row_at(row), 2.0 + 15.0 * sqrt(fmax(bin->at_risk, 0.0) / most),
                    middle < 0.5   ? "low"
                    : middle < 0.8 ? "medium"
                                   : "high",
                    write_count(bin->customers, customers), write_money(bin->at_risk, money));
        }
    }
}

void draw_risk(FILE *file, const struct settings *settings, const struct figures *figures)
{
    static struct bin bins[ROWS][COLUMNS];
    double lowest = 0.0, highest = 1.0;
    char text[TEXT];

    memset(bins, 0, sizeof bins);
    if (!fill_bins(figures, bins, &lowest, &highest)) {
        fputs("<p class='none'>There is no forecast of value to draw.</p>\n", file);
        return;
    }
    fprintf(file, "<svg viewBox='0 0 %d %d' role='img' aria-label='Customers by risk and value'>\n", WIDE, TALL);
    for (double exponent = ceil(lowest); exponent <= highest + 1e-9; exponent++) {
        double y = row_at((exponent - lowest) / (highest - lowest) * ROWS - 0.5);

        fprintf(file, "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' class='grid'/>", column_at(0), column_at(COLUMNS), y, y);
        fprintf(file, "<text x='%.1f' y='%.1f' class='tick' text-anchor='end'>%s</text>\n", column_at(0) - 8, y + 4,
                write_money(pow(10.0, exponent), text));
    }
    for (int share = 0; share <= 100; share += 20)
        fprintf(file, "<text x='%.1f' y='%d' class='tick' text-anchor='middle'>%d %%</text>\n", column_at(COLUMNS * share / 100.0),
                TALL - BOTTOM + 20, share);
    draw_bins(file, bins);
    fprintf(file, "<text x='%.1f' y='%d' class='axis' text-anchor='end'>risk of no order in %lld days</text>\n", column_at(COLUMNS),
            TALL - 4, (long long)settings->horizon_days);
    fprintf(file, "<text x='%.1f' y='%d' class='axis'>value of the next %.0f days</text>\n</svg>\n", column_at(0), TOP - 10,
            settings->clv_days);
}
