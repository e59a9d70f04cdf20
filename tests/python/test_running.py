"""How operations run: threads, the interpreter's lock, progress, Ctrl-C, memory, fork, and buffers that change meanwhile."""

import multiprocessing
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest
import retain
from retain import _retain


@pytest.fixture(scope="module")
def long_log():
    """Enough orders to keep the library busy for a while."""
    random = np.random.default_rng(11)
    rows = 3_000_000
    return retain.Log(
        {
            "customer": random.integers(0, 2**40, rows),
            "date": random.integers(0, 3000, rows),
            "value": random.integers(1, 10_000, rows) / 100,
            "order": random.integers(0, 2**60, rows),
        }
    )


def as_bytes(table):
    return {name: np.asarray(column).tobytes() for name, column in table.items()}


def test_threads_change_no_bit(cdnow):
    log = retain.Log(cdnow)
    want = as_bytes(retain.orders.summary(log, "1998-06-30"))
    cohorts = retain.cohort.active(log, "1998-06-30")
    periods = as_bytes(retain.crr.periods(log, "1998-06-30"))
    bridge = as_bytes(retain.revenue.bridge(log, "1998-06-30"))
    for threads in (0, 2, 3, 8, 64):
        assert as_bytes(retain.orders.summary(log, "1998-06-30", threads=threads)) == want
        assert as_bytes(retain.crr.periods(log, "1998-06-30", threads=threads)) == periods
        assert as_bytes(retain.revenue.bridge(log, "1998-06-30", threads=threads)) == bridge
        again = retain.cohort.active(log, "1998-06-30", threads=threads)
        assert again.revenue.tobytes() == cohorts.revenue.tobytes()


def test_threads_change_no_bit_of_models():
    model = retain.ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
    drawn = model.simulate(np.linspace(20, 60, 20_000), seed=3, days=90)
    fitted = retain.ParetoNBD().fit(drawn)
    for threads in (2, 8):
        assert as_bytes(model.simulate(np.linspace(20, 60, 20_000), seed=3, days=90, threads=threads)) == as_bytes(drawn)
        assert model.alive(drawn, threads=threads).tobytes() == model.alive(drawn).tobytes()
        assert retain.ParetoNBD().fit(drawn, threads=threads).params_ == fitted.params_


def test_other_threads_run_meanwhile(long_log):
    """The longest pause of this thread is far shorter than the operation in the other one."""
    took = []

    def work():
        begin = time.perf_counter()
        retain.orders.report(long_log, 3000)
        took.append(time.perf_counter() - begin)

    worker = threading.Thread(target=work)
    longest, last = 0.0, time.perf_counter()
    worker.start()
    while worker.is_alive():
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert took[0] > 0.1
    assert longest < 0.5 * took[0]


def test_many_threads_at_once(cdnow):
    log = retain.Log(cdnow)
    want = as_bytes(retain.orders.summary(log, "1998-06-30"))
    wrong = []

    def work():
        for _ in range(3):
            if as_bytes(retain.orders.summary(log, "1998-06-30", threads=2)) != want:
                wrong.append(1)
            try:
                retain.orders.summary(log, "1998-06-30", memory=1000)
                wrong.append(2)
            except MemoryError:
                pass

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_progress_is_told_and_rises(long_log):
    told = []
    retain.orders.report(long_log, 3000, progress=told.append)
    assert told
    assert told == sorted(told)
    assert 0.0 <= told[0] and told[-1] <= 1.0


def test_a_true_answer_cancels(long_log):
    told = []

    def stop(done):
        told.append(done)
        return True

    with pytest.raises(retain.Cancelled) as caught:
        retain.orders.report(long_log, 3000, progress=stop)
    assert caught.value.code == 6
    assert len(told) == 1


def test_an_exception_of_the_callback_comes_through(long_log):
    def fail(done):
        raise LookupError(f"at {done}")

    with pytest.raises(LookupError, match="at 0"):
        retain.orders.report(long_log, 3000, progress=fail)
    assert retain.orders.report({"customer": [1], "date": [1], "value": [1.0]}, 3).rows == 1


def test_a_callback_may_use_the_library(long_log):
    found = []
    retain.orders.report(long_log, 3000, progress=lambda done: found.append(retain.rate.low(1, 2)) and None)
    assert found


def test_ctrl_c_interrupts(long_log):
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in whatever a shell starts in the background
    try:
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            while True:
                retain.orders.report(long_log, 3000)
    finally:
        signal.signal(signal.SIGINT, before)


