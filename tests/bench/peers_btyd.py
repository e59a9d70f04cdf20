"""Fits and predictions of buy-till-you-die models with lifetimes.

    python tests/bench/peers_btyd.py FOLDER [--repeat N]

lifetimes fits to all customers, and, where that helps it, to the distinct rows with weights (finding them is not timed). Compared are the
log-likelihood that lifetimes computes at the library's parameters, the height of the two optima, and every single prediction.
"""

import sys

import numpy as np

from peers import Comparison, Peer, Task, close, main

WEEKS_AHEAD = 13.0
CDNOW = {
    "bg": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
    "mbg": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614},
    "pareto": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},
}
# lifetimes takes so long for more that nobody would wait: it is not asked.
MOST_ROWS = {"bg": 1e6, "mbg": 1e5, "pareto": 1e5}
SIMPLEX = "lifetimes searches by a simplex and stops when it is small"
GRADIENT = "lifetimes stops when the gradient of the mean is below 1e-7"
CANCELLATION = "lifetimes takes the difference of two nearly equal numbers"


def fitter(family):
    import lifetimes

    classes = {"bg": lifetimes.BetaGeoFitter, "mbg": lifetimes.ModifiedBetaGeoFitter, "pareto": lifetimes.ParetoNBDFitter}
    return classes[family]()


def customers(columns):
    return columns["frequency"], columns["t_x"], columns["T"]


def distinct(columns):
    rows, weights = np.unique(np.column_stack(customers(columns)), axis=0, return_counts=True)
    return *rows.T, weights


def fit(family, weighted=False):
    def prepare(columns, threads):
        fitter(family)  # imports, before the clock starts
        data = distinct(columns) if weighted else (*customers(columns), None)

        def work():
            np.random.seed(1)  # where the simplex starts is drawn
            return fitter(family).fit(*data[:3], weights=data[3])

        return work
    return prepare


def log_likelihood(family, parameters, columns):
    """log L of all customers as lifetimes computes it."""
    model, rows = fitter(family), len(columns["frequency"])
    arguments = parameters if family == "pareto" else np.log(parameters)
    weights = np.ones(rows)
    mean = model._negative_log_likelihood(arguments, *customers(columns), weights, 0.0)
    return -mean if family == "pareto" else -mean * rows


def compare_fits(family):
    tolerance, explanation = (1e-3, SIMPLEX) if family == "pareto" else (1e-4, GRADIENT)

    def compare(columns, model):
        ours, value = columns["result_parameters"][:4], columns["result_log_likelihood"][0]
        theirs = np.array([model.params_[name] for name in CDNOW[family]])
        rounding = 1e-9 * abs(value)
        lower = log_likelihood(family, theirs, columns) - value
        return [Comparison("log-likelihood at the library's parameters", abs(log_likelihood(family, ours, columns) - value), rounding),
                Comparison("by how much the library's optimum is lower", max(0.0, lower), rounding),
                Comparison("parameters, relative", np.max(np.abs(theirs / ours - 1.0)), tolerance, explanation)]

    return compare


def with_cdnow(family):
    import pandas

    model = fitter(family)
    model.params_ = pandas.Series(CDNOW[family])
    return model


def alive(family):
    def prepare(columns, threads):
        model = with_cdnow(family)
        return lambda: model.conditional_probability_alive(*customers(columns))
    return prepare


def orders(family):
    def prepare(columns, threads):
        model = with_cdnow(family)
        return lambda: model.conditional_expected_number_of_purchases_up_to_time(WEEKS_AHEAD, *customers(columns))
    return prepare


BGBB = ("alpha", "beta", "gamma", "delta")
DONORS = dict(zip(BGBB, (1.204, 0.750, 0.657, 2.783)))


def opportunities():
    import lifetimes

    return lifetimes.BetaGeoBetaBinomFitter()


def fit_opportunities(columns, threads):
    x, t_x, n, weights = distinct(columns)
    return lambda: opportunities().fit(x, t_x, n, weights)


def compare_opportunities(columns, model):
    ours, theirs = columns["result_parameters"], np.array([model.params_[name] for name in BGBB])
    x, t_x, n, weights = distinct(columns)
    value, rounding = columns["result_log_likelihood"][0], 1e-9 * abs(columns["result_log_likelihood"][0])

    def height(parameters):
        return (weights * model._loglikelihood(parameters, x, t_x, n)).sum()

    return [Comparison("log-likelihood at the library's parameters", abs(height(ours) - value), rounding),
            Comparison("by how much the library's optimum is lower", max(0.0, height(theirs) - value), rounding),
            Comparison("parameters, relative", np.max(np.abs(theirs / ours - 1.0)), 1e-3, GRADIENT)]


def forecast_opportunities(what):
    def prepare(columns, threads):
        import pandas

        model = opportunities()
        model.params_ = pandas.Series(DONORS)
        if what == "alive":  # at the next opportunity
            return lambda: model.conditional_probability_alive(1, *customers(columns))
        return lambda: model.conditional_expected_number_of_purchases_up_to_time(WEEKS_AHEAD, *customers(columns))
    return prepare


def compare_column(what, tolerance, explanation=""):
    return lambda columns, theirs: [close(what, columns[f"result_{what}"], theirs, tolerance, explanation)]


def tasks(folder):
    made = []
    for family, most in MOST_ROWS.items():
        for path in sorted(folder.glob(f"{family}_nbd_fit_*"), key=lambda path: int(path.name.rsplit("_", 1)[1])):
            peers = [Peer("lifetimes", fit(family), most_rows=most)]
            if family != "mbg":
                peers.append(Peer("lifetimes, weighted", fit(family, weighted=True), most_rows=most))
            made.append(Task(f"{family}_nbd_fit", path.name, "frequency", peers, compare_fits(family)))
        tolerance, explanation = (1e-6, CANCELLATION) if family == "pareto" else (1e-9, "")
        for what, prepare in ("alive", alive), ("orders", orders):
            name = f"{family}_nbd_{what}"
            if (folder / name).exists():
                made.append(Task(name, name, "frequency", [Peer("lifetimes", prepare(family))],
                                 compare_column(what, tolerance, explanation)))
    for path in sorted(folder.glob("bg_bb_fit_*"), key=lambda path: int(path.name.rsplit("_", 1)[1])):
        made.append(Task("bg_bb_fit", path.name, "frequency", [Peer("lifetimes, weighted", fit_opportunities)], compare_opportunities))
    for what in "alive", "orders":
        name = f"bg_bb_{what}"
        if (folder / name).exists():
            made.append(Task(name, name, "frequency", [Peer("lifetimes", forecast_opportunities(what))],
                             compare_column(what, 1e-7, "lifetimes adds 1e-15 to every likelihood")))
    return made


if __name__ == "__main__":
    sys.exit(main(tasks))
