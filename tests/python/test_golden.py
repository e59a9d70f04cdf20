"""The golden vectors, through the Python package: the same files and the same tolerances as in C.

A golden file that no test below names fails a test, so a new one cannot be forgotten.
"""

import csv
import math

import numpy as np
import pytest
import retain
from conftest import GOLDEN, ROOT, near, number, read_golden

NOT_PUBLIC = "math/"  # functions inside the library, not to be called from Python
COVERED = set()
OF_THEIR_OWN = ("accelerated/", "boosting/", "btyd/dynamic", "calibration/", "churn/", "clv/", "concordance/", "contract/", "contract_draws/", "cox/", "draws/", "evaluation/", "features/", "hazard/", "ledger/", "lifetimes/", "logistic/", "pool/", "repeat/", "risk/", "scoring/", "service/", "signals/", "survival/", "spend/dependence", "spend/orders", "survey/")  # tests/python/test_MODULE.py reads these


def covers(*paths):
    """Says which files a test reads; the test is left out while there is no such file."""
    COVERED.update(paths)
    missing = [path for path in paths if not (GOLDEN / path).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"no {', '.join(missing)}")


def tolerance(row, want):
    """The rule of the oracles for everything but log-likelihoods: relative, plus the amplification of input errors."""
    if "cond" not in row:
        return (1e-9 if row["kind"] == "stress" else 1e-12) * abs(want)
    return (100 if row["kind"] == "stress" else 1) * (1e-12 + 1e-14 * float(row["cond"] or 0)) * abs(want)


def scale_tolerance(row):
    """The rule for log-likelihoods and gradients: relative to the sizes of the terms."""
    return (1e-13 if row["kind"] == "stress" else 1e-14) * float(row["scale"])


def check(rows, got, column, allowed):
    """Every row of a column, within its tolerance; all that are not are named."""
    bad = []
    for row, value in zip(rows, np.asarray(got).tolist(), strict=True):
        want = number(row[column])
        if not near(value, want, allowed(row, want)):
            bad.append(f"{row.get('id')} {column}: got {value!r}, want {want!r}")
    assert not bad, "\n".join(bad[:20])


# --- calendar ---------------------------------------------------------------------------------------------------------------------


@covers("calendar/dates.csv")
def test_dates_agree_with_datetime_and_jdatetime():
    rows = read_golden("calendar/dates.csv")
    days = np.array([int(row["number"]) for row in rows])
    for calendar, prefix in (("gregorian", ""), ("jalali", "jalali_")):
        want = [np.array([int(row[prefix + part]) for row in rows]) for part in ("year", "month", "day")]
        for got, column in zip(retain.calendar.dates(days, calendar=calendar), want):
            assert np.array_equal(got, column)
        assert np.array_equal(retain.calendar.numbers(*want, calendar=calendar), days)
    assert [retain.calendar.weekday(int(day)) for day in days] == [int(row["weekday"]) for row in rows]


@covers("calendar/nowruz.csv")
def test_the_jalali_year_begins_where_equinox_jdatetime_and_icu_do():
    rows = read_golden("calendar/nowruz.csv")
    years = np.array([int(row["jalali_year"]) for row in rows])
    ones = np.ones_like(years)
    got = retain.calendar.numbers(years, ones, ones, calendar="jalali").tolist()
    for source in ("equinox", "jdatetime", "icu"):
        assert got == [int(row[source]) for row in rows]


def zones():
    found = {}
    for row in read_golden("calendar/zones.csv"):
        found.setdefault(row["zone"], []).append(row)
    for name, rows in found.items():
        initial = [int(row["offset"]) for row in rows if not row["instant"]]
        changes = [row for row in rows if row["instant"]]
        yield (
            name,
            retain.calendar.Zone(
                np.array([int(row["instant"]) for row in changes], dtype=np.int64),
                np.array([int(row["offset"]) for row in changes], dtype=np.int64),
                initial[0],
            ),
        )


