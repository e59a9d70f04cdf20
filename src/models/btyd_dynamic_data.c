/* Histories: checked, and brought into the form that the likelihood reads. */
#include <math.h>
#include <string.h>

#include "models/btyd_dynamic.h"
#include "models/btyd_model.h"
#include "retain/calendar.h"

typedef struct date_text {
    char letters[24];
} date_text;

static const double last_day = 1099511627776.0; /* 2^40 */
static const double most_effect = 138.0;        /* of own columns on the logarithm of a rate: 1e60 */

/* --- checks --------------------------------------------------------------------------------------------------------------- */

/* What people call a day: who gave a date does not know its number. Empty beyond the years 1 to 9999. */
static date_text say_date(const char *before, double day)
{
    const int64_t number = fabs(day) <= last_day ? (int64_t)day : INT64_MAX;
    int64_t part[3];
    date_text text = {""};
    size_t at;

    if (retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, &number, 1, &part[0], &part[1], &part[2]) != RETAIN_OK || part[0] < 1 ||
        part[0] > 9999)
        return text;
    at = strlen(before);
    memcpy(text.letters, before, at);
    for (int i = 0; i < 3; i++) {
        for (int64_t unit = i == 0 ? 1000 : 10; unit > 0; unit /= 10)
            text.letters[at++] = (char)('0' + part[i] / unit % 10);
        text.letters[at++] = i < 2 ? '-' : ')';
    }
    return text;
}

/* Of the instant at which something ends, the last day that belongs to it. */
static date_text say_last_date(double end)
{
    return say_date(" (through ", ceil(end) - 1.0);
}

static retain_status check_day(retain_context *ctx, const char *name, size_t row, double day)
{
    if (day >= -last_day && day <= last_day)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_DATA, row, "histories.%s[%zu] is %g; it must be a day within +-2^40", name, row, day);
}

/* The offsets of `count` customers in a column that is called `column`. */
static retain_status check_offsets(retain_context *ctx, const char *name, const int64_t *offset, size_t count, const char *column,
                                   const double *data)
{
    if (!offset)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "histories.%s is NULL; it must point to %zu numbers", name,
                            count + 1);
    if (offset[0] < 0)
        return retain__fail(ctx, RETAIN_ERROR_DATA, 0, "histories.%s[0] is %lld; it must be at least 0", name,
                            (long long)offset[0]);
    for (size_t i = 0; i < count; i++) {
        if (offset[i + 1] < offset[i])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "histories.%s[%zu] is %lld; it must be at least histories.%s[%zu], %lld",
                                name, i + 1, (long long)offset[i + 1], name, i, (long long)offset[i]);
    }
    if (offset[count] > offset[0] && !data)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "histories.%s is NULL; it must point to %lld numbers",
                            column, (long long)offset[count]);
    return RETAIN_OK;
}

static retain_status check_occasions(retain_context *ctx, const retain_btyd_histories *of)
{
    retain_status status = check_offsets(ctx, "first", of->first, of->count, "occasion", of->occasion);

    for (size_t i = 0; status == RETAIN_OK && i < of->count; i++) {
        double before = of->start[i];

        for (int64_t k = of->first[i]; k < of->first[i + 1]; k++) {
            double day = of->occasion[k];

            if (!(day > of->start[i] && day >= before && day <= of->end[i]))
                return retain__fail(
                    ctx, RETAIN_ERROR_DATA, i,
                    "histories.occasion[%lld] of customer %zu is %g; occasions must ascend and lie in (start, end] = "
                    "(%g, %g]",
                    (long long)k, i, day, of->start[i], of->end[i]);
            before = day;
        }
    }
    return status;
}

static retain_status check_columns(retain_context *ctx, const char *name, const double *const *column, size_t columns, size_t count)
{
    if (columns && !column)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "histories.%s is NULL; it must point to %zu columns", name,
                            columns);
    for (size_t c = 0; c < columns; c++) {
        if (count && !column[c])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "histories.%s[%zu] is NULL; it must point to %zu numbers", name, c, count);
        for (size_t i = 0; i < count; i++) {
            if (!retain__is_finite(column[c][i]))
                return retain__fail(ctx, RETAIN_ERROR_DATA, i, "histories.%s[%zu][%zu] is %g; it must be finite", name, c, i,
                                    column[c][i]);
        }
    }
    return RETAIN_OK;
}

