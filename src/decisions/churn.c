/* Churn risk: what the model of orders says about the next H days, turned into bands and money.
 *
 * The one decision of this file is what it refuses. 1 - P(alive) under BG/NBD is 0 for everyone who bought once, because in that model nobody can leave
 * before a second purchase; sold as a churn risk it tells a shop that the customers most likely gone are the safest. Under NBD it is 0
 * for everyone. */
#include <math.h>

#include "core/core.h"
#include "decisions/columns.h"
#include "retain/churn.h"

static const double DEFAULT_HORIZON_DAYS = 90.0;
static const double DEFAULT_CUTS[] = {0.5, 0.8};

static retain_status take_options(retain_context *ctx, const retain_churn_options *given, retain_churn_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (!(options->horizon_days >= 0.0) || !retain__is_finite(options->horizon_days))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.horizon_days is %g; it must be positive and finite (0 means 90)", options->horizon_days);
    if (options->kind != RETAIN_CHURN_SILENCE && options->kind != RETAIN_CHURN_DEAD)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.kind is %d; it must be a retain_churn_kind",
                            (int)options->kind);
    if (options->horizon_days == 0.0)
        options->horizon_days = DEFAULT_HORIZON_DAYS;
    return RETAIN_OK;
}

/* 1 - P(alive), kept accurate where P(alive) is near 1 by starting from the log-odds. */
static retain_status compute_dead(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double *risk)
{
    retain__scratch scratch = {ctx, NULL};
    double *alive = retain__take(&scratch, customers->count, sizeof *alive);
    retain_status status = alive ? retain_btyd_alive(ctx, model, customers, alive, risk) : RETAIN_ERROR_MEMORY;

    if (status == RETAIN_OK) {
        for (size_t i = 0; i < customers->count; i++)
            risk[i] = 1.0 / (1.0 + exp(-risk[i]));
    }
    retain__release(&scratch);
    return status;
}

retain_status retain_churn_risk(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                const retain_churn_options *given, double *risk)
{
    retain_churn_options options = {sizeof options, 0.0, RETAIN_CHURN_SILENCE};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && (!model || !customers))
        status = retain__fail_null(ctx, model ? "customers" : "model");
    if (status == RETAIN_OK && customers->count && !risk)
        status = retain__fail_null(ctx, "risk");
    if (status != RETAIN_OK)
        return status;
    if (options.kind == RETAIN_CHURN_SILENCE)
        return retain_btyd_silence(ctx, model, customers, options.horizon_days / model->unit_days, risk);
    if (model->family == RETAIN_BTYD_NBD)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.kind is RETAIN_CHURN_DEAD; under NBD nobody ever leaves, so 1 - P(alive) is no risk: use "
                            "RETAIN_CHURN_SILENCE");
    if (model->family == RETAIN_BTYD_BG_NBD)
        return retain__fail(
            ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
            "options.kind is RETAIN_CHURN_DEAD; under BG/NBD every one-time buyer is alive for certain, so 1 - P(alive) is no "
            "risk: use RETAIN_CHURN_SILENCE");
    return compute_dead(ctx, model, customers, risk);
}

static retain_status check_cuts(retain_context *ctx, const double *cuts, size_t count)
{
    if (count > 254)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "cut_count is %zu; it must be at most 254", count);
    for (size_t i = 0; i < count; i++) {
        if (!(cuts[i] > 0.0 && cuts[i] < 1.0))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i, "cuts[%zu] is %g; it must lie in (0, 1)", i, cuts[i]);
        if (i && !(cuts[i] > cuts[i - 1]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i, "cuts[%zu] is %g; it must be greater than the cut before it, %g", i,
                                cuts[i], cuts[i - 1]);
    }
    return RETAIN_OK;
}

retain_status retain_churn_bands(retain_context *ctx, const double *risk, size_t count, const double *cuts, size_t cut_count,
                                 uint8_t *band)
{
    retain_status status = retain__begin(ctx);

    if (!cuts) {
        cuts = DEFAULT_CUTS;
        cut_count = sizeof DEFAULT_CUTS / sizeof *DEFAULT_CUTS;
    }
    if (status == RETAIN_OK)
        status = check_cuts(ctx, cuts, cut_count);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "risk", risk, count, RETAIN__SHARE);
    if (status == RETAIN_OK && count && !band)
        status = retain__fail_null(ctx, "band");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        size_t low = 0, high = cut_count; /* cuts before low are <= risk, cuts from high on are not */

        while (low < high) {
            size_t middle = (low + high) / 2;

            if (cuts[middle] <= risk[i])
                low = middle + 1;
            else
                high = middle;
        }
        band[i] = (uint8_t)low;
    }
    return RETAIN_OK;
}

retain_status retain_churn_expected_loss(retain_context *ctx, const double *risk, const double *residual, size_t count, double cost,
                                         double effect, double *loss, double *gain)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && (!(cost >= 0.0) || !retain__is_finite(cost)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "cost is %g; it must be finite and at least 0", cost);
    if (status == RETAIN_OK && !(effect >= 0.0 && effect <= 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "effect is %g; it must lie in [0, 1]", effect);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "risk", risk, count, RETAIN__SHARE);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "residual", residual, count, RETAIN__FINITE_OR_NAN);
    if (status == RETAIN_OK && count && !loss)
        status = retain__fail_null(ctx, "loss");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        double expected = retain__loss(risk[i], residual[i]);

        loss[i] = expected;
        if (gain)
            gain[i] = effect * expected - cost;
    }
    return RETAIN_OK;
}
