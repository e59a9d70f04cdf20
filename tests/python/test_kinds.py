"""The kind of table that goes in comes out, with the same numbers, whatever the kind."""

import datetime as dt
import math

import numpy as np
import pytest
import retain
from conftest import is_array, is_list, values

NAMES = ["cid", "bought", "paid"]
LOG = {
    "cid": ["eve", "ann", "ann", "bob", "eve", "ann"],
    "bought": [dt.datetime(2024, 1, day, 23, 30) for day in (3, 1, 15, 4, 20, 29)],
    "paid": [7.5, 10.0, 20.0, 5.0, 2.5, 30.0],
}
NAMED = {"customer": "cid", "date": "bought", "value": "paid"}
CUSTOMERS = {
    "frequency": [2.0, 0.0, 5.0],
    "t_x": [30.43, 0.0, 20.0],
    "T": [38.86, 38.86, 30.0],
    "spend": [20.0, math.nan, 35.0],
    "unit_days": [7.0, 7.0, 7.0],
}
MODELS = [
    retain.ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7),
    retain.BGNBD.from_params(r=0.24, alpha=4.41, a=0.79, b=2.43, unit_days=7),
    retain.MBGNBD.from_params(r=0.53, alpha=6.18, a=0.89, b=1.61, unit_days=7),
    retain.NBD.from_params(r=0.385, alpha=12.07, unit_days=7),
]
SPEND = retain.GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)


def same(column, want):
    got = values(column)
    assert len(got) == len(want)
    for a, b in zip(got, want):
        if isinstance(b, float):
            assert (a is None and math.isnan(b)) or (math.isnan(a) and math.isnan(b)) or a == b, (got, want)
        else:
            assert a == b, (got, want)


def column_names(table):
    if isinstance(table, np.ndarray):
        return list(table.dtype.names)
    return list(getattr(table, "column_names", getattr(table, "columns", table)))


def dates(column):
    """A column of dates of any kind as datetime.date."""
    return [value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(str(value)[:10]) for value in column]


def test_summary_gives_back_the_kind_and_the_ids(kind):
    table = retain.orders.summary(retain.Log(kind.make(LOG), **NAMED), "2024-01-31", unit_days=7)
    assert kind.is_table(table)
    assert column_names(table)[:3] == ["cid", "first_day", "last_day"]
    assert values(table["cid"]) == ["ann", "bob", "eve"]
    same(table["frequency"], [2.0, 0.0, 1.0])
    same(table["t_x"], [4.0, 0.0, 17 / 7])
    same(table["T"], [30 / 7, 27 / 7, 4.0])
    same(table["spend"], [25.0, math.nan, 2.5])
    same(table["revenue"], [60.0, 5.0, 10.0])
    same(table["unit_days"], [7.0, 7.0, 7.0])
    assert dates(values(table["first_day"])) == [dt.date(2024, 1, 1), dt.date(2024, 1, 4), dt.date(2024, 1, 3)]


def test_whole_numbers_stay_keys_and_days(kind):
    log = {"customer": [9, 7, 7], "date": [3, 0, 14], "value": [5, 10, 20]}
    table = retain.orders.summary(kind.make(log), 28)
    assert values(table["customer"]) == [7, 9]
    assert values(table["last_day"]) == [14, 3]


