"""Golden values beside those of R's packages, where they are installed."""

import pathlib
import subprocess

import pytest

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"


def run_r(*arguments):
    try:
        return subprocess.run(["Rscript", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    except FileNotFoundError:
        return None


@pytest.mark.parametrize("script, packages, tables", [("check_survival.R", ["survival"], 12),
                                                      ("check_scoring.R", ["survival", "pROC", "riskRegression"], 4)])
def test_golden_values_are_those_of_r(script, packages, tables):
    for package in packages:
        there = run_r("-e", f"library({package})")
        if there is None or there.returncode:
            pytest.skip(f"R's {package} is not installed (Debian: r-cran-{package.lower()})")
    done = run_r(str(GOLDEN / script))
    assert done.returncode == 0, done.stdout
    assert len({line.split()[0] for line in done.stdout.splitlines() if " figures, " in line}) >= tables