MEMORY_HUNGRY = {
    "summary": lambda log, customers, model, **run: retain.orders.summary(log, "1998-06-30", **run),
    "report": lambda log, customers, model, **run: retain.orders.report(log, "1998-06-30", **run),
    "holdout": lambda log, customers, model, **run: retain.orders.holdout(log, [1, 4], "1997-09-30", "1998-06-30", **run),
    "compact": lambda log, customers, model, **run: retain.orders.compact(log, **run),
    "last_day": lambda log, customers, model, **run: retain.orders.last_day(log, **run),
    "distinct": lambda log, customers, model, **run: retain.orders.distinct(customers, **run),
    "periods": lambda log, customers, model, **run: retain.crr.periods(log, "1998-06-30", **run),
    "window": lambda log, customers, model, **run: retain.crr.window(log, "1998-06-30", **run),
    "flags": lambda log, customers, model, **run: retain.crr.flags([[1, 0], [1, 1]], **run),
    "bridge": lambda log, customers, model, **run: retain.revenue.bridge(log, "1998-06-30", **run),
    "amounts": lambda log, customers, model, **run: retain.revenue.amounts([[1, 0], [1, 1]], **run),
    "cohorts": lambda log, customers, model, **run: retain.cohort.active(log, "1998-06-30", **run).active,
    "nps": lambda log, customers, model, **run: retain.survey.nps([9, 3], by=["a", "b"], **run),
    "retention": lambda log, customers, model, **run: retain.survey.retention(
        {"customer": [1, 4], "date": ["1997-02-01"] * 2, "score": [9, 3]}, log, "1998-06-30", **run
    ),
    "per_customer": lambda log, customers, model, **run: retain.signals.per_customer(
        {"customer": [1, 4], "date": ["1997-02-01"] * 2}, [1, 4], "1998-06-30", **run
    ),
    "features": lambda log, customers, model, **run: retain.features.panel(log, ["1997-06-30", "1997-12-31"], "1998-06-30", **run).label,
    "effect": lambda log, customers, model, **run: retain.signals.effect(
        {"customer": [1, 4], "date": ["1997-02-01"] * 2}, log, "1998-06-30", **run
    ),
    "times": lambda log, customers, model, **run: retain.service.times([1, 2], [3, None], 9, **run),
    "contacts": lambda log, customers, model, **run: retain.service.contacts([1, 1], [1, 2], [3, None], 9, within=2, **run),
    "measures": lambda log, customers, model, **run: retain.scoring.measures([0.1, 0.5, 0.3], [0, 1, 1], **run).auc,
    "boost": lambda log, customers, model, **run: retain.boosting.BoostedTrees(rounds=9, folds=2, each_outcome=2, leaf_customers=1)
    .fit(np.arange(24.0).reshape(12, 2), [0, 1] * 6, **run)
    .risk([[1.0, 2.0]], **run),
    "calibrate": lambda log, customers, model, **run: retain.calibration.Platt().fit([0.1, 0.5, 0.3, 0.2], [0, 1, 0, 1], **run).params_,
    "reliability": lambda log, customers, model, **run: retain.calibration.reliability(np.array([0.1, 0.5, 0.3]), [0, 1, 1], draws=5, **run),
    "concordance": lambda log, customers, model, **run: retain.concordance.harrell([1, 2, 3], [1, 0, 1], [3, 1, 2], **run),
    "brier": lambda log, customers, model, **run: retain.concordance.brier([1, 2, 3], [1, 0, 1], [[0.5]] * 3, [2], **run).table(),
    "survive": lambda log, customers, model, **run: retain.survival.curve([1, 2], [1, 0], **run).at([1, 2]),
    "logistic": lambda log, customers, model, **run: retain.LogisticRisk().fit([[1, 2], [2, 1], [3, 1]], [0, 1, 1], **run).coef_.tolist(),
    "compare": lambda log, customers, model, **run: retain.survival.compare([1, 2], by=[1, 2], **run).p_value,
    "late": lambda log, customers, model, **run: retain.service.late([1, 2], [3, None], 9, **run),
    "fit": lambda log, customers, model, **run: retain.ParetoNBD().fit(customers, **run).params_,
    "spend": lambda log, customers, model, **run: retain.GammaGamma().fit(customers, **run).params_,
    "contract": lambda log, customers, model, **run: retain.BdW().fit_cohorts(
        [1000, 631, 468, 382, 326, 289], period_days=365.25, **run
    ).params_,
    "worth": lambda log, customers, model, **run: retain.SBG.from_params(alpha=0.7, beta=1.2, period_days=365.25).discounted(
        [0, 3, 2000], annual_rate=0.1, **run
    ),
    "orders": lambda log, customers, model, **run: model.orders(customers, days=90, **run),
}


