/* Rows of a Cox regression: checked, and sorted once for all iterations.
 *
 * Everything that the partial likelihood asks is about risk sets, and risk sets are nested: going back in time, rows come in as their exits are met, and go out at
 * their entries. So rows are sorted by stratum and exit, with events before censorings at the same time, by one radix sort: the
 * bits of an exit, which has no sign, leave room for the event in the last bit of the key. What happens between two events changes no risk
 * set that matters, so entries are kept as the number of the first time at which a row is at risk, and rows that are at risk at no event are
 * set aside.
 *
 * Predictors are placed in that order, a row in one piece, centred and scaled: the walk then reads memory from one end to the other. */
#include "models/cox_rows.h"

#include <math.h>

#include "core/sort.h"
#include "data/durations.h"
#include "data/predictors.h"
#include "data/spells.h"
#include "math/gram.h"

/* --- checks ----------------------------------------------------------------------------------------------------------------------- */

static int has_weight(const retain_cox_rows *rows, size_t i)
{
    return !rows->durations.weight || rows->durations.weight[i] > 0.0;
}

retain_status retain__cox_check_rows(retain_context *ctx, const retain_cox_rows *rows)
{
    const retain_predictors *predictors = rows ? &rows->predictors : NULL;
    retain_status status = rows ? retain__check_durations(ctx, &rows->durations) : retain__fail_null(ctx, "rows");

    if (status == RETAIN_OK && (predictors->columns < 1 || predictors->columns > RETAIN__COX_MOST))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; it must be 1 to %d",
                            predictors->columns, RETAIN__COX_MOST);
    if (status == RETAIN_OK && predictors->count != rows->durations.count)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "predictors.count is %zu, durations.count is %zu; they must be the same", predictors->count,
                            rows->durations.count);
    if (status == RETAIN_OK)
        status = retain__check_predictors(ctx, predictors, 0);
    if (status == RETAIN_OK && rows->stratum)
        status = retain__check_codes(ctx, rows->stratum, rows->durations.count, rows->strata);
    if (status == RETAIN_OK && rows->customer)
        status = retain__check_spells(ctx, &rows->durations, rows->customer);
    return status;
}

retain_status retain__cox_check_model(retain_context *ctx, const retain_cox *model)
{
    if (!model)
        return retain__fail_null(ctx, "model");
    if (model->predictors < 1 || model->predictors > RETAIN__COX_MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.predictors is %zu; it must be 1 to %d",
                            model->predictors, RETAIN__COX_MOST);
    if (model->ties != RETAIN_COX_EFRON && model->ties != RETAIN_COX_BRESLOW)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.ties is %d; it must be a retain_cox_ties",
                            (int)model->ties);
    for (size_t j = 0; j < model->predictors; j++) {
        if (!retain__is_finite(model->coefficient[j]) || !(fabs(model->reference[j]) <= 1e100))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.coefficient[%zu] is %g and model.reference[%zu] %g; both must be finite", j,
                                model->coefficient[j], j, model->reference[j]);
    }
    return RETAIN_OK;
}

retain_status retain__cox_check_both(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model)
{
    retain_status status = retain__cox_check_model(ctx, model);

    if (status == RETAIN_OK)
        status = retain__cox_check_rows(ctx, rows);
    if (status == RETAIN_OK && rows->predictors.columns != model->predictors)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model reads %zu",
                              rows->predictors.columns, model->predictors);
    return status;
}

/* --- customers -------------------------------------------------------------------------------------------------------------------- */

retain_status retain__cox_number_customers(retain__scratch *scratch, const retain_cox_rows *rows, size_t **number,
                                           size_t *customers)
{
    const size_t count = rows->durations.count;
    uint64_t *words = NULL;

    *customers = count;
    *number = retain__take(scratch, count, sizeof **number);
    if (rows->customer)
        words = retain__sort_spells(scratch, &rows->durations, rows->customer);
    if (!*number || (rows->customer && !words))
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; !rows->customer && i < count; i++)
        (*number)[i] = i;
    if (!rows->customer)
        return RETAIN_OK;
    *customers = 0;
    for (size_t k = 0; k < count; k++) {
        const uint64_t *word = words + RETAIN__SPELL_WORDS * k;

        *customers += k == 0 || word[0] != word[-RETAIN__SPELL_WORDS];
        (*number)[word[2]] = *customers - 1;
    }
    retain__give_back(scratch, words);
    return RETAIN_OK;
}

/* --- sorting ---------------------------------------------------------------------------------------------------------------------- */

/* Words of a row: stratum, if there are strata; bits of the exit with 0 for an event or 1 behind them; row. */
typedef struct sorting {
    const retain_cox_rows *rows;
    retain__cox_data *data;
    uint64_t *words, *spare;
    size_t width;
} sorting;

