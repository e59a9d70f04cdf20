"""Acting on churn risk: golden vectors through the package, and the definitions once more with SciPy and pandas on real shops."""

import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden, values
from retain.churn import Offer

PEOPLE = {name: [float(row[name]) for row in read_golden("churn/customers.csv")] for name in ("score", "risk", "left", "value")}
MODELS = {1: retain.ParetoNBD, 2: retain.BGNBD, 3: retain.MBGNBD, 4: retain.NBD, 5: retain.BGCNBD, 6: retain.MBGCNBD, 7: retain.GGNBD, 8: retain.BGBB}
OTHERS = {"r": 0.5, "s": 0.6, "beta": 11.0, "a": 0.8, "b": 2.4, "gamma": 0.7, "delta": 2.0, "alpha": 5.0}


def model_of(row):
    family = int(row["family"])
    own = {"alpha": "first", "beta": "second"} if family == 8 else {"r": "first", "alpha": "second"}
    names = {1: "r alpha s beta", 2: "r alpha a b", 3: "r alpha a b", 4: "r alpha", 5: "r alpha a b", 6: "r alpha a b", 7: "r alpha b s beta", 8: "alpha beta gamma delta"}[family]
    given = {name: float(row[own[name]]) if name in own else OTHERS[name] for name in names.split()}
    return MODELS[family].from_params(unit_days=7, **given, **({"k": int(row["k"])} if family in (5, 6) else {}))


def test_silences_meet_the_golden_ones():
    for row in read_golden("churn/overdue.csv"):
        x, t_x, T = (float(row[name]) for name in ("x", "t_x", "T"))
        customers = {"frequency": [x], "t_x": [t_x], "T": [T], "log_gaps": [x * np.log(t_x / x) if x else 0.0]}
        (found,) = retain.churn.overdue(model_of(row), customers)
        assert near(found, float(row["p_value"]), 1e-12 * float(row["p_value"])), row


def test_gains_and_thresholds_meet_the_golden_ones():
    for row in read_golden("churn/gains.csv"):
        at = int(row["row"])
        offer = Offer(float(row["cost"]), float(row["incentive"]), float(row["effect"]))
        if at == 0:
            found, from_on = retain.churn.select(PEOPLE["risk"], PEOPLE["value"], offer), retain.churn.thresholds(PEOPLE["value"], offer)
        assert near(found.gain[at], float(row["gain"]), 1e-12 * (abs(float(row["gain"])) + offer.cost + offer.incentive))
        assert near(from_on[at], float(row["threshold"]), 1e-13 * abs(float(row["threshold"])))
        assert found.chosen[at] == (float(row["gain"]) > 0)


def test_numbers_who_leave_meet_the_golden_ones():
    for row in read_golden("churn/lost.csv"):
        found = retain.churn.lost(PEOPLE["risk"][: int(row["count"])], level=float(row["level"]))
        assert (found.low, found.high) == (float(row["low"]), float(row["high"]))
        assert near(found.customers, float(row["expected"]), 1e-12) and np.isnan(found.money)


def test_profits_meet_the_golden_ones():
    rows = read_golden("churn/profit.csv")
    for at, which in sorted({(row["offer"], row["which"]) for row in rows}):
        part = [row for row in rows if (row["offer"], row["which"]) == (at, which)]
        offer = Offer(*(float(part[0][name]) for name in ("cost_of_contact", "incentive", "effect")))
        found = retain.churn.profit(PEOPLE["score"], PEOPLE[which], PEOPLE["value"], offer, level=0.9)
        for name in ("score", "customers", "cost", "profit", "low", "high"):
            for got, row in zip(found.table[name], part, strict=True):
                assert near(got, number(row[name]), 1e-12 * (abs(number(row[name])) + abs(number(row["cost"])))), (row, name)
        assert near(found.profit, max(0.0, *(float(row["profit"]) for row in part)), 1e-9)


def test_limits_agree_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    for n, p, level in ((7, 0.3, 0.9), (5000, 0.07, 0.95), (49_999, 0.02, 0.95), (60_000, 0.02, 0.95), (400_000, 0.3, 0.99)):
        found = retain.churn.lost(np.full(n, p), np.full(n, 2.0), level=level)
        want = stats.binom.ppf([(1 - level) / 2, (1 + level) / 2], n, p)
        assert [found.low, found.high] == want.tolist(), (n, p)
        half = stats.norm.ppf((1 + level) / 2) * np.sqrt(n * p * (1 - p)) * 2.0
        assert near(found.money_high - found.money, half, 1e-9 * half)
    rnd = np.random.default_rng(3)
    risks = rnd.beta(0.5, 2.0, 300)
    found = retain.churn.lost(risks, level=0.9)
    drawn = (rnd.random((20000, 300)) < risks).sum(axis=1)
    assert (np.mean((drawn >= found.low) & (drawn <= found.high))) >= 0.89


def test_the_choice_is_the_one_of_numpy():
    rnd = np.random.default_rng(5)
    risk, value = rnd.random(5000).round(2), rnd.gamma(1.0, 80.0, 5000).round()
    offer = Offer(cost=2.0, incentive=3.0, effect=0.2)
    gain = risk * 0.2 * (value - 3.0) - (1 - risk) * 3.0 - 2.0
    found = retain.churn.select(risk, value, offer, most=200)
    order = np.argsort(-found.gain, kind="stable")
    assert np.allclose(found.gain, gain, atol=1e-12)
    assert (np.flatnonzero(found.chosen) == np.sort(order[:200])).all()
    assert found.paying == (found.gain > 0).sum() and found.count == 200
    assert found.marginal_gain == found.gain[order[199]] and found.next_gain == found.gain[order[200]]
    assert near(found.total, gain[found.chosen].sum(), 1e-9) and near(found.lost, risk[found.chosen].sum(), 1e-9)
    assert ((risk > retain.churn.thresholds(value, offer)) == (found.gain > 0)).mean() > 0.999
    curve = retain.churn.profit(found.gain, risk, value, offer)
    assert curve.customers == found.paying