@covers("calendar/zones.csv", "calendar/zone_days.csv")
def test_days_agree_with_zoneinfo_on_both_sides_of_every_change():
    rows = read_golden("calendar/zone_days.csv")
    for name, zone in zones():
        mine = [row for row in rows if row["zone"] == name]
        moments = np.array([int(row["moment"]) for row in mine])
        assert retain.calendar.days(moments, zone=zone).tolist() == [int(row["day"]) for row in mine]
        # The same through the time zone database of this machine, whose rules for the time since 1970 do not change.
        recent = moments > 0
        want = np.array([int(row["day"]) for row in mine])[recent]
        assert np.array_equal(retain.calendar.days(moments[recent], zone=name), want)


@covers("calendar/zones.csv", "calendar/zone_firsts.csv")
def test_days_begin_when_zoneinfo_says():
    rows = read_golden("calendar/zone_firsts.csv")
    for name, zone in zones():
        mine = [row for row in rows if row["zone"] == name]
        days = np.array([int(row["day"]) for row in mine])
        assert retain.calendar.instants(days, zone=zone).tolist() == [int(row["first"]) for row in mine]


# --- rates ------------------------------------------------------------------------------------------------------------------------


@covers("rate/wilson.csv")
def test_wilson_limits():
    rows = read_golden("rate/wilson.csv")
    for row in rows:
        low, high = retain.rate.interval(number(row["k"]), number(row["n"]), number(row["conf"]))
        assert near(low, number(row["low"]), 1e-12 * number(row["low"])), row
        assert near(high, number(row["high"]), 1e-12 * number(row["high"])), row


@covers("rate/difference.csv")
def test_differences_of_rates():
    names = ("successes_1", "trials_1", "successes_2", "trials_2", "level")
    for row in read_golden("rate/difference.csv"):
        found = retain.rate.difference(*(number(row[name]) for name in names))
        d, reach = number(row["difference"]), number(row["high"]) - number(row["low"])
        assert near(found.difference, d, 2e-16 * abs(d)), row
        assert near(found.low, number(row["low"]), 2e-15 * (abs(d) + reach)), row
        assert near(found.high, number(row["high"]), 2e-15 * (abs(d) + reach)), row
        assert near(found.z, number(row["z"]), 1e-14 * abs(number(row["z"]))), row
        assert near(found.p_value, number(row["p_value"]), 1e-12 * number(row["p_value"])), row


@covers("crr/crr.csv")
def test_crr_from_counts():
    rows = read_golden("crr/crr.csv")
    start, end, gained, level = ([number(row[name]) for row in rows] for name in ("start", "end", "new", "conf"))
    wanted = {
        "crr_percent": (retain.crr.rate(start, end, gained), 1e-15),
        "churn_percent": (retain.crr.churn(start, end, gained), 1e-15),
    }
    kept = [e - g for e, g in zip(end, gained)]
    limits = [retain.rate.interval(*values) for values in zip(kept, start, level)]
    wanted["crr_wilson_low_percent"] = ([low for low, _ in limits], 1e-12)
    wanted["crr_wilson_high_percent"] = ([high for _, high in limits], 1e-12)
    for column, (got, relative) in wanted.items():
        for row, value in zip(rows, got, strict=True):
            want = number(row[column]) / 100
            assert near(value, want, abs(relative * want)), (row["id"], column, value, want)


# --- the shop of the literature ---------------------------------------------------------------------------------------------------


@covers("orders/cdnow_sample_ids.csv")
def test_the_sample_has_the_customers_of_the_literature(cdnow_sample):
    assert len(np.unique(cdnow_sample["customer"])) == 2357
    assert len(cdnow_sample["date"]) == 6919


@covers("crr/cdnow_months.csv")
def test_customers_come_and_go_as_pandas_counts_it(cdnow_sample):
    log = retain.Log(cdnow_sample)
    for row in read_golden("crr/cdnow_months.csv"):
        table = retain.crr.periods(log, 10407, edges=[int(row["begin"]), int(row["end_day"])], window_days=int(row["window"]))
        for name in ("start", "acquired", "gained", "retained", "reactivated", "lost", "end"):
            assert table[name].tolist() == [number(row[name])], (row, name)