static uint64_t stratum_at(const sorting *of, size_t i)
{
    return of->width == 3 ? of->words[3 * i] : 0;
}

static uint64_t key_at(const sorting *of, size_t i)
{
    return of->words[of->width * i + of->width - 2];
}

static int is_event(uint64_t key)
{
    return !(key & 1);
}

static double time_of(uint64_t key)
{
    const uint64_t bits = key >> 1;
    double time;

    memcpy(&time, &bits, sizeof time);
    return time;
}

static uint64_t make_key(double exit, int event)
{
    uint64_t bits;

    exit += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &exit, sizeof bits);
    return bits << 1 | !event;
}

static retain_status sort_words(retain__scratch *scratch, sorting *of)
{
    const retain_durations *durations = &of->rows->durations;
    size_t made = 0;

    of->width = of->rows->stratum ? 3 : 2;
    of->words = retain__take(scratch, durations->count, of->width * sizeof *of->words);
    of->spare = retain__take(scratch, durations->count, of->width * sizeof *of->spare);
    if (!of->words || !of->spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < durations->count; i++) {
        uint64_t *word = of->words + of->width * made;

        if (!has_weight(of->rows, i))
            continue;
        made++;
        if (of->width == 3) /* checked, but it may be somebody else's memory, who writes to it meanwhile */
            word[0] = (uint64_t)of->rows->stratum[i] < of->rows->strata ? (uint64_t)of->rows->stratum[i] : 0;
        word[of->width - 2] = make_key(durations->exit[i], !durations->event || durations->event[i]);
        word[of->width - 1] = i;
    }
    retain__sort_rows(&(retain__row_shape){of->width, of->width - 1, 0}, of->words, of->spare, made);
    retain__give_back(scratch, of->spare);
    of->data->count = made;
    return RETAIN_OK;
}

static int is_new_time(const sorting *of, size_t i)
{
    return is_event(key_at(of, i)) && (i == 0 || key_at(of, i) != key_at(of, i - 1) || stratum_at(of, i) != stratum_at(of, i - 1));
}

static void list_times(const sorting *of)
{
    retain__cox_data *data = of->data;
    const double *weight = of->rows->durations.weight;
    size_t stratum = 0, times = 0;

    data->first[0] = 0;
    for (size_t i = 0; i < data->count; i++) {
        const size_t here = (size_t)stratum_at(of, i), row = (size_t)of->words[of->width * i + of->width - 1];

        while (stratum < here)
            data->first[++stratum] = times;
        if (is_new_time(of, i))
            data->time[times++] = (retain__cox_time){time_of(key_at(of, i)), i, i, 0, 0.0};
        data->row[i] = row;
        data->weight[i] = weight ? weight[row] : 1.0;
        data->rows += data->weight[i];
        data->last[i] = RETAIN__COX_NEVER;
        if (times > data->first[stratum]) {
            retain__cox_time *time = data->time + times - 1;

            data->last[i] = times - 1;
            time->end = i + 1;
            if (is_event(key_at(of, i))) {
                time->ended++;
                time->weight += data->weight[i];
                data->events += data->weight[i];
            }
        }
    }
    while (stratum < data->strata)
        data->first[++stratum] = times;
    data->times = times;
}

/* --- entries ---------------------------------------------------------------------------------------------------------------------- */

