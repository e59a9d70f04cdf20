"""Runs every example of the documentation: README.md, docs/*.md in C, Python and PHP, and the ten lines at the top of each header. What a
page says that an example prints, in a block of text right behind it, must be what it prints.

usage: run.py LIBRETAIN_A PHP_EXTENSION      (the Python package is the one that is installed)
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY, EXTENSION = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
CC = os.environ.get("CC", "cc")

# What the examples of the headers take for granted.
CUSTOMERS = """double frequency[] = {2, 0, 5, 1}, t_x[] = {30.4, 0, 35.1, 1.7}, T[] = {38.9, 38.9, 38.9, 38.9}, spend[] = {22.4, 0, 73.7, 11.8};
size_t count = 4; double alive[4], orders[4], risk[4], residual[4], loss[4], gain[4], expected[4], expected_spend[4] = {20, 30, 70, 12}, correlation;
uint8_t band[4];
"""
VIEW = "retain_customers customers = {.count = count, .frequency = frequency, .t_x = t_x, .T = T, .spend = spend, .unit_days = 7.0};\n"
PARETO = "retain_btyd model = {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.553, .alpha = 10.58, .s = 0.606, .beta = 11.66};\n"
GAMMA_GAMMA = """retain_spend spend_model = {6.25, 3.74, 15.44};
retain_fit_report report = RETAIN_FIT_REPORT_INIT, spend_report = RETAIN_FIT_REPORT_INIT;
"""
TERMS = "retain_clv_terms terms = {.struct_size = sizeof terms, .annual_rate = 0.10, .margin = 0.3};\n"
LOG = """int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {2, 10, 20, 45, 80}; double value[] = {1, 1, 1, 1, 1};
retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
"""
ORDERS = """int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {900, 950, 990, 1050, 1100}; double value[] = {1, 1, 1, 1, 1};
retain_orders orders = {5, customer, day, value, NULL, NULL, NULL, NULL};
"""
CONTEXT = "retain_context context = RETAIN_CONTEXT_INIT;\n"
HISTORIES = """double start[] = {14600, 14610, 14700}, end[] = {15000, 15000, 15000}, occasion[] = {14950, 14965, 14990}, orders[3];
int64_t first[] = {0, 2, 2, 3}; size_t count = 3;
"""
PAST = """retain_btyd_histories histories = {.count = count, .start = start, .end = end, .first = first, .occasion = occasion, .unit_days = 7.0};
retain_btyd model; retain_fit_report report = RETAIN_FIT_REPORT_INIT; histories.known_until = 15706.0;
"""
WORLDS = {
    "context": "int64_t seconds[] = {0, 86400}, days[2]; size_t rows = 2;\n",
    "crr": LOG,
    "cohort": LOG,
    "repeat": LOG,
    "repeat_time": LOG,
    "cohort_cells": LOG,
    "cohort_compare": LOG,
    "revenue": LOG,
    "fit": CONTEXT + CUSTOMERS + VIEW,
    "btyd": CONTEXT + CUSTOMERS,
    "btyd_dynamic": CONTEXT + HISTORIES,
    "btyd_dynamic_forecast": CONTEXT + HISTORIES + PAST,
    "btyd_future": CONTEXT + CUSTOMERS + VIEW + PARETO,
    "btyd_interval": CONTEXT + CUSTOMERS + VIEW + PARETO,
    "btyd_draws": CONTEXT + CUSTOMERS + VIEW + PARETO,
    "btyd_pool": CONTEXT + CUSTOMERS + VIEW + """int64_t store[] = {0, 1, 2, 3};
retain_btyd_question quarter = {.struct_size = sizeof quarter, .quantity = RETAIN_BTYD_ORDERS, .to = 13.0};
""",
    "spend": CONTEXT + CUSTOMERS,
    "spend_orders": CONTEXT + LOG + """enum { capacity = 9 };
int64_t end = 100; double n[capacity], mean[capacity], mean_log[capacity], squares[capacity], expected[capacity], low[capacity], high[capacity];
retain_spend_columns columns = {.orders = n, .mean = mean, .mean_log = mean_log, .log_squares = squares};
retain_spend_model model; retain_fit_report report = RETAIN_FIT_REPORT_INIT; size_t count;
""",
    "draws": CONTEXT + "static double draws[4 * 1000 * 4];\n",
    "contract": CONTEXT,
    "predictors": "double table[6] = {1, 2, 3, 4, 5, 6}; enum { rows = 3 };\n",
    "boosting": CONTEXT + """double days[80], risk[80]; uint8_t left[80]; for (int i = 0; i < 80; i++) { days[i] = i; left[i] = i % 3 == 0; }