@covers("crr/cdnow_rolling.csv")
def test_rolling_and_by_period_as_pandas_counts_it(cdnow_sample):
    log = retain.Log(cdnow_sample)
    tables = {}
    for row in read_golden("crr/cdnow_rolling.csv"):
        window, span = int(row["window"]), int(row["span"])
        if (window, span) not in tables:
            who = {"window_days": window} if window else {"activity": "period"}
            tables[window, span] = retain.crr.periods(log, "1998-06-30", span=span, **who)
        for name in ("start", "acquired", "gained", "retained", "reactivated", "lost", "end"):
            assert near(tables[window, span][name][int(row["month"])], number(row[name]), 0), (row, name)


@covers("crr/cdnow_window.csv")
def test_gaps_have_the_quantiles_that_scipy_finds(cdnow_sample):
    log = retain.Log(cdnow_sample)
    for row in read_golden("crr/cdnow_window.csv"):
        window = retain.crr.window(log, "1998-06-30", quantile=number(row["quantile"]))
        assert window.days == number(row["window"])
        assert near(window.reached, number(row["reached"]), 1e-12)


@covers("cohort/cdnow_cells.csv")
@pytest.mark.parametrize("layout", ["age", "range", "calendar", "rolling"])
def test_cohort_cells_agree_with_plain_python(cdnow_sample, layout):
    by = {customer: customer % 3 for customer in cdnow_sample["customer"].tolist()}
    ages = {"range": [0, 1, 4, 12], "rolling": [0, 1, 31, 91, 366, 500]}.get(layout)
    columns = "age" if layout == "range" else layout
    edges = retain.calendar.edges("1997-01-01", "1998-06-30")
    arguments = {"by": by, "rows": "both", "columns": columns, "ages": ages, "edges": edges}
    exact = retain.cohort.cells(cdnow_sample, "1998-06-15", **arguments)
    later = retain.cohort.cells(cdnow_sample, "1998-06-15", kind="unbounded", **arguments)
    rows = [row for row in read_golden("cohort/cdnow_cells.csv") if row["layout"] == layout]
    assert (exact.exposed > 0).sum() == len(rows)
    for row in rows:
        cell = 18 * int(row["group"]) + int(row["cohort"]), int(row["column"])
        for name in ("exposed", "active", "repeat", "orders", "occasions"):
            assert getattr(exact, name)[cell] == number(row[name]), (row, name)
        assert later.active[cell] == number(row["unbounded"])
        assert near(exact.net[cell], number(row["cents"]) / 100, 1e-14 * number(row["cents"]))


@covers("cohort/cdnow_months.csv", "cohort/cdnow_weeks.csv")
@pytest.mark.parametrize("unit", ["month", "week"])
def test_cohorts_agree_with_pandas(cdnow_sample, unit):
    log = retain.Log(cdnow_sample)
    periods = {"period": unit, "first_weekday": "wednesday"}
    exact = retain.cohort.active(log, "1998-06-30", **periods)
    later = retain.cohort.active(log, "1998-06-30", kind="unbounded", **periods)
    rows = read_golden(f"cohort/cdnow_{unit}s.csv")
    for row in rows:
        cell = int(row["cohort"]), int(row["age"])
        assert exact.size[cell[0]] == number(row["size"])
        assert exact.active[cell] == number(row["active"])
        assert later.active[cell] == number(row["unbounded"])
        assert exact.orders[cell] == number(row["orders"])
        assert near(exact.revenue[cell], number(row["cents"]) / 100, 1e-9)
    cohorts = 1 + max(int(row["cohort"]) for row in rows)
    assert exact.complete[:cohorts].sum() == len(rows)


# --- RFM --------------------------------------------------------------------------------------------------------------------------


