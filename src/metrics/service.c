/* Deliveries, returns, and customers who have to ask again.
 *
 * All of these are shares of rows whose time is over: whatever can still change is not counted, neither as good nor as bad.
 * Counts are whole numbers, so no order of rows shows.
 *
 * Repeats are found among the tickets of a customer in the order of their opening: the next one that was opened later decides,
 * whatever comes after it. */
#include <math.h>

#include "data/dated_rows.h"
#include "metrics/rates.h"
#include "metrics/service_rows.h"

/* --- shares of rows ----------------------------------------------------------------------------------------------------------- */

/* What becomes of a row: -1 when that is not known yet, else whether it counts as a part. */
typedef int (*verdict)(const int64_t *from, const int64_t *outcome, size_t i, int64_t observation_end, int64_t within);

static int is_late(const int64_t *promised, const int64_t *delivered, size_t i, int64_t observation_end, int64_t within)
{
    (void)within;
    if (promised[i] > observation_end)
        return -1;
    return !retain__has_happened(delivered, i, observation_end) || delivered[i] > promised[i];
}

static int is_returned(const int64_t *ordered, const int64_t *returned, size_t i, int64_t observation_end, int64_t within)
{
    if (!retain__is_over(ordered[i], within, observation_end))
        return -1;
    return retain__has_happened(returned, i, observation_end) &&
           (within == 0 || (uint64_t)returned[i] - (uint64_t)ordered[i] <= (uint64_t)within);
}

/* Columns to be written. */
typedef struct share_columns {
    double *whole, *part, *rate, *low, *high;
} share_columns;

/* Judges all rows; `group` and the observation end are checked here, the rest by the caller, who says with what result. */
static retain_status judge_rows(retain_context *ctx, retain_status status, verdict judge, const int64_t *from,
                                const int64_t *outcome, const int64_t *group, size_t count, size_t groups, int64_t observation_end,
                                int64_t within, double level, const share_columns *out)
{
    retain__scratch scratch = {ctx, NULL};
    retain__row_groups codes = {NULL, 0, 0};
    retain__group_share *cell = NULL;

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = retain__check_last_tick(ctx, observation_end);
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "group", group, count, groups, &codes);
    if (status == RETAIN_OK && !(cell = retain__take_zeroed(&scratch, codes.cells, sizeof *cell)))
        status = RETAIN_ERROR_MEMORY;
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const int outcome_of_row = judge(from, outcome, i, observation_end, within);
        size_t at;

        status = retain__take_row_group(ctx, "group", &codes, i, &at);
        if (status == RETAIN_OK && outcome_of_row >= 0) {
            cell[at].whole++;
            cell[at].part += (uint64_t)outcome_of_row;
        }
    }
    if (status == RETAIN_OK)
        retain__put_group_shares(cell, &codes, level, out->whole, out->part, out->rate, out->low, out->high);
    retain__release(&scratch);
    return status;
}

static retain_status check_outcome_column(retain_context *ctx, const char *name, const int64_t *column, size_t count)
{
    return count && !column ? retain__fail_null(ctx, name) : RETAIN_OK;
}

retain_status retain_service_late(retain_context *ctx, const int64_t *promised, const int64_t *delivered, const int64_t *group,
                                  size_t count, size_t groups, int64_t observation_end, double level, double *due, double *late,
                                  double *rate, double *low, double *high)
{
    const share_columns out = {due, late, rate, low, high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__check_instants(ctx, "promised", promised, count);
    if (status == RETAIN_OK)
        status = check_outcome_column(ctx, "delivered", delivered, count);
    if (status == RETAIN_OK)
        status = retain__check_outcomes(ctx, "delivered", delivered, NULL, NULL, count);
    return judge_rows(ctx, status, is_late, promised, delivered, group, count, groups, observation_end, 0, level, &out);
}

retain_status retain_service_returns(retain_context *ctx, const int64_t *ordered, const int64_t *returned, const int64_t *group,
                                     size_t count, size_t groups, int64_t observation_end, int64_t within, double level,
                                     double *orders, double *returns, double *rate, double *low, double *high)
{
    const share_columns out = {orders, returns, rate, low, high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && (within < 0 || within > RETAIN__LAST_TICK))
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "within is %lld; it must lie in [0, 2^61]", (long long)within);
    if (status == RETAIN_OK)
        status = retain__check_instants(ctx, "ordered", ordered, count);
    if (status == RETAIN_OK)
        status = check_outcome_column(ctx, "returned", returned, count);
    if (status == RETAIN_OK)
        status = retain__check_outcomes(ctx, "returned", returned, "ordered", ordered, count);
    return judge_rows(ctx, status, is_returned, ordered, returned, group, count, groups, observation_end, within, level, &out);
}

/* --- contacts ----------------------------------------------------------------------------------------------------------------- */

