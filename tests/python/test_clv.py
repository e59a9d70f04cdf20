"""Lifetime values with limits and costs: golden values by brute force, sums by the definition, and what is refused."""

import math

import numpy as np
import pytest
import retain
from conftest import number, read_golden
from retain import _retain

PARETO = retain.ParetoNBD.from_params(r=0.553, alpha=10.578, s=0.606, beta=11.669, unit_days=7)
SPEND = retain.GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
CUSTOMERS = {
    "frequency": [0.0, 2.0, 7.0, 26.0],
    "t_x": [0.0, 30.4375, 12.5, 30.75],
    "T": [38.875, 38.875, 39.0, 31.0],
    "spend": [math.nan, 24.75, 40.5, 16.5],
}


CDNOW_NAIVE = [0.174, 35.3, 6.0, 35.2, 204.8, 140.9, 297.7]
CDNOW_RATES = [0.64, 0.77, 0.84, 0.87]


def near(got, want, share=1e-12):
    assert got == pytest.approx(want, rel=share, nan_ok=True)


def covariance(parameters):
    """That of the golden file: 0.01 theta_i theta_j 0.5^|i - j|."""
    theta = np.array(parameters)
    at = np.arange(len(theta))
    return np.ascontiguousarray(0.01 * np.outer(theta, theta) * 0.5 ** np.abs(at[:, None] - at[None, :])).reshape(-1)


def test_limits_meet_brute_force():
    for row in read_golden("clv/interval.csv"):
        family, names = (1.0, "r alpha s beta") if row["family"] == "pareto" else (2.0, "r alpha a b")
        parameters, values = [number(row[name]) for name in names.split()], [number(row[name]) for name in ("p", "q", "gamma")]
        figures = np.empty(8)
        _retain.clv_interval(
            None,
            np.array([family, 7.0, *parameters]),
            covariance(parameters),
            np.array(values),
            covariance(values),
            *(np.array([number(row[name])]) for name in ("x", "t_x", "T", "spend")),
            7.0,
            None,
            None,
            *8 * (None,),
            None,
            *(number(row[name]) for name in ("horizon_days", "annual_rate", "margin", "order_cost", "service_cost")),
            *(None, None, None, None),
            0.95,
            figures,
        )
        close = 1e-9 if family == 1.0 else 1e-7
        near(figures[0], number(row["residual"]), 1e-10)
        for at, name in ((1, "standard_error"), (2, "low"), (3, "high"), (7, "variance")):
            near(figures[at], number(row[name]), close)


def test_without_costs_it_is_the_residual_value():
    value = SPEND.expected(CUSTOMERS)
    terms = retain.clv.Terms(margin=[0.1, 0.2, -0.3, 0.0], annual_rate=0.1, days=365)
    found = retain.clv.interval(PARETO, CUSTOMERS, SPEND, historic=[1.0, 2.0, 3.0, 4.0], terms=terms)
    plain = retain.clv.residual(PARETO, CUSTOMERS, value, days=365, annual_rate=0.1, margin=[0.1, 0.2, -0.3, 0.0])
    near(found["residual"], plain)
    near(found["total"], [a + b for a, b in zip(plain, [1, 2, 3, 4])])
    near(found["total_low"], found["total"])  # known parameters
    known = retain.clv.interval(PARETO, CUSTOMERS, value, terms=terms)
    near(known["residual"], plain)
    assert all(math.isnan(v) for v in known["variance"])


def test_costs_are_orders_and_years_alive():
    terms = retain.clv.Terms(margin=0.4, order_cost=[1.0, 2.0, 3.0, 4.0], service_cost=6.0, annual_rate=0.1, days=730)
    found = retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms=terms)
    orders = np.array(PARETO.discounted(CUSTOMERS, days=730, annual_rate=0.1))
    years = np.array(PARETO.lifetime(CUSTOMERS, days=730, annual_rate=0.1)) / 365.25
    want = (0.4 * np.array(SPEND.expected(CUSTOMERS)) - [1.0, 2.0, 3.0, 4.0]) * orders - 6.0 * years
    near(found["residual"], want.tolist())
    assert all(math.isnan(v) for v in found["variance"])
    worthless = retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms=retain.clv.Terms(margin=0, days=30))
    assert worthless["residual"] == [0.0, 0.0, 0.0, 0.0]