@covers("rfm/scores.csv")
def test_scores_agree_with_exact_fractions():
    sets = {}
    for row in read_golden("rfm/scores.csv"):
        sets.setdefault((row["dataset"], int(row["bins"])), []).append(row)
    for (_, bins), rows in sets.items():
        customers = {name: [number(row[name]) for row in rows] for name in ("days_since_last", "occasions", "revenue")}
        scored = retain.RFM(bins=bins).fit_transform(customers)
        for name in "rfm":
            assert scored[name] == [int(row[name]) for row in rows]


@covers("rfm/cdnow_codes.csv", "rfm/cdnow_segments.csv", "rfm/cdnow_moves.csv")
def test_segments_of_cdnow_agree_with_plain_python(cdnow_sample):
    log = retain.Log(cdnow_sample)
    scored = retain.RFM().fit_transform(log, "1998-06-30")
    for row in read_golden("rfm/cdnow_codes.csv"):
        mine = np.all([scored[name] == int(row[name]) for name in "rfm"], axis=0)
        assert mine.sum() == int(row["customers"])
        assert set(scored["segment"][mine]) <= {row["segment"]}
        assert retain.rfm.segments([int(row["r"])], [int(row["f"])], [int(row["m"])]) == [row["segment"]]
    found = retain.rfm.table(scored)
    for i, row in enumerate(read_golden("rfm/cdnow_segments.csv")):
        customers = int(row["customers"])
        assert (found["segment"][i], found["customers"][i]) == (row["segment"], customers)
        assert near(found["revenue"][i], int(row["cents"]) / 100, 1e-9)
        for name in ("days_since_last", "occasions"):
            assert near(found[name][i], int(row[name]) / customers if customers else math.nan, 1e-9)
    before = retain.RFM().fit_transform(log, "1997-09-30")
    moved = retain.rfm.migration(before, scored)
    cells = [int(row["customers"]) for row in read_golden("rfm/cdnow_moves.csv")]
    assert moved.customers.ravel().tolist() == cells


@covers("rfm/concentration.csv")
def test_concentration_agrees_with_exact_fractions():
    quantile = 1.959963984540054
    for row in read_golden("rfm/concentration.csv"):
        values, want, error = [float(value) for value in row["values"].split()], number(row["value"]), number(row["standard_error"])
        if row["figure"] == "gini":
            got = retain.rfm.gini(values)
        else:
            curve = retain.rfm.lorenz(values, [number(row["p"])])
            got = retain.rfm.Estimate(curve.share[0], curve.low[0], curve.high[0])
            assert near(retain.rfm.top_share(values, 1 - number(row["p"])).value, 1 - want, 1e-15)
        assert near(got.value, want, 1e-15)
        if error == 0 and row["p"] not in ("0.0", "1.0"):
            assert math.isnan(got.low) and math.isnan(got.high)
        elif not math.isnan(error):
            assert near(got.low, max(0.0, want - quantile * error), 2e-12)
            assert near(got.high, min(1.0, want + quantile * error), 2e-12)


@covers("revenue/cdnow_months.csv")
def test_the_revenue_bridge_of_cdnow(cdnow_sample):
    log = retain.Log(cdnow_sample)
    tables = {}
    for row in read_golden("revenue/cdnow_months.csv"):
        key = int(row["lag"]), number(row["level"])
        if key not in tables:
            tables[key] = retain.revenue.bridge(log, "1998-06-30", lag=key[0], level=key[1])
        for i, name in enumerate(retain.revenue.COLUMNS):
            got, want = tables[key][name][int(row["month"])], number(row[name])
            assert near(got, want / 100, 1e-11) if i < 7 else near(got, want, 0 if i < 15 else 1e-13), (row, name, got)


@covers("revenue/lifetime.csv")
def test_lifetime_values():
    for row in read_golden("revenue/lifetime.csv"):
        names = ("margin", "retention", "annual_rate", "periods_per_year")
        got, want = retain.revenue.lifetime_value(*(number(row[name]) for name in names)), number(row["lifetime_value"])
        assert near(got, want, 2e-15 * abs(want)), row


