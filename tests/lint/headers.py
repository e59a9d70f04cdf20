"""Every public header compiles on its own, without a warning, as C99 and as C++11.

    python3 tests/lint/headers.py ROOT C-COMPILER C++-COMPILER
"""

import pathlib
import subprocess
import sys

STRICT = ["-pedantic", "-Wall", "-Wextra", "-Wundef", "-Wshadow", "-Werror", "-fsyntax-only"]


def main():
    root, c, cxx = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    headers = sorted((root / "include/retain").glob("*.h"))
    failed = 0
    for header in headers:
        program = f"#include <retain/{header.name}>\n#include <retain/{header.name}>\n"
        for compiler, language in ([c, "-std=c99", "-Wstrict-prototypes"], "c"), ([cxx, "-std=c++11", "-Wold-style-cast"], "c++"):
            result = subprocess.run([*compiler, *STRICT, "-I", root / "include", "-x", language, "-"], input=program, text=True)
            failed += result.returncode != 0
    print(f"{len(headers)} headers in two languages, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