@pytest.fixture(scope="module")
def fitted(cdnow_sample):
    """The literature's customers, with both models."""
    customers = retain.orders.summary(retain.Log(cdnow_sample), "1997-09-30", unit_days=7, count_zero_orders=True)
    return customers, retain.ParetoNBD().fit(customers), retain.GammaGamma().fit(customers)


def test_groups_are_sums_of_their_customers():
    table = {**CUSTOMERS, "weight": [10.0, 2.0, 1.0, 1.0]}
    terms = retain.clv.Terms(margin=0.3, annual_rate=0.1, days=365)
    rows = retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms=terms)
    found = retain.clv.sums(PARETO, table, SPEND, by=["b", "a", "a", "b"], historic=[1.0, 2.0, 3.0, 4.0], terms=terms, level=0.9)
    part, weight = np.array(rows["residual"]), np.array(table["weight"])
    assert list(found.table()["group"]) == ["a", "b"]
    near(list(found.table()["residual"]), [(weight * part)[[1, 2]].sum(), (weight * part)[[0, 3]].sum()])
    near(found.total["residual"], float(weight @ part))
    near(found.total["variance"], float(weight @ rows["variance"]))
    near(found.total["historic"], 10.0 + 4.0 + 3.0 + 4.0)
    near(found.total["mean_total"], (float(weight @ part) + 21.0) / 14.0)
    assert found.total["standard_error"] == 0.0
    # the prediction interval is that of a log-normal sum
    spread = math.sqrt(math.log1p(found.total["variance"] / found.total["residual"] ** 2))
    near(found.total["residual_most"], found.total["residual"] * math.exp(1.6448536269514722 * spread - 0.5 * spread**2), 1e-9)


def test_fitted_models_have_limits_and_cohorts_add_up(fitted):
    customers, model, spend = fitted
    terms = retain.clv.Terms(margin=0.3, order_cost=1.0, annual_rate=0.1, days=365)
    groups = (np.array(customers["frequency"]) > 0).astype(int)
    found = retain.clv.sums(model, customers, spend, by=groups, terms=terms)
    total, table = found.total, found.table()
    assert total["residual_least"] < total["residual_low"] < total["residual"] < total["residual_high"] < total["residual_most"]
    near(float(np.sum(table["residual"])), total["residual"], 1e-12)
    # errors of parameters are shared: they add up far above the root of the sum of squares of customers
    rows = retain.clv.interval(model, customers, spend, terms=terms)
    assert total["standard_error"] > 5 * math.sqrt(float(np.sum(np.square(rows["standard_error"]))))
    # against the definition, differenced by hand
    def at(parameters, values):
        orders = retain.ParetoNBD.from_params(unit_days=7, **parameters)
        mean = np.array(retain.GammaGamma.from_params(**values).expected(customers))
        return float(np.sum((0.3 * mean - 1.0) * np.array(orders.discounted(customers, days=365, annual_rate=0.1))))

    variance = 0.0
    for fitted, place in ((model, 0), (spend, 1)):
        gradient = []
        for name in fitted.params_:
            both = [dict(model.params_), dict(spend.params_)]
            ends = []
            for factor in (1.0001, 0.9999):
                both[place] = {**fitted.params_, name: fitted.params_[name] * factor}
                ends.append(at(*both))
            gradient.append((ends[0] - ends[1]) / (0.0002 * fitted.params_[name]))
        variance += float(np.array(gradient) @ fitted.report_.covariance @ np.array(gradient))
    near(total["standard_error"], math.sqrt(variance), 1e-5)


