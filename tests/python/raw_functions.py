"""Every function of the raw layer, with good arguments."""

import numpy as np
from raw_kinds import Column, Context, Number, Out, Real, Seed, Small, Whole

N, PERIODS = 4, 3


def log():
    return {
        "customer": Column([7, 7, 9, 7], np.int64),
        "day": Column([0, 14, 3, 20], np.int64),
        "value": Column([10.0, 20.0, 5.0, 4.0], np.float64),
        "order": Column([1, 2, 3, 4], np.int64, optional=True),
        "cancelled": Column([0, 0, 0, 0], np.uint8, optional=True),
        "multiple": None,
        "value_low": Column([0.0, 0.0, 0.0, 0.0], np.float64, optional=True),
    }


def counted_log():
    columns = log()
    columns["order"] = None
    columns["multiple"] = Column([1.0, 1.0, 1.0, 2.0], np.float64, optional=True)
    return columns


def customers():
    return {
        "frequency": Column([2.0, 0.0, 1.0, 5.0], np.float64),
        "t_x": Column([30.43, 0.0, 2.0, 20.0], np.float64),
        "T": Column([38.86, 38.86, 20.0, 30.0], np.float64),
    }


def rfm(optional=False):
    columns = {"days_since_last": [3.0, 30.0, 8.0, 1.0], "occasions": [1.0, 2.0, 1.0, 5.0], "revenue": [9.0, 20.0, 0.0, 70.0]}
    return {name: Column(values, np.float64, optional) for name, values in columns.items()}


def model():
    return Column([1.0, 7.0, 0.55, 10.6, 0.61, 11.7], np.float64)


def covaried():
    """A model with one covariate."""
    return {"model": Column([1.0, 7.0, 0.55, 10.6, 0.61, 11.7, 0.2, -0.1], np.float64)}


def dynamic():
    """A model with a calendar covariate and an own one."""
    return {"model": Column([1.0, 7.0, 0.55, 10.6, 0.61, 11.7, 0.2, -0.1, 0.1, 0.3], np.float64)}


def births():
    return {"start": Column([14000.0, 14010.0, 14020.0], np.float64), "end": Column([14021.0, 14040.0, 14040.0], np.float64)}


def histories():
    occasions = {"first": Column([0, 0, 2, 5], np.int64), "occasion": Column([14020.0, 14030.0, 14025.0, 14030.0, 14031.0], np.float64)}
    return {**births(), **occasions}


def pieces():
    return {
        "unit_days": Real(7.0),
        "calendar_start": Column([13990.0, 14012.0, 14030.0], np.float64),
        "calendar": Column([0.0, 1.0, 0.0], np.float64),
        "piece": Column([0, 1, 3, 4], np.int64),
        "piece_start": Column([14000.0, 14000.0, 14020.0, 14020.0], np.float64),
        "own": Column([0.0, 1.0, 0.0, 1.0], np.float64),
        "known_until": Real(14400.0),
    }


def contract():
    return Column([1.0, 365.25, 0.7, 1.2], np.float64)


def subscribers():
    return {"periods": Column([1.0, 2.0, 3.0, 5.0], np.float64), "left": Column([1, 1, 0, 0], np.uint8)}


def doubt():
    return {"covariance": Column([0.01, 0.005, 0.005, 0.04], np.float64), "level": Real(0.95)}


def covariance(size=4, optional=False):
    return Column([0.01 if i % (size + 1) == 0 else 0.0 for i in range(size * size)], np.float64, optional)


def question():
    return {
        "quantity": Small(1),
        "start": Real(0.0),
        "end": Real(13.0),
        "delta": Real(0.01),
        "n": Real(1.0),
        "share": Real(0.5),
    }


def spenders():
    return {"frequency": Column([2.0, 0.0, 1.0, 5.0], np.float64), "spend": Column([20.0, 1.0, 35.0, 12.0], np.float64)}


def order_values(*without):
    """What models of single orders read."""
    columns = {
        "orders": [2.0, 0.0, 1.0, 5.0],
        "mean": [20.0, 1.0, 35.0, 12.0],
        "mean_log": [2.9, 0.0, 3.5, 2.4],
        "log_squares": [0.1, 0.0, 0.0, 0.9],
        "frequency": [3.0, 0.0, 1.0, 5.0],
        "time": [-3.0, 0.0, -5.0, -1.0],
        "time_squares": [2.0, 0.0, 0.0, 4.0],
        "time_logs": [0.1, 0.0, 0.0, -0.2],
        "weight": [100.0, 1.0, 50.0, 70.0],
    }
    needed = ("orders", "mean", "mean_log", "log_squares")
    return {name: Column(values, np.float64, name not in needed) for name, values in columns.items() if name not in without}


def order_model(family=1.0):
    return Column([family, 30.0, 0.5, 0.6, 0.1, 0.02 if family else 0.0], np.float64)


def events():
    return {"event_customer": Column([7, 9, 7, 5], np.int64), "event_day": Column([3, 5, 20, 1], np.int64)}


def forecasts():
    return {
        "expected": Column([1.5, 0.5, 0.5, 3.0], np.float64),
        "actual": Column([1.0, 2.0, 0.0, 2.0], np.float64),
        "weight": Column([1.0, 2.0, 0.0, 2.0], np.float64, optional=True),
    }


def backtest():
    """One origin, one given model, orders only: two times five methods of 29 figures."""
    return {
        **log(),
        "observation_end": Whole(28),
        "unit_days": Real(7.0),
        **counting,
        "origins": Column([15], np.int64),
        "horizon_days": Whole(10),
        "families": Column([1], np.int64),
        "models": Column([1.0, 7.0, 0.55, 10.6, 0.61, 11.7], np.float64, optional=True),
        "money": Small(0),
        "top_share": Real(0.1),
        "level": Real(0.95),
        "figures": Out(29 * 10),
        "verdict": Out(1, np.uint8),
        "likelihood": Out(3),
        "estimate": Out(8),
        "spend": Out(3),
        "spend_verdict": Out(1, np.uint8),
    }


def codes():
    return {"group": Column([0, 1, 1, 0], np.int64, optional=True), "groups": Whole(2)}


def scores():
    return {
        "score": Column([10.0, 9.0, 3.0, 7.0], np.float64),
        "group": Column([0, 1, 1, 0], np.int64, optional=True),
        "groups": Whole(2),
    }


def outs(*names, rows=N, dtype=np.float64, upper_bound=False):
    return {name: Out(rows, dtype, upper_bound) for name in names}


