/* Walks through pieces of time with constant covariates.
 *
 * The calendar is the same for all customers, so integrals over whole calendar pieces are added up once for each set of
 * coefficients; what happened between two days is the rest of one piece, a difference of sums, and the beginning of another. Own pieces
 * multiply that: within one the own columns are constant, so the integral of the product is a factor times the integral over the
 * calendar, and the derivatives by own coefficients are the own values times it. A customer's past costs the number of own pieces, not
 * of days. */
#include <math.h>
#include <string.h>

#include "models/btyd_dynamic.h"

static const double least_rate = 1e-200, most_rate = 1e200;

static size_t count_numbers(size_t columns, int order)
{
    return 1 + (order > 0 ? columns : 0) + (order > 1 ? columns * (columns + 1) / 2 : 0);
}

/* --- one step ------------------------------------------------------------------------------------------------------------- */

static void add(size_t columns, int order, const double *values, double area, double *state)
{
    *state++ += area;
    for (size_t j = 0; order > 0 && j < columns; j++)
        *state++ += values[j] * area;
    for (size_t j = 0; order > 1 && j < columns; j++) {
        double weighted = values[j] * area;

        for (size_t l = j; l < columns; l++)
            *state++ += values[l] * weighted;
    }
}

void retain__dynamic_add(const retain__dynamic_process *process, const double *values, double area, double *state)
{
    add(process->columns, process->order, values, area, state);
}

void retain__dynamic_values(const retain__dynamic_process *process, size_t piece, size_t own, double *values)
{
    size_t personal = process->columns - process->shared;

    memcpy(values, process->calendar + piece * process->shared, process->shared * sizeof *values);
    if (personal)
        memcpy(values + process->shared, process->own + own * personal, personal * sizeof *values);
}

/* --- the calendar --------------------------------------------------------------------------------------------------------- */

int retain__dynamic_set(retain__dynamic *of)
{
    int fine = 1;

    for (int k = 0; k < 2; k++) {
        retain__dynamic_process *process = &of->process[k];
        size_t numbers = count_numbers(process->shared, process->order);

        memset(process->before, 0, numbers * sizeof *process->before);
        fine &= retain__dynamic_is_tame(process);
        for (size_t piece = 0; piece < of->pieces; piece++) {
            const double *values = process->calendar + piece * process->shared;
            double *before = process->before + piece * numbers, sum = 0.0;

            for (size_t j = 0; j < process->shared; j++)
                sum += process->coefficient[j] * values[j];
            process->rate[piece] = exp(sum);
            fine &= process->rate[piece] >= least_rate && process->rate[piece] <= most_rate;
            if (piece + 1 == of->pieces)
                break;
            memcpy(before + numbers, before, numbers * sizeof *before);
            if (piece > 0)
                add(process->shared, process->order, values,
                    process->rate[piece] * ((of->start[piece + 1] - of->start[piece]) / of->from->unit_days), before + numbers);
        }
    }
    return fine;
}

