"""Forecasts beside what came: golden vectors, brute force in NumPy and SciPy on real shops, and what the package adds."""

import math

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden
from retain import BGNBD, MBGNBD, ParetoNBD, evaluation
from test_rfm import online_retail

LEVEL = 0.9
RATE = dict(unit_days=7, r=0.55, alpha=10.58, s=0.61, beta=11.67)


def dataset(name):
    rows = [row for row in read_golden("evaluation/rows.csv") if row["dataset"] == name]
    return [[float(row[column]) for row in rows] for column in ("expected", "actual", "weight")]


def test_figures_agree_with_exact_fractions():
    for row in read_golden("evaluation/figures.csv"):
        expected, actual, weight = dataset(row["dataset"])
        found = {
            **vars(evaluation.errors(expected, actual, weight=weight, level=LEVEL)),
            **vars(evaluation.ranking(expected, actual, weight=weight, level=LEVEL)),
        }
        want = number(row["value"])
        assert near(found[row["figure"]], want, 1e-12 * (1 + abs(want))), row
    for row in read_golden("evaluation/gains.csv"):
        expected, actual, weight = dataset(row["dataset"])
        found = evaluation.gains(expected, actual, number(row["share"]), weight=weight)
        assert near(found.capture[0], number(row["capture"]), 1e-12) and near(found.perfect[0], number(row["perfect"]), 1e-12), row
    for row in read_golden("evaluation/groups.csv"):
        expected, actual, weight = dataset(row["dataset"])
        found = evaluation.calibration(expected, actual, groups=4, weight=weight, level=LEVEL)
        for name in ("customers", "expected", "actual", "actual_low", "actual_high", "least", "most"):
            want = number(row[name])
            assert near(found[name][int(row["group"])], want, 1e-12 * (1 + abs(want))), (row, name)


# --- brute force on real shops ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["cdnow", "online_retail"])
def shop(request):
    """A log, the end of a calibration, days of the holdout."""
    if request.param == "cdnow":
        return request.getfixturevalue("cdnow"), "1997-09-30", 273
    return online_retail(), "2011-08-31", 100


@pytest.fixture(scope="module")
def tested(shop):
    log, end, days = shop
    return evaluation.holdout(log, MBGNBD, calibration_end=end, days=days, money=True)


def above(x, z):
    """Mean over all customers of z, of those above in x whole, of those tied half."""
    order = np.argsort(x, kind="stable")
    values, first = np.unique(x[order], return_index=True)
    sums = np.add.reduceat(z[order], first)
    higher = np.cumsum(sums[::-1])[::-1] - sums
    return (higher + sums / 2)[np.searchsorted(values, x)] / len(x)


def test_errors_are_those_of_numpy(tested):
    stats = pytest.importorskip("scipy.stats")
    for measure in ("orders", "money"):
        e, a = tested._forecast(measure)
        n, found = len(e), tested.errors(measure)
        t = stats.t.ppf(0.975, n - 1)
        assert near(found.bias, np.mean(e - a), 1e-12 * np.abs(a).max())
        assert near(found.bias_high - found.bias, t * np.std(e - a, ddof=1) / np.sqrt(n), 1e-9 * abs(found.bias_high))
        assert near(found.mae, np.mean(np.abs(e - a)), 1e-9)
        assert near(found.rmse, np.sqrt(np.mean((e - a) ** 2)), 1e-9)
        square, error = np.mean((e - a) ** 2), t * np.std((e - a) ** 2, ddof=1) / np.sqrt(n)
        assert near(found.rmse_high, np.sqrt(square + error), 1e-9 * found.rmse_high)
        ratio = e.sum() / a.sum() - 1
        linear = (e - a - ratio * a) / a.mean()
        assert near(found.aggregate, ratio, 1e-12)
        assert near(found.aggregate_high - ratio, t * np.sqrt((linear**2).sum() / n / (n - 1)), 1e-9)