# --- payback, concentration, naive formulas ---


def test_payback_meets_quadrature():
    for row in read_golden("clv/payback.csv"):
        of = {name: number(row[name]) for name in row}
        found = _retain.clv_payback_new(
            None,
            np.array([1.0, 7.0, of["r"], of["alpha"], of["s"], of["beta"]]),
            covariance([of["r"], of["alpha"], of["s"], of["beta"]]),
            np.array([of["p"], of["q"], of["gamma"]]),
            covariance([of["p"], of["q"], of["gamma"]]),
            math.nan,
            math.nan,
            of["cost"],
            *(of[name] for name in ("horizon_days", "annual_rate", "margin", "order_cost", "service_cost")),
            0.95,
        )
        near(found["days"], math.nan if math.isinf(of["days"]) else of["days"], 1e-6)
        for name, share in (("days_low", 1e-6), ("days_high", 1e-6), ("value", 1e-8), ("value_low", 1e-8), ("value_high", 1e-8)):
            near(found[name], of[name], share)


def test_payback_of_a_cohort_is_where_its_sums_reach_the_cost(fitted):
    customers, model, spend = fitted
    terms = retain.clv.Terms(margin=0.3, annual_rate=0.1)
    historic = [0.3 * v for v in customers["revenue"]]
    cost = 1.2 * sum(historic)
    found = retain.clv.payback(model, spend, cost, customers=customers, historic=historic, terms=terms)
    until = retain.clv.sums(model, customers, spend, historic=historic, terms=retain.clv.Terms(margin=0.3, annual_rate=0.1, days=found.days))
    assert found.outcome == "reached" and found.days_low < found.days < found.days_high
    near(until.total["total"], cost, 1e-9)
    later = retain.clv.Terms(margin=0.3, annual_rate=0.1, days=found.days_high)
    near(retain.clv.sums(model, customers, spend, historic=historic, terms=later).total["total_low"], cost, 1e-9)
    assert retain.clv.payback(model, spend, math.nan, customers=customers, terms=terms).outcome == "none"
    assert retain.clv.payback(model, spend, 1e12, terms=terms).outcome == "missed"


def test_concentration_is_that_of_rfm(fitted):
    customers, model, spend = fitted
    residual = np.array(retain.clv.interval(model, customers, spend, terms=retain.clv.Terms(annual_rate=0.1, days=365))["residual"])
    found = retain.clv.concentration([*residual, math.nan])
    assert found.customers == len(residual)
    assert found.gini == retain.rfm.gini(residual).value
    ranked = np.sort(residual)[::-1]
    n = len(ranked)
    for share, top in zip(found.p, found.top):
        whole = int(share * n)
        near(top, (ranked[:whole].sum() + (share * n - whole) * ranked[whole]) / ranked.sum(), 1e-9)


def test_naive_values_of_cdnow_are_those_of_their_definitions(fitted):
    """The numbers of docs/clv.md."""
    customers, model, spend = fitted
    x, t_x, T, revenue = (np.array(customers[name], dtype=float) for name in ("frequency", "t_x", "T", "revenue"))
    found = retain.clv.naive(customers, period_days=91, model=model, spend=spend, terms=retain.clv.Terms(annual_rate=0.1))
    retention = ((x > 0) & (t_x > T - 13))[T >= 13].mean()
    order_value, frequency = revenue.sum() / (x + 1).sum(), (x + 1).sum() / (T.sum() / 13)
    rate = 1.1 ** (91 / 365.25) - 1
    near(found.retention, float(retention))
    near(found.lifespan, float(order_value * frequency / (1 - retention)), 1e-10)
    near(found.retention_value, float(order_value * frequency * retention / (1 + rate - retention)), 1e-10)
    near(found.retention_first, retain.clv.retention_value(float(order_value * frequency), float(retention), rate, first=True), 1e-10)
    near(found.model, spend.mean() * (1 + model.discounted({"frequency": [0.0], "t_x": [0.0], "T": [0.0]}, annual_rate=0.1)[0]), 1e-10)
    assert found.model_low < found.model < found.model_high
    shown = (found.retention, found.lifespan, found.retention_value, found.retention_first, found.model, found.model_low, found.model_high)
    assert [round(v, 3) if v < 1 else round(v, 1) for v in shown] == CDNOW_NAIVE
    # the reason: customers differ, so retention rises with age; a cohort of the model's kind, quarter by quarter
    alive = [model.alive({"frequency": [0.0], "t_x": [0.0], "T": [0.0]}, days=91 * k)[0] for k in range(5)]
    rates = [b / a for a, b in zip(alive, alive[1:])]
    assert rates == sorted(rates) and [round(r, 2) for r in rates] == CDNOW_RATES