static retain_status check_calendar(retain_context *ctx, const retain_btyd_histories *of)
{
    retain_status status = check_columns(ctx, "calendar", of->calendar, of->calendar_columns, of->calendar_pieces);

    if (of->calendar_columns == 0 || status != RETAIN_OK)
        return status;
    if (of->calendar_pieces == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "histories.calendar_pieces is 0; calendar columns need at least one piece");
    if (!of->calendar_start)
        return retain__fail_null(ctx, "histories.calendar_start");
    for (size_t k = 0; status == RETAIN_OK && k < of->calendar_pieces; k++) {
        status = check_day(ctx, "calendar_start", k, of->calendar_start[k]);
        if (status == RETAIN_OK && k && !(of->calendar_start[k] > of->calendar_start[k - 1]))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, k,
                                  "histories.calendar_start[%zu] is %g; it must be above histories.calendar_start[%zu], %g", k,
                                  of->calendar_start[k], k - 1, of->calendar_start[k - 1]);
    }
    for (size_t i = 0; status == RETAIN_OK && i < of->count; i++) {
        if (of->start[i] < of->calendar_start[0])
            status = retain__fail(
                ctx, RETAIN_ERROR_DATA, i,
                "histories.start[%zu] is %.10g%s; the calendar pieces begin later, at histories.calendar_start[0], %.10g%s", i,
                of->start[i], say_date(" (", floor(of->start[i])).letters, of->calendar_start[0],
                say_date(" (", floor(of->calendar_start[0])).letters);
    }
    return status;
}

static retain_status check_own(retain_context *ctx, const retain_btyd_histories *of)
{
    retain_status status;

    if (of->own_columns == 0)
        return RETAIN_OK;
    status = check_offsets(ctx, "piece", of->piece, of->count, "piece_start", of->piece_start);
    if (status == RETAIN_OK)
        status = check_columns(ctx, "own", of->own, of->own_columns, (size_t)of->piece[of->count]);
    for (size_t i = 0; status == RETAIN_OK && i < of->count; i++) {
        const int64_t first = of->piece[i], last = of->piece[i + 1];

        if (first == last || !(of->piece_start[first] <= of->start[i]))
            return retain__fail(
                ctx, RETAIN_ERROR_DATA, i,
                "customer %zu has no own piece at histories.start[%zu], %.10g%s: the first one must not start later", i, i,
                of->start[i], say_date(" (", floor(of->start[i])).letters);
        for (int64_t k = first; status == RETAIN_OK && k < last; k++) {
            status = check_day(ctx, "piece_start", (size_t)k, of->piece_start[k]);
            if (status == RETAIN_OK && k > first && !(of->piece_start[k] > of->piece_start[k - 1]))
                status = retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                      "histories.piece_start[%lld] of customer %zu is %g; it must be above the one before it, %g",
                                      (long long)k, i, of->piece_start[k], of->piece_start[k - 1]);
        }
    }
    return status;
}

static retain_status check_size(retain_context *ctx, const retain_btyd_histories *of)
{
    if (!(of->unit_days >= 1e-9 && of->unit_days <= 1e9))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "histories.unit_days is %g; it must lie in [1e-9, 1e9]",
                            of->unit_days);
    if (of->calendar_columns > RETAIN_BTYD_COVARIATES || of->own_columns > RETAIN_BTYD_COVARIATES - of->calendar_columns)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "histories have %zu calendar columns and %zu own ones; there may be at most %d together",
                            of->calendar_columns, of->own_columns, RETAIN_BTYD_COVARIATES);
    if (isnan(of->known_until))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "histories.known_until is NaN; it must be a day, or infinite");
    return RETAIN_OK;
}