def test_rankings_are_those_of_scipy(tested):
    stats = pytest.importorskip("scipy.stats")
    for measure in ("orders", "money"):
        x, y = tested._forecast(measure)
        n, found = len(x), tested.ranking(measure)
        f, g = (stats.rankdata(x) - 0.5) / n, (stats.rankdata(y) - 0.5) / n
        gini, perfect = (2 * np.cov(y, ranks, bias=True)[0, 1] / y.mean() for ranks in (f, g))
        assert near(found.gini, gini, 1e-12) and near(found.perfect, perfect, 1e-12)
        assert near(found.spearman, stats.spearmanr(x, y).statistic, 1e-12)
        theta, phi = (y * f).mean(), (y * g).mean()
        of_gini = 2 * (y * f + above(x, y) - 2 * theta) / y.mean() - 2 * theta * (y - y.mean()) / y.mean() ** 2
        of_perfect = 2 * (y * g + above(y, y) - 2 * phi) / y.mean() - 2 * phi * (y - y.mean()) / y.mean() ** 2
        influence = of_gini / perfect - gini / perfect**2 * of_perfect
        reach = stats.t.ppf(0.975, n - 1) * np.sqrt((influence**2).sum() / n / (n - 1))
        assert near(found.normalised_high - found.normalised, reach, 1e-9)


def test_gains_are_those_of_sorting(tested):
    x, y = tested._forecast("orders")
    found = evaluation.gains(x, y)
    draw = np.random.default_rng(3)
    mean = np.zeros(len(found.share))
    for _ in range(200):  # ties in random orders
        order = np.lexsort((draw.random(len(x)), -x))
        curve = np.concatenate([[0.0], np.cumsum(y[order])]) / y.sum()
        mean += np.interp(found.share * len(x), np.arange(len(x) + 1), curve) / 200
    assert np.allclose(found.capture, mean, atol=2e-3)
    best = np.concatenate([[0.0], np.cumsum(np.sort(y)[::-1])]) / y.sum()
    assert np.allclose(found.perfect, np.interp(found.share * len(x), np.arange(len(x) + 1), best), atol=1e-12)
    assert np.all((found.low <= found.capture) & (found.capture <= found.high) & (found.capture <= found.perfect + 1e-12))
    assert np.isnan(found.lift[0]) and near(found.lift[-1], 1.0, 1e-12)


def test_limits_are_as_wide_as_those_of_a_bootstrap(tested):
    """Customers drawn again and again: the spread of the figures is what the limits say, within chance."""
    x, y = tested._forecast("orders")
    draw = np.random.default_rng(11)
    rows = draw.permutation(len(x))[:2000]
    x, y = x[rows], y[rows]
    figures = []
    for _ in range(400):
        chosen = draw.integers(0, len(x), len(x))
        found = evaluation.ranking(x[chosen], y[chosen])
        gains = evaluation.gains(x[chosen], y[chosen], [0.1, 0.3])
        wrong = evaluation.errors(x[chosen], y[chosen])
        figures.append([found.normalised, found.spearman, *gains.capture, wrong.rmse, wrong.aggregate])
    spread = 1.96 * np.std(figures, axis=0)
    found, gains, wrong = evaluation.ranking(x, y), evaluation.gains(x, y, [0.1, 0.3]), evaluation.errors(x, y)
    half = [
        (found.normalised_high - found.normalised_low) / 2,
        (found.spearman_high - found.spearman_low) / 2,
        *((gains.high - gains.low) / 2),
        (wrong.rmse_high - wrong.rmse_low) / 2,
        (wrong.aggregate_high - wrong.aggregate_low) / 2,
    ]
    assert np.all(np.abs(np.log(np.array(half) / spread)) < np.log(1.25)), (half, spread)