def test_all_functions_of_logs_give_back_the_kind(kind):
    log = retain.Log(kind.make(LOG), **NAMED)
    cohorts = retain.cohort.active(log, "2024-01-31", period="week")
    tables = [
        retain.orders.compact(log),
        retain.orders.holdout(log, retain.orders.summary(log, "2024-01-10"), "2024-01-10", "2024-01-31"),
        retain.crr.periods(log, "2024-01-31", period="week", window_days=14),
        cohorts.table(),
        cohorts.triangle(),
        cohorts.triangle("revenue"),
    ]
    for table in tables:
        assert kind.is_table(table), table
    # A compacted log is a log again, and says the same.
    again = retain.orders.summary(retain.Log(tables[0], **NAMED), "2024-01-31")
    same(again["revenue"], values(retain.orders.summary(log, "2024-01-31")["revenue"]))
    assert retain.orders.last_day(log) == dt.date(2024, 1, 29)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_forecasts_are_columns_of_the_kind(kind, model):
    customers = kind.make(CUSTOMERS)
    plain = {name: np.array(column) for name, column in CUSTOMERS.items()}
    methods = {
        "alive": {},
        "log_odds_dead": {},
        "likelihood": {},
        "orders": {"days": 90},
        "predict": {"days": 90},
        "silence": {"days": 90},
        "discounted": {"days": 365, "annual_rate": 0.1},
    }
    for name, options in methods.items():
        column = getattr(model, name)(customers, **options)
        assert kind.is_column(column), name
        same(column, getattr(model, name)(plain, **options).tolist())
    assert model.gradient(customers).shape == (3, len(model._parameters))
    risk = retain.churn.risk(model, customers, days=60)
    value = retain.clv.residual(model, customers, SPEND.expected(customers), days=365, annual_rate=0.1, margin=0.3)
    for column in (
        risk,
        value,
        retain.churn.bands(risk),
        *retain.churn.expected_loss(risk, value),
        retain.clv.at_risk(risk, value)[0],
    ):
        assert kind.is_column(column)
        assert len(column) == 3
    assert set(values(retain.churn.bands(risk))) <= set(retain.churn.BANDS)


def test_spend_and_value_are_columns_of_the_kind(kind):
    customers = kind.make(CUSTOMERS)
    for column in (SPEND.expected(customers), SPEND.likelihood(customers), SPEND.predict(customers)):
        assert kind.is_column(column)
    revenue = customers["spend"] if kind.name in ("arrays", "lists", "records") else customers["frequency"]
    money = kind.make({"revenue": [1.0, 2.0, 4.0]})["revenue"]
    assert kind.is_column(retain.clv.historic(money, margin=0.5))
    same(retain.clv.total(retain.clv.historic(money, margin=0.5), money), [1.5, 3.0, 6.0])
    assert kind.is_column(retain.clv.total(money, money))
    assert len(revenue) == 3


def test_distinct_customers_keep_the_kind(kind):
    table, row_of = retain.orders.distinct(kind.make(CUSTOMERS), rows=True)
    assert kind.is_table(table)
    assert row_of.tolist() == [1, 0, 2]
    same(table["weight"], [1.0, 1.0, 1.0])


def test_fits_are_the_same_for_every_kind(kind):
    drawn = MODELS[2].simulate(np.full(400, 39.0), seed=5)
    want = retain.MBGNBD().fit(drawn).params_
    assert retain.MBGNBD().fit(kind.make(drawn)).params_ == want


def test_pandas_keeps_its_index():
    pd = pytest.importorskip("pandas")
    customers = pd.DataFrame(CUSTOMERS, index=["x", "y", "z"])
    for column in (MODELS[0].alive(customers), retain.churn.risk(MODELS[0], customers), SPEND.expected(customers)):
        assert list(column.index) == ["x", "y", "z"]
    customers["alive"] = MODELS[0].alive(customers)
    shuffled = customers.loc[["z", "x", "y"]]
    assert MODELS[0].alive(shuffled)["x"] == customers.loc["x", "alive"]


def test_pandas_keeps_the_names_and_the_type_of_its_index():
    pd = pytest.importorskip("pandas")
    for index in (
        pd.MultiIndex.from_tuples([("b", 1), ("b", 2), ("a", 1)], names=["shop", "customer"]),
        pd.CategoricalIndex(["x", "y", "x"], name="shop"),
        pd.date_range("2024-01-01", periods=3, name="day"),
    ):
        column = MODELS[0].alive(pd.DataFrame(CUSTOMERS, index=index))
        assert column.index.identical(index)


def test_a_pandas_index_is_a_column():
    pd = pytest.importorskip("pandas")
    months = pd.date_range("2024-01-01", periods=3, freq="MS")
    log = {**LOG, "bought": pd.DatetimeIndex(LOG["bought"])}
    table = retain.repeat.periods(retain.Log(log, **NAMED), "2024-02-29", edges=months)
    assert dates(table["first_day"]) == [dt.date(2024, 1, 1), dt.date(2024, 2, 1)]
    assert values(table["customers"]) == [3.0, 0.0]
    assert values(retain.calendar.days(months)) == [19723, 19754, 19783]
    assert values(retain.calendar.days(months.tz_localize("UTC"), zone="America/New_York")) == [19722, 19753, 19782]
    log["cid"] = pd.Index(LOG["cid"])
    assert values(retain.orders.summary(retain.Log(log, **NAMED), "2024-01-31")["cid"]) == ["ann", "bob", "eve"]


