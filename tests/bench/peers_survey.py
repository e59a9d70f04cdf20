"""NPS by month, and who came back within 90 days after a response, with pandas and Polars.

    python tests/bench/peers_survey.py FOLDER [--repeat N]

Neither makes an interval: the library's times include one for every month. Coming back is the asof join that both are known for.
"""

import sys

import numpy as np
from peers import Peer, Task, close, main, same

HORIZON, END = 90, 19358 + 730 - 1


def scores_in_pandas(columns, threads):
    del threads
    import pandas

    frame = pandas.DataFrame({"month": columns["month"], "score": columns["score"]})

    def work():
        parts = frame.assign(promoter=frame["score"] >= 9, detractor=frame["score"] <= 6).groupby("month")[["promoter", "detractor"]]
        sums, counts = parts.sum(), parts.size()
        return {"responses": counts.to_numpy(), "nps": ((sums["promoter"] - sums["detractor"]) / counts).to_numpy()}
    return work


def scores_in_polars(columns, threads):
    del threads
    import polars

    frame = polars.DataFrame({"month": columns["month"], "score": columns["score"]})
    plan = frame.lazy().group_by("month").agg(
        responses=polars.len(), nps=((polars.col("score") >= 9).sum().cast(float) - (polars.col("score") <= 6).sum().cast(float)) / polars.len()
    ).sort("month")
    return lambda: {name: column.to_numpy() for name, column in plan.collect().to_dict().items()}


def compare_scores(columns, theirs):
    return [same("responses", columns["result_responses"], theirs["responses"]), close("nps", columns["result_nps"], theirs["nps"], 1e-14)]


def follow_in_pandas(columns, threads):
    del threads
    import pandas

    orders = pandas.DataFrame({"customer": columns["customer"], "day": columns["day"]})
    asked = pandas.DataFrame({"customer": columns["asked"], "day": columns["asked_day"], "score": columns["score"]})

    def work():
        over = asked[asked["day"] + HORIZON <= END].sort_values("day")
        found = pandas.merge_asof(over, orders.assign(next=orders["day"]), on="day", by="customer", direction="forward",
                                  allow_exact_matches=False, tolerance=HORIZON)
        classes = np.digitize(found["score"], [7, 9])
        return {"counted": np.bincount(classes, minlength=3), "returned": np.bincount(classes, found["next"].notna(), minlength=3)}
    return work


def follow_in_polars(columns, threads):
    del threads
    import polars as pl

    orders = pl.DataFrame({"customer": columns["customer"], "day": columns["day"]})
    asked = pl.DataFrame({"customer": columns["asked"], "day": columns["asked_day"], "score": columns["score"]})

    def work():
        over = asked.filter(pl.col("day") + HORIZON <= END).with_columns(after=pl.col("day") + 1).sort("after")
        found = over.join_asof(orders.with_columns(next=pl.col("day")).sort("day"), left_on="after", right_on="day", by="customer",
                               strategy="forward", tolerance=HORIZON - 1, check_sortedness=False)
        classes = np.digitize(found["score"].to_numpy(), [7, 9])
        back = found["next"].is_not_null().to_numpy()
        return {"counted": np.bincount(classes, minlength=3), "returned": np.bincount(classes, back, minlength=3)}
    return work


def compare_followed(columns, theirs):
    return [same(name, columns[f"result_{name}"], theirs[name]) for name in ("counted", "returned")]


def tasks(folder):
    del folder
    return [
        Task("survey_nps", "survey", "score", [Peer("pandas", scores_in_pandas), Peer("Polars", scores_in_polars)], compare_scores),
        Task("survey_retention", "survey", "score", [Peer("pandas", follow_in_pandas), Peer("Polars", follow_in_polars)], compare_followed),
    ]


if __name__ == "__main__":
    sys.exit(main(tasks))
