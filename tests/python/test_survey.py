"""Surveys: the golden figures through the package, every kind of table, and a second opinion from pandas on real answers."""

import math
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden, values

ROWS = read_golden("survey/responses.csv")
BY = [int(row["group"]) for row in ROWS]
LOG = {
    "customer": [int(row["customer"]) for row in read_golden("survey/orders.csv")],
    "date": [int(row["day"]) for row in read_golden("survey/orders.csv")],
    "value": [float(row["value"]) for row in read_golden("survey/orders.csv")],
}
ASKED = {
    "customer": [int(row["customer"]) for row in ROWS],
    "date": [int(row["day"]) for row in ROWS],
    "score": [float(row["nps"]) for row in ROWS],
}


@pytest.mark.parametrize("figure", ["nps", "csat", "ces"])
def test_figures_meet_the_golden_ones(figure):
    found = getattr(retain.survey, figure)([float(row[figure]) for row in ROWS], by=BY)
    for row in read_golden("survey/figures.csv"):
        if row["figure"] != figure:
            continue
        got = found.total
        if row["group"]:
            if row["n"] == "0":
                assert int(row["group"]) not in found.table()["group"]
                continue
            at = found.table()["group"].index(int(row["group"]))
            got = {name: column[at] for name, column in found.table().items()}
        assert got["responses"] == number(row["n"])
        for name, column in ((figure, "value"), ("low", "low"), ("high", "high")):
            assert near(got[name], number(row[column]), 1e-12), (row, name)


def test_differences_meet_the_golden_ones():
    table = retain.survey.nps([float(row["nps"]) for row in ROWS], by=BY).table()
    names = ("promoters", "detractors", "responses")
    for at, row in enumerate(read_golden("survey/differences.csv")):
        a, b = ({name: table[name][k] for name in names} for k in (at, 0))
        got = retain.survey.difference(a, b)
        for name in ("difference", "low", "high"):
            assert near(got[name], number(row[name]), 1e-12)


def test_retention_meets_the_golden_rates():
    for row in read_golden("survey/retention.csv"):
        found = retain.survey.retention(ASKED, LOG, 400, days=int(row["horizon"]), choice=row["choice"])
        if row["class"] == "difference":
            assert near(found.difference, number(row["rate"]), 1e-13)
            assert near(found.difference_low, number(row["low"]), 1e-13)
            assert near(found.difference_high, number(row["high"]), 1e-13)
            assert found.repeat_responses == int(row["returned"])
        else:
            for name in ("counted", "returned", "rate", "low", "high"):
                assert near(getattr(found, name)[int(row["class"])], number(row[name]), 1e-13)


def test_tables_are_of_the_kind_of_the_groups(kind):
    table = kind.make({"score": [10, 9, 7, 3], "month": ["b", "a", "b", "b"]})
    found = retain.survey.nps(table["score"], by=table["month"])
    if kind.name != "records":
        assert values(found.table()["group"]) == ["a", "b"]
        assert values(found.table()["nps"]) == [1.0, 0.0]
    assert found.total["nps"] == 0.25
    assert list(retain.survey.nps(table["score"]).table()["nps"]) == [retain.survey.nps(table["score"]).total["nps"]]


def test_ids_are_those_of_the_log_and_strangers_have_not_come_back():
    log = {"customer": ["ann", "bob", "ann"], "date": ["2024-01-01", "2024-01-02", "2024-02-01"], "value": [1.0, 1.0, 1.0]}
    asked = {"who": ["eve", "ann", "bob"], "on": ["2024-01-20"] * 3, "note": [10, 9, 0]}
    found = retain.survey.retention(asked, log, "2024-12-31", days=30, customer="who", date="on", score="note")
    assert found.counted.tolist() == [1, 0, 2] and found.returned.tolist() == [0, 0, 1]
    assert found.classes == ("detractors", "passives", "promoters")
    other = retain.survey.retention(asked, log, "2024-02-10", days=30, customer="who", date="on", score="note", cuts=[3, 9.5])
    assert other.open_responses == 3 and other.classes == ("below 3", "3 to below 9.5", "9.5 and above")


def test_bad_arguments_are_named():
    for call, words in (
        (lambda: retain.survey.nps([11]), "score[0] is 11"),
        (lambda: retain.survey.nps([1, math.nan]), "score[1]"),
        (lambda: retain.survey.nps([1, 2], by=["a"]), "by has 1 rows, score has 2"),
        (lambda: retain.survey.csat([6]), "from 1 to 5"),
        (lambda: retain.survey.csat([3], top=0), "top"),
        (lambda: retain.survey.ces([8]), "[1, 7]"),
        (lambda: retain.survey.nps([3], level=0), "level"),
        (lambda: retain.survey.response([3], [2]), "invited[0] = 2"),
        (lambda: retain.survey.difference({"promoters": 1}, {}), "detractors"),
        (lambda: retain.survey.retention(ASKED, LOG, 400, choice="best"), "choice"),
        (lambda: retain.survey.retention(ASKED, LOG, 400, days=0), "days"),
        (lambda: retain.survey.retention({**ASKED, "score": [99.0] * len(ROWS)}, LOG, 400), "responses.score[0] is 99"),
        (lambda: retain.survey.retention(ASKED, LOG, 400, cuts=[2.0, 1.0]), "cuts[1]"),
    ):
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        assert words in str(caught.value)


def test_olist_scores_agree_with_pandas():
    """1,792 orders with a review of 1 to 5 and a state."""
    pd = pytest.importorskip("pandas")
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no reviews of Olist")
    frame = pd.read_csv(pathlib.Path(folder) / "olist" / "olist_orders.csv").dropna(subset=["review_score"])
    found = retain.survey.csat(frame["review_score"].astype(float), by=frame["customer_state"])
    good = (frame["review_score"] >= 4).groupby(frame["customer_state"]).agg(["sum", "count", "mean"])
    assert list(found.table()["group"]) == list(good.index)
    assert (found.table()["satisfied"].to_numpy() == good["sum"].to_numpy()).all()
    assert np.allclose(found.table()["csat"], good["mean"], rtol=1e-15)
    means = frame["review_score"].groupby(frame["customer_state"]).agg(["mean", "sem", "count"])
    effort = retain.survey.ces(frame["review_score"].astype(float), by=frame["customer_state"], lowest=1, highest=5)
    assert np.allclose(effort.table()["ces"], means["mean"], rtol=1e-14)
    stats = pytest.importorskip("scipy.stats")
    margin = stats.t.ppf(0.975, means["count"] - 1) * means["sem"].where(means["sem"] > 0)  # no spread, no interval
    assert np.allclose(effort.table()["high"], means["mean"] + margin, rtol=1e-12, equal_nan=True)
