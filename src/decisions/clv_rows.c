/* The residual value of a customer, its derivatives, and the chance in it.
 *
 * residual = c D - s A, with c = margin x E[V] - order cost, D discounted expected orders, s the service cost per unit of time and A
 * discounted expected time alive. D and A and their derivatives come from the model of orders, E[V] and its own from the spend model
 * (clv_spend.c), which knows the customer's own mean w as far as it can be known.
 *
 * Chance. The sum is S = sum over orders j of d_j (m V_j - o) with d_j the discount factor. Write N = sum d_j and M = sum d_j^2. Given w,
 * values are independent with this mean and a variance, and neither depends on the number of orders. So
 *
 *     Var S = m^2 E[Var(V | w)] E[M] + E[N^2] E[(m w - o)^2] - (E[N] E[m w - o])^2,
 *
 * E[N^2] = Var N + D^2 and E[M] is D at twice the discount.
 *
 * Every customer may have a discount rate of their own. The model is asked once per distinct rate, about copies of the customers who
 * have it, side by side. */
#include "decisions/clv_rows.h"

#include <math.h>
#include <string.h>

#include "core/sort.h"
#include "decisions/columns.h"
#include "math/kernels.h"
#include "models/btyd_model.h"
#include "retain/btyd_interval.h"

static const double YEAR_DAYS = 365.25;
static const double negligible = 1e-7;

/* --- checks --------------------------------------------------------------------------------------------------------------- */

static retain_status check_number(retain_context *ctx, const char *name, double value)
{
    if (retain__is_finite(value))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "terms.%s is %g; it must be finite", name, value);
}

