/* What is said of the customers of today: risk, reasons, money, rank.
 *
 * Everything is worked out in scratch first. Money comes before reasons: against whom a customer is held depends on it. */
#include "answers/risk_today.h"

#include <math.h>
#include <string.h>

#include "answers/risk_card.h"
#include "answers/risk_reasons.h"
#include "core/keys.h"
#include "core/sort.h"
#include "core/stage.h"
#include "retain/btyd_interval.h"
#include "retain/clv.h"
#include "retain/spend.h"

static retain_status take_said(retain__scratch *scratch, size_t count, size_t themes, retain__risk_said *out)
{
    double **const columns[] = {&out->risk,     &out->low,     &out->high, &out->log_odds,
                                &out->residual, &out->at_risk, &out->gain, &out->weight};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        if (!(*columns[c] = retain__take(scratch, count, sizeof(double))))
            return RETAIN_ERROR_MEMORY;
    }
    out->contribution = retain__take_zeroed(scratch, count, themes * sizeof *out->contribution);
    out->rank = retain__take(scratch, count, sizeof *out->rank);
    out->reason = retain__take(scratch, count, RETAIN_RISK_REASONS * sizeof *out->reason);
    out->reason_column = retain__take(scratch, count, RETAIN_RISK_REASONS * sizeof *out->reason_column);
    out->reason_effect = retain__take(scratch, count, RETAIN_RISK_REASONS * sizeof *out->reason_effect);
    out->band = retain__take(scratch, count, sizeof *out->band);
    return out->contribution && out->rank && out->reason && out->reason_column && out->reason_effect && out->band
               ? RETAIN_OK
               : RETAIN_ERROR_MEMORY;
}

/* --- risk -------------------------------------------------------------------------------------------------------------------------- */

static retain_status tell_rhythm(retain_context *ctx, const retain__risk_job *job, const retain__risk_date *today,
                                 retain__risk_said *out)
{
    const retain_customers customers = {.count = today->count,
                                        .frequency = today->frequency,
                                        .t_x = today->t_x,
                                        .T = today->T,
                                        .unit_days = today->model.unit_days};
    const retain_btyd_question question = {.struct_size = sizeof question,
                                           .quantity = RETAIN_BTYD_SILENCE,
                                           .to = (double)job->options.horizon_days / today->model.unit_days};
    retain__stage stage;

    return retain__end_stage(&stage, retain_btyd_interval(retain__begin_stage(&stage, ctx, 0.9, 0.92), &today->model,
                                                          today->report.covariance, &customers, &question, job->options.level,
                                                          out->risk, out->low, out->high));
}

/* --- money ------------------------------------------------------------------------------------------------------------------------- */

/* Money to come; NaN where spending or ordering has no model. */
static retain_status value_customers(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                     const retain__risk_date *today, double *residual)
{
    const retain_customers customers = {.count = today->count,
                                        .frequency = today->frequency,
                                        .t_x = today->t_x,
                                        .T = today->T,
                                        .spend = today->spend,
                                        .unit_days = today->model.unit_days};
    const retain_clv_options options = {sizeof options, job->options.value_days, job->options.annual_rate, job->options.margin};
    retain_fit_report report = {.struct_size = sizeof report};
    retain_spend spend;
    retain__stage stage;
    double *value = retain__take(scratch, today->count, sizeof *value);
    retain_status status;

    for (size_t i = 0; i < today->count; i++)
        residual[i] = NAN;
    if (!value)
        return RETAIN_ERROR_MEMORY;
    if (isnan(today->rhythm[0]))
        return RETAIN_OK;
    status = retain_spend_fit(retain__begin_stage(&stage, ctx, 0.92, 0.94), &customers, NULL, &spend, &report, NULL);
    if (status == RETAIN_ERROR_DATA || (status == RETAIN_ERROR_CONVERGENCE && isnan(retain_spend_mean(&spend))))
        return RETAIN_OK; /* no model of spending: orders of nothing that count, or too few that came back */
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return retain__end_stage(&stage, status);
    status = retain_spend_expected(retain__begin_stage(&stage, ctx, 0.94, 0.95), &spend, &customers, value);
    if (status == RETAIN_OK)
        status = retain_clv_residual(retain__begin_stage(&stage, ctx, 0.95, 0.97), &today->model, &customers, value, NULL, &options,
                                     residual);
    retain__give_back(scratch, value);
    return retain__end_stage(&stage, status);
}

/* --- whom first -------------------------------------------------------------------------------------------------------------------- */