@covers("revenue/profit.csv")
def test_profits_of_retention():
    names = ("customers", "margin", "base_retention", "acquired", "retention_cost", "acquisition_cost", "annual_rate", "periods_per_year")
    for row in read_golden("revenue/profit.csv"):
        plan = retain.revenue.Plan(**{name: number(row[name]) for name in names}, periods=int(row["periods"]))
        table = plan.profit([number(row["retention"])])
        scale = (plan.margin + plan.retention_cost) * (plan.customers + plan.acquired * plan.periods) * plan.periods
        assert near(table["profit"][0], number(row["profit"]), 1e-14 * (scale + plan.acquisition_cost * plan.acquired * plan.periods)), row
        assert near(table["customers"][0], number(row["customers_at_end"]), 1e-13 * number(row["customers_at_end"])), row
        assert near(table["change"][0], number(row["change"]), 1e-11 * (1 + abs(number(row["change"])))), row


# --- models -----------------------------------------------------------------------------------------------------------------------

FAMILIES = {
    "pnbd": retain.ParetoNBD,
    "bgnbd": retain.BGNBD,
    "mbgnbd": retain.MBGNBD,
    "ggnbd": retain.GGNBD,
    "nbd": retain.NBD,
    "bgcnbd": retain.BGCNBD,
    "mbgcnbd": retain.MBGCNBD,
}


def btyd(prefix):
    """Path of a file of a family: they may lie in the module's folder."""
    return f"btyd/{prefix}.csv"


def rows_by_model(path, family, unit_days=1):
    """Rows, each with its own model, as the package is used: one model at a time."""
    for row in read_golden(path):
        k = {"k": int(row["k"])} if "k" in row else {}
        yield row, family.from_params(unit_days=unit_days, **{name: number(row[name]) for name in family._parameters}, **k)


def customer(row):
    columns = {"frequency": number(row["x"]), "t_x": number(row["t_x"]), "T": number(row["T"])}
    return {**columns, "log_gaps": number(row["log_gaps"])} if "log_gaps" in row else columns


@pytest.mark.parametrize("name", FAMILIES)
@covers(*(btyd(f"{name}_loglik") for name in FAMILIES))
def test_likelihoods_and_gradients(name):
    rows, got, gradients = [], [], []
    for row, model in rows_by_model(btyd(f"{name}_loglik"), FAMILIES[name]):
        rows.append(row)
        got.append(model.likelihood(customer(row)))
        gradients.append(model.gradient(customer(row))[0])
    check(rows, got, "loglik", lambda row, want: scale_tolerance(row))
    for i, parameter in enumerate(FAMILIES[name]._parameters):
        check(rows, [values[i] for values in gradients], f"d_log_{parameter}", lambda row, want: scale_tolerance(row))


@pytest.mark.parametrize("name", FAMILIES)
@covers(*(btyd(f"{name}_palive") for name in FAMILIES))
def test_p_alive(name):
    rows, alive, odds = [], [], []
    for row, model in rows_by_model(btyd(f"{name}_palive"), FAMILIES[name]):
        rows.append(row)
        alive.append(model.alive(customer(row)))
        odds.append(model.log_odds_dead(customer(row)))
    check(rows, alive, "p_alive", tolerance)
    # An error of the log-odds is a relative error of the odds.
    check(rows, odds, "log_odds_dead", lambda row, want: tolerance(row, 1.0))
    dead = [1 / (1 + math.exp(min(-value, 700.0))) for value in odds]
    check(rows, dead, "p_dead", lambda row, want: max(tolerance(row, want), 1e-300))


@pytest.mark.parametrize("name", FAMILIES)
@covers(*(btyd(f"{name}_conditional") for name in FAMILIES))
def test_expected_orders_and_silence(name):
    rows, orders, silence = [], [], []
    for row, model in rows_by_model(btyd(f"{name}_conditional"), FAMILIES[name]):
        rows.append(row)
        orders.append(model.orders(customer(row), days=number(row["t"])))
        silence.append(model.silence(customer(row), days=number(row["t"])))
    check(rows, orders, "expected", tolerance)
    check(rows, silence, "p_zero", tolerance)


