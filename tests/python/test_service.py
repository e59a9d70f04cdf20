"""Service: golden figures through the package, clocks of every kind, and a second opinion from pandas on real deliveries."""

import datetime as dt
import math
import os
import pathlib

import numpy as np
import pytest
import retain
from conftest import near, number, read_golden

TICKETS = read_golden("service/tickets.csv")
PARCELS = read_golden("service/parcels.csv")
HOUR = 3600


def column(rows, name):
    return [int(row[name]) if row[name] else None for row in rows]


def figures(found, group):
    if group == "":
        return found.total
    if int(group) not in found.table()["group"]:
        return None
    at = found.table()["group"].index(int(group))
    return {name: values[at] for name, values in found.table().items()}


def check(found, row, names):
    got = figures(found, row["group"])
    if got is None:
        assert row.get("tickets", row.get("whole")) == "0"
        return
    for name, cell in names.items():
        assert near(got[name], number(row[cell]), 1e-12), (row, name, got[name])


def test_times_meet_the_golden_ones():
    names = {
        name: name
        for name in ("tickets", "ended", "mean", "mean_low", "mean_high", "due", "in_time", "share", "share_low", "share_high")
    }
    for q, name in ((25, "quantile_0.25"), (50, "median"), (90, "quantile_0.9")):
        names |= {name: f"quantile_{q}", f"{name}_low": f"quantile_low_{q}", f"{name}_high": f"quantile_high_{q}"}
    for row in read_golden("service/times.csv"):
        is_response = row["which"] == "response"
        unit = {"3600": "hours", "60": "minutes", "1": "seconds"}[row["unit"]]
        opened = np.array(column(TICKETS, "opened")).astype("M8[s]")
        clock = lambda name: np.array([math.nan if x is None else x for x in column(TICKETS, name)]).astype("M8[s]")
        found = retain.service.times(
            opened,
            clock("first_response" if is_response else "resolved"),
            np.datetime64(int(row["end"]), "s"),
            closed=clock("resolved") if is_response else None,
            by=column(TICKETS, "group"),
            quantiles=(0.25, 0.5, 0.9),
            target=dt.timedelta(seconds=int(row["target"])) if row["target"] != "0" else None,
            unit=unit,
        )
        check(found, row, names)


def test_contacts_meet_the_golden_figures():
    names = (
        "resolved",
        "first_contact",
        "first_contact_rate",
        "first_contact_rate_low",
        "tickets",
        "repeated",
        "repeat_rate",
        "repeat_rate_high",
    )
    for row in read_golden("service/contacts.csv"):
        found = retain.service.contacts(
            column(TICKETS, "customer"),
            column(TICKETS, "opened"),
            column(TICKETS, "resolved"),
            int(row["end"]),
            within=int(row["within"]),
            contacts=column(TICKETS, "contacts"),
            by=column(TICKETS, "group"),
        )
        check(found, row, {name: name for name in names})


def test_shares_meet_the_golden_ones():
    for row in read_golden("service/shares.csv"):
        by = column(PARCELS, "group")
        if row["which"] == "late":
            found = retain.service.late(column(PARCELS, "promised"), column(PARCELS, "delivered"), int(row["end"]), by=by)
            check(found, row, {"due": "whole", "late": "part", "rate": "rate", "low": "low", "high": "high"})
        else:
            found = retain.service.returns(
                column(PARCELS, "ordered"), column(PARCELS, "returned"), int(row["end"]), by=by, within=int(row["within"]) or None
            )
            check(found, row, {"orders": "whole", "returns": "part", "rate": "rate", "low": "low", "high": "high"})