retain_status retain__dynamic_check(retain_context *ctx, const retain_btyd_histories *of, int with_occasions, int with_ends)
{
    retain_status status;

    if (!of)
        return retain__fail_null(ctx, "histories");
    status = check_size(ctx, of);
    if (status == RETAIN_OK && of->count && (!of->start || (with_ends && !of->end)))
        status = retain__fail_null(ctx, of->start ? "histories.end" : "histories.start");
    for (size_t i = 0; status == RETAIN_OK && i < of->count; i++) {
        status = check_day(ctx, "start", i, of->start[i]);
        if (status == RETAIN_OK && with_ends)
            status = check_day(ctx, "end", i, of->end[i]);
        if (status == RETAIN_OK && with_ends && of->end[i] < of->start[i])
            status =
                retain__fail(ctx, RETAIN_ERROR_DATA, i, "histories.end[%zu] is %g; it must be at least histories.start[%zu], %g", i,
                             of->end[i], i, of->start[i]);
        if (status == RETAIN_OK && of->weight && !(of->weight[i] >= 0.0 && retain__is_finite(of->weight[i])))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "histories.weight[%zu] is %g; it must be finite and at least 0", i,
                                  of->weight[i]);
    }
    if (status == RETAIN_OK && with_occasions)
        status = check_occasions(ctx, of);
    if (status == RETAIN_OK)
        status = check_calendar(ctx, of);
    if (status == RETAIN_OK)
        status = check_own(ctx, of);
    if (status == RETAIN_OK && with_ends)
        status = retain__dynamic_check_horizon(ctx, of, 0.0);
    return status;
}

retain_status retain__dynamic_check_horizon(retain_context *ctx, const retain_btyd_histories *of, double ahead)
{
    if (of->calendar_columns + of->own_columns == 0)
        return RETAIN_OK;
    for (size_t i = 0; i < of->count; i++) {
        double until = of->end[i] + ahead * of->unit_days;

        /* a horizon of whole days may come out of a division by the unit a little too long */
        if (!(until <= of->known_until + (retain__is_finite(ahead) ? 1e-9 * (1.0 + ahead * of->unit_days) : 0.0)))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "the covariates of customer %zu are needed until day %.10g%s; histories.known_until is %.10g%s%s",
                                i, until, say_last_date(until).letters, of->known_until, say_last_date(of->known_until).letters,
                                retain__is_finite(ahead) ? ""
                                                         : ": end the window there, or let it be infinite and the last piece last");
    }
    return RETAIN_OK;
}

/* --- the calendar --------------------------------------------------------------------------------------------------------- */

static int is_change(const retain_btyd_histories *from, size_t piece)
{
    for (size_t c = 0; c < from->calendar_columns; c++) {
        if (from->calendar[c][piece] != from->calendar[c][piece - 1])
            return 1;
    }
    return 0;
}

retain_status retain__dynamic_take_calendar(retain__scratch *scratch, const retain_btyd_histories *from, retain__dynamic *of)
{
    size_t most = from->calendar_columns ? from->calendar_pieces : 1;

    memset(of, 0, sizeof *of);
    of->from = from;
    of->start = retain__take(scratch, most, sizeof *of->start);
    of->row = retain__take(scratch, most, sizeof *of->row);
    if (!of->start || !of->row)
        return RETAIN_ERROR_MEMORY;
    of->start[0] = -(double)INFINITY;
    of->row[0] = 0;
    of->pieces = 1;
    for (size_t k = 1; k < most; k++) {
        if (is_change(from, k)) {
            of->start[of->pieces] = from->calendar_start[k];
            of->row[of->pieces++] = k;
        }
    }
    return RETAIN_OK;
}

retain_status retain__dynamic_take_rows(retain__scratch *scratch, const retain_btyd_histories *from, retain__dynamic_rows *rows)
{
    size_t count = from->count;

    rows->count = count;
    rows->x = retain__take(scratch, count, sizeof *rows->x);
    rows->start = retain__take(scratch, count, sizeof *rows->start);
    rows->last = retain__take(scratch, count, sizeof *rows->last);
    rows->end = retain__take(scratch, count, sizeof *rows->end);
    rows->customer = from->own_columns ? retain__take(scratch, count, sizeof *rows->customer) : NULL;
    if (!rows->x || !rows->start || !rows->last || !rows->end || (from->own_columns && !rows->customer))
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        int64_t first = from->first[i], last = from->first[i + 1];

        rows->x[i] = (double)(last - first);
        rows->start[i] = from->start[i];
        rows->last[i] = last > first ? from->occasion[last - 1] : from->start[i];
        rows->end[i] = from->end[i];
        if (rows->customer)
            rows->customer[i] = i;
    }
    return RETAIN_OK;
}

/* --- columns -------------------------------------------------------------------------------------------------------------- */

static void standardise(const double *from, const size_t *row, size_t count, double centre, double scale, size_t apart, double *to)
{
    for (size_t i = 0; i < count; i++)
        to[i * apart] = (from[row ? row[i] : i] - centre) / scale;
}