const double *column[] = {days}; retain_predictors known = {80, 1, column, 0}, others = known;
""",
    "logistic": CONTEXT + """double orders[] = {1, 5, 2, 7}, days[] = {90, 60, 30, 10}, risk[4]; uint8_t left[] = {1, 1, 0, 0};
const double *column[] = {orders, days}; retain_predictors predictors = {4, 2, column, 0}, today = predictors;
retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
""",
    "contract_draws": CONTEXT,
    "clv": CONTEXT + CUSTOMERS + VIEW + PARETO,
    "clv_interval": CONTEXT + CUSTOMERS + VIEW + PARETO + GAMMA_GAMMA,
    "clv_plan": CONTEXT + CUSTOMERS + VIEW + PARETO + GAMMA_GAMMA + TERMS,
    "churn_plan": "double risk[] = {0.9, 0.2}, residual[] = {100, 400}, gain[2]; uint8_t chosen[2]; size_t count = 2; retain_context context = RETAIN_CONTEXT_INIT;\n",
    "churn": CONTEXT + CUSTOMERS + VIEW + PARETO,
    "risk": CONTEXT + LOG + """enum { capacity = 9 }; int64_t who[capacity], rank[capacity], observation_end = 100; double risk[capacity], at_risk[capacity]; size_t count;
""",
    "evaluation_backtest": CONTEXT + ORDERS,
}


def run_c(body, work):
    if "int main(" not in body:
        body = "#include <retain/retain.h>\n#include <math.h>\n#include <stdio.h>\nint main(void)\n{\n" + body + "\nreturn 0;\n}\n"
    (work / "example.c").write_text(body)
    flags = ["-std=c11", "-Wall", "-Werror", "-Wno-unused-variable", "-Wno-unused-but-set-variable", "-fsanitize=undefined", f"-I{ROOT}/include"]
    built = subprocess.run([CC, *flags, "example.c", LIBRARY, "-lm", "-pthread", "-o", "example"], cwd=work, capture_output=True, text=True)
    return built if built.returncode else subprocess.run(["./example"], cwd=work, capture_output=True, text=True)


def run_python(body, work):
    return subprocess.run([sys.executable, "-c", body], cwd=ROOT, capture_output=True, text=True)


def run_php(body, work):
    # The examples that read a shop's table get one: the shop of tests and examples.
    world = f"""<?php declare(strict_types=1);
        set_error_handler(function (int $level, string $text) {{ throw new ErrorException($text); }});
        require '{ROOT}/bindings/php/autoload.php';
        $pdo = new PDO('sqlite::memory:');
        $pdo->exec('CREATE TABLE orders (customer TEXT, time TEXT, value REAL)');
        $insert = $pdo->prepare('INSERT INTO orders VALUES (?, ?, ?)');
        $pdo->beginTransaction();
        foreach (array_slice(gzfile('{ROOT}/examples/data/cdnow.csv.gz'), 1) as $line) {{
            [$customer, $date, , $value] = explode(',', trim($line));
            $insert->execute([$customer, $date, $value]);
        }}
        $pdo->commit();
    """
    if "$pdo" not in body:
        world = world[: world.index("$pdo")]
    uses = "".join(re.findall(r"^use [^;]+;\n", body, re.M))
    body = re.sub(r"^use [^;]+;\n", "", body, flags=re.M)
    (work / "example.php").write_text(world.replace("<?php declare(strict_types=1);", "<?php declare(strict_types=1);\n" + uses) + body)
    return subprocess.run(["php", "-d", f"extension={EXTENSION}", "example.php"], cwd=work, capture_output=True, text=True)


def examples():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        block = r"^```(c|python|php)\n(.*?)^```(?:\n```text\n(.*?)^```)?"
        for language, body, said in re.findall(block, page.read_text(encoding="utf-8"), re.S | re.M):
            yield f"{page.name} ({language})", {"c": run_c, "python": run_python, "php": run_php}[language], body, said
    for header in sorted((ROOT / "include" / "retain").glob("*.h")):
        group = re.search(r"@(?:defgroup|addtogroup).*?\*/", header.read_text(encoding="utf-8"), re.S)
        lines = re.findall(r"^ \*      ?( *\S.*)$", group.group(), re.M) if group else []
        code = [line for line in lines if re.search(r"[;{}]|^\s*(if|//)", line)]
        if any("retain_" in line for line in code):
            yield f"{header.name} (example at the top)", run_c, WORLDS.get(header.stem, "") + "\n".join(code), ""


passed = failed = 0
for name, run, body, said in examples():
    with tempfile.TemporaryDirectory() as folder:
        result = run(body, pathlib.Path(folder))
    if result.returncode or (said and result.stdout != said):
        failed += 1
        print(f"FAILED: {name}\n{body}\n{(result.stderr + result.stdout)[-1500:]}")
    else:
        passed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
