"""A module that has a fuzz target has all its functions fuzzed.

    python3 tests/lint/fuzzed.py ROOT
"""

import pathlib
import re
import sys


def main():
    root = pathlib.Path(sys.argv[1])
    problems = []
    for target in sorted(root.glob("tests/fuzz/fuzz_*.c")):
        module = target.stem.removeprefix("fuzz_")
        header = (root / f"include/retain/{module}.h").read_text(encoding="utf-8")
        header = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
        called = set(re.findall(r"\bretain_\w+", target.read_text(encoding="utf-8")))
        for name in re.findall(r"RETAIN_API\s[^;(]*?\b(retain_\w+)\s*\(", header):
            if name not in called:
                problems.append(f"{target.relative_to(root)} does not call {name}")
    print("\n".join(problems) or "every function of a fuzzed module is fuzzed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
