"""Cox regression: exact figures and those of R through the package, tables of every kind, verdicts, and laws checked against themselves."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import number, read_golden
from retain import CoxRegression, HazardRegression

DATA = read_golden("cox/cox_data.csv")


def oracle(dataset):
    rows = [row for row in DATA if row["dataset"] == dataset]
    names = [name for name in ("x1", "x2", "x3") if rows[0][name] != ""]
    column = lambda name: np.array([float(row[name]) for row in rows])  # noqa: E731
    return {name: column(name) for name in names}, column("exit"), column("event") > 0, column("entry")


def rossi():
    rows = read_golden("cox/rossi.csv")
    return pd.DataFrame([{name: float(value) for name, value in row.items()} for row in rows])


def test_coefficients_meet_the_oracles():
    for row in read_golden("cox/cox.csv"):
        X, exit, event, entry = oracle(row["dataset"])
        model = CoxRegression(ties=row["ties"]).fit(X, exit, event, entry=entry)
        relative = 1e-9 if row["kind"] == "stress" else 1e-12
        each = model.coefficients()
        at = list(each["predictor"]).index(row["covariate"])
        for name, got in (
            ("coef", each["coefficient"][at]),
            ("se", each["standard_error"][at]),
            ("loglik_null", model.overall_.log_likelihood_null),
            ("loglik", model.overall_.log_likelihood),
            ("score_test", model.overall_.score.statistic),
        ):
            assert got == pytest.approx(number(row[name]), rel=relative), (row["id"], name)


def test_figures_of_r():
    """R's survival 3.5: coxph on lung (rows without ph.ecog left out) and rossi."""
    lung = pd.DataFrame(read_golden("cox/lung.csv"))
    lung = lung[lung["ecog"] != ""].astype(float)
    model = CoxRegression().fit(lung[["age", "sex", "ecog"]], lung["time"], lung["event"].astype(int))
    assert list(model.params_.values()) == pytest.approx([0.0110667646, -0.5526123957, 0.4637284754], abs=1e-9)
    assert model.overall_.concordance == pytest.approx(0.637135493, abs=1e-9)
    frame = rossi()
    model = CoxRegression().fit(frame.iloc[:, 2:], frame["week"], frame["arrest"].astype(int))
    want = [-0.3794222, -0.0574377, 0.3138998, -0.1497957, -0.4337039, -0.0848711, 0.0914971]
    assert list(model.params_.values()) == pytest.approx(want, abs=1e-7)
    assert model.overall_.concordance == pytest.approx(0.640329247, abs=1e-9)


def test_robust_errors_are_what_leaving_out_a_little_of_each_row_does():
    """The infinitesimal jackknife, by its definition: the change of the coefficients with the weight of each customer."""
    frame = rossi().iloc[::4]
    X, week, arrest = frame.iloc[:, 2:5], frame["week"].to_numpy(), frame["arrest"].to_numpy().astype(int)
    customer = np.arange(len(frame)) // 2 + 7
    entry = np.where(np.arange(len(frame)) % 2 == 0, 0.0, np.roll(week, 1))  # the second row of a customer follows the first
    exit = week + entry
    for ties in ("efron", "breslow"):
        changes = []
        for one in np.unique(customer):
            ends = []
            for step in (1e-4, -1e-4):
                moved = CoxRegression(ties=ties).fit(X, exit, arrest, entry=entry, weight=1.0 + step * (customer == one))
                ends.append(np.array(list(moved.params_.values())))
            changes.append((ends[0] - ends[1]) / 2e-4)
        model = CoxRegression(ties=ties, robust=True).fit(X, exit, arrest, entry=entry, customer=customer)
        plain = CoxRegression(ties=ties).fit(X, exit, arrest, entry=entry)
        assert model.params_ == plain.params_
        assert np.allclose(model.report_.covariance, np.transpose(changes) @ changes, rtol=1e-8)
        assert np.allclose(model.coefficients()["plain_error"], plain.coefficients()["standard_error"], rtol=1e-14)