def test_groups_are_those_of_pandas(tested):
    pd = pytest.importorskip("pandas")
    x, y = tested._forecast("orders")
    found = evaluation.calibration(x, y, groups=10)
    group = np.floor(10 * (pd.Series(x).rank() - 0.5) / len(x)).astype(int)
    want = pd.DataFrame({"x": x, "y": y}).groupby(group).agg(n=("x", "size"), x=("x", "mean"), y=("y", "mean"), least=("x", "min"))
    for name, column in (("customers", "n"), ("expected", "x"), ("actual", "y"), ("least", "least")):
        got = found[name][want.index]
        assert np.allclose(got, want[column], rtol=1e-12), name
    assert sum(found["customers"]) == len(x)
    frequency = np.asarray(tested._columns["frequency"])
    by = evaluation.by_frequency(frequency, x, y, classes=5)
    for k in range(5):
        there = np.minimum(frequency, 4) == k
        assert by["customers"][k] == there.sum() and near(by["actual"][k], y[there].mean(), 1e-12)


def test_frequency_fit_and_tracking_are_those_of_the_definitions(shop):
    log, end, days = shop
    model = BGNBD.from_params(unit_days=7, r=0.6, alpha=9.0, a=0.8, b=2.0)
    customers = retain.orders.summary(log, end, unit_days=7)
    found = evaluation.frequency(model, customers, classes=5)
    frequency, ages = np.asarray(customers["frequency"]), np.asarray(customers["T"])
    want = np.zeros(5)
    for age, count in zip(*np.unique(ages, return_counts=True)):
        pmf = model.pmf(np.arange(4.0), days=age * 7)
        want += count * np.append(pmf, 1 - np.sum(pmf))
    assert np.allclose(found.expected, want, rtol=1e-9)
    assert [int(n) for n in found.actual] == [int((np.minimum(frequency, 4) == k).sum()) for k in range(5)]
    assert near(found.chi_squared, ((found.actual - want) ** 2 / want).sum(), 1e-6 * found.chi_squared)
    last = np.datetime64(end) + days
    curve = evaluation.tracking(model, log, end, str(last), step_days=30)
    ids, when, paid = np.asarray(log["customer"]), np.asarray(log["date"]).astype("M8[D]"), np.asarray(log["value"])
    seen = np.unique(np.rec.fromarrays([ids, when])[(paid > 0) & (when <= last)])  # distinct days of customers
    first = {}
    repeats = []
    for who, day in seen.tolist():
        if who not in first:
            first[who] = day
        elif np.datetime64(first[who]) <= np.datetime64(end):
            repeats.append(day)
    repeats = np.array(repeats, dtype="M8[D]")
    starts = np.array([day for day in first.values() if np.datetime64(day) <= np.datetime64(end)], dtype="M8[D]")
    for k, day in enumerate(np.asarray(curve["last_day"]).astype("M8[D]")):
        assert curve["actual_total"][k] == (repeats <= day).sum()
        age = (day - starts[starts <= day]).astype(int)
        whole = sum(count * model.expected(float(a)) for a, count in zip(*np.unique(age, return_counts=True)))
        assert near(curve["expected_total"][k], whole, 1e-9 * (1 + whole))
    assert near(np.sum(curve["actual"]), len(repeats), 0)


# --- backtests ------------------------------------------------------------------------------------------------------------------------


