"""Partial pooling: golden values, labels of any kind, groups and new groups, forecasts of each and of all, real shops, refusals."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import retain
from conftest import near, number, read_golden
from retain import BGNBD, NBD, MBGCNBD, Pool, Prior


def stores(count=8, seed=1, spread=0.6):
    """Stores of 40 to 160 customers whose alpha differs."""
    rng = np.random.default_rng(seed)
    parts = []
    for store in range(count):
        size = 40 * (1 + store % 4)
        T = rng.integers(30, 80, size).astype(float)
        model = BGNBD.from_params(r=0.6, alpha=6.0 * np.exp(spread * rng.standard_normal()), a=0.8, b=2.5, unit_days=7)
        made = model.simulate(T, seed=store + 100 * seed)
        parts.append(pd.DataFrame({"frequency": made["frequency"], "t_x": made["t_x"], "T": T, "store": f"store {store}"}))
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=seed).reset_index(drop=True)


def test_golden_population_and_groups():
    rows = read_golden("pool/nbd_rows.csv")
    table = {"frequency": [number(row["x"]) for row in rows], "T": [number(row["T"]) for row in rows]}
    table["t_x"] = [T / 2 if x else 0.0 for x, T in zip(table["frequency"], table["T"])]
    table["group"] = [int(row["group"]) for row in rows]
    groups = read_golden("pool/nbd_groups.csv")
    for wanted in read_golden("pool/nbd_population.csv"):
        varies = None if wanted["varies"] == "both" else ["r"]
        pool = Pool(NBD(), varies=varies).fit(table, by="group", unit_days=7)
        within = 1e-7 if wanted["method"] == "laplace" else 5e-3  # so far is Laplace's approximation from the exact integral
        for k, name in enumerate(("r", "alpha")):
            assert near(pool.report_.estimate[k], number(wanted[name]), within * number(wanted[name]))
            assert near(pool.report_.sd[k], number(wanted[f"sd_{name}"]), within * number(wanted[f"sd_{name}"]))
        if wanted["method"] == "laplace":
            assert near(pool.report_.log_likelihood, number(wanted["log_likelihood"]), 1e-6)
            mine = [row for row in groups if row["varies"] == wanted["varies"]]
            assert pool.groups_["group"] == [int(row["group"]) for row in mine]
            for name in ("r", "alpha"):
                assert np.allclose(pool.groups_[name], [number(row[name]) for row in mine], rtol=1e-7)


def test_groups_learn_from_each_other():
    table = stores()
    pool = Pool(BGNBD(), varies=["alpha"]).fit(table, by="store", unit_days=7, own=True)
    assert pool.report_.success and pool.report_.explanation.startswith("8 groups differ in alpha (sd 0.")
    groups = pool.groups_
    assert isinstance(groups, pd.DataFrame) and list(groups.store) == sorted(set(table.store))
    assert groups.customers.tolist() == [40.0, 80.0, 120.0, 160.0] * 2
    assert (groups.r_shrinkage == 1).all() and groups.alpha_shrinkage[0] > groups.alpha_shrinkage[3]
    assert set(groups.made_of) <= {"its own and the population's", "nearly its own alone"}
    assert (groups.alpha_low < groups.alpha).all() and (groups.alpha < groups.alpha_high).all()
    aic = pool.report_.aic()
    assert aic["partial"] < aic["complete"] and aic["partial"] < aic["none"]
    assert "8 groups" in pool.summary() and "Pool(BGNBD(" in repr(pool)
    assert pool.new_group_.report_.standard_error[1] > pool.population_.report_.standard_error[1]
    assert pool.population_.params_ == pool.new_group_.params_


@pytest.mark.parametrize(
    "labels",
    [np.arange(8), [f"s{i}" for i in range(8)], list("abcdefgh"), [2.5 * i for i in range(8)], pd.date_range("2024-01-01", periods=8)],
)
def test_labels_may_be_of_any_kind(labels):
    table = stores()
    plain = Pool(BGNBD(), varies=["alpha"]).fit(table, by="store", unit_days=7)
    number = table.store.str[6:].astype(int)
    other = table.assign(store=pd.Series(labels)[number].to_numpy())
    pool = Pool(BGNBD(), varies=["alpha"]).fit(other, by="store", unit_days=7)
    assert pool.report_.explanation == plain.report_.explanation
    assert np.array_equal(pool.orders(other, days=90), plain.orders(table, days=90))
    assert pool.model_of(labels[3]).params_ == plain.model_of("store 3").params_


def test_kinds_of_tables_come_back():
    table = stores()
    frame = Pool(BGNBD(), varies=["alpha"]).fit(pl.from_pandas(table), by="store", unit_days=7)
    assert isinstance(frame.groups_, pl.DataFrame) and isinstance(frame.orders(pl.from_pandas(table), days=90), pl.Series)
    lists = {name: table[name].tolist() for name in table}
    columns = Pool(BGNBD(), varies=["alpha"]).fit(lists, by="store", unit_days=7)
    assert isinstance(columns.groups_["alpha"], list) and isinstance(columns.orders(lists, days=90), list)


def test_every_customer_is_forecast_by_the_model_of_its_group():
    table = stores()
    pool = Pool(BGNBD()).fit(table, by="store", unit_days=7)
    limits, median = pool.orders(table, days=90, level=0.9), pool.next_order(table)
    for label in ("store 0", "store 5"):
        rows = table.store == label
        model = pool.model_of(label)
        assert np.allclose(pool.orders(table, days=90)[rows], model.orders(table[rows], days=90), rtol=1e-13)
        assert np.allclose(limits.high[rows], model.orders(table[rows], days=90, level=0.9).high, rtol=1e-9)
        assert np.allclose(pool.alive(table)[rows], model.alive(table[rows]), rtol=1e-12)
        assert np.allclose(median[rows], model.next_order(table[rows]), rtol=1e-9)
        assert np.allclose(pool.lifetime(table, days=365)[rows], model.lifetime(table[rows], days=365), rtol=1e-9)
    total = pool.total(table, days=90)
    assert near(total.value, pool.predict(table, days=90).sum(), 1e-9)
    assert total.least < total.low < total.value < total.high < total.most
    assert near(pool.total(table.assign(weight=2.0), days=90).value, 2 * total.value, 1e-9)
    new = table.assign(store="opened today")
    assert np.allclose(pool.orders(new, days=90), pool.new_group_.orders(new, days=90), rtol=1e-12)
    assert np.allclose(pool.orders(new, days=90, level=0.9).low, pool.new_group_.orders(new, days=90, level=0.9).low, rtol=1e-9)


def test_regular_customers_with_a_k():
    rng = np.random.default_rng(4)
    parts = []
    for store in range(5):
        made = MBGCNBD.from_params(r=0.9, alpha=2 * np.exp(0.5 * rng.standard_normal()), a=0.8, b=2.5, k=2, unit_days=7).simulate(
            np.full(150, 60.0), seed=store
        )
        parts.append(pd.DataFrame({name: made[name] for name in ("frequency", "t_x", "log_gaps")} | {"T": 60.0, "store": store}))
    table = pd.concat(parts)
    pool = Pool(MBGCNBD(), varies=["alpha"]).fit(table, by="store", unit_days=7)
    assert pool.model_of(3).k_ == 2 and pool.population_.k_ == 2
    assert np.isfinite(pool.orders(table, days=70)).all()


def test_refusals():
    table = stores()
    with pytest.raises(retain.ConvergenceError, match="2 groups have customers; at least 3 are needed") as caught:
        Pool(BGNBD()).fit(table.assign(store=table.index % 2), by="store", unit_days=7)
    assert caught.value.report.verdict == "too little data" and isinstance(caught.value.model, Pool)
    with pytest.raises(retain.NotFitted, match="no groups yet"):
        Pool(BGNBD()).orders(table, days=90)
    with pytest.raises(TypeError, match="model must be a model"):
        Pool("BGNBD").fit(table, by="store")
    with pytest.raises(TypeError, match="by must be the name"):
        Pool(BGNBD()).fit(table, by=3, unit_days=7)
    with pytest.raises(retain.ArgumentError, match="no column 'shop'"):
        Pool(BGNBD()).fit(table, by="shop", unit_days=7)
    with pytest.raises(retain.ArgumentError, match="varies names 'x'"):
        Pool(BGNBD(), varies=["x"]).fit(table, by="store", unit_days=7)
    with pytest.raises(TypeError, match="list of names, not a string"):
        Pool(BGNBD(), varies="alpha").fit(table, by="store", unit_days=7)
    with pytest.raises(retain.ArgumentError, match="not pooled"):
        Pool(BGNBD()).fit(table, by="store", unit_days=7, prior=Prior(coefficients=1.0))
    seasons = retain.Seasons.holidays("2023-01-01", "2024-12-31", {"nowruz": [("2023-03-10", "2023-03-25")]})
    log = {"customer": [1, 1], "date": ["2023-01-05", "2023-03-12"], "value": [9.0, 9.0]}
    shop = retain.Histories(log, "2023-09-30", unit_days=7, seasons=seasons)
    for model, customers, terms in ((retain.ParetoNBD(), shop, {}), (BGNBD(), table, {"unit_days": 7, "covariates": ["frequency"]})):
        with pytest.raises(retain.ArgumentError, match=r"have covariates, .*without \(histories.summary\(\)\), or fit a model with"):
            Pool(model).fit(customers, by="store", **terms)
    with pytest.raises(retain.DataError, match="store.*missing"):
        Pool(BGNBD()).fit(table.assign(store=[None, *table.store[1:]]), by="store", unit_days=7)
    pool = Pool(BGNBD(), varies=["alpha"]).fit(table, by="store", unit_days=7)
    with pytest.raises(retain.ArgumentError, match="no group 'nowhere'"):
        pool.model_of("nowhere")
    with pytest.raises(TypeError, match="store"):
        pool.orders(table.assign(store=1), days=90)
    with pytest.raises(retain.ArgumentError, match="model_of"):
        pool.distribution(table, days=90, most=3)
    with pytest.raises(retain.ArgumentError, match="model_of"):
        pool.log_odds_dead(table)
    with pytest.raises(retain.ArgumentError, match="not stored as a whole"):
        pool.to_dict()


def test_it_is_an_estimator_like_others():
    from sklearn.base import clone

    pool = Pool(BGNBD(level=0.9), varies=["alpha"])
    assert clone(pool).get_params()["varies"] == ["alpha"]
    assert pool.set_params(varies=None).varies is None
    fitted = pool.fit(stores(), by="store", unit_days=7, threads=2)
    assert fitted is pool and pool.__sklearn_is_fitted__()


def test_held_parameters_and_priors():
    table = stores()
    pool = Pool(BGNBD()).fit(table, by="store", unit_days=7, fixed={"b": 2.5}, prior=Prior(parameters=1.5))
    assert (pool.groups_.b == 2.5).all() and pool.report_.standard_error[3] == 0
    assert np.isnan(pool.report_.p_value)