def test_every_clock_gives_the_same():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    opened = [dt.datetime(2024, 5, 1, hour) for hour in (8, 9, 10)]
    ended = [dt.datetime(2024, 5, 1, 8, 30), dt.datetime(2024, 5, 1, 11), None]
    end = dt.datetime(2024, 5, 1, 18)
    want = retain.service.times(opened, ended, end, target=1).total
    assert want["median"] == 2.0 and want["tickets"] == 3.0 and math.isnan(want["mean"])
    made = (
        (pd.Series(opened), pd.Series(ended)),
        (pl.Series(opened), pl.Series(ended)),
        (np.array(opened, dtype="M8[us]"), np.array(ended, dtype="M8[ns]")),
        ([str(x) for x in opened], [None if x is None else x.isoformat() for x in ended]),
        (pd.Series(opened).dt.tz_localize("UTC"), pd.Series(ended).dt.tz_localize("UTC")),
    )
    for opened_of, ended_of in made:
        for last in (end, np.datetime64(end), "2024-05-01T18:00"):
            got = retain.service.times(opened_of, ended_of, last, target=dt.timedelta(hours=1)).total
            assert all(near(got[name], want[name], 0.0) for name in want)
    seconds = [int(x.timestamp()) for x in opened], [math.nan if x is None else x.timestamp() for x in ended]
    for ended_of in (seconds[1], np.array(seconds[1]), pd.Series(seconds[1]), pl.Series(seconds[1])):
        got = retain.service.times(seconds[0], ended_of, int(end.timestamp()), target=HOUR).total
        assert got["median"] == 2.0 * HOUR and got["share"] == want["share"]
    days = [dt.date(2024, 5, 1), dt.date(2024, 5, 2)]
    assert retain.service.late(days, [dt.date(2024, 5, 1), None], dt.date(2024, 5, 2)).total["rate"] == 0.5
    assert retain.service.late(pl.Series(days), pl.Series([None, days[1]]), "2024-05-01").total["late"] == 1.0
    assert retain.service.times([1, 2], [None, None], 9).total["ended"] == 0.0
    assert retain.service.times([], [], 9).total["tickets"] == 0.0


def test_bad_arguments_are_named():
    moment = dt.datetime(2024, 5, 1)
    for call, words in (
        (lambda: retain.service.times([5], [3], 9), "ended[0] is 3"),
        (lambda: retain.service.times([5], [3.5], 9), "ended"),
        (lambda: retain.service.times([5], ["soon"], 9), "ended[0] is 'soon'"),
        (lambda: retain.service.times([moment], [5], moment), "one clock"),
        (lambda: retain.service.times([moment], [moment], 5), "observation_end"),
        (lambda: retain.service.times([5], [None], "2024-05-01"), "observation_end"),
        (lambda: retain.service.times([5], [None], 9, unit="hours"), "unit"),
        (lambda: retain.service.times([5], [None], 9, target=0), "target"),
        (lambda: retain.service.times([5], [None], 9, quantiles=[1.0]), "quantiles[0]"),
        (lambda: retain.service.times([None], [None], 9), "opened[0]"),
        (lambda: retain.service.times([5, 6], [None], 9), "ended has 1 rows"),
        (lambda: retain.service.contacts([1], [5], [None], 9, within=-1), "within"),
        (lambda: retain.service.contacts([1], [5], [None], 9, within=1, contacts=[0]), "contacts[0]"),
        (lambda: retain.service.late([5], [None], 9, by=[1, 2]), "by has 2 rows"),
        (lambda: retain.service.returns([5], [4], 9), "returned[0] is 4"),
    ):
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        assert words in str(caught.value)


def test_deliveries_of_olist_agree_with_pandas():
    """1,792 orders with a promised day and a day of delivery, and the score of the review."""
    pd = pytest.importorskip("pandas")
    folder = os.environ.get("RETAIN_DATA")
    if not folder:
        pytest.skip("RETAIN_DATA is not set: no deliveries of Olist")
    frame = pd.read_csv(pathlib.Path(folder) / "olist" / "olist_orders.csv")
    bought, promised, delivered = (
        pd.to_datetime(frame[f"order_{name}"], format="ISO8601")
        for name in ("purchase_timestamp", "estimated_delivery_date", "delivered_customer_date")
    )
    end = pd.Timestamp("2018-03-01")
    # A promise of a day holds until its end.
    found = retain.service.late(promised.dt.date, delivered.dt.date, end.date(), by=frame["customer_state"])
    due = promised.dt.normalize() <= end
    late = due & ~(delivered.dt.normalize() <= promised.dt.normalize())
    by = pd.DataFrame({"due": due, "late": late}).groupby(frame["customer_state"]).sum()
    assert (found.table()["due"].to_numpy() == by["due"].to_numpy()).all()
    assert (found.table()["late"].to_numpy() == by["late"].to_numpy()).all()
    assert found.total["late"] == late.sum() > 100
    # Days from purchase to delivery, parcels that are still on their way being censored.
    there = bought <= end
    spans = retain.service.times(bought[there], delivered[there], end, unit="days", quantiles=[0.25, 0.5, 0.9])
    until = delivered.where(delivered <= end, end)[there].dt.floor("s") - bought[there].dt.floor("s")
    ended = (delivered <= end)[there]
    curve = pd.DataFrame({"wait": until.dt.total_seconds() / 86400, "ended": ended}).sort_values("wait", kind="stable")
    at_risk = len(curve) - curve["wait"].searchsorted(curve["wait"])
    deaths = curve.groupby("wait")["ended"].transform("sum")
    steps = pd.DataFrame({"wait": curve["wait"], "keep": 1 - deaths / at_risk}).drop_duplicates("wait")
    survival = steps["keep"].cumprod()
    for share, name in ((0.25, "quantile_0.25"), (0.5, "median"), (0.9, "quantile_0.9")):
        want = steps["wait"][survival <= 1 - share + 1e-12].iloc[0]
        assert near(spans.total[name], want, 1e-9)
    assert spans.total["median"] > curve["wait"][curve["ended"]].median()


