/* Rows of a Cox regression: checked, and sorted once for all iterations.
 *
 * Everything that the partial likelihood asks is about risk sets, and risk sets are nested: going back in time, rows come in as their exits are met, and go out at
 * their entries. So rows are sorted by stratum and exit, with events before censorings at the same time (cox_order.c). What happens between two
 * events changes no risk set that matters, so entries are kept as the number of the first time at which a row is at risk, and rows that
 * are at risk at no event are set aside.
 *
 * Predictors are placed in that order, one column after the other, centred and scaled: whoever reads them goes from one end of memory to the other. */
#include "models/cox_rows.h"

#include <math.h>

#include "data/durations.h"
#include "data/predictors.h"
#include "data/spells.h"

/* --- checks ----------------------------------------------------------------------------------------------------------------------- */

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
        status = retain__check_codes(ctx, (const char *const[]){"rows.stratum", "rows.strata"}, rows->stratum,
                                     rows->durations.count, rows->strata);
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

/* --- entries ---------------------------------------------------------------------------------------------------------------------- */

/* The first time of a stratum that is later than `entry`. */
static size_t find_time_after(const retain__cox_data *data, size_t from, size_t to, double entry)
{
    while (from < to) {
        const size_t middle = from + (to - from) / 2;

        if (retain__cox_time_at(data, middle) > entry)
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

enum { AHEAD = 32 }; /* rows: they lie anywhere, and so many numbers can be on their way at a time */

typedef struct placing {
    const retain_predictors *predictors;
    const retain__cox_data *data;
} placing;

static void place_numbers(const placing *of, size_t k, size_t first, size_t last)
{
    const retain__cox_data *data = of->data;
    const double mean = data->scaling.mean[k], inverse = 1.0 / data->scaling.scale[k];
    const uint64_t *row = data->row;
    double *x = data->x + k * data->count;
    size_t i = first;

    for (; i + AHEAD < last; i++) {
        retain__expect_predictor(of->predictors, row[i + AHEAD], k);
        x[i] = (retain__predictor(of->predictors, row[i], k) - mean) * inverse;
    }
    for (; i < last; i++)
        x[i] = (retain__predictor(of->predictors, row[i], k) - mean) * inverse;
}

/* Rows that lie one after the other are read whole, columns one by one: either way what is read in no order lies close together. */
static void place_rows(void *state, size_t block, size_t first, size_t last)
{
    const placing *of = state;

    (void)block;
    for (size_t k = 0; k < of->data->columns; k++)
        place_numbers(of, k, first, last);
}

static void place_columns(void *state, size_t block, size_t first, size_t last)
{
    const placing *of = state;

    (void)block;
    for (size_t k = first; k < last; k++)
        place_numbers(of, k, 0, of->data->count);
}

static retain_status place_predictors(retain_context *ctx, const retain_predictors *predictors, const retain__cox_data *data)
{
    placing of = {predictors, data};

    if (predictors->stride > 1)
        return retain__parallel(ctx, data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.2, 0.25, place_rows, &of);
    return retain__parallel(ctx, data->columns, 1, 0.2, 0.25, place_columns, &of);
}

static void begin_data(const retain_cox_rows *rows, retain__cox_data *data)
{
    *data = (retain__cox_data){.columns = rows->predictors.columns, .strata = rows->stratum ? rows->strata : 1};
}

static retain_status take_predictors(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data)
{
    data->x = retain__take(scratch, data->count, data->columns * sizeof *data->x);
    return data->x ? place_predictors(scratch->ctx, &rows->predictors, data) : RETAIN_ERROR_MEMORY;
}

retain_status retain__cox_sort(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data,
                               retain__cox_data *sample)
{
    retain_status status;

    begin_data(rows, data);
    if (sample)
        begin_data(rows, sample);
    if (rows->durations.entry)
        sample = NULL;
    status = retain__measure_predictors(scratch->ctx, &rows->predictors, rows->durations.weight, &data->scaling);
    if (status == RETAIN_OK)
        status = retain__cox_order(scratch, rows, data, sample);
    if (status == RETAIN_OK && rows->durations.entry) {
        retain__cox_list_last(data);
        status = enter(scratch, rows, data);
    }
    if (status == RETAIN_OK)
        status = take_predictors(scratch, rows, data);
    if (status != RETAIN_OK || !sample)
        return status;
    sample->scaling = data->scaling;
    return take_predictors(scratch, rows, sample);
}