static retain_status check_rates(retain_context *ctx, const double *rates, size_t count)
{
    for (size_t i = 0; rates && i < count; i++) {
        if (!(rates[i] >= 0.0 && retain__is_finite(rates[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "terms.annual_rates[%zu] is %g; it must be finite and at least 0", i,
                                rates[i]);
    }
    return RETAIN_OK;
}

retain_status retain__clv_take_terms(retain_context *ctx, const retain_clv_terms *given, size_t count, retain_clv_terms *terms)
{
    const struct {
        const char *name;
        const double *column;
    } columns[] = {{"terms.margins", given ? given->margins : NULL},
                   {"terms.order_costs", given ? given->order_costs : NULL},
                   {"terms.service_costs", given ? given->service_costs : NULL}};
    retain_status status;

    *terms = (retain_clv_terms){.struct_size = sizeof *terms};
    status = retain__take_options(ctx, "terms", given, sizeof *given, sizeof *given, terms);
    if (status == RETAIN_OK && !(terms->horizon_days >= 0.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "terms.horizon_days is %g; it must be at least 0",
                              terms->horizon_days);
    if (status == RETAIN_OK && !(terms->annual_rate >= 0.0 && retain__is_finite(terms->annual_rate)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "terms.annual_rate is %g; it must be finite and at least 0", terms->annual_rate);
    if (status == RETAIN_OK)
        status = check_number(ctx, "margin", terms->margin);
    if (status == RETAIN_OK)
        status = check_number(ctx, "order_cost", terms->order_cost);
    if (status == RETAIN_OK)
        status = check_number(ctx, "service_cost", terms->service_cost);
    if (status == RETAIN_OK)
        status = check_rates(ctx, terms->annual_rates, count);
    for (size_t k = 0; status == RETAIN_OK && k < sizeof columns / sizeof *columns; k++) {
        if (columns[k].column)
            status = retain__check_column(ctx, columns[k].name, columns[k].column, count, RETAIN__FINITE);
    }
    if (terms->margin == 0.0)
        terms->margin = 1.0;
    if (terms->horizon_days == 0.0)
        terms->horizon_days = (double)INFINITY;
    return status;
}

static retain_status check_covariance(retain_context *ctx, const char *name, const double *covariance, size_t entries)
{
    for (size_t i = 0; covariance && i < entries; i++) {
        double variance = covariance[i * entries + i];

        if (variance < 0.0 || variance == (double)INFINITY)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "forecast.%s[%zu] is %g; a variance must be finite and at least 0, or NaN", name, i * entries + i,
                                variance);
    }
    return RETAIN_OK;
}

/* Histories are asked in the place of customers, whose weights count. */
static retain_status check_histories(retain_context *ctx, const retain_btyd_histories *histories, const retain_customers *customers,
                                     const retain_clv_terms *terms)
{
    if (histories->count != customers->count)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "forecast.histories has %zu customers, customers has %zu; they must be the same, row by row",
                            histories->count, customers->count);
    if (terms->annual_rates)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "terms.annual_rates is given; with forecast.histories there is one annual_rate for all");
    for (size_t i = 0; customers->weight && i < customers->count; i++) {
        if (!(customers->weight[i] >= 0.0 && retain__is_finite(customers->weight[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.weight[%zu] is %g; it must be finite and at least 0", i,
                                customers->weight[i]);
    }
    return RETAIN_OK;
}

retain_status retain__clv_check(retain_context *ctx, const retain_clv_forecast *forecast, const retain_customers *customers,
                                const retain_clv_terms *given, retain__clv_checked *checked)
{
    size_t count = customers ? customers->count : 0;
    retain__btyd_checked model;
    retain_status status;

    if (!forecast || !customers)
        return retain__fail_null(ctx, forecast ? "customers" : "forecast");
    if (!forecast->model)
        return retain__fail_null(ctx, "forecast.model");
    status = retain__btyd_check_model(ctx, forecast->model, &model);
    if (status != RETAIN_OK)
        return status;
    checked->forecast = forecast;
    checked->orders = retain_btyd_parameters(forecast->model->family) + 2 * forecast->model->covariates;
    for (size_t i = 0; i < checked->orders; i++)
        checked->scale[i] = i < model.family->count ? model.p[i] : 1.0;
    status = retain__clv_take_terms(ctx, given, count, &checked->terms);
    if (status == RETAIN_OK && forecast->histories)
        status = check_histories(ctx, forecast->histories, customers, &checked->terms);
    if (status == RETAIN_OK)
        status = retain__clv_check_spend(ctx, forecast, count, checked);
    if (status == RETAIN_OK)
        status = check_covariance(ctx, "covariance", forecast->covariance, checked->orders);
    if (status == RETAIN_OK && retain__clv_has_spend(forecast))
        status = check_covariance(ctx, "spend_covariance", forecast->spend_covariance, checked->parameters - checked->orders);
    return status;
}

/* --- customers of one rate ------------------------------------------------------------------------------------------------ */

/* What the model of orders says of each customer. */
typedef struct orders {
    double *discounted, *alive;       /* [count] D, and A in years */
    double *by_discounted, *by_alive; /* [count * parameters] their derivatives; NULL when not wanted */
    double *twice, *spread;           /* [count] E[M], Var N; NULL when not wanted */
} orders;

typedef struct asking {
    retain_context *ctx;
    const retain__clv_checked *checked;
    size_t parameters; /* of the model of orders */
    const orders *into;
} asking;

/* Answers of one question: about all customers, or about copies of some, whose rows are said. */
static retain_status ask(const asking *of, const retain_customers *customers, const retain_btyd_question *question, double *values,
                         double *gradient)
{
    const retain_btyd_histories *histories = of->checked->forecast->histories;
    const retain_btyd *model = of->checked->forecast->model;

    if (histories)
        return gradient ? retain_btyd_dynamic_gradient(of->ctx, model, histories, question, values, gradient)
                        : retain_btyd_dynamic_forecast(of->ctx, model, histories, question, values);
    if (gradient)
        return retain_btyd_gradient(of->ctx, model, customers, question, values, gradient);
    return retain_btyd_forecast(of->ctx, model, customers, question, values);
}

static retain_status ask_rate(const asking *of, const retain_customers *customers, double annual_rate, const orders *into)
{
    const retain_btyd *model = of->checked->forecast->model;
    retain_btyd_question question = {.struct_size = sizeof question,
                                     .quantity = RETAIN_BTYD_DISCOUNTED,
                                     .to = of->checked->terms.horizon_days / model->unit_days,
                                     .delta = retain_clv_delta(annual_rate, model->unit_days)};
    retain_status status = ask(of, customers, &question, into->discounted, into->by_discounted);
    const double years = model->unit_days / YEAR_DAYS;

    if (status == RETAIN_OK && into->alive) {
        question.quantity = RETAIN_BTYD_LIFETIME;
        status = ask(of, customers, &question, into->alive, into->by_alive);
        for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++)
            into->alive[i] *= years;
        for (size_t i = 0; status == RETAIN_OK && into->by_alive && i < customers->count * of->parameters; i++)
            into->by_alive[i] *= years;
    }
    if (status == RETAIN_OK && into->spread) {
        question.quantity = RETAIN_BTYD_DISCOUNTED_VARIANCE;
        status = ask(of, customers, &question, into->spread, NULL);
    }
    if (status == RETAIN_OK && into->twice) {
        question.quantity = RETAIN_BTYD_DISCOUNTED;
        question.delta *= 2.0;
        status = ask(of, customers, &question, into->twice, NULL);
    }
    return status;
}

/* --- customers of many rates ---------------------------------------------------------------------------------------------- */

static retain_status sort_rates(retain__scratch *scratch, const double *rates, size_t count, uint64_t **sorted)
{
    const retain__row_shape by_rate = {2, 1, 0};
    uint64_t *rows = retain__take(scratch, count, 2 * sizeof *rows), *spare = retain__take(scratch, count, 2 * sizeof *spare);

    if (!rows || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        rows[2 * i] = retain__bits(rates[i] + 0.0); /* they are not negative, so bits ascend as they do */
        rows[2 * i + 1] = i;
    }
    retain__sort_rows(&by_rate, rows, spare, count);
    retain__give_back(scratch, spare);
    *sorted = rows;
    return RETAIN_OK;
}

static retain_status copy_column(retain__scratch *scratch, const double *column, const uint64_t *sorted, size_t count,
                                 const double **copy)
{
    double *copied = retain__take(scratch, count, sizeof *copied);

    if (!copied)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        copied[i] = column[sorted[2 * i + 1]];
    *copy = copied;
    return RETAIN_OK;
}

/* Copies of customers in the order of their rates. */
static retain_status copy_customers(retain__scratch *scratch, const retain_customers *customers, const uint64_t *sorted,
                                    const double **covariates, retain_customers *copy)
{
    retain_status status = copy_column(scratch, customers->frequency, sorted, customers->count, &copy->frequency);

    if (status == RETAIN_OK)
        status = copy_column(scratch, customers->t_x, sorted, customers->count, &copy->t_x);
    if (status == RETAIN_OK)
        status = copy_column(scratch, customers->T, sorted, customers->count, &copy->T);
    for (size_t c = 0; status == RETAIN_OK && c < customers->covariate_count && c < RETAIN_BTYD_COVARIATES; c++)
        status = copy_column(scratch, customers->covariates[c], sorted, customers->count, &covariates[c]);
    return status;
}

static retain_status scatter(retain__scratch *scratch, const uint64_t *sorted, size_t count, size_t width, double *values)
{
    double *spare = values ? retain__take(scratch, count, width * sizeof *spare) : NULL;

    if (!values)
        return RETAIN_OK;
    if (!spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        memcpy(spare + width * sorted[2 * i + 1], values + width * i, width * sizeof *spare);
    if (count)
        memcpy(values, spare, count * width * sizeof *spare);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

static double *at(double *column, size_t row, size_t width)
{
    return column ? column + row * width : NULL;
}

static retain_status ask_rates(retain__scratch *scratch, const asking *of, const retain_customers *customers)
{
    const double *rates = of->checked->terms.annual_rates, *covariates[RETAIN_BTYD_COVARIATES];
    const size_t count = customers->count, parameters = of->parameters;
    const orders *into = of->into;
    retain_customers copy = {.unit_days = customers->unit_days, .covariate_count = customers->covariate_count};
    uint64_t *sorted;
    retain_status status = retain_btyd_forecast(
        of->ctx, of->checked->forecast->model, customers, /* whether all rows are in order */
        &(retain_btyd_question){.struct_size = sizeof(retain_btyd_question), .quantity = RETAIN_BTYD_ALIVE}, into->discounted);

    if (status == RETAIN_OK)
        status = sort_rates(scratch, rates, count, &sorted);
    if (status == RETAIN_OK)
        status = copy_customers(scratch, customers, sorted, covariates, &copy);
    for (size_t first = 0, last; status == RETAIN_OK && first < count; first = last) {
        const double rate = rates[sorted[2 * first + 1]], *columns[RETAIN_BTYD_COVARIATES];
        retain_customers some = copy;
        orders part = {at(into->discounted, first, 1),        at(into->alive, first, 1), at(into->by_discounted, first, parameters),
                       at(into->by_alive, first, parameters), at(into->twice, first, 1), at(into->spread, first, 1)};

        for (last = first; last < count && sorted[2 * last] == sorted[2 * first]; last++)
            ;
        some.count = last - first;
        some.frequency += first;
        some.t_x += first;
        some.T += first;
        for (size_t c = 0; c < copy.covariate_count && c < RETAIN_BTYD_COVARIATES; c++)
            columns[c] = covariates[c] + first;
        some.covariates = copy.covariate_count ? columns : NULL;
        status = ask_rate(of, &some, rate, &part);
    }
    if (status == RETAIN_OK)
        status = scatter(scratch, sorted, count, 1, into->discounted);
    if (status == RETAIN_OK)
        status = scatter(scratch, sorted, count, 1, into->alive);
    if (status == RETAIN_OK)
        status = scatter(scratch, sorted, count, parameters, into->by_discounted);
    if (status == RETAIN_OK)
        status = scatter(scratch, sorted, count, parameters, into->by_alive);
    if (status == RETAIN_OK)
        status = scatter(scratch, sorted, count, 1, into->twice);
    return status == RETAIN_OK ? scatter(scratch, sorted, count, 1, into->spread) : status;
}

/* --- rows ----------------------------------------------------------------------------------------------------------------- */

static double pick(const double *column, double number, size_t i)
{
    return column ? column[i] : number;
}

static int has_service(const retain_clv_terms *terms, size_t count)
{
    for (size_t i = 0; terms->service_costs && i < count; i++) {
        if (terms->service_costs[i] != 0.0)
            return 1;
    }
    return !terms->service_costs && terms->service_cost != 0.0;
}

static double find_chance(const retain__clv_values *of, double margin, double cost, double discounted, double twice, double spread)
{
    double net = margin * of->mean - cost;
    double square = margin * margin * of->square - 2.0 * margin * cost * of->mean + cost * cost;
    double variance =
        margin * margin * of->within * twice + (spread + discounted * discounted) * square - discounted * discounted * net * net;

    return variance > 0.0 || variance != variance ? variance : 0.0;
}

static void fill_row(const retain__clv_checked *checked, const orders *from, const retain__clv_values *value, size_t i,
                     const retain__clv_rows *rows)
{
    const retain_clv_terms *terms = &checked->terms;
    const size_t n = checked->orders, k = checked->parameters;
    const double margin = pick(terms->margins, terms->margin, i), cost = pick(terms->order_costs, terms->order_cost, i),
                 service = from->alive ? pick(terms->service_costs, terms->service_cost, i) : 0.0;
    const double net = margin * value->mean - cost;

    rows->residual[i] = net * from->discounted[i] - (service != 0.0 ? service * from->alive[i] : 0.0);
    rows->product[i] = cost == 0.0 && service == 0.0;
    if (rows->gradient) {
        double *row = rows->gradient + i * k;

        for (size_t j = 0; j < n; j++)
            row[j] = net * from->by_discounted[i * n + j] - (service != 0.0 ? service * from->by_alive[i * n + j] : 0.0);
        for (size_t j = 0; j < k - n; j++)
            row[n + j] = margin * value->by[j] * from->discounted[i];
    }
    if (rows->variance)
        rows->variance[i] = service != 0.0 || !from->spread
                                ? (double)NAN
                                : find_chance(value, margin, cost, from->discounted[i], from->twice[i], from->spread[i]);
}

static retain_status take_rows(retain__scratch *scratch, const retain__clv_checked *checked, size_t count, int with_gradient,
                               int with_variance, int with_alive, orders *into, retain__clv_rows *rows)
{
    const retain_clv_forecast *forecast = checked->forecast;
    const retain__btyd_family *family = retain__btyd_find(forecast->model->family);
    const size_t n = checked->orders, k = checked->parameters;

    *into = (orders){.discounted = retain__take(scratch, count, sizeof(double))};
    *rows = (retain__clv_rows){
        .parameters = k, .residual = retain__take(scratch, count, sizeof(double)), .product = retain__take(scratch, count, 1)};
    if (!into->discounted || !rows->residual || !rows->product)
        return RETAIN_ERROR_MEMORY;
    if (with_alive && !(into->alive = retain__take(scratch, count, sizeof(double))))
        return RETAIN_ERROR_MEMORY;
    if (with_gradient && (!(into->by_discounted = retain__take(scratch, count, (n + !n) * sizeof(double))) ||
                          (with_alive && !(into->by_alive = retain__take(scratch, count, (n + !n) * sizeof(double)))) ||
                          !(rows->gradient = retain__take(scratch, count, (k + !k) * sizeof(double)))))
        return RETAIN_ERROR_MEMORY;
    if (with_variance && !(rows->variance = retain__take(scratch, count, sizeof(double))))
        return RETAIN_ERROR_MEMORY;
    if (with_variance && family && family->is_poisson && !family->is_discrete && retain__clv_has_spend(forecast) &&
        (!(into->twice = retain__take(scratch, count, sizeof(double))) ||
         !(into->spread = retain__take(scratch, count, sizeof(double)))))
        return RETAIN_ERROR_MEMORY;
    return RETAIN_OK;
}

retain_status retain__clv_make_rows(retain__scratch *scratch, const retain__clv_checked *checked, const retain_customers *customers,
                                    int with_gradient, int with_variance, retain__clv_rows *rows)
{
    const retain_clv_forecast *forecast = checked->forecast;
    const int with_alive = has_service(&checked->terms, customers->count);
    orders into;
    asking of = {scratch->ctx, checked, checked->orders, &into};
    double *mean = retain__take(scratch, customers->count, sizeof *mean);
    retain_status status = mean ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    if (status == RETAIN_OK)
        status = take_rows(scratch, checked, customers->count, with_gradient, with_variance, with_alive, &into, rows);
    if (status == RETAIN_OK && forecast->spend)
        status = retain_spend_expected(scratch->ctx, forecast->spend, customers, mean);
    if (status == RETAIN_OK)
        status = checked->terms.annual_rates ? ask_rates(scratch, &of, customers)
                                             : ask_rate(&of, customers, checked->terms.annual_rate, &into);
    for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++) {
        const retain__clv_values value = retain__clv_values_of(checked, customers, i, forecast->spend ? mean[i] : (double)NAN);

        fill_row(checked, &into, &value, i, rows);
    }
    return status;
}

/* --- limits --------------------------------------------------------------------------------------------------------------- */

/* g'Vg of one block. A covariance that is not known does no harm where the gradient is 0, or so small that a parameter e times as
 * large would not change the value by its ten millionth, as in retain/btyd_interval.h. `scale` holds the parameters. */
static double find_block(const double *covariance, size_t count, const double *gradient, const double *scale, double value)
{
    double sum = 0.0, used[RETAIN__CLV_MOST];

    for (size_t i = 0; covariance && i < count; i++)
        used[i] = isnan(covariance[i * count + i]) && fabs(gradient[i] * scale[i]) <= negligible * fabs(value) ? 0.0 : gradient[i];
    for (size_t i = 0; covariance && i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (used[i] != 0.0 && used[j] != 0.0)
                sum += used[i] * used[j] * covariance[i * count + j];
        }
    }
    return sum > 0.0 || sum != sum ? sum : 0.0;
}

double retain__clv_error(const retain__clv_checked *checked, const double *gradient, double value)
{
    const retain_clv_forecast *forecast = checked->forecast;
    double variance = find_block(forecast->covariance, checked->orders, gradient, checked->scale, value);

    if (retain__clv_has_spend(forecast))
        variance += find_block(forecast->spend_covariance, checked->parameters - checked->orders, gradient + checked->orders,
                               checked->scale + checked->orders, value);
    return sqrt(variance);
}

void retain__clv_limits(double value, double error, double quantile, int product, int matched, double *low, double *high)
{
    double ratio = error / fabs(value), spread, center, near, far;

    if (error == 0.0 && retain__is_finite(value)) {
        *low = *high = value;
        return;
    }
    if (!retain__is_finite(value) || !retain__is_finite(error)) {
        *low = *high = (double)NAN;
        return;
    }
    if (!product || value == 0.0) {
        *low = value - quantile * error;
        *high = value + quantile * error;
        return;
    }
    spread = matched ? sqrt(log1p(ratio * ratio)) : ratio;
    center = log(fabs(value)) - (matched ? 0.5 * spread * spread : 0.0);
    near = exp(center - quantile * spread);
    far = exp(center + quantile * spread);
    *low = value > 0.0 ? near : -far;
    *high = value > 0.0 ? far : -near;
}