@pytest.mark.parametrize("name", FAMILIES)
@covers(*(btyd(f"{name}_expected") for name in FAMILIES))
def test_a_new_customer(name):
    rows, got = [], []
    for row, model in rows_by_model(btyd(f"{name}_expected"), FAMILIES[name]):
        rows.append(row)
        got.append(model.expected(number(row["t"])))
    check(rows, got, "expected", tolerance)


@pytest.mark.parametrize("name", FAMILIES)
@covers(*(btyd(f"{name}_pmf") for name in FAMILIES))
def test_the_number_of_orders_of_a_new_customer(name):
    rows, got, logs = [], [], []
    for row, model in rows_by_model(btyd(f"{name}_pmf"), FAMILIES[name]):
        rows.append(row)
        got.append(model.pmf(number(row["n"]), days=number(row["t"])))
        logs.append(model.pmf(number(row["n"]), days=number(row["t"]), log=True))
    # An error of the logarithm is a relative error of the value.
    check(rows, logs, "log_pmf", lambda row, want: tolerance(row, 1.0) * (1 + abs(want)))
    check(rows, got, "pmf", lambda row, want: tolerance(row, want) * (1 + abs(number(row["log_pmf"]))))


@covers(btyd("pnbd_dert"))
def test_discounted_expected_residual_transactions():
    rows, got = [], []
    for row, model in rows_by_model(btyd("pnbd_dert"), retain.ParetoNBD, unit_days=365.25):
        rows.append(row)
        got.append(model.discounted(customer(row), annual_rate=math.expm1(number(row["delta"]))))
    check(rows, got, "dert", tolerance)


@pytest.mark.parametrize(("file", "quantities"), [("forecasts", 13), ("cnbd_forecasts", 12)])
@covers(btyd("forecasts"), btyd("cnbd_forecasts"))
def test_forecasts_by_brute_force(file, quantities):
    """Weeks as units of seven days: days in, days out."""
    classes = {"pareto": retain.ParetoNBD, "bg": retain.BGNBD, "mbg": retain.MBGNBD, "gg": retain.btyd.GGNBD}
    classes |= {"bgcnbd": retain.BGCNBD, "mbgcnbd": retain.MBGCNBD}
    seen = set()
    for row in read_golden(btyd(file)):
        family = classes[row["family"]]
        k = {"k": int(row["k"])} if "k" in row else {}
        model = family.from_params(unit_days=7, **{name: number(row[name]) for name in family._parameters}, **k)
        start, end = (7 * number(row[name]) if row[name] else 0.0 for name in ("from", "to"))
        window = {"days": end - start, "since": start}
        count, want, who = int(row["n"] or 0), number(row["value"]), customer(row)
        ask = {
            "orders": lambda: model.orders(who, **window),
            "variance": lambda: model.variance(who, **window),
            "silence": lambda: model.silence(who, **window),
            "return": lambda: model.next_order_by(who, **window),
            "count": lambda: model.distribution(who, most=count, **window)[0, count],
            "at_most": lambda: model.at_most(who, count, **window),
            "count_quantile": lambda: model.quantile(who, number(row["share"]), **window),
            "discounted": lambda: model.discounted(
                who, since=start, days=None if math.isinf(end) else end - start, annual_rate=math.expm1(number(row["delta"]) * 365.25 / 7)
            ),
            "alive": lambda: model.alive(who, days=end),
            "next_mean": lambda: model.next_order_mean(who, days=end) / 7,
            "next_quantile": lambda: model.next_order(who, share=number(row["share"])) / 7,
            "rate": lambda: model.rate(who),
            "leaving": lambda: model.leaving(who),
        }
        seen.add(row["quantity"])
        assert near(ask[row["quantity"]](), want, 0 if math.isinf(want) else 1e-10 * abs(want) + 1e-14), row
    assert len(seen) == quantities


