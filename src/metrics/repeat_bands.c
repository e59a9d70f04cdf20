/* Mean values in bands, with the customer as the unit (metrics/repeat_figures.h).
 *
 * Occasions of a customer come in ascending order and so do their bands: those of one band stand together, and need no room of
 * their own. */
#include "metrics/repeat_bands.h"

#include "metrics/periods.h"

typedef struct filling {
    retain__band_of band_of;
    const void *state;
    size_t tables, bands;
    retain__band *cells;
} filling;

/* What one customer has in one band. */
typedef struct run {
    size_t band, end; /* occasions up to `end`, not included */
    double occasions;
    retain__sum value;
} run;

/* The run that begins at occasion i. */
static run find_run(const filling *fill, const retain__customer *customer, size_t i)
{
    run found = {fill->band_of(fill->state, customer, i), i, 0.0, {0.0, 0.0}};

    do {
        retain__sum_merge(&found.value, customer->occasion[found.end].value);
        found.occasions += 1.0;
        found.end++;
    } while (found.end < customer->count && fill->band_of(fill->state, customer, found.end) == found.band);
    return found;
}

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    const filling *fill = state;
    retain__band *cells = fill->cells + (fill->tables > 1 ? block * fill->bands : 0);

    for (size_t i = 0; i < customer->count;) {
        const run found = find_run(fill, customer, i);

        if (found.band < fill->bands) {
            cells[found.band].customers += 1.0;
            cells[found.band].occasions += found.occasions;
            retain__sum_merge(&cells[found.band].value, found.value);
        }
        i = found.end;
    }
}

static void square_customer(void *state, size_t block, const retain__customer *customer)
{
    const filling *fill = state;
    retain__band *cells = fill->cells + (fill->tables > 1 ? block * fill->bands : 0);

    for (size_t i = 0; i < customer->count;) {
        const run found = find_run(fill, customer, i);

        if (found.band < fill->bands) {
            const retain__band *sum = &fill->cells[found.band];
            const double error = retain__sum_value(found.value) * sum->per_value - found.occasions * sum->per_occasion;

            retain__sum_add(&cells[found.band].squares, error * error);
        }
        i = found.end;
    }
}

static void add_up(const filling *fill)
{
    for (size_t i = fill->bands; i < fill->tables * fill->bands; i++) {
        retain__band *sum = &fill->cells[i % fill->bands];

        sum->customers += fill->cells[i].customers;
        sum->occasions += fill->cells[i].occasions;
        retain__sum_merge(&sum->value, fill->cells[i].value);
    }
    for (size_t k = 0; k < fill->bands; k++) {
        fill->cells[k].per_occasion = retain__per(fill->cells[k].occasions);
        fill->cells[k].per_value = retain__per(retain__sum_value(fill->cells[k].value));
    }
}

retain_status retain__fill_bands(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, size_t bands,
                                 retain__band_of band_of, const void *state, retain__band **filled)
{
    filling fill = {.band_of = band_of, .state = state, .bands = bands};

    fill.tables = retain__accumulators(log->blocks, log->rows.count, bands);
    *filled = fill.cells = retain__take_zeroed(scratch, fill.tables * bands, sizeof *fill.cells);
    if (!fill.cells)
        return RETAIN_ERROR_MEMORY;
    ctx = fill.tables > 1 ? ctx : NULL;
    retain__visit_customers(ctx, log, add_customer, &fill, NULL);
    add_up(&fill);
    retain__visit_customers(ctx, log, square_customer, &fill, NULL);
    for (size_t i = bands; i < fill.tables * bands; i++)
        retain__sum_merge(&fill.cells[i % bands].squares, fill.cells[i].squares);
    return RETAIN_OK;
}

void retain__put_band_value(const retain__band *band, double level, double *value, double *low, double *high, size_t k)
{
    const double mean = band->occasions > 0.0 ? retain__sum_value(band->value) / band->occasions : (double)NAN;
    double margin = (double)NAN;

    if (low || high)
        margin = mean * retain__margin(retain__sum_value(band->squares), band->customers, level);
    if (value)
        value[k] = mean;
    if (low)
        low[k] = mean - margin;
    if (high)
        high[k] = mean + margin;
}