/* Most value at risk first; who has none comes last, the largest risk first. Sorting is stable, and customers ascend. */
static retain_status rank_customers(retain__scratch *scratch, const retain__risk_job *job, size_t count, retain__risk_said *out)
{
    const retain__row_shape shape = {3, 2, 0};
    uint64_t *rows = retain__take(scratch, count, 3 * sizeof *rows), *spare = retain__take(scratch, count, 3 * sizeof *spare);
    const size_t most = job->options.most ? job->options.most : SIZE_MAX;

    if (!rows || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const int known = !isnan(out->at_risk[i]);

        rows[3 * i] = known ? retain__key_of(-out->at_risk[i]) : UINT64_MAX;
        rows[3 * i + 1] = known ? 0 : retain__key_of(-out->risk[i]);
        rows[3 * i + 2] = i;
    }
    retain__sort_rows(&shape, rows, spare, count);
    for (size_t place = 0; place < count; place++) {
        const size_t i = (size_t)rows[3 * place + 2];

        out->rank[i] = (int64_t)place + 1;
        out->band[i] = !(out->gain[i] > 0.0) ? RETAIN_RISK_LEAVE_ALONE : place < most ? RETAIN_RISK_ACT : RETAIN_RISK_WORTH;
    }
    retain__give_back(scratch, rows);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */

/* What a column holds of a customer, the model of orders being none of the panel's. */
static double told_value(const retain__risk_date *today, int64_t column, size_t i)
{
    return column == RETAIN__RISK_NO_COLUMN ? 1.0 / (1.0 + exp(-today->rhythm[i]))
                                            : today->feature[(size_t)column * today->count + i];
}

static void write_reasons(const retain__risk_job *job, const retain__risk_date *today, const retain__risk_said *in,
                          const double *typical, const retain_risk_columns *columns, size_t capacity)
{
    const size_t n = today->count;

    for (size_t j = 0; j < RETAIN_RISK_REASONS; j++) {
        for (size_t i = 0; i < n; i++) {
            const size_t from = j * n + i, to = j * capacity + i;
            const int64_t column = in->reason_column[from];
            const int is_told = in->reason[from] != RETAIN__RISK_NO_COLUMN;

            if (columns->reason)
                columns->reason[to] = in->reason[from];
            if (columns->reason_effect)
                columns->reason_effect[to] = in->reason_effect[from];
            if (columns->reason_column)
                columns->reason_column[to] = column;
            if (columns->reason_value)
                columns->reason_value[to] = is_told ? told_value(today, column, i) : (double)NAN;
            if (columns->reason_typical)
                columns->reason_typical[to] =
                    is_told ? typical[column == RETAIN__RISK_NO_COLUMN ? job->columns : (size_t)column] : (double)NAN;
        }
    }
}

static void copy_column(double *to, const double *from, size_t count)
{
    if (to)
        memcpy(to, from, count * sizeof *to);
}

static void write_columns(const retain__risk_job *job, const retain__risk_date *today, const retain__risk_said *in,
                          const double *typical, const retain_risk_columns *columns, size_t capacity)
{
    const size_t n = today->count;

    copy_column(columns->risk, in->risk, n);
    copy_column(columns->risk_low, in->low, n);
    copy_column(columns->risk_high, in->high, n);
    copy_column(columns->log_odds, in->log_odds, n);
    copy_column(columns->residual, in->residual, n);
    copy_column(columns->value_at_risk, in->at_risk, n);
    copy_column(columns->gain, in->gain, n);
    for (size_t t = 0; columns->contribution && t < job->themes; t++)
        copy_column(columns->contribution + t * capacity, in->contribution + t * n, n);
    if (columns->customer)
        memcpy(columns->customer, today->customer, n * sizeof *columns->customer);
    if (columns->rank)
        memcpy(columns->rank, in->rank, n * sizeof *columns->rank);
    if (columns->band)
        memcpy(columns->band, in->band, n * sizeof *columns->band);
    write_reasons(job, today, in, typical, columns, capacity);
}

retain_status retain__say_risk(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                               const retain__risk_learning *learning, retain__risk_date *today, const retain_risk_columns *columns,
                               size_t capacity, retain_risk_card *card)
{
    double typical[RETAIN__RISK_COLUMNS + 1];
    const int learnt = card->method == RETAIN_RISK_LEARNT;
    retain__risk_said out;
    retain_status status = take_said(scratch, today->count, job->themes, &out);

    if (status == RETAIN_OK && learnt) {
        retain__cut_risk_date(learning, today);
        status = retain__tell_risk(ctx, job, learning, today, out.risk, out.low, out.high, out.log_odds);
    } else if (status == RETAIN_OK)
        status = tell_rhythm(ctx, job, today, &out);
    if (status == RETAIN_OK)
        status = value_customers(ctx, scratch, job, today, out.residual);
    if (status == RETAIN_OK) {
        retain__weigh_risk(today, &out);
        status = learnt ? retain__reason_as_learnt(ctx, scratch, job, learning, today, &card->base, &out)
                        : retain__reason_by_rhythm(ctx, scratch, job, today, &card->base, &out);
    }
    if (status != RETAIN_OK)
        return status;
    card->silent_expected = 0.0;
    for (size_t i = 0; i < today->count; i++) {
        out.at_risk[i] = out.risk[i] * out.residual[i];
        out.gain[i] = job->options.effect * out.at_risk[i] - job->options.cost;
        card->silent_expected += out.risk[i];
        if (!isnan(out.at_risk[i]))
            card->at_risk = (isnan(card->at_risk) ? 0.0 : card->at_risk) + out.at_risk[i];
    }
    if (today->count && isnan(card->at_risk))
        retain__say_unvalued(card);
    status = rank_customers(scratch, job, today->count, &out);
    if (status == RETAIN_OK)
        status = retain__find_typical_risk(scratch, job, today, &out, typical);
    if (status == RETAIN_OK)
        write_columns(job, today, &out, typical, columns, capacity);
    return status;
}