def test_a_dict_of_numbers_is_one_customer():
    one = {name: column[0] for name, column in CUSTOMERS.items()}
    alive = MODELS[0].alive(one)
    assert isinstance(alive, float)
    assert alive == MODELS[0].alive(CUSTOMERS)[0]
    assert isinstance(MODELS[0].expected(90), float)
    assert is_list(MODELS[0].expected([90, 180]))
    assert is_array(MODELS[0].expected(np.array([90, 180])))


def test_missing_values_mean_nan_where_nan_is_allowed():
    pl = pytest.importorskip("polars")
    pd = pytest.importorskip("pandas")
    for spend in (pl.Series([20.0, None, 35.0]), pd.Series([20.0, None, 35.0], dtype="Float64"), [20.0, None, 35.0]):
        customers = {**CUSTOMERS, "spend": spend}
        same(SPEND.expected(customers), SPEND.expected(CUSTOMERS))


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us", "ns"])
def test_datetime64_of_every_unit_gives_the_same_days(unit):
    moments = np.array(["1969-12-31T23:00", "2024-02-29T01:00"], dtype="M8[h]").astype(f"M8[{unit}]")
    assert retain.calendar.days(moments).tolist() == [-1, 19782]


@pytest.mark.parametrize("module", ["pandas", "polars", "pyarrow"])
def test_moments_with_a_time_zone_become_days_of_the_shop(module):
    pd = pytest.importorskip("pandas")
    source = pytest.importorskip(module)
    utc = pd.Series(pd.to_datetime(["2023-06-28T23:29:59", "2023-12-31T23:59:59"], utc=True))
    there = utc.dt.tz_convert("Asia/Tehran")

    def make(series):
        if module == "pandas":
            return series
        if module == "polars":
            return source.from_pandas(series)
        return source.chunked_array([source.Array.from_pandas(series)])

    assert values(retain.calendar.days(make(utc))) == [19536, 19722]
    assert values(retain.calendar.days(make(utc), zone="Europe/London")) == [19537, 19722]
    assert values(retain.calendar.days(make(there))) == [19537, 19723]
    assert values(retain.calendar.days(make(there), zone="UTC")) == [19536, 19722]


def test_python_dates_and_datetimes_are_understood():
    aware = dt.datetime(2023, 6, 28, 23, 29, 59, tzinfo=dt.timezone.utc)
    assert retain.calendar.days([dt.date(2024, 2, 29)]) == [19782]
    assert retain.calendar.days([dt.datetime(2024, 2, 29, 23, 59)]) == [19782]
    assert retain.calendar.days([aware]) == [19536]
    assert retain.calendar.days([aware], zone="Europe/London") == [19537]
    assert retain.calendar.days(np.array([dt.date(2024, 2, 29)], dtype=object)).tolist() == [19782]


@pytest.mark.parametrize(
    "ids, want",
    [
        (["b", "a", "b"], ["a", "b"]),
        ([2**70, 5, 2**70], [5, 2**70]),
        ([2.5, 1.5, 2.5], [1.5, 2.5]),
        ([(1, "x"), (0, "y"), (1, "x")], [(0, "y"), (1, "x")]),
        ([b"b", b"a", b"b"], [b"a", b"b"]),
        (["1", 1, "1"], ["1", 1]),
        ([-(2**63), 2**63 - 1, -(2**63)], [-(2**63), 2**63 - 1]),
        (np.array([3, 1, 3], dtype=np.uint64), [1, 3]),
        (np.array([2**64 - 1, 1, 2**64 - 1], dtype=np.uint64), [1, 2**64 - 1]),
        (np.array([3, 1, 3], dtype=np.int8), [1, 3]),
        (np.array([b"y", b"x", b"y"]), [b"x", b"y"]),
        (np.array(["y", "x", "y"]), ["x", "y"]),
    ],
    ids=repr,
)
def test_ids_of_any_type_are_given_back(ids, want):
    summary = retain.orders.summary({"customer": ids, "date": [0, 1, 2], "value": [1.0, 2.0, 3.0]}, 5)
    assert values(summary["customer"]) == want
    by_id = dict(zip(values(summary["customer"]), values(summary["revenue"])))
    assert by_id[want[0] if want[0] != values(ids)[0] else want[1]] == 2.0


