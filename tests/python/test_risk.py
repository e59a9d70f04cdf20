"""Who is about to leave, in one call: golden answers, laws, refusals, and real shops against scikit-learn and the naive rule."""

import math
import os
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import risk, scoring


def golden_shop():
    orders = pd.DataFrame([{name: number(row[name]) for name in row} for row in read_golden("risk/orders.csv")])
    events = pd.DataFrame([{name: number(row[name]) for name in row} for row in read_golden("risk/events.csv")])
    whole = {"customer": int, "day": int}
    return orders.astype({**whole, "category": int}).rename(columns={"day": "date"}), events.astype({**whole, "kind": int}).rename(columns={"day": "date"})


ORDERS, EVENTS = golden_shop()
ASKED = dict(days=45, dates=5, family=retain.NBD, value_days=180, margin=0.5, cost=0.25, effect=0.2, most=30, fewest=20)


@pytest.fixture(scope="module")
def found():
    return risk.score(
        ORDERS, 479, events=EVENTS, kind="kind", value="value", discount="discount", category="category", **ASKED
    )


def close(got, want):
    return near(got, want, 1e-7 * max(1.0, abs(want) if math.isfinite(want) else 0.0))


def test_answers_meet_the_golden_ones(found):
    table, parts, reasons = found.table, found.contributions, found.reasons.groupby("customer")
    rows = read_golden("risk/customers.csv")
    assert list(table["customer"]) == [int(row["customer"]) for row in rows]
    names = {"risk": "risk", "risk_low": "low", "risk_high": "high", "residual": "residual", "value_at_risk": "value_at_risk", "gain": "gain", "rank": "rank"}
    for at, row in enumerate(rows):
        for name, there in names.items():
            assert close(table[name][at], number(row[there])), (row["customer"], name)
        assert table["band"][at] == risk.BANDS[int(row["band"])]
        for t, theme in enumerate(parts.columns[2:]):
            assert close(parts[theme][at], number(row[f"theme_{t}"]))
        assert close(parts["log_odds"][at], number(row["log_odds"]))
        mine = reasons.get_group(int(row["customer"])) if int(row["reason_0"]) >= 0 else pd.DataFrame()
        assert len(mine) == sum(int(row[f"reason_{j}"]) >= 0 for j in range(3))
        for j in range(len(mine)):
            why, column = mine.iloc[j], int(row[f"column_{j}"])
            assert why["theme"] == parts.columns[2 + int(row[f"reason_{j}"])]
            assert why["feature"] == ("rhythm" if column < 0 else found.columns[column].name)
            assert all(close(why[name], number(row[f"{name}_{j}"])) for name in ("effect", "value", "typical"))


def test_the_card_and_the_test_meet_the_golden_ones(found):
    card = {row["name"]: number(row["value"]) for row in read_golden("risk/card.csv")}
    for name in ("dates", "choice_dates", "training_rows", "training_silent", "test_customers", "test_silent", "base", "silent_expected", "at_risk"):
        assert close(getattr(found.card, name), card[name]), name
    for name in ("gain", "gain_low", "gain_high", "brier", "brier_skill", "log_loss", "expected"):
        assert close(getattr(found.card.figures["learnt"], name), card[name]), name
    assert found.card.method == "learnt" and found.card.verdict == "earned"
    tested = found.tested()
    for at, row in enumerate(read_golden("risk/tested.csv")):
        assert tested["customer"][at] == int(row["customer"]) and close(tested["risk"][at], number(row["risk"]))
        assert tested["absent"][at] == number(row["absent"]) and tested["silent"][at] == bool(int(row["silent"]))
    assert close(scoring.measures(tested["risk"], tested["silent"]).auc, card["auc_learnt"])


def test_contributions_add_up_and_ranks_go_by_value_at_risk(found):
    parts, table = found.contributions, found.table
    assert np.allclose(found.card.base + parts.iloc[:, 2:].sum(axis=1), parts["log_odds"], atol=1e-9)
    ranked = found.first(len(found))
    assert list(ranked["rank"]) == list(range(1, len(found) + 1)) and ranked["value_at_risk"].is_monotonic_decreasing
    assert (table["band"] == "act").sum() == 30
    assert repr(found).startswith("Risks(600 customers") and str(found.card).startswith("Learnt from")
    assert list(pd.DataFrame(found.card.table())["method"]) == list(risk.METHODS)


