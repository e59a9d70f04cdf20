"""Files that can be read in one sitting: public headers keep under 250 lines; sources, bindings, tests and examples under 600.

    python3 tests/lint/sizes.py ROOT
"""

import pathlib
import sys

LIMITS = [
    ("include/retain/*.h", 250),
    ("src/*/*.[ch]", 600),
    ("bindings/*/*.[chi]", 600),
    ("bindings/python/retain/**/*.py", 600),
    ("bindings/php/src/**/*.php", 600),
    ("tests/*/*.[ch]", 600),
    ("tests/python/test_*.py", 600),
    ("examples/*/*.[ch]", 600),
]
# Exempt: bindings/php/stubs/retain.stub.php and tests/python/raw_functions.py, lists of all raw functions, which nobody reads from end to end.


def main():
    root = pathlib.Path(sys.argv[1])
    problems = []
    for pattern, limit in LIMITS:
        for path in sorted(root.glob(pattern)):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines >= limit:
                problems.append(f"{path.relative_to(root)} has {lines} lines; keep it under {limit}")
    print("\n".join(problems) or "no file is too long")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