def test_tables_of_every_kind_give_the_same():
    frame = rossi()
    names = list(frame.columns[2:])
    want = CoxRegression().fit(frame[names], frame["week"], frame["arrest"].astype(int))
    for X in (pl.DataFrame(frame[names]), {name: frame[name].to_list() for name in names}):
        got = CoxRegression().fit(X, frame["week"].to_list(), frame["arrest"].astype(int).to_list())
        assert got.params_ == want.params_
    bare = CoxRegression().fit(frame[names].to_numpy(), frame["week"].to_numpy(), frame["arrest"].to_numpy() > 0)
    assert list(bare.params_) == [f"x{j}" for j in range(7)]
    assert list(bare.params_.values()) == list(want.params_.values())
    risk = want.risk(frame)
    assert isinstance(risk, pd.Series)
    assert np.allclose(risk, np.exp(want.risk(frame, log=True)))
    table = want.risk(frame, limits=True)
    assert (table["low"] <= table["ratio"]).all() and (table["ratio"] <= table["high"]).all()


def test_strata_and_held_coefficients():
    frame = rossi()
    X, week, arrest = frame[["age", "prio"]], frame["week"], frame["arrest"].astype(int)
    split = CoxRegression().fit(X, week, arrest, stratum=frame["race"].map({0.0: "no", 1.0: "yes"}))
    one = CoxRegression().fit(X, week, arrest)
    assert split.params_ != one.params_
    held = CoxRegression().fit(X, week, arrest, fixed={"prio": one.params_["prio"]})
    assert held.params_["age"] == pytest.approx(one.params_["age"], rel=1e-9)
    assert held.report_.kind == ("estimated", "held")


def test_a_prior_pulls_towards_nothing_to_it():
    frame = rossi()
    plain = CoxRegression().fit(frame.iloc[:, 2:], frame["week"], frame["arrest"].astype(int))
    pulled = CoxRegression(coefficient_sd=0.1).fit(frame.iloc[:, 2:], frame["week"], frame["arrest"].astype(int))
    assert all(abs(pulled.params_[name]) < abs(plain.params_[name]) for name in ("fin", "age", "prio"))
    assert pulled.report_.has_prior


def test_verdicts_name_the_predictors():
    with pytest.raises(retain.ConvergenceError, match="as late grows without limit") as caught:
        CoxRegression().fit({"late": [1, 1, 1, 0, 0, 0], "age": [3, 1, 2, 4, 1, 2]}, [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0])
    assert caught.value.report.verdict == "boundary"
    rng = np.random.default_rng(5)
    a = rng.normal(size=60)
    with pytest.raises(retain.ConvergenceError, match="One of a, b follows from the others") as caught:
        CoxRegression().fit({"a": a, "b": 2 * a + 1}, rng.exponential(size=60))
    assert caught.value.report.verdict == "ridge"
    with pytest.raises(retain.ConvergenceError, match="b is the same in every row"):
        CoxRegression().fit({"a": a, "b": np.ones(60)}, rng.exponential(size=60))
    with pytest.raises(retain.ConvergenceError, match="nobody left"):
        CoxRegression().fit({"a": a}, rng.exponential(size=60), np.zeros(60, dtype=int))


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        (["bob", "ann", "ann"], "'ann'"),
        ([7, -3, -3], "-3"),
        (np.array([2**63 + 5, 2**63, 2**63], dtype=np.uint64), str(2**63)),
        (pd.Series(["x", "é 1", "é 1"], dtype="category"), "'é 1'"),
        ([0.5, 2.5, 2.5], "2.5"),
    ],
)
@pytest.mark.parametrize("model", [CoxRegression(), HazardRegression()])
def test_overlapping_rows_are_told_with_the_callers_own_customer(model, customer, said):
    with pytest.raises(retain.DataError) as caught:
        model.fit({"a": [1, 2, 3]}, [9, 5, 7], entry=[0, 0, 4], customer=customer)
    assert str(caught.value) == f"rows[1] and rows[2] are both of customer {said}, from 0 to 5 and from 4 to 7; they must not overlap"
    assert caught.value.row == 2