/* The first time of a stratum that is later than `entry`. */
static size_t find_time_after(const retain__cox_data *data, size_t from, size_t to, double entry)
{
    while (from < to) {
        const size_t middle = from + (to - from) / 2;

        if (data->time[middle].time > entry)
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

typedef struct entering {
    const retain_cox_rows *rows;
    retain__cox_data *data;
} entering;

static size_t stratum_of(const retain__cox_data *data, size_t time)
{
    size_t low = 0, high = data->strata;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (data->first[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void enter_rows(void *state, size_t block, size_t first, size_t last)
{
    const entering *of = state;
    retain__cox_data *data = of->data;

    (void)block;
    for (size_t i = first; i < last; i++) {
        const double entry = of->rows->durations.entry[data->row[i]];

        data->since[i] = RETAIN__COX_NEVER;
        if (data->last[i] == RETAIN__COX_NEVER)
            continue;
        data->since[i] = data->first[stratum_of(data, data->last[i])];
        if (entry > 0.0) /* 0 is the beginning */
            data->since[i] = find_time_after(data, data->since[i], data->last[i] + 1, entry);
        if (data->since[i] > data->last[i])
            data->last[i] = data->since[i] = RETAIN__COX_NEVER;
    }
}

/* Rows that come in later than at the first time of their stratum, sorted by counting. */
static retain_status list_latecomers(retain__scratch *scratch, retain__cox_data *data)
{
    size_t *at = retain__take_zeroed(scratch, data->times + 1, sizeof *at), made = 0;

    if (!at)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < data->count; i++) {
        if (data->since[i] != RETAIN__COX_NEVER)
            at[data->since[i]]++;
    }
    for (size_t s = 0; s < data->strata; s++)
        at[data->first[s]] = 0;
    for (size_t j = data->times + 1; j-- > 0;) {
        const size_t here = at[j];

        at[j] = made;
        made += here;
    }
    data->latecomer = retain__take(scratch, made, sizeof *data->latecomer);
    if (!data->latecomer)
        return RETAIN_ERROR_MEMORY;
    data->late = made;
    for (size_t i = 0; i < data->count; i++) {
        const size_t since = data->since[i];

        if (since != RETAIN__COX_NEVER && since != data->first[stratum_of(data, since)])
            data->latecomer[at[since]++] = i;
    }
    retain__give_back(scratch, at);
    return RETAIN_OK;
}

static retain_status enter(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data)
{
    entering of = {rows, data};
    retain_status status;

    data->since = retain__take(scratch, data->count, sizeof *data->since);
    if (!data->since)
        return RETAIN_ERROR_MEMORY;
    status = retain__parallel(scratch->ctx, data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.15, 0.2, enter_rows, &of);
    if (status == RETAIN_OK)
        status = list_latecomers(scratch, data);
    return status;
}

/* --- predictors ------------------------------------------------------------------------------------------------------------------- */

typedef struct placing {
    const retain_predictors *predictors;
    const retain__cox_data *data;
    size_t *place; /* [rows of the caller] where it lies, or RETAIN__COX_NEVER */
} placing;

/* Columns are read from one end to the other, and each row is written in one piece, wherever it belongs. */
static void place_rows(void *state, size_t block, size_t first, size_t last)
{
    const placing *of = state;
    const retain__cox_data *data = of->data;
    double inverse[RETAIN__COX_MOST];

    (void)block;
    for (size_t j = 0; j < data->columns; j++)
        inverse[j] = 1.0 / data->scaling.scale[j];
    for (size_t i = first; i < last; i++) {
        double *x;

        if (of->place[i] == RETAIN__COX_NEVER)
            continue;
        x = data->x + of->place[i] * data->width;
        for (size_t j = 0; j < data->columns; j++)
            x[j] = (retain__predictor(of->predictors, i, j) - data->scaling.mean[j]) * inverse[j];
        for (size_t j = data->columns; j < data->width; j++)
            x[j] = 0.0;
    }
}

static retain_status place_predictors(retain__scratch *scratch, const retain_predictors *predictors, retain__cox_data *data)
{
    placing of = {predictors, data, retain__take(scratch, predictors->count, sizeof *of.place)};
    retain_status status;

    if (!of.place)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; data->count < predictors->count && i < predictors->count; i++)
        of.place[i] = RETAIN__COX_NEVER;
    for (size_t i = 0; i < data->count; i++)
        of.place[data->row[i]] = i;
    status = retain__parallel(scratch->ctx, predictors->count, RETAIN__COX_ROWS_PER_BLOCK, 0.2, 0.25, place_rows, &of);
    retain__give_back(scratch, of.place);
    return status;
}

static retain_status take_columns(retain__scratch *scratch, sorting *of)
{
    retain__cox_data *data = of->data;
    size_t times = 0;

    for (size_t i = 0; i < data->count; i++)
        times += (size_t)is_new_time(of, i);
    data->row = retain__take(scratch, data->count, sizeof *data->row);
    data->weight = retain__take(scratch, data->count, sizeof *data->weight);
    data->last = retain__take(scratch, data->count, sizeof *data->last);
    data->time = retain__take(scratch, times, sizeof *data->time);
    data->first = retain__take(scratch, data->strata + 1, sizeof *data->first);
    data->x = retain__take(scratch, data->count, data->width * sizeof *data->x);
    return data->row && data->weight && data->last && data->time && data->first && data->x ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

retain_status retain__cox_sort(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data)
{
    sorting of = {rows, data, NULL, NULL, 0};
    retain_status status;

    data->columns = rows->predictors.columns;
    data->width = retain__products_width(data->columns);
    data->strata = rows->stratum ? rows->strata : 1;
    data->since = data->latecomer = NULL;
    data->late = 0;
    data->rows = data->events = 0.0;
    status = retain__measure_predictors(scratch->ctx, &rows->predictors, rows->durations.weight, &data->scaling);
    if (status == RETAIN_OK)
        status = sort_words(scratch, &of);
    if (status == RETAIN_OK)
        status = take_columns(scratch, &of);
    if (status == RETAIN_OK) {
        list_times(&of);
        retain__give_back(scratch, of.words);
        status = rows->durations.entry ? enter(scratch, rows, data) : RETAIN_OK;
    }
    if (status == RETAIN_OK)
        status = place_predictors(scratch, &rows->predictors, data);
    return status;
}
