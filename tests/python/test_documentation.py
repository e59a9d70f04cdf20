"""The examples of the documentation run as written, and every public name is documented and typed."""

import doctest
import importlib
import inspect
import os
import pkgutil
import subprocess
import sys

import numpy as np
import pytest
import retain
from conftest import ROOT

MODULES = [
    "accelerated",
    "boosting",
    "btyd",
    "calendar",
    "calibration",
    "churn",
    "clv",
    "cohort",
    "concordance",
    "contract",
    "cox",
    "crr",
    "errors",
    "evaluation",
    "features",
    "hazard",
    "fit",
    "ledger",
    "logistic",
    "orders",
    "rate",
    "repeat",
    "revenue",
    "rfm",
    "risk",
    "scoring",
    "service",
    "signals",
    "spend",
    "survey",
    "survival",
]


@pytest.mark.parametrize("name", sorted(found.name for found in pkgutil.iter_modules(retain.__path__) if found.name != "_retain"))
def test_the_examples_run_as_written(name):
    module = importlib.import_module(f"retain.{name}")
    classes = {public: getattr(retain, public) for public in retain.__all__ if inspect.isclass(getattr(retain, public))}
    result = doctest.testmod(module, extraglobs={"np": np, **classes}, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_has_a_docstring_and_types(name):
    module = importlib.import_module(f"retain.{name}")
    for public in module.__all__:
        thing = getattr(module, public)
        if not callable(thing):
            continue
        assert inspect.getdoc(thing), f"{name}.{public}"
        members = (
            [thing]
            if inspect.isfunction(thing)
            else [f for n, f in inspect.getmembers(thing, inspect.isfunction) if not n.startswith("_")]
        )
        for function in members:
            if function.__module__.startswith("retain"):
                assert inspect.getdoc(function), f"{name}.{public}.{function.__name__}"
                assert "return" in function.__annotations__, f"{name}.{public}.{function.__name__}"


def test_everything_in_all_is_there():
    for name in retain.__all__:
        assert hasattr(retain, name)
    assert retain.__version__.count(".") == 2


def test_the_version_is_the_one_in_cmakelists():
    import re

    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    assert re.search(r"project\(retain VERSION ([0-9.]+)", text).group(1) == retain.__version__


def test_the_readme_runs(tmp_path, monkeypatch, cdnow):
    """The example of the package's README, on the shop of the examples."""
    pd = pytest.importorskip("pandas")
    readme = ROOT / "bindings" / "python" / "README.md"
    blocks = readme.read_text(encoding="utf-8").split("```python\n")
    assert len(blocks) == 2
    code = blocks[1].split("```")[0].replace("2024-06-30", "1998-06-30")
    frame = pd.DataFrame(
        {
            "customer_id": cdnow["customer"],
            "ordered_at": cdnow["date"],
            "total": cdnow["value"],
            "order_id": range(len(cdnow["value"])),
        }
    )
    frame.to_csv(tmp_path / "orders.csv", index=False)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, str(readme), "exec"), names)
    customers = names["customers"]
    assert len(customers) == 23_502
    assert customers["risk"].between(0, 1).all()
    assert customers["value"].ge(0).all()


def test_types_hold():
    """mypy in strict mode finds nothing in the package."""
    pytest.importorskip("mypy")
    source = ROOT / "bindings" / "python"
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir=/dev/null", "-p", "retain"],
        capture_output=True,
        text=True,
        cwd=source,
        env={"PATH": os.environ["PATH"], "MYPYPATH": str(source)},
    )
    assert result.returncode == 0, result.stdout + result.stderr