def test_a_holdout_is_made_of_its_pieces(shop, tested):
    log, end, days = shop
    customers = retain.orders.summary(log, end, unit_days=7)
    came = retain.orders.holdout(log, customers, end, str(np.datetime64(end) + days))
    try:
        model = MBGNBD().fit(customers)
    except retain.ConvergenceError as error:  # Online Retail: nobody seems ever to leave
        model = error.model
    assert tested.verdict == model.report_.verdict and tested.model.params_ == model.params_
    assert np.array_equal(np.asarray(tested.customers["actual"]), np.asarray(came["holdout_occasions"]))
    assert np.allclose(tested.customers["expected"], model.orders(customers, days=days), rtol=1e-12)
    errors, ranking = tested.errors(), tested.ranking()
    for name in ("rmse", "rmse_low", "aggregate_high", "bias"):
        assert near(tested.backtest.figure(name, "MBG/NBD")[0], getattr(errors, name), 1e-9 * abs(getattr(errors, name)))
    assert near(tested.backtest.figure("spearman_low", "MBG/NBD")[0], ranking.spearman_low, 1e-9)
    own = np.where(customers["T"] > 0, np.asarray(customers["frequency"]) / np.maximum(customers["T"], 1e-9), 0.0) * days / 7
    naive = evaluation.errors(own, came["holdout_occasions"])
    assert near(tested.backtest.figure("rmse", "own rate")[0], naive.rmse, 1e-9)
    assert near(tested.backtest.figure("expected", "own rate")[0], own.sum(), 1e-6)
    absent = evaluation.ranking(np.asarray(customers["t_x"]) - np.asarray(customers["T"]), came["holdout_occasions"])
    assert near(tested.backtest.figure("normalised", "longest absent")[0], absent.normalised, 1e-12)
    value = tested.backtest.figure("expected", "MBG/NBD", "money")[0]
    assert near(np.sum(tested.customers["expected_value"]), value, 1e-6 * value)
    assert "MBG/NBD" in tested.summary() and tested.verdict in tested.summary()
    assert len(tested.gains()["share"]) == 21 and len(tested.calibration()["actual"]) == 10
    assert list(tested.gains(share=[0.0, 0.1, 0.2])["capture"]) == list(tested.gains()["capture"][[0, 2, 4]])
    assert repr(tested).startswith(f"Holdout(MBG/NBD, {tested.verdict}: ") and len(repr(tested)) < 120
    assert repr(tested.report).startswith(f"Report({tested.verdict}, ") and len(repr(tested.report)) < 120
    assert len(tested.by_frequency()["actual"]) == 8 and len(tested.frequency().actual) == 8
    assert np.sum(tested.tracking()["actual"]) >= np.sum(tested.customers["actual"])


def test_the_published_holdout_of_cdnow_is_reproduced(cdnow_sample):
    log = cdnow_sample
    model = ParetoNBD.from_params(unit_days=7, r=0.553, alpha=10.578, s=0.606, beta=11.669)
    found = evaluation.holdout(log, model, calibration_end="1997-09-30", days=273, count_zero_orders=True)
    assert found.verdict == "none" and found.errors().actual == 1882
    assert near(found.errors().expected, 1665.69, 0.01)
    fitted = evaluation.holdout(log, BGNBD, calibration_end="1997-09-30", days=273, count_zero_orders=True)
    assert near(fitted.errors().expected, 1653.41, 0.01)


def test_a_choice_ranks_everybody_and_says_why(cdnow):
    found = evaluation.choose(cdnow, days=91, observation_end="1998-06-30", folds=2)
    assert sorted(found.rank.tolist()) == [1, 2, 3]
    assert found.best is found.backtest.families[int(np.argmin(found.rank))]
    assert isinstance(found.model, found.best) and len(found.words()) == 3
    assert found.words()[0].startswith("1. ") and "rmse" in found.summary()
    assert sorted(found.table()) == ["family", "figure", "rank", "reason"]
    assert sorted(found.backtest.fits()) == ["aic", "bic", "family", "log_likelihood", "origin", "verdict"]
    days = found.backtest.table()["origin"]
    assert str(days[0]) == "1997-12-30" and len(days) == 2 * 7
    fitted = MBGNBD().fit(retain.orders.summary(cdnow, "1998-03-31", unit_days=7))
    assert found.backtest.model(MBGNBD).params_ == pytest.approx(fitted.params_, rel=1e-12)