def test_categories_and_order_ids_are_given_back():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "customer": pd.Categorical(["b", "a", "b"], categories=["b", "a", "never"]),
            "date": [1, 2, 2],
            "value": [1.0, 2.0, 3.0],
            "order": ["o-2", "o-1", "o-2"],
            "cancelled": [False, False, False],
        }
    )
    compacted = retain.orders.compact(frame)
    assert list(compacted["customer"]) == ["a", "b", "b"]
    assert list(compacted["order"]) == ["o-1", "o-2", "o-2"]
    assert compacted["cancelled"].dtype == bool
    assert retain.orders.report(frame, 9).kept_orders == 2


def test_holdout_knows_the_ids_of_any_table():
    log = retain.Log(LOG, **NAMED)
    found = retain.orders.holdout(log, ["zoe", "ann", "yan", "eve"], "2024-01-10", "2024-01-31")
    assert found == {
        "cid": ["zoe", "ann", "yan", "eve"],
        "holdout_occasions": [0.0, 2.0, 0.0, 1.0],
        "holdout_value": [0.0, 50.0, 0.0, 2.5],
    }
    array = retain.orders.holdout(log, np.array(["bob"]), "2024-01-10", "2024-01-31")
    assert array["holdout_occasions"].tolist() == [0.0]


def test_lazy_frames_say_that_they_are_lazy():
    pl = pytest.importorskip("polars")
    with pytest.raises(TypeError, match="lazy frame; collect it first"):
        retain.Log(pl.DataFrame(LOG).lazy(), **NAMED)


ZONES = ["America/New_York", "America/Los_Angeles", "Asia/Ho_Chi_Minh", "Etc/GMT-3", "Europe/Berlin", "UTC", "UTC+03:00"]


@pytest.mark.parametrize("zone", ZONES)
def test_pandas_columns_may_be_in_any_time_zone(zone):
    pd = pytest.importorskip("pandas")
    evening = pd.Series(pd.to_datetime(["2024-01-10 23:00", "2024-07-11 00:30"])).dt.tz_localize(zone)
    assert values(retain.calendar.days(evening)) == [19732, 19915]
    log = retain.Log(pd.DataFrame({"customer": ["a", "a"], "date": evening, "value": [1.0, 2.0]}))
    assert repr(log).endswith("2024-01-10 to 2024-07-11)")
    with pytest.raises(TypeError, match=f"date-times in .*{zone[-3:]}"):
        retain.rfm.gini(evening)
    evening[1] = None
    with pytest.raises(retain.DataError, match=r"moments\[1\] is missing"):
        retain.calendar.days(evening)


def test_texts_are_dates_in_columns_of_every_library():
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    texts = ["2024-01-10", "2024-01-12T23:00", "2024-01-10"]
    frames = [pd.Series(texts), pd.Series(texts, dtype="category"), pl.Series(texts), pa.chunked_array([texts])]
    for column in (*frames, np.array(texts)):
        assert values(retain.calendar.days(column)) == [19732, 19734, 19732]
        log = retain.Log({"customer": [1, 2, 3], "date": column, "value": [1.0, 1.0, 1.0]})
        assert log.temporal
    for column in (pd.Series(["2024-01-10", None]), pl.Series(["2024-01-10", None]), ["2024-01-10", None]):
        with pytest.raises(retain.DataError, match=r"orders.date\[1\] is missing"):
            retain.Log({"customer": [1, 2], "date": column, "value": [1.0, 1.0]})
    with pytest.raises(retain.RetainError, match=r"orders.date\[1\] is '10.1.2024'"):
        retain.Log(pd.DataFrame({"customer": [1, 2], "date": ["2024-01-10", "10.1.2024"], "value": [1.0, 1.0]}))