ctx = {"ctx": Context()}
zone = {
    "instants": Column([0, 100], np.int64, optional=True),
    "offsets": Column([3600, 0], np.int64, optional=True),
    "initial_offset": Whole(0),
}
counting = {"occasion_days": Whole(1), "count_zero_orders": Small(0)}
edges = {"edges": Column([0, 7, 14, 28], np.int64)}
shares = Column([0.1, 0.9, 0.5, 0.0], np.float64)
money = Column([10.0, 20.0, float("nan"), 0.0], np.float64)
CRR = ["start", "acquired", "gained", "retained", "reactivated", "lost", "end"] + [
    name + suffix for name in ("crr", "crr_strict", "churn") for suffix in ("", "_low", "_high")
]
REVENUE = ["start", "acquired", "reactivated", "expansion", "contraction", "lost", "end"]
REVENUE += [name + "_customers" for name in ("start", "acquired", "reactivated", "retained", "expanded", "contracted", "lost", "end")]
REVENUE += [name + suffix for name in ("grr", "nrr") for suffix in ("", "_low", "_high")]
LEDGER = ["orders", "refunded_orders", "gross", "refunds_by_order", "refunds_by_day", "net_by_order", "net_by_day"]
LEDGER += ["unmatched", "cancelled_value"]
PAIR = {"successes_1": Real(3.0), "trials_1": Real(4.0), "successes_2": Real(1.0), "trials_2": Real(4.0)}

CELLS = ["exposed", "active", "repeat", "orders", "occasions", "gross", "refunds", "net", "cell_margin", "cell_value"]
CELLS += ["value_error", "interval_low", "interval_high", "cumulative", "cumulative_low", "cumulative_high"]


def layout():
    """Rows by period and group, columns by age."""
    return {
        "rows": Small(2),
        "axis": Small(0),
        **edges,
        "age_edges": Column([0, 1, 2, 3], np.int64, optional=True),
        "group_customer": Column([7, 9], np.int64, optional=True),
        "group": Column([1, 0], np.int64, optional=True),
        "group_count": Whole(2),
    }


CLIMB = [
    name + suffix for name in ("conversion", "within", "median", "mean_value") for suffix in ("", "_low", "_high")
]
CLIMB[CLIMB.index("median")] = "median_days"
clock = {"kind": Small(0), "occasion": Whole(2), "level": Real(0.95), "interval": Small(0)}