def test_families_whose_bic_hardly_differs_are_a_tie():
    """Where nobody leaves, all three families are the NBD, and their BIC differs by rounding."""
    random = np.random.default_rng(4)
    customer, day = [], []
    for number, rate in enumerate(random.gamma(1.5, 0.02, 400)):
        days = np.concatenate([[0.0], np.cumsum(random.exponential(1 / rate, 200))]).astype(int) + random.integers(0, 60)
        days = np.unique(days[days < 500])
        customer += [number] * len(days)
        day += days.tolist()
    found = evaluation.choose({"customer": customer, "date": day, "value": [1.0] * len(day)}, days=90, observation_end=499, folds=1)
    bic = found.backtest.fits()["bic"]
    close = [abs(a - b) < 2 for k, a in enumerate(bic) for b in bic[:k]]
    assert all(close) and "bic" not in set(found.reason)
    assert "tie" in set(found.reason) and any("nothing tells it from" in words for words in found.words())


def test_what_is_too_thin_is_refused_with_what_there_is():
    log = {"customer": [1, 2, 1, 2, 3], "date": [0, 4, 9, 30, 40], "value": [1.0, 2.0, 3.0, 4.0, 5.0]}
    with pytest.raises(retain.ConvergenceError, match="a choice needs 30 of both") as caught:
        evaluation.choose(log, days=20, observation_end=60, folds=1)
    choice = caught.value.model
    assert choice.best is None and choice.model is None and set(choice.reason) == {"too thin"}
    assert "too thin" in choice.words()[0]
    found = evaluation.holdout(log, ParetoNBD, calibration_end=10, days=20, money=True)
    assert found.verdict == "too little data" and all(math.isnan(x) for x in found.customers["expected"])
    assert "too little data" in found.summary()
    assert np.isnan(found.backtest.figure("rmse", "Pareto/NBD")).all()
    assert not np.isnan(found.backtest.figure("rmse", "own rate")).any()


def test_results_are_of_the_kind_that_was_given(cdnow):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(cdnow)
    found = evaluation.backtest(frame, [BGNBD], days=91, observation_end="1998-06-30", folds=2, money=True)
    assert isinstance(found.table("money"), pd.DataFrame) and isinstance(found.overall(), pd.DataFrame)
    assert list(found.overall()["method"]) == found.methods
    held = evaluation.holdout(frame, BGNBD, calibration_end="1998-03-31", days=91)
    assert isinstance(held.customers, pd.DataFrame) and "expected" in held.customers
    assert isinstance(held.calibration(), pd.DataFrame) and isinstance(held.gains(), pd.DataFrame)
    assert isinstance(held.tracking(), pd.DataFrame) and isinstance(held.frequency().table(), pd.DataFrame)
    assert isinstance(evaluation.gains(frame["value"].clip(0), frame["value"].clip(0)).table(), pd.DataFrame)
    once = evaluation.backtest(cdnow, [BGNBD], days=91, observation_end="1998-06-30", folds=2, threads=3)
    assert np.array_equal(found.figure("rmse", "BG/NBD"), once.figure("rmse", "BG/NBD"))


def test_shocks_are_those_of_another_computation():
    rows = read_golden("evaluation/shocks.csv")
    assert rows
    for row in rows:
        count, level = int(row["count"]), number(row["level"])
        columns = [[number(row[f"{letter}{k}"]) for k in range(count)] for letter in "eav"]
        found = evaluation.shocks(*columns, level=level, unbiased=row["unbiased"] == "1")
        for name in ("degrees", "tau", "tau_low", "tau_high", "q", "p_value", "bias", "bias_error", "bias_low", "bias_high"):
            assert near(getattr(found, name), number(row[name]), 1e-11 * number(row[name])), (row, name)
        band = found.band([number(row["new_expected"])], [number(row["new_variance"])], level=level)
        for name in ("value", "low", "high"):
            assert near(band[name][0], number(row[name]), 1e-11 * number(row[name])), (row, name)