def test_refusals_name_what_is_wrong():
    with pytest.raises(retain.DataError, match="is missing"):
        CoxRegression().fit({"a": [1, np.nan]}, [5, 7])
    with pytest.raises(retain.ArgumentError, match="no column"):
        CoxRegression().fit({"a": [1, 2]}, [5, 7], fixed={"b": 1})
    with pytest.raises(retain.NotFitted):
        CoxRegression().coefficients()
    with pytest.raises(retain.DataError, match=r"^exit\[0\] is NaN"):
        CoxRegression().fit({"a": [1, 2]}, [np.nan, 7])
    model = CoxRegression().fit({"a": [1, 2, 0, 1]}, [5, 7, 8, 9])
    with pytest.raises(retain.ArgumentError, match="lasted has 3 rows, X has 2"):
        model.survival({"a": [1, 2]}, 2, lasted=[1, 2, 3])


SHOP = read_golden("cox/shop_rows.csv")


def shop(case):
    """A fitted case of the golden shop, and its rows."""
    column = {name: np.array([float(row[name]) for row in SHOP]) for name in SHOP[0]}
    rows = {"exit": column["exit"], "event": column["event"].astype(int)}
    if case["late"] == "1":
        rows["entry"] = column["entry"]
    if case["weights"] == "1":
        rows["weight"] = column["weight"]
    if case["strata"] == "1":
        rows["stratum"] = np.where(column["stratum"] > 0, "yes", "no")
    X = {"tickets": column["tickets"], "plan": column["plan"]}
    return CoxRegression(ties=case["ties"]).fit(X, **rows), X, rows


def test_forecasts_meet_the_golden_ones():
    for case in read_golden("cox/shop_cases.csv"):
        model, _, _ = shop(case)
        for name, figures in (("survival", ("survival", "low", "high")), ("remaining", ("mean",))):
            for row in read_golden(f"cox/shop_{name}.csv"):
                if row["case"] != case["case"]:
                    continue
                stratum = [["no", "yes"][int(row["stratum"])]] if case["strata"] == "1" else None
                X = {"tickets": [float(row["tickets"])], "plan": [float(row["plan"])]}
                if name == "survival":
                    got = model.survival(X, float(row["ahead"]), lasted=float(row["from"]), stratum=stratum, limits=True)
                else:
                    got = model.remaining(X, float(row["horizon"]), lasted=float(row["from"]), stratum=stratum, limits=True)
                for value, figure in zip(got, figures):
                    assert value[0] == pytest.approx(number(row[figure]), rel=1e-10, nan_ok=True), row


def test_coefficients_and_baselines_meet_the_golden_ones():
    for case in read_golden("cox/shop_cases.csv"):
        model, _, _ = shop(case)
        for row in read_golden("cox/shop_coefficients.csv"):
            if row["case"] == case["case"]:
                k = int(row["predictor"])
                name = ("tickets", "plan")[k]
                got = (model.params_[name], model.reference_[name], *model.report_.covariance[k])
                assert got == pytest.approx([number(row[figure]) for figure in ("coefficient", "reference", "cov0", "cov1")], rel=1e-11, abs=1e-14)
        steps = model.baseline()
        stratum = (steps["stratum"] == "yes").astype(int) if case["strata"] == "1" else np.zeros(len(steps["time"]), dtype=int)
        place = {(s, t): at for at, (s, t) in enumerate(zip(stratum.tolist(), steps["time"].tolist()))}
        for row in read_golden("cox/shop_steps.csv"):
            if row["case"] == case["case"]:
                at = place[int(row["stratum"]), number(row["time"])]
                assert [steps["hazard"][at], steps["variance"][at]] == pytest.approx([number(row["hazard"]), number(row["variance"])], rel=1e-11, abs=1e-14)