@covers(btyd("bgbb_customer"))
def test_customers_with_opportunities():
    rows = read_golden(btyd("bgbb_customer"))
    found = {name: [] for name in ("loglik", "p_alive_n", "expected_m", "p_zero_m", "dert", *(f"d_log_{p}" for p in retain.BGBB._parameters))}
    for row, model in rows_by_model(btyd("bgbb_customer"), retain.BGBB, unit_days=365.25):
        one = {"frequency": number(row["x"]), "t_x": number(row["t_x"]), "T": number(row["n"])}
        days, n, p = 365.25 * number(row["m"]), number(row["n"]), model.params_
        found["loglik"].append(model.likelihood(one))
        for name, value in zip(retain.BGBB._parameters, model.gradient(one)[0], strict=True):
            found[f"d_log_{name}"].append(value)
        # Alive here is to be there when opportunity n + 1 comes; the file's customer has not yet had the chance to leave before it.
        found["p_alive_n"].append(model.alive(one) * ((p["gamma"] + p["delta"] + n) / (p["delta"] + n)))
        found["expected_m"].append(model.orders(one, days=days))
        found["p_zero_m"].append(model.silence(one, days=days))
        found["dert"].append(model.discounted(one, annual_rate=number(row["d"])))
    for name, got in found.items():
        check(rows, got, name, tolerance)


@covers(btyd("bgbb_population"))
def test_new_customers_with_opportunities():
    rows, expected, logs, got = [], [], [], []
    for row, model in rows_by_model(btyd("bgbb_population"), retain.BGBB, unit_days=30):
        rows.append(row)
        days = 30 * number(row["n"])
        expected.append(model.expected(days))
        logs.append(model.pmf(number(row["x"]), days=days, log=True))
        got.append(model.pmf(number(row["x"]), days=days))
    check(rows, expected, "expected", tolerance)
    check(rows, logs, "log_pmf", tolerance)
    check(rows, got, "pmf", lambda row, want: tolerance(row, want) * (1 + abs(number(row["log_pmf"]))))