def test_cdnow_rhythms_agree_with_scipy(cdnow_sample):
    stats = pytest.importorskip("scipy.stats")
    customers = retain.orders.summary(cdnow_sample, "1997-09-30", unit_days=7, count_zero_orders=True, log_gaps=True)
    x, t_x, T = (np.asarray(customers[name]) for name in ("frequency", "t_x", "T"))
    r, alpha = 0.55, 10.6
    # a gap is exponential with a Gamma rate: Lomax
    want = stats.lomax.sf(T - t_x, r + x, scale=alpha + t_x)
    for model in (retain.ParetoNBD.from_params(unit_days=7, r=r, alpha=alpha, s=0.6, beta=11.7), retain.NBD.from_params(unit_days=7, r=r, alpha=alpha)):
        assert np.allclose(retain.churn.overdue(model, customers), want, rtol=1e-12)
    k = 3
    model = retain.MBGCNBD.from_params(unit_days=7, r=r, alpha=alpha, a=0.8, b=2.4, k=k)
    shape, rate, s = r + k * x, alpha + t_x, T - t_x
    few = stats.nbinom.cdf(k - 1, shape, rate / (rate + s))
    assert np.allclose(retain.churn.overdue(model, customers), few, rtol=1e-9)


def test_gaps_agree_with_pandas():
    pd = pytest.importorskip("pandas")
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no Online Retail")
    lines = pd.read_csv(pathlib.Path(folder) / "online_retail" / "online_retail.csv.gz", dtype={"invoice": str}).dropna(subset=["customer_id"])
    lines["day"] = pd.to_datetime(lines["timestamp"]).to_numpy().astype("M8[D]").astype(np.int64)
    lines["value"] = lines["quantity"] * lines["unit_price"]
    lines["customer"] = lines["customer_id"].astype(np.int64)
    sold = lines[(lines["value"] > 0) & ~lines["invoice"].str.startswith("C")]
    last = int(sold["day"].max())
    found = retain.churn.gaps({"customer": sold["customer"], "date": sold["day"], "value": sold["value"]}, last, prior_gaps=3)
    days = sold[["customer", "day"]].drop_duplicates().sort_values(["customer", "day"])
    days["gap"] = days.groupby("customer")["day"].diff()
    silence = last - days.groupby("customer")["day"].max()
    ended = days.dropna(subset=["gap"])
    longer = ended["gap"].to_numpy() >= silence.loc[ended["customer"]].to_numpy()
    own = pd.Series(longer, index=ended["customer"]).groupby(level=0).agg(["sum", "size"]).reindex(silence.index, fill_value=0)
    gap = np.sort(ended["gap"].to_numpy())
    shop = 1.0 - np.searchsorted(gap, silence.to_numpy(), side="left") / len(gap)
    assert np.array_equal(np.asarray(found["customer"]), silence.index.to_numpy())
    assert np.array_equal(np.asarray(found["silence"]), silence.to_numpy())
    assert np.allclose(np.asarray(found["shop_share"]), shop, rtol=1e-12, atol=1e-15)
    assert np.allclose(np.asarray(found["p_value"]), (own["sum"] + 3 * shop) / (own["size"] + 3), rtol=1e-12)


def test_results_are_of_the_kind_of_what_was_given(kind):
    table = kind.make({"risk": [0.9, 0.1, 0.5], "value": [100.0, 400.0, 10.0], "left": [1.0, 0.0, 1.0]})
    offer = Offer(2.0, effect=0.1)
    found = retain.churn.select(table["risk"], table["value"], offer, most=1)
    assert kind.is_column(found.gain) and values(found.chosen) == [True, False, False]
    assert kind.is_column(retain.churn.thresholds(table["value"], offer))
    curve = retain.churn.profit(table["risk"], table["left"], table["value"], offer).table
    assert values(curve["customers"]) == [1.0, 2.0, 3.0]


def test_bad_arguments_are_named():
    log = {"customer": ["a"], "date": [0], "value": [1.0]}
    for call, words in (
        (lambda: retain.churn.select([0.5], [1.0], (1.0, 0.0, 0.1)), "offer must be an Offer"),
        (lambda: retain.churn.select([0.5], [1.0], Offer(-1.0)), "offer.cost is -1"),
        (lambda: retain.churn.select([0.5], [1.0], Offer(1.0, effect=2.0)), "offer.effect is 2"),
        (lambda: retain.churn.select([1.5], [1.0], Offer(1.0)), "risk[0] is 1.5"),
        (lambda: retain.churn.select([0.5], [1.0], Offer(1.0), most=-1), "most is -1"),
        (lambda: retain.churn.select([0.5], [1.0], Offer(1.0), level=0.0), "level"),
        (lambda: retain.churn.select([0.5], [1.0, 2.0], Offer(1.0)), "value has 2 rows"),
        (lambda: retain.churn.thresholds([np.inf], Offer(1.0)), "value[0] is inf"),
        (lambda: retain.churn.lost([np.nan]), "risk[0] is NaN"),
        (lambda: retain.churn.profit([np.nan], [1], [1.0], Offer(1.0)), "score[0] is NaN"),
        (lambda: retain.churn.profit([0.5], [2], [1.0], Offer(1.0)), "left[0] is 2"),
        (lambda: retain.churn.gaps(log, 5, prior_gaps=0.0), "prior_gaps"),
    ):
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        assert words in str(caught.value), words
