"""Who is about to leave, from an order log: features with pandas, logistic regression with scikit-learn, tested on the last date.

    python tests/bench/peers_risk.py FOLDER [--repeat N]

The peer makes half of the library's features, and no model of orders, reasons, limits or values; it learns from the same dates.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main

END, H, DATES = 19358 + 730 - 1, 60, 8


def features_on(log, date):
    """What was known on a date, one row for each customer."""
    import pandas

    seen = log[log["day"] <= date]
    by = seen.groupby("customer")
    first, last, count = by["day"].min(), by["day"].max(), by.size()
    table = pandas.DataFrame({"count": count, "tenure": date - first, "absent": date - last, "gap": (last - first) / (count - 1).replace(0, np.nan)})
    table["overdue"] = table["absent"] / table["gap"]
    for days in (H // 3, H, 4 * H):
        recent = seen[seen["day"] > date - days].groupby("customer")["value"]
        table[f"count_{days}"] = recent.size().reindex(table.index, fill_value=0)
        table[f"value_{days}"] = recent.sum().reindex(table.index, fill_value=0.0)
    table["value"], table["most"], table["latest"] = by["value"].mean(), by["value"].max(), by["value"].last()
    table = np.log1p(table.clip(lower=0.0))
    table["once"] = table["gap"].isna().astype(float)
    return table.fillna(table.mean())


def in_sklearn(columns, threads):
    del threads
    import pandas
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = pandas.DataFrame({name: columns[name] for name in ("customer", "day", "value")})

    def work():
        log = rows.groupby(["customer", "day"], as_index=False)["value"].sum()
        dates = [END - k * H for k in range(DATES, 0, -1)]
        known = [features_on(log, date) for date in dates]
        back = [set(log["customer"][(log["day"] > date) & (log["day"] <= date + H)]) for date in dates]
        silent = [~table.index.isin(who) for table, who in zip(known, back)]
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        model.fit(pandas.concat(known[:-1]), np.concatenate(silent[:-1]))
        test = model.predict_proba(known[-1])[:, 1]
        model.fit(pandas.concat(known), np.concatenate(silent))
        model.predict_proba(features_on(log, END))
        return {"auc": np.array([roc_auc_score(silent[-1], test), roc_auc_score(silent[-1], known[-1]["absent"])])}
    return work


def compare(columns, theirs):
    ours = columns["result_auc"]
    return [close("auc", ours[:1], theirs["auc"][:1], 0.01, "other features"), close("longest absent", ours[1:], theirs["auc"][1:], 1e-9)]


def tasks(folder):
    del folder
    return [Task("risk_customers", "risk", "customer", [Peer("pandas and scikit-learn", in_sklearn)], compare)]


if __name__ == "__main__":
    sys.exit(main(tasks))