def test_refusals_name_what_is_wrong():
    with pytest.raises(TypeError, match="model"):
        retain.clv.interval(3, CUSTOMERS, SPEND)
    with pytest.raises(retain.ArgumentError, match="annual_rate"):
        retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms=retain.clv.Terms(annual_rate=-0.1))
    with pytest.raises(retain.ArgumentError, match="days"):
        retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms=retain.clv.Terms(days=0))
    with pytest.raises(TypeError, match="terms must be clv.Terms, not dict"):
        retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms={"days": 365})
    with pytest.raises(TypeError, match="terms must be clv.Terms, not NoneType"):
        retain.clv.payback(PARETO, SPEND, 5.0, terms=None)
    orders = retain.spend.LogNormalSpend.from_params(median=20, tau=0.5, sigma=0.6)
    with pytest.raises(retain.ArgumentError, match="order_values is missing; a model of single orders needs the table"):
        retain.clv.sums(PARETO, CUSTOMERS, orders)
    with pytest.raises(retain.ArgumentError, match="spend has 1 rows"):
        retain.clv.interval(PARETO, CUSTOMERS, [1.0])
    with pytest.raises(retain.ArgumentError, match=r"^terms\.order_cost has 2 rows, customers has 4; they must have as many"):
        retain.clv.interval(PARETO, CUSTOMERS, SPEND, terms=retain.clv.Terms(order_cost=[1.0, 2.0]))
    with pytest.raises(retain.DataError, match=r"^terms\.margin\[1\] is infinity"):
        retain.clv.sums(PARETO, CUSTOMERS, SPEND, terms=retain.clv.Terms(margin=[1.0, math.inf, 1.0, 1.0]))
    with pytest.raises(retain.ArgumentError, match="^margin has 1 rows, revenue has 2"):
        retain.clv.historic([1.0, 2.0], margin=[1.0])
    with pytest.raises(retain.DataError, match=r"^margin\[0\] is NaN"):
        retain.clv.historic([1.0], margin=[math.nan])
    with pytest.raises(retain.DataError, match="historic"):
        retain.clv.interval(PARETO, CUSTOMERS, SPEND, historic=[1.0, math.nan, 1.0, 1.0])
    with pytest.raises(retain.ArgumentError, match="level"):
        retain.clv.sums(PARETO, CUSTOMERS, SPEND, level=95)
    with pytest.raises(retain.ArgumentError, match="cost is -1"):
        retain.clv.payback(PARETO, SPEND, -1.0)
    with pytest.raises(TypeError, match="numbers for new customers"):
        retain.clv.payback(PARETO, SPEND, 5.0, terms=retain.clv.Terms(order_cost=[1.0]))
    with pytest.raises(retain.ArgumentError, match="first_value"):
        retain.clv.payback(PARETO, SPEND, 5.0, customers=CUSTOMERS, first_value=3.0)
    with pytest.raises(retain.DataError, match=r"value\[1\] is -2"):
        retain.clv.concentration([1.0, -2.0])
    with pytest.raises(retain.ArgumentError, match="revenue"):
        retain.clv.naive(CUSTOMERS, period_days=91, unit_days=7)
    with pytest.raises(TypeError, match="spend is missing"):
        retain.clv.naive({**CUSTOMERS, "revenue": [1.0] * 4}, period_days=91, model=PARETO)
    with pytest.raises(retain.ArgumentError, match="service_cost"):
        retain.clv.naive({**CUSTOMERS, "revenue": [1.0] * 4}, period_days=91, unit_days=7, terms=retain.clv.Terms(service_cost=1.0))