@pytest.mark.parametrize("name", MEMORY_HUNGRY)
def test_memory_exhaustion_is_an_exception(name, cdnow_sample):
    """With any limit: either MemoryError, or the result; never anything else, and the next call works."""
    log = retain.Log(cdnow_sample)
    customers = retain.orders.summary(log, "1998-06-30", unit_days=7)
    model = retain.ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67, unit_days=7)
    call = MEMORY_HUNGRY[name]
    want = repr(call(log, customers, model))
    failures = 0
    for limit in [0, *(2**k + more for k in range(4, 31) for more in (0, 2 ** max(k - 1, 0)))]:
        try:
            assert repr(call(log, customers, model, memory=limit)) == want
            break
        except MemoryError as error:
            failures += 1
            assert "memory" in str(error)
    else:
        pytest.fail("never enough memory")
    assert failures or name == "orders"
    assert repr(call(log, customers, model)) == want


def test_buffers_that_change_meanwhile_do_no_harm():
    """Another thread writes garbage into the columns during the calls: results may be anything, memory stays whole."""
    random = np.random.default_rng(5)
    rows = 100_000
    columns = {
        "customer": random.integers(0, 5000, rows),
        "day": random.integers(0, 1000, rows),
        "value": random.random(rows),
        "order": random.integers(0, 50_000, rows),
        "cancelled": np.zeros(rows, dtype=np.uint8),
    }
    edges = np.arange(-1000, 2001, 100)
    frequency = random.integers(0, 50, rows).astype(float)
    age = np.full(rows, 100.0)
    stop = threading.Event()

    def scribble():
        mine = np.random.default_rng(6)
        garbage = mine.integers(-(2**62), 2**62, 5000)
        while not stop.is_set():
            at = int(mine.integers(0, rows - 5000))
            for column in (*columns.values(), frequency, age):
                kept = column[at : at + 5000].copy()
                column[at : at + 5000] = garbage.astype(column.dtype)
                column[at : at + 5000] = kept
            kept = edges.copy()
            edges[:] = 2**40
            edges[:] = kept

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        size = len(edges) - 1
        square = [np.empty(size * size) for _ in range(3)]
        out = [np.empty(rows, dtype=np.int64) for _ in range(3)] + [np.empty(rows) for _ in range(10)]
        model = np.array([1.0, 7.0, 0.55, 10.6, 0.61, 11.7])
        begin = time.perf_counter()
        while time.perf_counter() - begin < 4:
            log = (columns["customer"], columns["day"], columns["value"], columns["order"], columns["cancelled"], None, None)
            for call in (
                lambda: _retain.orders_summary((2,), *log, 1000, 1.0, 1, 0, *out, None),
                lambda: _retain.cohort_active((2,), *log, 1000, edges, 1, 0, 0, 0, np.empty(size), *square, None),
                lambda: _retain.crr_window((2,), *log, 1000, 1, 0, 0.5),
                lambda: _retain.customers_distinct(None, frequency, age, age, None, None, None, 7.0, *out[3:6], None, out[6], None, out[0]),
                lambda: _retain.btyd_orders((2,), model, frequency, frequency, age, 7.0, None, 13.0, out[3]),
                lambda: _retain.btyd_fit(
                    (2,), 2, frequency, frequency, age, None, None, 7.0, None, 0, None, None, None, None, 0.0, 0.0, None, 5, 0.95, 0, np.empty(6)
                ),
                lambda: _retain.churn_bands(None, out[3], None, np.empty(rows, dtype=np.uint8)),
            ):
                try:
                    call()
                except (ValueError, MemoryError):
                    pass
    finally:
        stop.set()
        writer.join()


def _summarise_in_child(connection):
    summary = retain.orders.summary({"customer": [1, 1], "date": [0, 5], "value": [1.0, 2.0]}, 9, threads=4)
    connection.send(summary["frequency"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_can_go_on(cdnow):
    retain.orders.summary(retain.Log(cdnow), "1998-06-30", threads=4)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=_summarise_in_child, args=(there,))
    child.start()
    assert here.poll(30)
    assert here.recv() == [1.0]
    child.join(30)
    assert child.exitcode == 0


def test_nothing_is_imported_that_is_not_needed():
    """The package alone needs NumPy and narwhals; frames are imported by those who hold them."""
    import subprocess

    code = "import sys, retain; print([m for m in ('pandas', 'polars', 'pyarrow', 'matplotlib', 'sklearn') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert result.stdout.strip() == "[]"