def test_shocks_of_a_shop_are_measured_on_forecasts_of_its_past(cdnow):
    """CDNOW, month by month: chance alone is too narrow, and a band that knows shocks of the months before is not."""
    months, looks, day = np.arange("1997-07", "1998-08", dtype="M8[M]").astype("M8[D]"), [], np.timedelta64(1, "D")
    for start, stop in zip(months, months[1:]):
        made, last = start - day, stop - day
        known = retain.orders.summary(cdnow, made, unit_days=7)
        came = retain.orders.holdout(cdnow, known, made, last)["holdout_occasions"].sum()
        total = retain.ParetoNBD().fit(known).total(known, days=int((last - made) / day), level=0.9)
        looks.append((total.value, came, total.variance + total.standard_error**2, total.least <= came <= total.most))
    expected, came, variance, hits = (np.array(column) for column in zip(*looks))
    assert hits.sum() <= 6
    inside = 0
    for k in range(3, 12):
        shocks = evaluation.shocks(expected[:k], came[:k], variance[:k], unbiased=True)
        band = shocks.band([expected[k]], [variance[k]], level=0.9)
        inside += band["low"][0] <= came[k] <= band["high"][0]
    assert inside >= 8
    found = evaluation.shocks(expected, came, variance)
    assert found.tau_low > 0.08 and found.tau_high < 0.26 and found.bias_low < 1 < found.bias_high


def test_bad_arguments_are_named():
    good = {"customer": [1, 1, 2], "date": [0, 9, 3], "value": [1.0, 2.0, 4.0]}
    known = dict(days=5, observation_end=20)
    for call, words in (
        (lambda: evaluation.errors([1.0], [1.0, 2.0]), "actual has 2 rows"),
        (lambda: evaluation.errors([float("nan")], [1.0]), "expected"),
        (lambda: evaluation.errors([1.0], [1.0], weight=[-1.0]), "weight"),
        (lambda: evaluation.errors([1.0], [1.0], level=95), "level"),
        (lambda: evaluation.ranking([1.0], [-1.0]), "actual"),
        (lambda: evaluation.gains([1.0], [1.0], [1.5]), "share"),
        (lambda: evaluation.coverage([2.0], [1.0], [1.0]), "high"),
        (lambda: evaluation.shocks([0.0], [1.0], [1.0]), "expected"),
        (lambda: evaluation.shocks([1.0], [1.0], [1.0, 2.0]), "variance"),
        (lambda: evaluation.shocks([1.0], [1.0], [1.0]).band([1.0], [-1.0]), "variance"),
        (lambda: evaluation.calibration([1.0], [1.0], groups=0), "groups"),
        (lambda: evaluation.by_frequency([0.5], [1.0], [1.0]), "frequency"),
        (lambda: evaluation.backtest(good, [], **known), "families"),
        (lambda: evaluation.backtest(good, [BGNBD, ParetoNBD.from_params(**RATE)], **known), "families"),
        (lambda: evaluation.backtest(good, days=0, observation_end=20), "days"),
        (lambda: evaluation.backtest(good, folds=0, **known), "folds"),
        (lambda: evaluation.backtest(good, origins=[18], **known), "origins"),
        (lambda: evaluation.backtest(good, top_share=0, **known), "top_share"),
        (lambda: evaluation.choose(good, fewest=0, **known), "fewest"),
        (lambda: evaluation.backtest(good, folds=1, **known).figure("rmse", "none"), "method"),
        (lambda: evaluation.backtest(good, folds=1, **known).table("money"), "measure"),
        (lambda: evaluation.backtest(good, folds=1, **known).model(ParetoNBD, 3), "origin"),
        (lambda: evaluation.tracking(ParetoNBD.from_params(**RATE), good, 10, 20, step_days=0), "step_days"),
    ):
        with pytest.raises(retain.RetainError, match=words):
            call()
    for call, words in (
        (lambda: evaluation.backtest(good, "BG/NBD", **known), "families"),
        (lambda: evaluation.holdout(good, "BG/NBD", calibration_end=5, days=5), "family"),
        (lambda: evaluation.errors("text", [1.0]), "expected"),
        (lambda: evaluation.backtest(good, origins=5, **known), "origins"),
    ):
        with pytest.raises(TypeError, match=words):
            call()