def test_frames_and_ids_come_back_as_they_were_given():
    named = pl.DataFrame(ORDERS).with_columns(pl.format("c{}", pl.col("customer").cast(pl.String).str.zfill(5)).alias("customer"))
    happened = pl.DataFrame(EVENTS).with_columns(pl.format("c{}", pl.col("customer").cast(pl.String).str.zfill(5)).alias("customer"))
    got = risk.score(named, 479, events=happened, kind="kind", value="value", discount="discount", category="category", **ASKED)
    want = risk.score(ORDERS, 479, events=EVENTS, kind="kind", value="value", discount="discount", category="category", **ASKED)
    assert isinstance(got.table, pl.DataFrame) and got.table["customer"][0] == "c00003"
    assert got.table["risk"].to_list() == list(want.table["risk"])
    assert isinstance(risk.score({name: list(ORDERS[name]) for name in ("customer", "date", "value")}, 479, **ASKED).table["risk"], list)


def test_the_test_stays_what_it_was_when_the_caller_changes_his_columns():
    log = {name: np.array(ORDERS[name]) for name in ("customer", "date", "value")}
    found = risk.score(log, 479, **ASKED)
    before = found.tested()
    log["date"][:] = 0
    log["value"][:] = 1.0
    assert np.array_equal(before["risk"], found.tested()["risk"])


def test_too_little_is_refused_with_the_card():
    with pytest.raises(retain.ConvergenceError, match="too little to learn from") as refused:
        risk.score(ORDERS[ORDERS["customer"] < 40], 479, days=45)
    assert refused.value.report.verdict == "too little data" and refused.value.report.test_customers > 0
    with pytest.raises(retain.ConvergenceError, match="it takes 300 days of history"):
        risk.score(ORDERS, 479, days=300)


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"days": 0}, "days"),
        ({"dates": 1}, "dates is 1"),
        ({"method": "longest absent"}, "method"),
        ({"family": retain.BGBB}, "family must be one of"),
        ({"margin": 0}, "margin is 0; it must be positive"),
        ({"margin": -1}, "margin is -1; it must be positive"),
        ({"zone": "Europe/Berlin"}, "zone is for date-times of the events, but events were not given"),
        ({"effect": 2}, "effect is 2"),
        ({"cost": -1}, "cost is -1"),
        ({"most": -1}, "most"),
        ({"level": 1}, "level"),
        ({"discount": [1.0]}, "discount has 1 rows"),
        ({"discount": -ORDERS["discount"] - 1.0}, "discount"),
        ({"annual_rate": math.nan}, "annual_rate"),
        ({"l2": 0}, "l2 is 0; it must be positive"),
        ({"days": 2**70}, r"^days is 1180591620717411303424; it must be at most 2\^63"),
        ({"most": 2**70}, "^most is 1180591620717411303424"),
    ],
)
def test_bad_arguments_are_refused_by_name(wrong, says):
    with pytest.raises((ValueError, TypeError), match=says):
        risk.score(ORDERS, 479, **{**ASKED, **wrong})


# --- real shops -----------------------------------------------------------------------------------------------------------------


def data(name):
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip(f"RETAIN_DATA is not set: no {name}")
    return pathlib.Path(folder) / name


def read_cdnow():
    lines = pd.read_csv(pathlib.Path(__file__).parents[2] / "examples/data/cdnow.csv.gz", parse_dates=["date"])
    return lines.rename(columns={"customer_id": "customer", "dollars": "value"})[["customer", "date", "value"]]


def read_online_retail():
    lines = pd.read_csv(data("online_retail") / "online_retail.csv.gz", parse_dates=["timestamp"]).dropna(subset=["customer_id"])
    value = lines["quantity"] * lines["unit_price"]
    return pd.DataFrame({"customer": lines["customer_id"].astype(int), "date": lines["timestamp"].dt.normalize(), "value": value})


def read_complete_journey():
    lines = pd.read_csv(data("complete_journey") / "transaction_lines_sample.csv.gz", parse_dates=["transaction_timestamp"])
    when = lines["transaction_timestamp"].dt.normalize()
    return pd.DataFrame({"customer": lines["household_id"], "date": when, "value": lines["sales_value"]})