static retain_status check_tickets(retain_context *ctx, const retain_service_tickets *tickets)
{
    retain_status status;

    if (!tickets)
        return retain__fail_null(ctx, "tickets");
    if (tickets->count && !tickets->customer)
        return retain__fail_null(ctx, "tickets.customer");
    status = retain__check_instants(ctx, "tickets.opened", tickets->opened, tickets->count);
    if (status == RETAIN_OK)
        status = check_outcome_column(ctx, "tickets.resolved", tickets->resolved, tickets->count);
    if (status == RETAIN_OK)
        status =
            retain__check_outcomes(ctx, "tickets.resolved", tickets->resolved, "tickets.opened", tickets->opened, tickets->count);
    for (size_t i = 0; status == RETAIN_OK && tickets->contacts && i < tickets->count; i++) {
        const double contacts = tickets->contacts[i];

        if (!(contacts >= 1.0 && retain__is_finite(contacts) && contacts == floor(contacts)))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "tickets.contacts[%zu] is %g; it must be a whole number from 1 on", i,
                                contacts);
    }
    return status;
}

typedef struct contact_counts {
    retain__group_share *first, *repeat; /* by group */
} contact_counts;

/* The first later ticket of the same customer as that of row r, or `count`; `r` belongs to a run of equal openings that ends
 * before `later`. */
static size_t find_later(const retain__dated_rows *rows, size_t r)
{
    size_t later = r + 1;

    while (later < rows->count && rows->at[later].customer == rows->at[r].customer && rows->at[later].day == rows->at[r].day)
        later++;
    return later < rows->count && rows->at[later].customer == rows->at[r].customer ? later : rows->count;
}

static void count_ticket(const retain_service_tickets *tickets, const retain__dated_rows *rows, size_t r, size_t later,
                         int64_t observation_end, int64_t within, retain__group_share *first, retain__group_share *repeat)
{
    const size_t i = rows->at[r].row;
    const int64_t opened = rows->at[r].day, resolved = tickets->resolved[i];
    const uint64_t wait = later < rows->count ? (uint64_t)rows->at[later].day - (uint64_t)opened : UINT64_MAX;

    if (retain__is_over(opened, within, observation_end)) {
        repeat->whole++;
        repeat->part += wait <= (uint64_t)within;
    }
    if (retain__has_happened(tickets->resolved, i, observation_end) && retain__is_over(resolved, within, observation_end)) {
        const int is_alone = wait > (uint64_t)resolved - (uint64_t)opened + (uint64_t)within;

        first->whole++;
        first->part += is_alone && (!tickets->contacts || tickets->contacts[i] < 2.0);
    }
}

static retain_status count_tickets(retain_context *ctx, const retain_service_tickets *tickets, const retain__dated_rows *rows,
                                   const retain__row_groups *codes, int64_t observation_end, int64_t within,
                                   const contact_counts *counts)
{
    size_t later = 0;

    for (size_t r = 0; r < rows->count; r++) {
        size_t at;

        if (r == 0 || rows->at[r].customer != rows->at[r - 1].customer || rows->at[r].day != rows->at[r - 1].day)
            later = find_later(rows, r);
        if (retain__take_row_group(ctx, "tickets.group", codes, rows->at[r].row, &at) != RETAIN_OK)
            return RETAIN_ERROR_DATA;
        count_ticket(tickets, rows, r, later, observation_end, within, &counts->first[at], &counts->repeat[at]);
    }
    return RETAIN_OK;
}

/* Codes of tickets that do not exist yet must be right too. */
static retain_status check_codes(retain_context *ctx, const retain__row_groups *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at;

        if (retain__take_row_group(ctx, "tickets.group", codes, i, &at) != RETAIN_OK)
            return RETAIN_ERROR_DATA;
    }
    return RETAIN_OK;
}

retain_status retain_service_contacts(retain_context *ctx, const retain_service_tickets *tickets, size_t groups,
                                      int64_t observation_end, int64_t within, double level,
                                      const retain_service_contacts_columns *out)
{
    retain__scratch scratch = {ctx, NULL};
    retain__row_groups codes = {NULL, 0, 0};
    retain__dated_rows rows;
    contact_counts counts = {NULL, NULL};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && (within < 1 || within > RETAIN__LAST_TICK))
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "within is %lld; it must lie in [1, 2^61]", (long long)within);
    if (status == RETAIN_OK && !out)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__check_last_tick(ctx, observation_end);
    if (status == RETAIN_OK)
        status = check_tickets(ctx, tickets);
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "tickets.group", tickets->group, tickets->count, groups, &codes);
    if (status == RETAIN_OK)
        status = check_codes(ctx, &codes, tickets->count);
    if (status == RETAIN_OK)
        status = retain__sort_dated(ctx, &scratch, tickets->customer, tickets->opened, tickets->count, observation_end, NULL, NULL,
                                    0.0, 1.0, &rows);
    if (status == RETAIN_OK && !((counts.first = retain__take_zeroed(&scratch, codes.cells, sizeof *counts.first)) &&
                                 (counts.repeat = retain__take_zeroed(&scratch, codes.cells, sizeof *counts.repeat))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = count_tickets(ctx, tickets, &rows, &codes, observation_end, within, &counts);
    if (status == RETAIN_OK) {
        retain__put_group_shares(counts.first, &codes, level, out->resolved, out->first_contact, out->first_contact_rate,
                                 out->first_contact_rate_low, out->first_contact_rate_high);
        retain__put_group_shares(counts.repeat, &codes, level, out->tickets, out->repeated, out->repeat_rate, out->repeat_rate_low,
                                 out->repeat_rate_high);
    }
    retain__release(&scratch);
    return status;
}
