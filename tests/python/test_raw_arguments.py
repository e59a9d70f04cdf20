"""Bad arguments of every kind, for every argument of every function of the raw layer: an exception that names the argument, and
all is well afterwards.

A function that is not in the table of raw_functions.py fails a test, so a new one cannot be forgotten.
"""

import array
import gc
import resource
import sys
import tracemalloc

import numpy as np
import pytest
from raw_functions import FUNCTIONS, log
from raw_kinds import NOT_COLUMNS, Column, Out
from retain import _retain


def good_arguments(name):
    return {key: spec.good if spec is not None else None for key, spec in FUNCTIONS[name].items()}


def outputs(name, arguments):
    return {key: arguments[key] for key, spec in FUNCTIONS[name].items() if isinstance(spec, Out)}


def run_good(name):
    """Calls with good arguments; what came out, as text."""
    arguments = good_arguments(name)
    result = getattr(_retain, name)(**arguments)
    return repr(result), repr(outputs(name, arguments))


def test_the_table_holds_every_function():
    wrapped = {name for name in dir(_retain) if not name.startswith("_") and callable(getattr(_retain, name))}
    assert {name for name in wrapped if not name.startswith(("SWIG", "delete_", "new_"))} == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_good_arguments_are_taken_by_name_and_by_position(name):
    try:
        first = run_good(name)
    except ValueError as error:
        pytest.fail(f"{name}: {error}")
    arguments = good_arguments(name)
    result = getattr(_retain, name)(*arguments.values())
    assert (repr(result), repr(outputs(name, arguments))) == first


# Refusals speak of arguments as the package calls them.
SAID = {"horizon_days": "days", "predictors": "X"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bad_arguments_raise_by_name_and_nothing_breaks(name):
    before = run_good(name)
    tried = 0
    for argument, spec in FUNCTIONS[name].items():
        for bad in spec.bad() if spec is not None else NOT_COLUMNS:
            arguments = {**good_arguments(name), argument: bad}
            untouched = {key: value.copy() for key, value in outputs(name, arguments).items() if isinstance(value, np.ndarray)}
            with pytest.raises((TypeError, ValueError)) as caught:
                getattr(_retain, name)(**arguments)
            assert argument in str(caught.value) or SAID.get(argument, argument) in str(caught.value), f"{name}({argument}={bad!r}): {caught.value}"
            for key, value in untouched.items():
                if key != argument:
                    assert np.array_equal(arguments[key], value), f"{name}({argument}={bad!r}) wrote to {key}"
            tried += 1
    assert tried or not FUNCTIONS[name]
    assert run_good(name) == before


@pytest.mark.parametrize("name", FUNCTIONS)
def test_columns_of_different_lengths_are_refused_by_name(name):
    columns = {key: spec for key, spec in FUNCTIONS[name].items() if isinstance(spec, Column)}
    alone = {"model", "edges", "cuts", "customers", "seconds", "days", "t", "n", "revenue", "active", "amounts", "retention", "value", "p", "before", "after"}
    for key, spec in columns.items():
        if key in alone and len(columns) < 3 or key in ("edges", "cuts", "quantiles", "customers", "ages", "share", "origins", "families", "models", "dates", "windows"):
            continue
        if key == "predictors" and name.startswith(("logistic_", "accelerated_fit", "hazard_fit", "hazard_reasons")):
            continue  # how many columns there are follows from its length
        if (name, key) == ("hazard_periods", "until"):
            continue  # the caller's groups
        if (key == "age_edges" and name != "cohort_payback") or (name, key) in (("cox_survival", "ahead"), ("accelerated_survival", "ahead"), ("hazard_survival", "ahead"), ("hazard_probability", "period")):
            continue  # it makes the columns
        for other in (spec.good[:-1], np.concatenate([spec.good, spec.good])):
            with pytest.raises(ValueError) as caught:
                getattr(_retain, name)(**{**good_arguments(name), key: np.ascontiguousarray(other)})
            assert any(word in str(caught.value) for word in (key, SAID.get(key, key), str(len(other)))), str(caught.value)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_empty_columns_work_or_raise(name):
    arguments = good_arguments(name)
    for key, spec in FUNCTIONS[name].items():
        if isinstance(spec, (Column, Out)) and key not in ("model", "edges", "models"):
            arguments[key] = spec.good[:0]
    for key in ("low", "high", "retention") if name == "cohort_retention" else ():
        arguments[key] = np.zeros(0)
    try:
        getattr(_retain, name)(**arguments)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_outputs_that_are_not_wanted_may_be_none(name):
    """One at a time; the first output of a function is what it is for, so the library may insist on it."""
    wanted = [key for key, spec in FUNCTIONS[name].items() if isinstance(spec, Out)]
    for key in wanted:
        arguments = {**good_arguments(name), key: None}
        try:
            getattr(_retain, name)(**arguments)
        except ValueError as error:
            assert key in str(error) or key.removeprefix("out_") in str(error), str(error)


def test_any_typed_buffer_will_do():
    out = array.array("d", [0.0, 0.0])
    _retain.clv_total(None, memoryview(array.array("d", [1.0, 2.0])), array.array("d", [3.0, 4.0]), memoryview(out))
    assert out.tolist() == [4.0, 6.0]
    flags = np.zeros(4, dtype=np.bool_)
    arguments = {**good_arguments("orders_last_day"), "cancelled": flags}
    assert _retain.orders_last_day(**arguments) == {"day": 20}


def test_nothing_is_leaked_by_calls_that_fail_or_succeed():
    """References of arguments, Python memory, and the copies that the raw layer makes."""
    column = np.zeros(100_000)
    log_columns = {key: spec.good if spec else None for key, spec in log().items()}
    wide = {key: np.resize(value, 100_000) if value is not None else None for key, value in log_columns.items()}
    bad_value = wide["value"].copy()
    bad_value[77] = np.nan
    watched = [column, *(value for value in wide.values() if value is not None), bad_value]

    def one_round():
        for value in (wide["value"], bad_value, wide["day"], wide["value"][:5]):
            try:
                _retain.orders_last_day(None, **{**wide, "value": value}, count_zero_orders=0)
            except (TypeError, ValueError):
                pass
        try:
            _retain.clv_total(None, column, column, column[:5])
        except ValueError:
            pass

    for _ in range(5):
        one_round()
    gc.collect()
    counts = [sys.getrefcount(value) for value in watched]
    tracemalloc.start()
    before, peak = tracemalloc.take_snapshot(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(60):
        one_round()
    gc.collect()
    grown = sum(
        change.size_diff
        for change in tracemalloc.take_snapshot().compare_to(before, "filename")
        if "tracemalloc" not in str(change.traceback)
    )
    tracemalloc.stop()
    assert [sys.getrefcount(value) for value in watched] == counts
    assert grown < 20_000
    # Each round copies some 8 MB of keys; a leak of them would show as hundreds of MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 100_000