def test_proportions_meet_the_golden_ones():
    for case in read_golden("cox/shop_cases.csv"):
        model, X, rows = shop(case)
        for row in read_golden("cox/shop_proportional.csv"):
            if row["case"] == case["case"]:
                got = model.proportional(X, **rows, transform=row["transform"])
                assert got["chi_squared"][int(row["predictor"])] == pytest.approx(number(row["chi_squared"]), rel=1e-10)
                assert list(got["predictor"]) == ["tickets", "plan", "all"]
        for row in read_golden("cox/shop_residuals.csv"):
            if row["case"] == case["case"]:
                got = model.residuals(X, **rows)
                assert got["martingale"][int(row["row"])] == pytest.approx(number(row["martingale"]), rel=1e-10, abs=1e-13)
                for k, figure in ((0, "score0"), (1, "score1")):
                    assert got["score"][int(row["row"]), k] == pytest.approx(number(row[figure]), rel=1e-10, abs=1e-13)
                    influence = number(row[f"influence{k}"])
                    assert got["influence"][int(row["row"]), k] == pytest.approx(influence, rel=1e-10, abs=1e-13)
        got = model.schoenfeld(X, **rows)
        want = {int(row["row"]): row for row in read_golden("cox/shop_schoenfeld.csv") if row["case"] == case["case"]}
        assert sorted(got["row"]) == sorted(want)
        for at, i in enumerate(got["row"].tolist()):
            assert got["time"][at] == number(want[i]["time"])
            for k in range(2):
                assert got["residual"][at, k] == pytest.approx(number(want[i][f"residual{k}"]), rel=1e-10, abs=1e-13)
                assert got["scaled"][at, k] == pytest.approx(number(want[i][f"scaled{k}"]), rel=1e-10, abs=1e-12)


def test_forecasts_of_many_rows_and_times():
    model, X, _ = shop({"ties": "efron", "late": "0", "weights": "0", "strata": "0"})
    shares = model.survival(X, [0, 1, 2, 99])
    assert shares.shape == (len(SHOP), 4)
    assert (shares[:, 0] == 1).all() and (shares[:, 2] <= shares[:, 1]).all() and np.isnan(shares[:, 3]).all()
    assert np.array_equal(shares[:, 1], model.survival(X, 1))
    half = np.asarray(model.quantile(X, 0.5))
    reached = ~np.isnan(half)
    assert reached.any() and (np.asarray([model.survival({k: v[i : i + 1] for k, v in X.items()}, t)[0] for i, t in enumerate(half) if reached[i]]) <= 0.5).all()
    assert set(model.baseline()) == {"time", "at_risk", "events", "hazard", "variance"}
    with pytest.raises(retain.ArgumentError, match="the model has none"):
        model.survival(X, 1, stratum=["a"] * len(SHOP))


def test_schoenfeld_residuals_have_the_coefficient_as_their_mean():
    model, X, rows = shop({"ties": "efron", "late": "0", "weights": "0", "strata": "0"})
    found = model.schoenfeld(X, **rows)
    assert len(found["row"]) == rows["event"].sum()
    assert found["scaled"].mean(axis=0) == pytest.approx(list(model.params_.values()), abs=1e-9)
    assert np.array_equal(rows["exit"][found["row"]], found["time"])


def test_errors_speak_of_what_the_caller_gave():
    X = {"a": [1, 0, 2, 1, 0, 3.0]}
    model, other = CoxRegression().fit(X, [1, 2, 3, 4, 5, 6]), retain.AcceleratedRegression().fit(X, [1, 2, 3, 4, 5, 6])
    for ask in (
        lambda: model.survival(X, 1, lasted=[-1] * 6),
        lambda: model.remaining(X, 2, lasted=[-1] * 6),
        lambda: model.quantile(X, lasted=[-1] * 6),
        lambda: other.survival(X, 1, lasted=[-1] * 6),
        lambda: other.remaining(X, 1, lasted=[-1] * 6),
        lambda: other.quantile(X, lasted=[-1] * 6),
    ):
        with pytest.raises(retain.DataError, match=r"^lasted\[0\] is -1; it must be"):
            ask()
    with pytest.raises(retain.ArgumentError, match="^X has no rows; a regression needs some"):
        CoxRegression().fit({"a": []}, [])
    with pytest.raises(retain.ArgumentError, match="^exit has no rows; a regression needs some"):
        retain.AcceleratedRegression().fit(None, [])
    with pytest.raises(retain.ArgumentError, match="^by has no rows"):
        retain.survival.compare([], [], by=[])
    log = {"customer": [1, 1], "date": [0, 5], "value": [1.0, 1.0]}
    with pytest.raises(TypeError, match="^discount must be the name of a column, or a column, not float"):
        retain.features.panel(log, [3], 9, discount=1.0)
    with pytest.raises(TypeError, match=r"^windows must be a list of days, such as \[30, 90\], not 30"):
        retain.features.panel(log, [3], 9, windows=30)
    nothing = retain.concordance.harrell([], [], [])
    assert np.isnan([nothing.concordance, nothing.standard_error, nothing.low]).all()
