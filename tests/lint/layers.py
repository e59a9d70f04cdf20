"""Includes point downward only, and modules of one layer do not know each other.

    python3 tests/lint/layers.py ROOT

The layer of a source file is its folder, src/LAYER/. The layer of a public header include/retain/NAME.h is that of its
source, src/LAYER/NAME.c or src/LAYER/NAME_*.c; four headers of types that everybody shares are named below. retain.h
stands above all, and must include every other header. A module may have several headers, NAME.h and NAME_PART.h: these may
include each other.

Rules: a file includes headers of its own layer or a lower one; a public header includes public headers of lower layers
only (the core counts as one); a source file, with the private headers it includes, serves one public header of its layer
only.
"""

import pathlib
import re
import sys

LAYERS = ["core", "math", "data", "metrics", "models", "decisions", "answers"]
SHARED = {"status": "core", "context": "core", "fit": "math", "draws": "math"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


def includes(path):
    """Names in quotes, and those of our own in angle brackets."""
    found = INCLUDE.findall(path.read_text(encoding="utf-8"))
    return [name for mark, name in found if mark == '"' or name.startswith("retain/")]


def layers_of_headers(root, problems):
    layers = {}
    for header in sorted((root / "include/retain").glob("*.h")):
        name = header.stem
        if name == "retain":
            continue
        sources = list(root.glob(f"src/*/{name}.c")) or list(root.glob(f"src/*/{name}_*.c"))
        folders = {source.parent.name for source in sources}
        if name in SHARED:
            layers[name] = SHARED[name]
        elif len(folders) == 1:
            layers[name] = folders.pop()
        else:
            where = ", ".join(sorted(folders)) or "no folder"
            problems.append(f"include/retain/{name}.h: found its source in {where}; expected one src/LAYER/{name}.c")
    return layers


def module_of(included, layers):
    """Module of a public header: cohort for retain/cohort.h and for retain/cohort_cells.h. Shared types of a layer are one module."""
    name = included.partition("/")[2].removesuffix(".h")
    if name in SHARED:
        return SHARED[name]
    whole = name.partition("_")[0]
    return whole if whole in layers else name


def rank_of(name, layers):
    """Rank of an included name, or None when it is not ours to know."""
    folder, _, rest = name.partition("/")
    if folder == "retain":
        layer = layers.get(rest.removesuffix(".h"))
        return LAYERS.index(layer) if layer else None
    return LAYERS.index(folder) if folder in LAYERS else None


def check_public(root, layers, problems):
    for name, layer in layers.items():
        for included in includes(root / f"include/retain/{name}.h"):
            rank = rank_of(included, layers)
            if not included.startswith("retain/"):
                problems.append(f'include/retain/{name}.h: includes "{included}", which is not installed')
            elif module_of(included, layers) == module_of(f"retain/{name}.h", layers):
                continue  # parts of one module
            elif rank is None or rank > LAYERS.index(layer) or (rank == LAYERS.index(layer) and layer != "core"):
                problems.append(f'include/retain/{name}.h ({layer}): includes "{included}", which is not below it')
    umbrella = {pathlib.PurePath(name).stem for name in includes(root / "include/retain/retain.h")}
    for name in sorted(set(layers) - umbrella):
        problems.append(f"include/retain/retain.h: does not include retain/{name}.h")


def public_siblings(root, path, layers, seen):
    """Public headers of its own layer that a file knows, directly or through private headers of its layer."""
    layer = path.parent.name
    found = set()
    for included in includes(path):
        folder, _, rest = included.partition("/")
        if folder == "retain" and layers.get(rest.removesuffix(".h")) == layer:
            found.add(module_of(included, layers))
        elif folder == layer and included not in seen:
            seen.add(included)
            found |= public_siblings(root, root / "src" / included, layers, seen)
    return found


def check_sources(root, layers, problems):
    for path in sorted(root.glob("src/*/*.[ch]")):
        layer = path.parent.name
        where = path.relative_to(root)
        if layer not in LAYERS:
            problems.append(f"{where}: {layer} is not a layer ({', '.join(LAYERS)})")
            continue
        for included in includes(path):
            rank = rank_of(included, layers)
            if rank is None:
                problems.append(f'{where}: includes "{included}"; write it as "LAYER/file.h" or "retain/module.h"')
            elif rank > LAYERS.index(layer):
                problems.append(f'{where}: includes "{included}", which is above {layer}')
        siblings = public_siblings(root, path, layers, set())
        if len(siblings) > 1 and layer != "core":
            problems.append(f"{where}: serves more than one module of its layer: {', '.join(sorted(siblings))}")


def main():
    root = pathlib.Path(sys.argv[1])
    problems = []
    layers = layers_of_headers(root, problems)
    check_public(root, layers, problems)
    check_sources(root, layers, problems)
    print("\n".join(problems) or f"{len(layers)} public headers and their sources keep the layers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