/* The calendar piece that holds on a day. */
static size_t find_piece(const retain__dynamic *of, double day)
{
    size_t low = 0, high = of->pieces;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (of->start[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The integral over the calendar from a day in piece `a` to one in piece `b`. */
static void integrate_calendar(const retain__dynamic *of, const retain__dynamic_process *process, int order, size_t a, double from,
                               size_t b, double to, double *state)
{
    const size_t numbers = count_numbers(process->shared, order), apart = count_numbers(process->shared, process->order);
    const double unit = of->from->unit_days;

    memset(state, 0, numbers * sizeof *state);
    if (a == b) {
        add(process->shared, order, process->calendar + a * process->shared, process->rate[a] * ((to - from) / unit), state);
        return;
    }
    for (size_t i = 0; b > a + 1 && i < numbers; i++)
        state[i] = process->before[b * apart + i] - process->before[(a + 1) * apart + i];
    add(process->shared, order, process->calendar + a * process->shared, process->rate[a] * ((of->start[a + 1] - from) / unit),
        state);
    add(process->shared, order, process->calendar + b * process->shared, process->rate[b] * ((to - of->start[b]) / unit), state);
}

/* --- own pieces ----------------------------------------------------------------------------------------------------------- */

static double find_own_rate(const retain__dynamic_process *process, size_t own)
{
    size_t personal = process->columns - process->shared;
    double sum = 0.0;

    for (size_t j = 0; j < personal; j++)
        sum += process->coefficient[process->shared + j] * process->own[own * personal + j];
    return personal ? exp(sum) : 1.0;
}

/* The own pieces of a customer, and which of them holds on a day. */
static size_t find_own(const retain_btyd_histories *from, size_t customer, double day, size_t *end)
{
    size_t low = 0, high;

    *end = 0;
    if (from->own_columns == 0)
        return 0;
    low = (size_t)from->piece[customer];
    high = *end = (size_t)from->piece[customer + 1];
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (from->piece_start[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Adds to a state what the calendar did, `of_calendar`, under an own piece. */
static void spread(const retain__dynamic_process *process, int order, size_t own, double factor, const double *of_calendar,
                   double *state)
{
    size_t m = process->columns, shared = process->shared;
    const double *values = m > shared ? process->own + own * (m - shared) : NULL;
    const double area = factor * of_calendar[0], *first = of_calendar + 1, *second = first + shared;

    *state++ += area;
    if (order < 1)
        return;
    for (size_t j = 0; j < shared; j++)
        *state++ += factor * first[j];
    for (size_t j = shared; j < m; j++)
        *state++ += values[j - shared] * area;
    for (size_t j = 0; order > 1 && j < m; j++) {
        double weighted = j < shared ? factor * first[j] : values[j - shared] * area;

        for (size_t l = j; l < shared; l++)
            *state++ += factor * *second++;
        for (size_t l = j > shared ? j : shared; l < m; l++)
            *state++ += weighted * values[l - shared];
    }
}

void retain__dynamic_integrate(const retain__dynamic *of, int order, size_t customer, double from, double to, double *const *state)
{
    size_t end, own = find_own(of->from, customer, from, &end), a = find_piece(of, from);

    while (from < to) {
        double until = own + 1 < end && of->from->piece_start[own + 1] < to ? of->from->piece_start[own + 1] : to;
        size_t b = find_piece(of, until);

        for (int k = 0; k < 2; k++) {
            double of_calendar[RETAIN__DYNAMIC_NUMBERS];

            integrate_calendar(of, &of->process[k], order, a, from, b, until, of_calendar);
            spread(&of->process[k], order, own, find_own_rate(&of->process[k], own), of_calendar, state[k]);
        }
        a = b;
        from = until;
        own++;
    }
}

/* --- walks ---------------------------------------------------------------------------------------------------------------- */

static void enter_own(retain__dynamic_walk *walk)
{
    for (int k = 0; k < 2; k++)
        walk->own_rate[k] = find_own_rate(&walk->of->process[k], walk->own);
}

retain__dynamic_walk retain__dynamic_set_out(const retain__dynamic *of, size_t customer, double from, double to)
{
    retain__dynamic_walk walk = {.of = of, .at = from, .to = to, .piece = find_piece(of, from)};

    walk.own = find_own(of->from, customer, from, &walk.own_end);
    enter_own(&walk);
    return walk;
}

int retain__dynamic_step(retain__dynamic_walk *walk, size_t *piece, size_t *own)
{
    const retain__dynamic *of = walk->of;
    double until = walk->to;
    int new_piece = 0, new_own = 0;

    if (!(walk->at < walk->to))
        return 0;
    if (walk->piece + 1 < of->pieces && of->start[walk->piece + 1] < until)
        until = of->start[walk->piece + 1];
    if (walk->own + 1 < walk->own_end && of->from->piece_start[walk->own + 1] < until)
        until = of->from->piece_start[walk->own + 1];
    *piece = walk->piece;
    *own = walk->own;
    for (int k = 0; k < 2; k++)
        walk->rate[k] = of->process[k].rate[walk->piece] * walk->own_rate[k];
    walk->width = (until - walk->at) / of->from->unit_days;
    walk->at = until;
    new_piece = walk->piece + 1 < of->pieces && of->start[walk->piece + 1] <= until;
    new_own = walk->own + 1 < walk->own_end && of->from->piece_start[walk->own + 1] <= until;
    walk->piece += (size_t)new_piece;
    walk->own += (size_t)new_own;
    if (new_own)
        enter_own(walk);
    return 1;
}

void retain__dynamic_add_occasions(const retain__dynamic *of, int which, size_t customer, double *sums)
{
    const retain_btyd_histories *from = of->from;
    const retain__dynamic_process *process = &of->process[which];
    size_t end;

    for (int64_t k = from->first[customer]; k < from->first[customer + 1]; k++) {
        double values[RETAIN__DYNAMIC_COLUMNS];

        retain__dynamic_values(process, find_piece(of, from->occasion[k]), find_own(from, customer, from->occasion[k], &end),
                               values);
        for (size_t j = 0; j < process->columns; j++)
            sums[j] += values[j];
    }
}