def test_a_day_beside_times_is_over_at_its_end():
    pd = pytest.importorskip("pandas")
    day, evening = dt.date(2024, 5, 1), dt.datetime(2024, 5, 1, 18)
    assert retain.service.late([day], [evening], dt.date(2024, 6, 1)).total["rate"] == 0.0
    assert retain.service.late(["2024-05-01"], ["2024-05-02T00:00"], "2024-05-02").total["rate"] == 1.0
    assert retain.service.late([day], [evening], day).total["due"] == 1.0
    assert retain.service.late([day], [None], dt.datetime(2024, 5, 1, 18)).total["due"] == 0.0
    days = pd.Series(pd.to_datetime(["2024-05-01", "2024-07-01"]))
    assert retain.service.late(days.dt.date, [evening, None], "2024-06-01").total["rate"] == 0.0
    assert retain.service.late(days, [evening, None], "2024-06-01").total["rate"] == 1.0  # midnight is a time
    berlin = pd.Series(pd.to_datetime(["2024-05-01 23:30", "2024-05-02 00:30"])).dt.tz_localize("Europe/Berlin")
    assert retain.service.late([day, day], berlin, "2024-06-01").total["late"] == 1.0


def test_times_with_and_without_a_time_zone_do_not_mix():
    pd = pytest.importorskip("pandas")
    bare = pd.Series(pd.to_datetime(["2024-05-01 09:00"]))
    for zone in ("Europe/Berlin", "America/New_York", "Etc/GMT-3"):
        zoned = bare.dt.tz_localize(zone)
        with pytest.raises(TypeError, match="opened carries a time zone and ended does not"):
            retain.service.times(zoned, bare, "2024-05-10")
        with pytest.raises(TypeError, match="observation_end carries a time zone and opened does not"):
            retain.service.times(bare, bare, zoned[0])
        assert retain.service.times(zoned, zoned, "2024-05-01T10:00", target=1).total["due"] == 1.0
        assert retain.service.times(zoned, zoned, "2024-05-01T09:59", target=1).total["due"] == 0.0


def test_no_rows_are_of_any_clock():
    pd = pytest.importorskip("pandas")
    for nothing in ([], pd.Series([], dtype=object), np.array([], dtype="M8[s]")):
        assert retain.service.times(nothing, nothing, "2024-05-01T18:00").total["tickets"] == 0.0
        assert retain.service.late(nothing, nothing, "2024-05-01").total["due"] == 0.0
    assert retain.service.late([], [], 5).total["due"] == 0.0


def test_a_missing_beginning_is_called_missing():
    for calls in (retain.service.times, retain.service.late, retain.service.returns):
        with pytest.raises(retain.DataError, match=r"(opened|promised|ordered)\[1\] is missing"):
            calls(["2024-05-01", None], ["2024-05-02", None], "2024-05-10")


def test_texts_may_be_in_any_column():
    pd = pytest.importorskip("pandas")
    texts = ["2024-05-01T08:00", None]
    for column in (pd.Series(texts), np.array(texts, dtype=object), pd.Series(texts, dtype="category")):
        assert retain.service.times(["2024-05-01T07:00"] * 2, column, "2024-05-02").total["ended"] == 1.0