retain_status retain__dynamic_take_columns(retain__scratch *scratch, retain__dynamic *of, int which, const size_t *column,
                                           size_t count, const double *centre, const double *scale, int order)
{
    const retain_btyd_histories *from = of->from;
    const size_t pieces = from->own_columns ? (size_t)from->piece[from->count] : 0;
    retain__dynamic_process *process = &of->process[which];
    size_t shared = 1, numbers = 1, personal;

    while (shared <= count && column[shared - 1] < from->calendar_columns)
        shared++;
    process->columns = 1 + count;
    process->shared = shared;
    process->order = order;
    process->numbers = 1 + (order > 0 ? 1 + count : 0) + (order > 1 ? (1 + count) * (2 + count) / 2 : 0);
    numbers += (order > 0 ? shared : 0) + (order > 1 ? shared * (shared + 1) / 2 : 0);
    personal = process->columns - shared;
    process->calendar = retain__take(scratch, of->pieces, shared * sizeof(double));
    process->own = retain__take(scratch, pieces, (personal ? personal : 1) * sizeof(double));
    process->rate = retain__take(scratch, of->pieces, sizeof(double));
    process->before = retain__take(scratch, of->pieces, numbers * sizeof(double));
    if (!process->calendar || !process->own || !process->rate || !process->before)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < of->pieces; k++)
        process->calendar[k * shared] = -1.0;
    for (size_t j = 1; j <= count; j++) {
        size_t c = column[j - 1];
        double middle = centre ? centre[c] : 0.0, width = scale ? scale[c] : 1.0;

        if (j < shared)
            standardise(from->calendar[c], of->row, of->pieces, middle, width, shared, process->calendar + j);
        else
            standardise(from->own[c - from->calendar_columns], NULL, pieces, middle, width, personal, process->own + (j - shared));
    }
    for (size_t j = shared; j < process->columns; j++) {
        for (size_t i = 0; i < pieces; i++) {
            double size = fabs(process->own[i * personal + (j - shared)]);

            process->largest[j] = size > process->largest[j] ? size : process->largest[j];
        }
    }
    return RETAIN_OK;
}

int retain__dynamic_is_tame(const retain__dynamic_process *process)
{
    double effect = 0.0;

    for (size_t j = process->shared; j < process->columns; j++)
        effect += fabs(process->coefficient[j]) * process->largest[j];
    return effect <= most_effect;
}

retain_status retain__dynamic_check_model(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                          retain__btyd_checked *checked)
{
    const size_t m = histories->calendar_columns + histories->own_columns;
    retain_status status = retain__btyd_check_model(ctx, model, checked);

    if (status == RETAIN_OK && model->family != RETAIN_BTYD_PARETO_NBD)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "model.family is %d; covariates that change with time are for the Pareto/NBD, %d", (int)model->family,
                              (int)RETAIN_BTYD_PARETO_NBD);
    if (status == RETAIN_OK && model->unit_days != histories->unit_days)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "histories.unit_days is %g; the model's unit is %g days",
                              histories->unit_days, model->unit_days);
    if (status == RETAIN_OK && model->covariates != m)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "model has %zu covariates; histories have %zu calendar columns and %zu own ones", model->covariates,
                              histories->calendar_columns, histories->own_columns);
    return status;
}

retain_status retain__dynamic_open(retain_context *ctx, retain__scratch *scratch, const retain_btyd *model,
                                   const retain_btyd_histories *histories, int order, retain__dynamic *of)
{
    const size_t m = histories->calendar_columns + histories->own_columns;
    size_t column[RETAIN_BTYD_COVARIATES];
    retain__btyd_checked checked;
    retain_status status = retain__dynamic_check_model(ctx, model, histories, &checked);

    for (size_t c = 0; c < m; c++)
        column[c] = c;
    if (status == RETAIN_OK)
        status = retain__dynamic_take_calendar(scratch, histories, of);
    for (int k = 0; status == RETAIN_OK && k < 2; k++) {
        status = retain__dynamic_take_columns(scratch, of, k, column, m, NULL, NULL, order);
        of->process[k].coefficient[0] = log(k == RETAIN__PURCHASE ? model->alpha : model->beta);
        memcpy(of->process[k].coefficient + 1, k == RETAIN__PURCHASE ? model->purchase : model->lifetime, m * sizeof(double));
    }
    if (status != RETAIN_OK)
        return status;
    of->r = model->r;
    of->s = model->s;
    if (!retain__dynamic_set(of))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "these covariates and coefficients multiply a rate beyond all bounds");
    return status;
}