def test_the_published_fit_of_the_donors_is_met():
    """Fader, Hardie & Shang 2010, table 2."""
    with open(ROOT / "examples" / "data" / "donations.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    donors = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    model = retain.BGBB().fit(donors, unit_days=365.25)
    assert list(model.params_.values()) == pytest.approx([1.203523, 0.749717, 0.656717, 2.783433], rel=1e-5)
    assert list(model.report_.standard_error) == pytest.approx([0.069391, 0.029448, 0.051010, 0.320817], rel=2e-4)
    assert model.report_.log_likelihood == pytest.approx(-33225.58127, abs=1e-5)
    assert model.report_.customers == 11104
    assert model.expected(3652.5) == pytest.approx(3.17982, rel=1e-4)
    assert list(model.alive({"frequency": [0, 2, 6], "t_x": [0, 4, 6], "T": [6, 6, 6]})) == pytest.approx([0.1081, 0.5896, 0.9304], abs=1e-4)
    assert (donors["weight"] * model.orders(donors, days=5 * 365.25)).sum() == pytest.approx(12884, abs=0.5)


@pytest.mark.parametrize("name", ["bgcnbd", "mbgcnbd"])
@covers(btyd("bgcnbd_discounted"), btyd("mbgcnbd_discounted"))
def test_discounted_orders_of_regular_customers(name):
    rows, until, for_ever = [], [], []
    for row, model in rows_by_model(btyd(f"{name}_discounted"), FAMILIES[name], unit_days=365.25):
        rate = math.expm1(number(row["delta"]))
        rows.append(row)
        until.append(model.discounted(customer(row), days=365.25 * number(row["t"]), annual_rate=rate))
        for_ever.append(model.discounted(customer(row), annual_rate=rate))
    check(rows, until, "until", tolerance)
    check(rows, for_ever, "for_ever", tolerance)


def test_published_fits_of_cdnow_are_met(cdnow_sample):
    """To the digits that the papers print; the papers count purchases of value 0."""
    log = retain.Log(cdnow_sample)
    customers = retain.orders.summary(log, "1997-09-30", unit_days=7, count_zero_orders=True)
    published = {
        retain.BGNBD: ([0.243, 4.414, 0.793, 2.426], -9582.4),  # Fader, Hardie & Lee 2005
        retain.ParetoNBD: ([0.553, 10.578, 0.606, 11.669], -9595.0),  # Fader, Hardie & Lee 2005
        retain.MBGNBD: ([0.525, 6.183, 0.891, 1.614], None),  # Batislam, Denizel & Filiztekin 2007
    }
    for family, (parameters, log_likelihood) in published.items():
        model = family().fit(customers)
        assert list(model.params_.values()) == pytest.approx(parameters, abs=0.00055)
        assert model.report_.success and model.report_.customers == 2357
        if log_likelihood is not None:
            assert model.report_.log_likelihood == pytest.approx(log_likelihood, abs=0.051)
        # A table of distinct customers gives the same model.
        short = retain.orders.distinct(customers)
        assert len(short["weight"]) < 2357
        assert list(family().fit(short).params_.values()) == pytest.approx(list(model.params_.values()), rel=1e-9)


@covers(btyd("covariates"))
def test_customers_with_covariates():
    names = ("Pareto/NBD", "BG/NBD", "MBG/NBD", "Gamma-Gompertz/NBD", "NBD", "BG/CNBD-k", "MBG/CNBD-k", "BG/BB")
    classes = dict(zip(names, (*FAMILIES.values(), retain.BGBB), strict=True))
    for row in read_golden(btyd("covariates")):
        family = classes[row["family"]]
        k = {"k": int(row["k"])} if int(row["k"]) else {}
        coefficients = {name: {process: number(row[f"{process}_{i}"]) for process in ("purchase", "lifetime")} for i, name in enumerate("uv")}
        values = {name: number(row[name]) for name in family._parameters}
        model = family.from_params(unit_days=7, covariates=coefficients, **values, **k)
        who = customer(row) | {"u": number(row["z_0"]), "v": number(row["z_1"])}
        got = {
            "log_likelihood": model.likelihood(who),
            "alive": model.alive(who),
            "orders": model.orders(who, days=7 * number(row["t"])),
            "dert": model.discounted(who, annual_rate=math.expm1(number(row["rate"]) * 365.25 / 7)),
        }
        for name, value in got.items():
            want = number(row[name])
            assert near(value, want, 1e-12 * (abs(want) + (name == "log_likelihood"))), (row, name)


@covers("spend/gamma_gamma.csv")
def test_spend():
    rows = read_golden("spend/gamma_gamma.csv")
    found = {name: [] for name in ("loglik", "d_log_p", "d_log_q", "d_log_v", "expected_spend", "population_mean")}
    for row in rows:
        model = retain.GammaGamma.from_params(p=number(row["p"]), q=number(row["q"]), gamma=number(row["v"]))
        one = {"frequency": number(row["x"]), "spend": number(row["z"])}
        found["loglik"].append(model.likelihood(one))
        for name, value in zip(("d_log_p", "d_log_q", "d_log_v"), model.gradient(one)[0], strict=True):
            found[name].append(value)
        found["expected_spend"].append(model.expected(one))
        found["population_mean"].append(model.mean())
    for name, got in found.items():
        if name in ("loglik", "d_log_p", "d_log_q", "d_log_v"):
            check(rows, got, name, lambda row, want: scale_tolerance(row))
        else:
            check(rows, got, name, tolerance)


# --- all files --------------------------------------------------------------------------------------------------------------------


def test_every_golden_file_is_read_here():
    files = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.csv")}
    assert {path for path in files - COVERED if not path.startswith((NOT_PUBLIC, *OF_THEIR_OWN))} == set()


def test_golden_files_have_equal_rows():
    for path in sorted(GOLDEN.rglob("*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            lengths = {len(row) for row in csv.reader(file)}
        assert len(lengths) == 1, path
