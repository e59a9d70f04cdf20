"""Tables that give each customer a label, whatever they come in."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from retain._groups import Groups

LOG = retain.Log({"customer": ["ann", "eve", "bob", "ann"], "date": [0, 1, 2, 3], "value": [1.0, 2.0, 3.0, 4.0]})
NUMBERED = retain.Log({"customer": [30, 10, 20, 30], "date": [0, 1, 2, 3], "value": [1.0, 2.0, 3.0, 4.0]})
COUNTRY = {"eve": "IR", "ann": "DE", "stranger": "FR", "bob": "IR"}

FORMS = {
    "mapping": COUNTRY,
    "columns": {"customer": list(COUNTRY), "country": list(COUNTRY.values())},
    "pandas": pd.DataFrame({"customer": list(COUNTRY), "country": list(COUNTRY.values())}),
    "polars": pl.DataFrame({"country": list(COUNTRY.values()), "customer": list(COUNTRY)}),
    "series": pd.Series(COUNTRY),
    "categories": pd.DataFrame({"customer": list(COUNTRY), "country": pd.Categorical(list(COUNTRY.values()))}),
}


@pytest.mark.parametrize("form", FORMS)
def test_labels_are_numbered_in_ascending_order_and_given_back(form):
    by = Groups(LOG, FORMS[form], "by")
    assert by.labels.tolist() == ["DE", "FR", "IR"]
    customer, group, groups = by.columns()
    assert groups == len(by) == 3
    assert customer.dtype == group.dtype == np.int64
    assert (np.diff(customer) > 0).all()
    known = dict(zip(customer.tolist(), by.labels[group].tolist()))
    ids = LOG.keys.values.tolist()
    assert {ids[code]: label for code, label in known.items() if code < len(ids)} == {"ann": "DE", "bob": "IR", "eve": "IR"}
    assert list(by.give(np.array([2, 0]), LOG.kind)) == ["IR", "DE"]


def test_numbers_are_labels_too():
    by = Groups(NUMBERED, {30: 7, 10: 5, 20: 7, 5: 9}, "by")
    assert by.customer.tolist() == [5, 10, 20, 30]
    assert by.labels.tolist() == [5, 7, 9]
    assert by.group.tolist() == [2, 0, 1, 1]
    wide = {"customer": [10, 20, 30], "a": [1, 1, 1], "b": [2, 3, 3]}
    assert Groups(NUMBERED, wide, column="b").labels.tolist() == [2, 3]


def test_refuses_what_is_no_table_of_labels():
    wide = {"customer": [10, 20], "a": [1, 1], "b": [2, 3]}
    with pytest.raises(retain.ArgumentError, match="by must have one column beside 'customer'; it has a, b"):
        Groups(NUMBERED, wide, "by")
    with pytest.raises(retain.ArgumentError, match=r"by.customer\[1\] is there twice") as caught:
        Groups(NUMBERED, {"customer": [10, 10], "a": [1, 1]}, "by")
    assert caught.value.row == 1
    with pytest.raises(retain.DataError, match=r"by.a\[1\] is missing"):
        Groups(NUMBERED, {"customer": [10, 20], "a": ["x", None]}, "by")
    with pytest.raises(retain.ArgumentError, match="has 1 rows"):
        Groups(NUMBERED, {"customer": [10, 20], "a": ["x"]}, "by")
    with pytest.raises(TypeError, match="by.customer must be the kind of ids that orders"):
        Groups(NUMBERED, {"ann": 1}, "by")
    for bad in (5, "text", None, pl.Series("x", [1])):
        with pytest.raises(TypeError, match="by"):
            Groups(NUMBERED, bad, "by")


def test_a_customer_without_a_group_is_named_by_the_id_that_was_given():
    with pytest.raises(retain.DataError, match=r"^orders.customer\[2\] is 'bob', who is not in by.customer$") as caught:
        with Groups(LOG, COUNTRY, "by").naming():
            raise retain.DataError("orders.customer[2] is 1, who is not in by.customer", 2)
    assert caught.value.row == 2
    with pytest.raises(retain.DataError, match=r"^orders.customer\[1\] is 10, who"):
        with Groups(NUMBERED, {10: 1}, "by").naming():
            raise retain.DataError("orders.customer[1] is 10, who is not in by.customer", 1)


def test_gross_and_refunds_add_up_to_the_revenue():
    log = {
        "customer": ["a", "a", "a", "b", "b"],
        "date": [0, 5, 9, 1, 2],
        "value": [10.0, -4.0, 6.0, 8.0, -8.0],
        "order": [1, 1, 2, 3, 3],
    }
    table = retain.orders.summary(log, 20)
    assert table["gross"] == [16.0] and table["refunds"] == [-4.0] and table["revenue"] == [12.0]
    found = retain.orders.report(log, 20)
    assert (found.kept_gross, found.kept_refunds, found.kept_value) == (16.0, -4.0, 12.0)
    assert found.refunded_orders == 1


def test_ids_of_another_kind_are_refused_in_both_directions():
    days = ["2024-01-01", "2024-02-01"]
    for mine, theirs in (([1, 2], ["1", "2"]), (["1", "2"], [1, 2]), (["1", "2"], [1.0, 2.0]), ([1, 2], [b"1", b"2"])):
        log = retain.Log({"customer": mine, "date": days, "value": [1.0, 1.0]})
        rows = {"customer": theirs, "date": ["2024-01-10", "2024-02-10"], "score": [9.0, 9.0]}
        for call in (
            lambda: retain.survey.retention(rows, log, "2024-12-31"),
            lambda: retain.signals.effect(rows, log, "2024-12-31"),
            lambda: retain.signals.per_customer(rows, mine, "2024-12-31"),
            lambda: retain.orders.holdout(log, theirs, "2024-01-31", "2024-12-31"),
            lambda: retain.signals.effect(rows | {"customer": mine}, log, "2024-12-31", by=dict(zip(theirs, "ab"))),
        ):
            with pytest.raises(TypeError, match="kind of ids"):
                call()
    log = retain.Log({"customer": ["1", "2"], "date": days, "value": [1.0, 1.0]})
    nobody = retain.survey.retention({"customer": [], "date": [], "score": []}, log, "2024-12-31")
    assert nobody.strangers == 0
    known = {"customer": ["1", "1 ", "eve"], "date": ["2024-01-10"] * 3, "score": [9.0, 9.0, 9.0]}
    assert retain.survey.retention(known, log, "2024-12-31").strangers == 2
    assert retain.signals.effect(known, log, "2024-12-31").strangers == 2
    numbers = retain.Log({"customer": [1, 2], "date": days, "value": [1.0, 1.0]})
    assert retain.survey.retention(known | {"customer": [1, 7, 8]}, numbers, "2024-12-31").strangers == 2