FUNCTIONS = {
    "calendar_days": {**ctx, **zone, "seconds": Column([1, 2, 3, 4], np.int64), **outs("days", dtype=np.int64)},
    "calendar_local": {
        **ctx,
        **zone,
        "seconds": Column([1, 2, 3, 4], np.int64),
        **outs("days", "second_of_day", dtype=np.int64),
    },
    "calendar_instants": {**ctx, **zone, "days": Column([1, 2, 3, 4], np.int64), **outs("seconds", dtype=np.int64)},
    "calendar_edges": {
        **ctx,
        "first_day": Whole(0),
        "last_day": Whole(80),
        "calendar": Small(0),
        "period": Small(0),
        "step": Small(1),
        "first_weekday": Small(1),
        **outs("edges", dtype=np.int64),
    },
    "calendar_dates": {
        **ctx,
        "calendar": Small(1),
        "days": Column([1, 2, 3, 4], np.int64),
        **outs("year", "month", "day", dtype=np.int64),
    },
    "calendar_numbers": {
        **ctx,
        "calendar": Small(0),
        "year": Column([2000, 2001], np.int64),
        "month": Column([1, 2], np.int64),
        "day": Column([29, 28], np.int64),
        **outs("days", rows=2, dtype=np.int64),
    },
    "calendar_weekday": {"day": Whole(0)},
    "calendar_is_leap": {"calendar": Small(0), "year": Whole(2000)},
    "orders_summary": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        "unit_days": Real(1.0),
        **counting,
        **outs("customers", "first_day", "last_day", dtype=np.int64, upper_bound=True),
        **outs("orders", "occasions", "frequency", "t_x", "T", "spend", "spend_all", "revenue", "gross", "refunds", "log_gaps", upper_bound=True),
    },
    "orders_occasions": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **counting,
        **outs("customers", dtype=np.int64, upper_bound=True),
        **outs("start", upper_bound=True),
        **outs("first", rows=N + 1, dtype=np.int64, upper_bound=True),
        **outs("occasion", upper_bound=True),
    },
    "orders_holdout": {
        **ctx,
        **log(),
        "calibration_end": Whole(10),
        "observation_end": Whole(28),
        "unit_days": Real(1.0),
        **counting,
        "customers": Column([7, 9], np.int64),
        **outs("holdout_occasions", "holdout_value", rows=2),
    },
    "orders_compact": {
        **ctx,
        **counted_log(),
        **outs("out_customer", "out_day", dtype=np.int64, upper_bound=True),
        **outs("out_value", "out_value_low", upper_bound=True),
        "out_order": None,
        **outs("out_cancelled", dtype=np.uint8, upper_bound=True),
        **outs("out_multiple", upper_bound=True),
    },
    "orders_last_day": {**ctx, **log(), "count_zero_orders": Small(0)},
    "orders_first": {
        **ctx,
        **log(),
        "attribute": Column([5, 0, 5, 1], np.int64),
        "observation_end": Whole(28),
        "count_zero_orders": Small(0),
        **outs("customers", "first", dtype=np.int64, upper_bound=True),
    },
    "ledger_periods": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **edges,
        "count_zero_orders": Small(0),
        **outs(*LEDGER, rows=PERIODS),
        **outs("complete", rows=PERIODS, dtype=np.uint8),
    },
    "customers_distinct": {
        **ctx,
        **customers(),
        "spend": Column([1.0, 2.0, 3.0, 4.0], np.float64, optional=True),
        "weight": Column([1.0, 2.0, 0.0, 4.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        **outs("out_frequency", "out_t_x", "out_T", "out_spend", "out_weight", upper_bound=True),
        **outs("row_of", dtype=np.int64),
    },
    "rate_low": {"successes": Real(3.0), "trials": Real(4.0), "level": Real(0.95)},
    "rate_high": {"successes": Real(3.0), "trials": Real(4.0), "level": Real(0.95)},
    "rate_difference": {**PAIR},
    "rate_difference_low": {**PAIR, "level": Real(0.95)},
    "rate_difference_high": {**PAIR, "level": Real(0.95)},
    "rate_difference_z": {**PAIR},
    "rate_difference_p_value": {**PAIR},
    "crr_rate": {"start": Real(200.0), "end": Real(220.0), "gained": Real(40.0)},
    "crr_churn": {"start": Real(200.0), "end": Real(220.0), "gained": Real(40.0)},
    "crr_over": {"rate": Real(0.9), "k": Real(12.0)},
    "crr_churn_over": {"churn": Real(0.1), "k": Real(12.0)},
    "crr_grade": {"rate": Real(0.5), "cuts": Column([0.1, 0.2], np.float64, optional=True)},
    "crr_periods": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **edges,
        **counting,
        "window_days": Whole(14),
        "window_quantile": Real(0.8),
        "level": Real(0.95),
        "activity": Small(0),
        "span": Number(1),
        **outs(*CRR, rows=PERIODS),
    },
    "crr_flags": {
        **ctx,
        "active": Column([1, 1, 0, 1, 0, 1, 1, 1], np.uint8),
        "instants": Number(4),
        "span": Number(1),
        "level": Real(0.95),
        **outs(*CRR, rows=PERIODS),
    },
    "crr_change": {
        **ctx,
        "part": Column([1.0, 2.0, 0.0, 4.0], np.float64),
        "whole": Column([2.0, 2.0, float("nan"), 4.0], np.float64),
        "lag": Number(1),
        "level": Real(0.95),
        **outs("change", "low", "high", "p_value"),
    },
    "crr_window": {**ctx, **log(), "observation_end": Whole(28), **counting, "quantile": Real(0.5)},
    "cohort_active": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **edges,
        **counting,
        "kind": Small(0),
        "count_running": Small(0),
        **outs("size", rows=PERIODS),
        **outs("active", "orders_placed", "revenue", rows=PERIODS * PERIODS),
        **outs("complete", rows=PERIODS * PERIODS, dtype=np.uint8),
    },
    "cohort_retention": {
        **ctx,
        "size": Column([4.0, 2.0], np.float64),
        "active": Column([4.0, 2.0, 2.0, float("nan")], np.float64),
        "level": Real(0.95),
        **outs("retention", "low", "high"),
    },
    "cohort_average": {
        **ctx,
        "size": Column([4.0, 2.0], np.float64),
        "active": Column([4.0, 2.0, 2.0, float("nan")], np.float64),
        "level": Real(0.95),
        **outs("average", "customers", "low", "high", rows=2),
    },
    "cohort_shape": {**ctx, **layout()},
    "cohort_cells": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **layout(),
        **counting,
        "kind": Small(0),
        "count_running": Small(0),
        "margin": Real(0.5),
        "margin_customer": Column([7, 9], np.int64, optional=True),
        "margins": Column([0.5, 0.25], np.float64, optional=True),
        "replicates": Small(5),
        "seed": Whole(1),
        "level": Real(0.95),
        **outs("customers", rows=2 * PERIODS),
        **outs(*CELLS, rows=2 * PERIODS * PERIODS),
        **outs("complete", rows=2 * PERIODS * PERIODS, dtype=np.uint8),
    },
    "cohort_compare": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **layout(),
        "row": Whole(0),
        "other": Whole(1),
        "column": Whole(0),
        **counting,
        "margin": Real(0.5),
        "margin_customer": Column([7, 9], np.int64, optional=True),
        "margins": Column([0.5, 0.25], np.float64, optional=True),
        "replicates": Small(5),
        "seed": Whole(1),
        "level": Real(0.95),
    },
    "cohort_share": {
        **ctx,
        "exposed": Column([4.0, 2.0], np.float64),
        "active": Column([4.0, float("nan")], np.float64),
        "level": Real(0.95),
        **outs("share", "low", "high", rows=2),
    },
    "cohort_overall": {
        **ctx,
        "exposed": Column([4.0, 2.0, 2.0, 0.0], np.float64),
        "active": Column([4.0, 2.0, 2.0, float("nan")], np.float64),
        "columns": Whole(2),
        "level": Real(0.95),
        **outs("overall", "customers", "low", "high", rows=2),
    },
    "cohort_payback": {
        **ctx,
        "cumulative": Column([4.0, 5.0, 2.0, float("nan")], np.float64),
        "age_edges": Column([0, 1, 31], np.int64, optional=True),
        "cost": Column([4.5, 4.5], np.float64),
        **outs("payback", rows=2),
        **outs("outcome", rows=2, dtype=np.uint8),
    },
    "service_times": {
        **ctx,
        "opened": Column([0, 100, 200, 50], np.int64),
        "ended": Column([10, 150, -(2**63), 60], np.int64),
        "closed": Column([20, 160, -(2**63), -(2**63)], np.int64, optional=True),
        **codes(),
        "observation_end": Whole(300),
        "unit": Real(60.0),
        "quantiles": Column([0.5, 0.9], np.float64, optional=True),
        "target": Whole(30),
        "level": Real(0.95),
        **outs("tickets", "ended_tickets", rows=3),
        **outs("quantile", "quantile_low", "quantile_high", rows=6),
        **outs("mean", "mean_low", "mean_high", "due", "in_time", "share", "share_low", "share_high", rows=3),
    },
    "service_contacts": {
        **ctx,
        "customer": Column([7, 7, 9, 7], np.int64),
        "opened": Column([0, 100, 200, 50], np.int64),
        "resolved": Column([20, 160, -(2**63), 70], np.int64),
        "contacts": Column([1.0, 2.0, 1.0, 1.0], np.float64, optional=True),
        **codes(),
        "observation_end": Whole(300),
        "within": Whole(40),
        "level": Real(0.95),
        **outs("resolved_tickets", "first_contact", "first_contact_rate", "first_contact_rate_low", "first_contact_rate_high", rows=3),
        **outs("tickets", "repeated", "repeat_rate", "repeat_rate_low", "repeat_rate_high", rows=3),
    },
    "service_late": {
        **ctx,
        "promised": Column([5, 9, 20, 30], np.int64),
        "delivered": Column([4, 10, -(2**63), 3], np.int64),
        **codes(),
        "observation_end": Whole(28),
        "level": Real(0.95),
        **outs("due", "late", "rate", "low", "high", rows=3),
    },
    "service_returns": {
        **ctx,
        "ordered": Column([1, 2, 3, 4], np.int64),
        "returned": Column([-(2**63), 9, -(2**63), 5], np.int64),
        **codes(),
        "observation_end": Whole(28),
        "within": Whole(10),
        "level": Real(0.95),
        **outs("orders", "returns", "rate", "low", "high", rows=3),
    },
    "signals_per_customer": {
        **ctx,
        **events(),
        "kind": Column([0, 1, 1, 0], np.int64, optional=True),
        "event_value": Column([1.5, float("nan"), 2.0, 3.0], np.float64, optional=True),
        "customers": Column([7, 9], np.int64),
        "known_since": Column([0, 2], np.int64, optional=True),
        "observation_end": Whole(28),
        "window_days": Whole(14),
        "kinds": Whole(2),
        **outs("exposure_days", rows=2),
        **outs("count", "per_year", "days_since_last", "earlier", "recent", "trend", "trend_p_value", "sum", "mean"),
    },
    "signals_effect": {
        **ctx,
        **events(),
        **log(),
        "observation_end": Whole(28),
        **counting,
        "edges": Column([0, 7, 14, 28], np.int64, optional=True),
        "group_customer": Column([7, 9], np.int64),
        "group": Column([0, 1], np.int64),
        "group_count": Whole(2),
        "exposure_days": Whole(5),
        "horizon_days": Whole(7),
        "order_numbers": Whole(4),
        "value_classes": Whole(5),
        "level": Real(0.95),
    },
    "survey_nps": {"promoters": Real(5.0), "detractors": Real(2.0), "responses": Real(10.0)},
    "survey_nps_low": {"promoters": Real(5.0), "detractors": Real(2.0), "responses": Real(10.0), "level": Real(0.95)},
    "survey_nps_high": {"promoters": Real(5.0), "detractors": Real(2.0), "responses": Real(10.0), "level": Real(0.95)},
    "survey_nps_groups": {
        **ctx,
        **scores(),
        "level": Real(0.95),
        **outs("responses", "promoters", "passives", "detractors", "nps", "low", "high", rows=3),
    },
    "survey_nps_difference": {
        **ctx,
        **{name: Column([3.0, 2.0], np.float64) for name in ("promoters", "detractors")},
        "responses": Column([9.0, 5.0], np.float64),
        **{name: Column([1.0, 2.0], np.float64) for name in ("of_promoters", "of_detractors")},
        "of_responses": Column([8.0, 5.0], np.float64),
        "level": Real(0.95),
        **outs("difference", "low", "high", rows=2),
    },
    "survey_csat": {
        **ctx,
        **scores(),
        "lowest": Real(0.0),
        "highest": Real(10.0),
        "top": Real(2.0),
        "level": Real(0.95),
        **outs("responses", "satisfied", "csat", "low", "high", rows=3),
    },
    "survey_ces": {
        **ctx,
        **scores(),
        "lowest": Real(0.0),
        "highest": Real(10.0),
        "level": Real(0.95),
        **outs("responses", "ces", "low", "high", rows=3),
    },
    "survey_response": {
        **ctx,
        "responses": Column([3.0, 2.0], np.float64),
        "invited": Column([9.0, 5.0], np.float64),
        "level": Real(0.95),
        **outs("rate", "low", "high", rows=3),
    },
    "survey_retention": {
        **ctx,
        "responses_customer": Column([7, 9, 9, 5], np.int64),
        "responses_day": Column([3, 4, 15, 20], np.int64),
        "score": Column([10.0, 9.0, 3.0, 7.0], np.float64),
        **log(),
        "observation_end": Whole(28),
        **counting,
        "horizon_days": Whole(5),
        "cuts": Column([4.0, 8.0], np.float64, optional=True),
        "choice": Small(0),
        "level": Real(0.95),
        **outs("counted", "returned", "rate", "low", "high", rows=3),
    },
    "rfm_days_since_last": {
        **ctx,
        "last_day": Column([0, 3, 20, 28], np.int64),
        "observation_end": Whole(28),
        **outs("days_since_last"),
    },
    "rfm_fit": {**ctx, **rfm(), "bins": Small(5), **outs("recency", "frequency", "monetary")},
    "rfm_scores": {
        **ctx,
        **{name: Column([1.0, 2.0, 3.0, 4.0], np.float64) for name in ("recency", "frequency", "monetary")},
        **rfm(),
        **outs("r", "f", "m", dtype=np.uint8),
    },
    "rfm_default_segment": {"r": Small(5), "f": Small(4), "m": Small(3)},
    "rfm_segment_name": {"segment": Small(1)},
    "rfm_check_segments": {**ctx, "bins": Small(5)},
    "rfm_segments": {
        **ctx,
        **{name: Column([1, 5, 3, 2], np.uint8) for name in ("r", "f", "m")},
        "map": Column([7] * 125, np.uint8, optional=True),
        **outs("segment", dtype=np.uint8),
    },
    "rfm_table": {
        **ctx,
        "segment": Column([0, 2, 1, 0], np.uint8),
        **rfm(optional=True),
        "segments": Small(3),
        "level": Real(0.95),
        **outs(
            *("customers", "share", "share_low", "share_high", "total_revenue", "revenue_share", "revenue_share_low"),
            *("revenue_share_high", "mean_days", "mean_days_low", "mean_days_high", "mean_occasions", "mean_occasions_low"),
            *("mean_occasions_high", "mean_revenue", "mean_revenue_low", "mean_revenue_high"),
        ),
    },
    "rfm_migration": {
        **ctx,
        "before": Column([1, 2, 5, 9], np.int64),
        "before_segment": Column([0, 2, 1, 0], np.uint8),
        "after": Column([1, 2, 6, 9], np.int64),
        "after_segment": Column([1, 2, 1, 0], np.uint8),
        "segments": Small(3),
        "level": Real(0.95),
        **outs("customers", "share", "low", "high", rows=16),
    },
    "rfm_tiers": {
        **ctx,
        "value": Column([5.0, 1.0, 0.0, 2.0], np.float64),
        "kind": Small(0),
        "cuts": Column([0.4], np.float64, optional=True),
        **outs("tier", dtype=np.uint8),
    },
    **{
        name: {
            **ctx,
            "value": Column([5.0, 1.0, 0.0, 2.0], np.float64),
            "p": Column([0.0, 0.2, 0.5, 1.0], np.float64),
            "level": Real(0.95),
            **outs(first, "low", "high"),
        }
        for name, first in (("rfm_lorenz", "lorenz"), ("rfm_top_share", "share"))
    },
    "rfm_gini": {**ctx, "value": Column([5.0, 1.0, 0.0, 2.0], np.float64), "level": Real(0.95)},
    "evaluation_errors": {**ctx, **forecasts(), "level": Real(0.95)},
    "evaluation_ranking": {**ctx, **forecasts(), "level": Real(0.95)},
    "evaluation_coverage": {
        **ctx,
        "low": Column([0.0, 0.0, 1.0, 2.0], np.float64),
        "high": Column([1.0, 1.0, 2.0, 3.0], np.float64),
        "actual": Column([1.0, 2.0, 0.0, 2.0], np.float64),
        "weight": Column([1.0, 2.0, 0.0, 2.0], np.float64, optional=True),
        "level": Real(0.95),
    },
    "evaluation_gains": {
        **ctx,
        **forecasts(),
        "share": Column([0.0, 0.2, 0.5, 1.0], np.float64),
        "level": Real(0.95),
        **outs("capture", "low", "high", "perfect"),
    },
    "evaluation_calibration": {**ctx, **forecasts(), "groups": Number(3), "level": Real(0.95), **outs("figures", rows=21)},
    "evaluation_by_frequency": {
        **ctx,
        "frequency": Column([0.0, 1.0, 2.0, 5.0], np.float64),
        **forecasts(),
        "classes": Number(3),
        "level": Real(0.95),
        **outs("figures", rows=21),
    },
    "evaluation_frequency": {
        **ctx,
        "model": model(),
        **customers(),
        "weight": Column([1.0, 2.0, 0.0, 2.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "classes": Number(3),
        **outs("actual", "expected", rows=3),
    },
    "evaluation_tracking": {
        **ctx,
        "model": model(),
        **log(),
        "calibration_end": Whole(10),
        "observation_end": Whole(28),
        **counting,
        "step_days": Whole(7),
        "last_day": Out(9, np.int64, upper_bound=True),
        **{name: Out(9, upper_bound=True) for name in ("actual", "expected", "actual_total", "expected_total")},
    },
    "evaluation_backtest": {**ctx, **backtest()},
    "evaluation_choose": {
        **ctx,
        **{
            name: argument
            for name, argument in backtest().items()
            if name not in ("figures", "verdict", "likelihood", "estimate", "spend", "spend_verdict")
        },
        "fewest": Small(1),
        **{name: argument for name, argument in backtest().items() if isinstance(argument, Out)},
        **outs("rank", "reason", rows=1, dtype=np.uint8),
        **outs("figure", rows=1),
    },
    "evaluation_baseline_name": {"baseline": Small(1)},
    "evaluation_reason_name": {"reason": Small(1)},
    "revenue_bridge": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **edges,
        **counting,
        "lag": Number(1),
        "level": Real(0.95),
        **outs(*REVENUE, rows=PERIODS),
    },
    "revenue_amounts": {
        **ctx,
        "amounts": Column([1.0, 2.0, 0.0, 4.0, 0.0, 6.0], np.float64),
        "periods": Number(3),
        "lag": Number(1),
        "level": Real(0.95),
        **outs(*REVENUE, rows=PERIODS),
    },
    "revenue_cost_per_customer": {"spend": Real(1200.0), "customers": Real(40.0)},
    "revenue_cost_ratio": {
        "acquisition_spend": Real(1200.0),
        "acquired": Real(40.0),
        "retention_spend": Real(900.0),
        "retained": Real(150.0),
    },
    "revenue_lifetime_value": {
        "margin": Real(10.0),
        "retention": Real(0.9),
        "annual_rate": Real(0.1),
        "periods_per_year": Real(12.0),
    },
    "revenue_profit": {
        **ctx,
        "plan_customers": Real(100.0),
        "acquired": Real(10.0),
        "margin": Real(5.0),
        "retention_cost": Real(1.0),
        "acquisition_cost": Real(9.0),
        "annual_rate": Real(0.1),
        "periods_per_year": Real(12.0),
        "base_retention": Real(0.5),
        "periods": Number(12),
        "retention": Column([0.5, 0.6, float("nan"), 1.0], np.float64),
        **outs("profit", "customers", "change"),
    },
    "repeat_summary": {**ctx, **log(), "observation_end": Whole(28), **counting, "level": Real(0.95)},
    "repeat_periods": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **edges,
        **counting,
        "level": Real(0.95),
        **outs(
            "customers",
            "first_time",
            "returning",
            "repeaters",
            "returning_share",
            "returning_share_low",
            "returning_share_high",
            "repeat_within",
            "repeat_within_low",
            "repeat_within_high",
            "orders",
            "occasions",
            "revenue",
            "returning_orders",
            "returning_revenue",
            rows=PERIODS,
        ),
    },
    "repeat_funnel": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        "steps": Number(3),
        **counting,
        "level": Real(0.95),
        "horizon_days": Whole(14),
        **outs("customers", "continued", *CLIMB, rows=3),
    },
    "repeat_tenure": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        "ages": Column([0, 7, 14, 28], np.int64),
        **counting,
        "level": Real(0.95),
        **outs("occasions", "customers", "revenue", "mean_value", "mean_value_low", "mean_value_high", rows=PERIODS),
    },
    "repeat_profile": {
        **ctx,
        **log(),
        "second_of_day": None,  # with it, results have 168 rows
        "observation_end": Whole(28),
        "count_zero_orders": Small(0),
        **outs("orders_placed", "revenue", rows=7),
    },
    "repeat_time_curve": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **counting,
        **clock,
        **outs("days", "at_risk", "events", "share", "low", "high", upper_bound=True),
    },
    "repeat_time_within": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **counting,
        **clock,
        "days": Column([5.0, 10.0, 20.0, 0.0], np.float64),
        **outs("share", "low", "high", "at_risk"),
    },
    "repeat_time_quantiles": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **counting,
        **clock,
        "shares": Column([0.1, 0.5, 0.75, 0.9], np.float64),
        **outs("days", "low", "high"),
    },
    "repeat_time_gaps": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        **counting,
        **outs("customers", dtype=np.int64, upper_bound=True),
        **outs("gaps", "mean", "median", "sd", "longest", "days_since_last", upper_bound=True),
    },
    "repeat_time_compare": {
        **ctx,
        **log(),
        "group_customer": Column([7, 9], np.int64),
        "group": Column([0, 1], np.int64),
        "group_count": Number(2),
        "observation_end": Whole(28),
        **counting,
        **clock,
        "horizon_days": Whole(14),
        **outs(
            "customers",
            "events",
            "expected",
            "share",
            "share_low",
            "share_high",
            "median_days",
            "median_low",
            "median_high",
            rows=2,
        ),
    },
    "btyd_fit": {
        **ctx,
        "family": Small(1),
        **customers(),
        "weight": Column([100.0, 300.0, 80.0, 20.0], np.float64, optional=True),
        "log_gaps": Column([0.0, 0.0, 0.0, 0.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "covariate_count": Small(1),
        "purchase": Column([1], np.uint8, optional=True),
        "lifetime": Column([1], np.uint8, optional=True),
        "equal": Column([0], np.uint8, optional=True),
        "fixed": Column([0.5, np.nan, np.nan, np.nan, np.nan, np.nan], np.float64, optional=True),
        "prior_sd": Real(1.5),
        "coefficient_sd": Real(1.0),
        "prior_centre": Column([1.0, 30.0, 1.0, 30.0], np.float64, optional=True),
        "iterations": Small(200),
        "level": Real(0.95),
        "k": Small(0),
        **outs("model", rows=8),
    },
    "btyd_given": {**ctx, **covaried(), "covariates": Column([0.5], np.float64), **outs("given", rows=6)},
    "fit_likelihood_ratio": {
        **ctx,
        "restricted": Column([1.0, 0.0, 1.0, 0.0, 5.0, -9.0, 0.5, 2.0, 1.0, 0.0], np.float64),
        "full": Column([1.0, 0.0, 2.0, 0.0, 5.0, -8.0, 0.6, 2.0, 0.0, 0.0], np.float64),
    },
    "btyd_likelihood": {
        **ctx,
        **covaried(),
        **customers(),
        "log_gaps": Column([0.0, 0.0, 0.0, 0.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        **outs("log_likelihood"),
        **outs("gradient", rows=6 * N),
    },
    "btyd_alive": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        **outs("alive", "log_odds_dead"),
    },
    "btyd_orders": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "t": Real(13.0),
        **outs("orders"),
    },
    "btyd_silence": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "t": Real(13.0),
        **outs("silence"),
    },
    "btyd_discounted": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "t": Real(13.0),
        "delta": Real(0.01),
        **outs("discounted"),
    },
    "btyd_expected": {**ctx, "model": model(), "t": Column([0.0, 1.0, 2.0, 3.0], np.float64), **outs("expected")},
    "btyd_pmf": {**ctx, "model": model(), "t": Real(5.0), "n": Column([0.0, 1.0, 2.0, 3.0], np.float64), **outs("pmf", "log_pmf")},
    "btyd_simulate": {
        **ctx,
        **covaried(),
        "T": Column([10.0, 20.0, 30.0, 40.0], np.float64),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "t": Real(5.0),
        "seed": Seed(2**64 - 1),
        **outs("frequency", "t_x", "alive", "future", "log_gaps"),
    },
    "btyd_forecast": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        **question(),
        **outs("values"),
    },
    "btyd_interval": {
        **ctx,
        **covaried(),
        "covariance": covariance(6),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        **question(),
        "level": Real(0.9),
        **outs("values", "low", "high"),
    },
    "btyd_gradient": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        **question(),
        **outs("values"),
        **outs("gradient", rows=6 * N),
    },
    "btyd_total": {
        **ctx,
        **covaried(),
        "covariance": covariance(6, optional=True),
        **customers(),
        "weight": Column([1.0, 3.0, 1.0, 2.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        **question(),
        "worth": Column([10.0, 30.0, 12.0, 20.0], np.float64, optional=True),
        "level": Real(0.9),
    },
    "btyd_distribution": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "start": Real(0.0),
        "end": Real(13.0),
        "counts": Whole(3),
        **outs("probabilities", rows=3 * N),
    },
    "btyd_history": {
        **ctx,
        "model": model(),
        "ages": Column([1.0, 2.0, 5.0], np.float64),
        "instants": Column([0.0, 1.0, 4.0, 30.0], np.float64),
        **outs("alive"),
    },
    "btyd_tracking": {
        **ctx,
        "model": model(),
        "births": Column([0.0, 1.0, 4.0], np.float64),
        "weight": Column([1.0, 2.0, 1.0], np.float64, optional=True),
        "times": Column([0.0, 10.0, 20.0, 30.0], np.float64),
        **outs("expected"),
    },
    "btyd_dynamic_fit": {
        **ctx,
        **histories(),
        "weight": Column([100.0, 300.0, 80.0], np.float64, optional=True),
        **pieces(),
        "purchase": Column([1, 1], np.uint8, optional=True),
        "lifetime": Column([0, 1], np.uint8, optional=True),
        "equal": Column([0, 0], np.uint8, optional=True),
        "fixed": Column([0.5] + 7 * [np.nan], np.float64, optional=True),
        "prior_sd": Real(1.5),
        "coefficient_sd": Real(1.0),
        "prior_centre": Column([1.0, 30.0, 1.0, 30.0], np.float64, optional=True),
        "iterations": Small(200),
        "level": Real(0.95),
        **outs("model", rows=10),
    },
    "btyd_dynamic_likelihood": {
        **ctx,
        **dynamic(),
        **histories(),
        **pieces(),
        **outs("log_likelihood", rows=3),
        **outs("gradient", rows=24),
    },
    "btyd_dynamic_alive": {**ctx, **dynamic(), **histories(), **pieces(), **outs("alive", "log_odds_dead", rows=3)},
    "btyd_dynamic_orders": {**ctx, **dynamic(), **histories(), **pieces(), "t": Real(13.0), **outs("orders", rows=3)},
    "btyd_dynamic_silence": {**ctx, **dynamic(), **histories(), **pieces(), "t": Real(13.0), **outs("silence", rows=3)},
    "btyd_dynamic_tracking": {
        **ctx,
        **dynamic(),
        **births(),
        "weight": Column([1.0, 2.0, 1.0], np.float64, optional=True),
        **pieces(),
        "edges": Column([14000.0, 14010.0, 14040.0], np.float64),
        **outs("expected", rows=2),
    },
    "btyd_dynamic_simulate": {
        **ctx,
        **dynamic(),
        **births(),
        **pieces(),
        "seed": Seed(2**64 - 1),
        **outs("first", dtype=np.int64),
        **outs("occasion", rows=200, upper_bound=True),
        **outs("alive", rows=3),
    },
    "btyd_name": {"family": Small(1)},
    "btyd_parameter": {"family": Small(1), "index": Small(0)},
    "contract_fit": {
        **ctx,
        "family": Small(1),
        **subscribers(),
        "weight": Column([100.0, 60.0, 200.0, 300.0], np.float64, optional=True),
        "period_days": Real(365.25),
        "iterations": Small(200),
        "level": Real(0.95),
        **outs("model", rows=4),
    },
    "contract_fit_cohorts": {
        **ctx,
        "family": Small(1),
        "survivors": Column([100.0, 80.0, 70.0, 65.0, 90.0, 60.0, 50.0, np.nan], np.float64),
        "cohorts": Number(2),
        "period_days": Real(365.25),
        "iterations": Small(200),
        "level": Real(0.95),
        **outs("model", rows=4),
    },
    "contract_likelihood": {
        **ctx,
        "model": contract(),
        **subscribers(),
        "period_days": Real(365.25),
        **outs("log_likelihood"),
        **outs("gradient", rows=2 * N),
    },
    "contract_likelihood_cohorts": {
        **ctx,
        "model": contract(),
        "survivors": Column([100.0, 80.0, 70.0, 65.0, 90.0, 60.0, 50.0, np.nan], np.float64),
        "cohorts": Number(2),
        "period_days": Real(365.25),
        **outs("log_likelihood", rows=2),
        **outs("gradient", rows=4),
    },
    "contract_survival": {
        **ctx,
        "model": contract(),
        "survived": Column([0.0, 1.0, 2.0, 30.0], np.float64),
        "t": Column([0.0, 1.0, 12.0, 3.0], np.float64),
        **doubt(),
        **outs("survival", "log_survival", "low", "high"),
    },
    "contract_pmf": {
        **ctx,
        "model": contract(),
        "survived": Column([0.0, 1.0, 2.0, 30.0], np.float64),
        "t": Column([1.0, 1.0, 12.0, 3.0], np.float64),
        **outs("pmf", "log_pmf"),
    },
    "contract_retention": {
        **ctx,
        "model": contract(),
        "t": Column([1.0, 1.0, 12.0, 3.0], np.float64),
        **doubt(),
        **outs("retention", "hazard", "low", "high"),
    },
    "contract_discounted": {
        **ctx,
        "model": contract(),
        "survived": Column([0.0, 1.0, 2.0, 30.0], np.float64),
        "moment": Small(1),
        "t": Real(12.0),
        "d": Real(0.1),
        **doubt(),
        **outs("discounted", "low", "high"),
    },
    "contract_elasticity": {
        **ctx,
        "model": contract(),
        "survived": Column([0.0, 1.0, 2.0, 30.0], np.float64),
        "moment": Small(1),
        "t": Real(12.0),
        "d": Real(0.1),
        **outs("elasticity"),
    },
    "contract_discount": {"annual_rate": Real(0.1), "period_days": Real(30.4375)},
    "contract_simulate": {
        **ctx,
        "model": contract(),
        "decisions": Column([1.0, 2.0, 3.0, 12.0], np.float64),
        "seed": Seed(2**64 - 1),
        **outs("periods"),
        **outs("left", dtype=np.uint8),
        **outs("lifetime"),
    },
    "contract_name": {"family": Small(1)},
    "contract_parameter": {"family": Small(1), "index": Small(0)},
    "spend_fit": {
        **ctx,
        **spenders(),
        "weight": Column([100.0, 1.0, 50.0, 70.0], np.float64, optional=True),
        "iterations": Small(200),
        "level": Real(0.95),
        **outs("model", rows=3),
    },
    "spend_likelihood": {
        **ctx,
        "model": Column([6.25, 3.74, 15.4], np.float64),
        **spenders(),
        **outs("log_likelihood"),
        **outs("gradient", rows=3 * N),
    },
    "spend_expected": {**ctx, "model": Column([6.25, 3.74, 15.4], np.float64), **spenders(), **outs("expected")},
    "spend_mean": {"p": Real(6.25), "q": Real(3.74), "gamma": Real(15.4)},
    "spend_interval": {
        **ctx,
        "model": Column([6.25, 3.74, 15.4], np.float64),
        "covariance": covariance(3),
        **spenders(),
        "level": Real(0.95),
        **outs("expected", "low", "high"),
    },
    "spend_mean_interval": {
        **ctx,
        "model": Column([6.25, 3.74, 15.4], np.float64),
        "covariance": covariance(3),
        "level": Real(0.95),
    },
    "spend_quantile": {
        **ctx,
        "model": Column([6.25, 3.74, 15.4], np.float64),
        **spenders(),
        "probability": Real(0.9),
        **outs("quantile"),
    },
    "spend_orders": {
        **ctx,
        **log(),
        "observation_end": Whole(28),
        "unit_days": Real(7.0),
        **counting,
        "with_first": Small(0),
        **outs("out_customer", dtype=np.int64, upper_bound=True),
        **outs("frequency", "orders", "mean", "mean_log", "log_squares", "time", "time_squares", "time_logs", upper_bound=True),
    },
    "spend_orders_fit": {
        **ctx,
        "family": Small(1),
        **order_values(),
        "iterations": Small(200),
        "level": Real(0.95),
        **outs("model", rows=6),
    },
    "spend_orders_likelihood": {
        **ctx,
        "model": order_model(),
        **order_values("weight"),
        **outs("log_likelihood"),
        **outs("gradient", rows=5 * N),
    },
    "spend_orders_expected": {
        **ctx,
        "model": order_model(),
        "covariance": covariance(5, optional=True),
        **order_values("weight"),
        "ahead": Real(2.0),
        "level": Real(0.95),
        **outs("expected", "low", "high"),
    },
    "spend_orders_quantile": {
        **ctx,
        "model": order_model(),
        **order_values("weight"),
        "ahead": Real(2.0),
        "probability": Real(0.9),
        **outs("quantile"),
    },
    "spend_orders_mean": {
        **ctx,
        "model": order_model(),
        "covariance": covariance(5, optional=True),
        "x": Real(1.0),
        "ahead": Real(2.0),
        "level": Real(0.95),
    },
    "spend_orders_compare": {**ctx, "first": order_model(), "second": order_model(0.0), **order_values()},
    "spend_orders_dependence": {
        **ctx,
        **order_values("frequency", "time", "time_squares", "time_logs", "weight"),
        "frequency": Column([3.0, 0.0, 1.0, 5.0], np.float64),
        "weight": Column([100.0, 1.0, 50.0, 70.0], np.float64, optional=True),
        "level": Real(0.95),
    },
    "fit_verdict_name": {"verdict": Small(1)},
    "clv_delta": {"annual_rate": Real(0.1), "unit_days": Real(7.0)},
    "clv_historic": {
        **ctx,
        "revenue": Column([1.0, 2.0, 3.0, 4.0], np.float64),
        "margins": Column([1.0, 0.5, 0.0, -1.0], np.float64, optional=True),
        "margin": Real(1.0),
        **outs("historic"),
    },
    "clv_residual": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "value": money,
        "margins": Column([1.0, 0.5, 0.0, -1.0], np.float64, optional=True),
        "horizon_days": Real(365.0),
        "annual_rate": Real(0.1),
        "margin": Real(1.0),
        **outs("residual"),
    },
    "clv_interval": {
        **ctx,
        **covaried(),
        "covariance": covariance(6, optional=True),
        "spend_model": Column([6.25, 3.74, 15.4], np.float64, optional=True),
        "spend_covariance": covariance(3, optional=True),
        **customers(),
        "spend": Column([20.0, 1.0, 35.0, 12.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "value": Column([10.0, 20.0, 30.0, 5.0], np.float64, optional=True),
        "historic": Column([10.0, 20.0, 30.0, 5.0], np.float64, optional=True),
        "horizon_days": Real(365.0),
        "annual_rate": Real(0.1),
        "margin": Real(1.0),
        "order_cost": Real(1.0),
        "service_cost": Real(1.0),
        "annual_rates": Column([0.1, 0.1, 0.2, 0.0], np.float64, optional=True),
        "margins": Column([1.0, 0.5, 0.0, -1.0], np.float64, optional=True),
        "order_costs": Column([1.0, 0.5, 0.0, 1.0], np.float64, optional=True),
        "service_costs": Column([1.0, 0.5, 0.0, 1.0], np.float64, optional=True),
        "level": Real(0.9),
        **outs("figures", rows=8 * N),
    },
    "clv_sums": {
        **ctx,
        **covaried(),
        "covariance": covariance(6, optional=True),
        "spend_model": Column([6.25, 3.74, 15.4], np.float64, optional=True),
        "spend_covariance": covariance(3, optional=True),
        **customers(),
        "spend": Column([20.0, 1.0, 35.0, 12.0], np.float64, optional=True),
        "weight": Column([1.0, 3.0, 1.0, 2.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "value": Column([10.0, 20.0, 30.0, 5.0], np.float64, optional=True),
        "historic": Column([10.0, 20.0, 30.0, 5.0], np.float64, optional=True),
        "group": Column([0, 1, 1, 0], np.int64),
        "groups": Whole(2),
        "horizon_days": Real(365.0),
        "annual_rate": Real(0.1),
        "margin": Real(1.0),
        "order_cost": Real(1.0),
        "service_cost": Real(1.0),
        "annual_rates": Column([0.1, 0.1, 0.2, 0.0], np.float64, optional=True),
        "margins": Column([1.0, 0.5, 0.0, -1.0], np.float64, optional=True),
        "order_costs": Column([1.0, 0.5, 0.0, 1.0], np.float64, optional=True),
        "service_costs": Column([1.0, 0.5, 0.0, 1.0], np.float64, optional=True),
        "level": Real(0.9),
        **outs("figures", rows=60),
    },
    "clv_payback": {
        **ctx,
        **covaried(),
        "covariance": covariance(6, optional=True),
        "spend_model": Column([6.25, 3.74, 15.4], np.float64, optional=True),
        "spend_covariance": covariance(3, optional=True),
        **customers(),
        "spend": Column([20.0, 1.0, 35.0, 12.0], np.float64, optional=True),
        "weight": Column([1.0, 3.0, 1.0, 2.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "value": Column([10.0, 20.0, 30.0, 5.0], np.float64, optional=True),
        "historic": Column([10.0, 20.0, 30.0, 5.0], np.float64, optional=True),
        "cost": Real(100.0),
        "horizon_days": Real(365.0),
        "annual_rate": Real(0.1),
        "margin": Real(1.0),
        "order_cost": Real(1.0),
        "service_cost": Real(1.0),
        "annual_rates": Column([0.1, 0.1, 0.2, 0.0], np.float64, optional=True),
        "margins": Column([1.0, 0.5, 0.0, -1.0], np.float64, optional=True),
        "order_costs": Column([1.0, 0.5, 0.0, 1.0], np.float64, optional=True),
        "service_costs": Column([1.0, 0.5, 0.0, 1.0], np.float64, optional=True),
        "level": Real(0.9),
    },
    "clv_payback_new": {
        **ctx,
        "model": model(),
        "covariance": covariance(4, optional=True),
        "spend_model": Column([6.25, 3.74, 15.4], np.float64, optional=True),
        "spend_covariance": covariance(3, optional=True),
        "value": Real(30.0),
        "first_value": Real(20.0),
        "cost": Real(12.0),
        "horizon_days": Real(365.0),
        "annual_rate": Real(0.1),
        "margin": Real(1.0),
        "order_cost": Real(1.0),
        "service_cost": Real(1.0),
        "level": Real(0.9),
    },
    "clv_concentration": {**ctx, "value": money, "level": Real(0.9)},
    "clv_lifespan": {"order_value": Real(40.0), "orders_per_period": Real(3.0), "lifetime": Real(5.0), "margin": Real(0.2)},
    "clv_retention": {"margin": Real(100.0), "retention": Real(0.8), "rate": Real(0.1)},
    "clv_retention_first": {"margin": Real(100.0), "retention": Real(0.8), "rate": Real(0.1)},
    "clv_naive": {
        **ctx,
        **customers(),
        "weight": Column([1.0, 3.0, 1.0, 2.0], np.float64, optional=True),
        "unit_days": Real(7.0),
        "revenue": Column([10.0, 20.0, 30.0, 5.0], np.float64),
        "period_days": Real(91.0),
        "model": Column([1.0, 7.0, 0.55, 10.6, 0.61, 11.7], np.float64, optional=True),
        "covariance": covariance(4, optional=True),
        "spend_model": Column([6.25, 3.74, 15.4], np.float64, optional=True),
        "spend_covariance": covariance(3, optional=True),
        "value": Real(30.0),
        "horizon_days": Real(365.0),
        "annual_rate": Real(0.1),
        "margin": Real(1.0),
        "order_cost": Real(1.0),
        "level": Real(0.9),
    },
    "clv_total": {**ctx, "historic": money, "residual": money, **outs("total")},
    "clv_at_risk": {**ctx, "risk": shares, "residual": money, **outs("value_at_risk")},
    "churn_risk": {
        **ctx,
        **covaried(),
        **customers(),
        "unit_days": Real(7.0),
        "covariates": Column([0.0, 1.0, 1.0, 0.0], np.float64),
        "horizon_days": Real(90.0),
        "kind": Small(0),
        **outs("risk"),
    },
    "churn_bands": {**ctx, "risk": shares, "cuts": Column([0.4], np.float64, optional=True), **outs("band", dtype=np.uint8)},
    "churn_expected_loss": {
        **ctx,
        "risk": shares,
        "residual": money,
        "cost": Real(1.0),
        "effect": Real(0.1),
        **outs("loss", "gain"),
    },
    "version": {},
    "status_name": {"status": Small(1)},
}
# Edges of 0 ... 80 days from 1970-01-01: January, February, March, April.
assert FUNCTIONS["calendar_edges"]["edges"].rows == 4
