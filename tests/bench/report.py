"""The table: how much longer does each peer take for what the library does in one thread?

    python tests/bench/report.py LINES FOLDER

LINES holds what the benchmark programs and the scripts of the peers printed. Writes results.json, results.csv and table.md into FOLDER, prints the table, and
then every comparison of results that failed. Times decide nothing: only a peer with different results makes it end with an error.
"""

import csv
import json
import os
import pathlib
import sys

# So many times the library's time should the peer's be. DuckDB with two threads is compared by the clock on the wall.
GOALS = {
    ("orders_summary", "DuckDB", 2): 6, ("cohort_months", "DuckDB", 2): 6,
    ("bg_nbd_fit", "lifetimes", 1): 100, ("bg_nbd_fit", "lifetimes, weighted", 1): 40,
    ("pareto_nbd_fit", "lifetimes", 1): 100, ("gamma_gamma_fit", "lifetimes", 1): 60,
    ("bg_nbd_alive", "lifetimes", 1): 4, ("bg_nbd_orders", "lifetimes", 1): 10,
    ("pareto_nbd_alive", "lifetimes", 1): 3, ("pareto_nbd_orders", "lifetimes", 1): 7,
    ("logistic_fit", "scikit-learn lbfgs", 1): 3, ("scoring_auc", "scikit-learn", 1): 7,
    ("survival_curve", "R: survfit", 1): 19, ("survival_days", "R: survfit", 1): 19,
    ("cox_fit", "R: coxph.fit", 1): 4, ("cox_fit_days", "R: coxph.fit", 1): 4,
    ("rfm_scores", "DuckDB, NTILE", 2): 6, ("rfm_scores", "pandas, qcut", 1): 6,
}
COLUMNS = ["task", "rows", "ours", "ours_cpu", "ours_threaded", "peer", "threads", "seconds", "cpu_seconds", "ratio", "cpu_ratio", "goal",
           "agrees"]


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


def ours_of(lines):
    """(task, rows) -> {threads: line}"""
    ours = {}
    for line in lines:
        if line["by"] == "libretain":
            ours.setdefault((line["task"], line["rows"]), {})[line["threads"]] = line
    return ours


def row_of(key, ours, peer=None):
    alone, threaded = ours[min(ours)], ours[max(ours)]
    row = {"task": key[0], "rows": key[1], "ours": alone["seconds"], "ours_cpu": alone["cpu_seconds"]}
    if threaded is not alone:
        row["ours_threaded"] = threaded["seconds"]
    if peer is None:
        return row
    row |= {"peer": peer["by"], "threads": peer["threads"], "goal": GOALS.get((key[0], peer["by"], peer["threads"]), "")}
    if "skipped" in peer:
        return row | {"agrees": peer["skipped"], "goal": ""}
    return row | {"seconds": peer["seconds"], "cpu_seconds": peer["cpu_seconds"], "ratio": peer["seconds"] / alone["seconds"],
                  "cpu_ratio": peer["cpu_seconds"] / alone["cpu_seconds"],
                  "agrees": "yes" if all(comparison["agrees"] for comparison in peer["compared"]) else "NO"}


def rows_of(lines):
    rows = []
    for key, ours in ours_of(lines).items():
        peers = [line for line in lines if line["by"] != "libretain" and (line["task"], line["rows"]) == key]
        rows += [row_of(key, ours, peer) for peer in peers] or [row_of(key, ours)]
    return rows


def shown(name, value):
    if value == "" or value is None:
        return ""
    if name in ("ours", "ours_cpu", "ours_threaded", "seconds", "cpu_seconds"):
        return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 10 else f"{value:.1f}"
    if name in ("ratio", "cpu_ratio"):
        return f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return f"{value:,}" if name == "rows" else str(value)


def table_of(rows):
    titles = ["task", "rows", "libretain s", "CPU s", "threaded s", "peer", "threads", "peer s", "CPU s", "times", "times CPU", "goal",
              "same results"]
    cells = [titles, *([shown(name, row.get(name)) for name in COLUMNS] for row in rows)]
    widths = [max(len(line[c]) for line in cells) for c in range(len(titles))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]) + "\n"


def remarks_of(lines):
    """Sentences about results that differ by more than rounding, and whether any differs by more than it may."""
    remarks, failed = [], False
    for line in lines:
        for comparison in line.get("compared", []):
            explanation = comparison.get("explanation", "")
            difference, tolerance = comparison["difference"], comparison["tolerance"]
            if comparison["agrees"] and not (explanation and difference > 1e-6):
                continue
            failed |= not comparison["agrees"]
            verdict = "within" if comparison["agrees"] else "MORE than"
            remarks.append(f"{line['task']}, {line['rows']:,} rows, {line['by']}: {comparison['what']} differ by {difference:.1e}, {verdict} "
                           f"{tolerance:.0e}" + (f" ({explanation})" if explanation else ""))
    return remarks, failed


def main():
    lines, folder = read(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2])
    rows = rows_of(lines)
    table = table_of(rows)
    (folder / "results.json").write_text(json.dumps(lines, indent=1), encoding="utf-8")
    (folder / "table.md").write_text(table, encoding="utf-8")
    with open(folder / "results.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    remarks, failed = remarks_of(lines)
    print(table, *remarks, sep="\n")
    if os.getloadavg()[1] > 1.5:
        print("Other programs were busy on this machine: the CPU columns say more than the clock on the wall.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