def test_models_of_single_orders_take_the_place_of_that_of_means():
    draw = np.random.default_rng(4)
    n, end = 400, 700
    rate = draw.gamma(0.6, size=n)
    customers = draw.choice(n, 2500, p=rate / rate.sum())
    own = np.exp(3 + 0.6 * draw.standard_normal(n))
    log = {"customer": customers, "date": draw.integers(0, end, 2500), "value": own[customers] * np.exp(0.5 * draw.standard_normal(2500))}
    known = retain.orders.summary(log, end, unit_days=7)
    values = retain.spend.orders(log, end, unit_days=7)
    assert list(known["customer"]) == list(values["customer"])  # row by row
    model = retain.NBD().fit(known)
    spend = retain.LogNormalSpend(depends_on_frequency=True).fit(values)
    terms = retain.clv.Terms(margin=0.3, days=365, annual_rate=0.1)
    rows = retain.clv.interval(model, known, spend, order_values=values, terms=terms, level=0.9)
    want = 0.3 * np.asarray(model.discounted(known, days=365, annual_rate=0.1)) * np.asarray(spend.expected(values))
    assert np.allclose(rows["residual"], want, rtol=1e-11)
    assert np.all(np.asarray(rows["residual_low"]) < want) and np.all(want < np.asarray(rows["residual_high"]))
    assert np.all(np.asarray(rows["variance"]) > 0)
    total = retain.clv.sums(model, known, spend, order_values=values, terms=terms, level=0.9).total
    assert total["residual"] == pytest.approx(want.sum(), rel=1e-11) and total["residual_least"] < total["residual_low"] < want.sum() < total["residual_most"]
    new = retain.clv.payback(model, spend, 5.0, terms=terms)
    assert new.outcome == "reached" and new.value_low < new.value < new.value_high
    cohort = retain.clv.payback(model, spend, 5000.0, customers=known, order_values=values, terms=terms)
    assert cohort.value == pytest.approx(want.sum(), rel=1e-11)

    means = retain.GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    single = retain.GammaGammaOrders.from_params(p=6.25, q=3.74, gamma=15.44)
    of_means = retain.clv.interval(model, known, means, terms=terms, level=0.9)
    of_single = retain.clv.interval(model, known, single, order_values={**{k: np.asarray(values[k]) for k in ("mean", "mean_log", "log_squares")},
                                                                 "orders": np.asarray(values["orders"])}, terms=terms, level=0.9)
    same = np.asarray(known["frequency"]) == np.asarray(values["orders"])
    assert np.allclose(np.asarray(of_means["residual"])[same], np.asarray(of_single["residual"])[same], rtol=1e-9)
    others = {**values, "customer": list(values["customer"])[::-1]}
    with pytest.raises(retain.DataError, match=r"order_values.customer\[0\] is \d+, customers.customer\[0\] is \d+; rows must be of the same") as refused:
        retain.clv.sums(model, known, spend, order_values=others, terms=terms)
    assert refused.value.row == 0
    with pytest.raises(retain.ArgumentError, match="order_values are for models of single orders"):
        retain.clv.sums(model, known, means, order_values=values, terms=terms)
    with pytest.raises(retain.ArgumentError, match="order_values is missing"):
        retain.clv.interval(model, known, spend)
    with pytest.raises(retain.ArgumentError, match="order_values has 2 rows"):
        retain.clv.interval(model, known, single, order_values={"orders": [1, 1], "mean": [1.0, 2.0], "mean_log": [0.0, 0.1], "log_squares": [0.0, 0.0]})