def in_sklearn(log, end, days, dates):
    """Its best reasonable setting for the same test: features of its own by pandas, regularised by cross-validation."""
    linear = pytest.importorskip("sklearn.linear_model")
    selection = pytest.importorskip("sklearn.model_selection")
    pipeline, preprocessing = pytest.importorskip("sklearn.pipeline"), pytest.importorskip("sklearn.preprocessing")
    log = log[log["value"] > 0].groupby(["customer", "date"], as_index=False)["value"].sum()
    log["day"] = (log["date"] - log["date"].min()).dt.days
    last = (end - log["date"].min()).days

    def known(date):
        seen = log[log["day"] <= date]
        by = seen.groupby("customer")
        first, latest, count = by["day"].min(), by["day"].max(), by.size()
        table = pd.DataFrame({"count": count, "tenure": date - first, "absent": date - latest, "gap": (latest - first) / (count - 1).replace(0, np.nan)})
        table["overdue"] = table["absent"] / table["gap"]
        for width in (days // 3, days, 4 * days):
            recent = seen[seen["day"] > date - width].groupby("customer")["value"]
            table[f"count_{width}"], table[f"value_{width}"] = recent.size(), recent.sum()
        table["value"], table["most"], table["latest"] = by["value"].mean(), by["value"].max(), by["value"].last()
        back = log["customer"][(log["day"] > date) & (log["day"] <= date + days)]
        once = table["gap"].isna().astype(float)
        table[["gap", "overdue"]] = table[["gap", "overdue"]].fillna(table[["gap", "overdue"]].mean())
        return np.log1p(table.fillna(0.0)).assign(once=once), ~table.index.isin(back)

    past = [known(last - k * days) for k in range(dates, 0, -1)]
    model = pipeline.make_pipeline(preprocessing.StandardScaler(), linear.LogisticRegression(max_iter=2000))
    model = selection.GridSearchCV(model, {"logisticregression__C": [0.001, 0.01, 0.1, 1.0, 10.0]}, cv=5, scoring="neg_log_loss")
    model.fit(pd.concat([x for x, _ in past[:-1]]), np.concatenate([y for _, y in past[:-1]]))
    return scoring.measures(model.predict_proba(past[-1][0])[:, 1], past[-1][1])


SHOPS = {
    "cdnow": (read_cdnow, "1998-06-30", 60, 0.003),
    "online_retail": (read_online_retail, "2011-12-08", 60, 0.003),  # the test is the autumn, which brings everybody back
    "complete_journey": (read_complete_journey, "2017-12-31", 28, 0.003),
}


@pytest.mark.parametrize("shop", SHOPS)
def test_real_shops_are_told_better_than_by_the_naive_rule(shop):
    read, end, days, slack = SHOPS[shop]
    log = read()
    found = risk.score(log, end, days=days)
    own, naive = found.card.figures[found.card.method], found.card.figures["longest absent"]
    assert found.card.verdict == "earned", found.card
    assert own.gain_low > 0.0 and own.auc - naive.auc == pytest.approx(own.gain, abs=1e-9)
    assert 0.8 < own.slope < 1.25 and own.miscalibration < 0.02
    assert own.expected == pytest.approx(found.card.test_silent, rel=0.25)
    theirs = in_sklearn(log, pd.Timestamp(end), days, found.card.dates)
    assert own.auc > theirs.auc - slack and own.log_loss < theirs.log_loss + slack
    test = found.tested()
    assert scoring.measures(test["risk"], test["silent"]).auc == own.auc
    cut = found.card.test_date
    later = log["date"].to_numpy() <= np.datetime64(end)
    assert test["silent"].sum() == found.card.test_silent and (log["date"][later] > pd.Timestamp(cut)).any()


@pytest.mark.parametrize("shop, apart", [("cdnow", 30), ("online_retail", 30), ("complete_journey", 28)])
def test_it_would_have_earned_its_keep_month_after_month(shop, apart):
    """A rolling backtest: five observation ends a month apart, each knowing nothing later, each with a test of its own."""
    read, end, days, _ = SHOPS[shop]
    log, skills, ratios = read(), [], []
    for back in range(5):
        card = risk.score(log, pd.Timestamp(end) - pd.Timedelta(days=back * apart), days=days).card
        own = card.figures[card.method]
        assert card.verdict == "earned" and own.gain_low > 0.005, card
        assert 0.8 < own.slope < 1.2 and own.miscalibration < 0.02
        skills.append(own.brier_skill)
        ratios.append(own.expected / card.test_silent)
    assert min(skills) > 0.15 and 0.88 < min(ratios) and max(ratios) < 1.12
