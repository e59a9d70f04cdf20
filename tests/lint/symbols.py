"""What the libraries export is what they are meant to export, and what they import is what a pure library needs.

    python3 tests/lint/symbols.py exported ROOT LIBRARY.so [--update]    the list in tests/lint/symbols.txt, sorted
    python3 tests/lint/symbols.py declared ROOT LIBRARY.so               every RETAIN_API of the public headers, and nothing else
    python3 tests/lint/symbols.py prefixed ROOT LIBRARY.a                no name without retain_ in front gets into a program
    python3 tests/lint/symbols.py pure ROOT LIBRARY.so                   no writable data; no stdio, locale, time or environment
"""

import pathlib
import re
import subprocess
import sys

# What may be imported: libm without lgamma, which writes signgam; memory; threads; what the compiler brings along.
ALLOWED = re.compile(
    r"""(a?(sin|cos|tan)h?|sincos|atan2|exp|exp2|expm1|log|log2|log10|log1p|pow|sqrt|cbrt|hypot|erfc?|tgamma
    |floor|ceil|trunc|l?lround|round|fabs|fma|fmod|fmin|fmax|copysign|frexp|ldexp|scalbl?n|modf|nextafter|remainder)[fl]?
    |_ZGV\w+
    |malloc|calloc|realloc|free|madvise|mem(cpy|move|set|cmp|chr)|str(len|n?cmp|chr)|__mem(cpy|move|set)_chk
    |pthread_\w+
    |_ITM_\w+|__cxa_finalize|__gmon_start__|__stack_chk_fail|__tls_get_addr|__cpu_\w+""",
    re.VERBOSE,
)

# Writable data that start-up code and the compiler's processor detection bring along.
TOOLCHAIN = re.compile(r"completed\.\d+|__dso_handle|__TMC_END__|__bss_start|_edata|_end|__cpu_(model|features2?)|\.(data|bss)")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported(library):
    lines = run("nm", "-D", "--defined-only", "--format=posix", library).splitlines()
    return sorted(line.split()[0].split("@")[0] for line in lines)


def check_exported(root, library, update):
    listed = root / "tests/lint/symbols.txt"
    found = exported(library)
    if update:
        listed.write_text("".join(f"{name}\n" for name in found), encoding="ascii")
    wanted = listed.read_text(encoding="ascii").split()
    problems = [f"not in tests/lint/symbols.txt: {name}" for name in found if name not in wanted]
    problems += [f"no longer exported: {name}" for name in wanted if name not in found]
    if wanted != sorted(set(wanted)):
        problems.append("tests/lint/symbols.txt is not sorted")
    if problems:
        problems.append(f"when that is meant to be: python3 tests/lint/symbols.py exported . {library} --update")
    return problems


def check_declared(root, library):
    declared = set()
    for header in (root / "include/retain").glob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
        declared |= set(re.findall(r"RETAIN_API\s[^;(]*?\b(retain_\w+)\s*\(", text))
    found = set(exported(library))
    problems = [f"declared in a public header, but not in the library: {name}" for name in sorted(declared - found)]
    return problems + [f"exported, but declared in no public header: {name}" for name in sorted(found - declared)]


def check_prefixed(root, library):
    names = {line.split()[0] for line in run("nm", "-g", "--defined-only", "--format=posix", library).splitlines() if " " in line}
    return [f"global name without the prefix retain_: {name}" for name in sorted(names) if not name.startswith("retain_")]


def check_pure(root, library):
    problems = []
    for line in run("nm", "-D", "--undefined-only", "--format=posix", library).splitlines():
        name = line.split()[0].split("@")[0]
        if not ALLOWED.fullmatch(name):
            problems.append(f"imports {name}, which is not among what a pure library needs")
    for line in run("objdump", "-t", library).splitlines():
        match = re.search(r"\s(\.(?:data|bss|tdata|tbss)(?:\.(?!rel\.ro)\S*)?|\*COM\*)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
        if match and not TOOLCHAIN.fullmatch(match[2]):
            problems.append(f"writable data: {match[2]} in {match[1]}")
    return problems


def main():
    what, root, library = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    if what == "exported":
        problems = check_exported(root, library, "--update" in sys.argv)
    else:
        problems = {"declared": check_declared, "prefixed": check_prefixed, "pure": check_pure}[what](root, library)
    print("\n".join(problems) or f"{pathlib.Path(library).name}: {what} as it should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
