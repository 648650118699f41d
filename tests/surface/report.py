#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""surface.report: the names of Rust's std that weld lacks.

    report.py ROOT

Each name of rust.txt must be in weld's headers, as itself or under the name in renamed.txt; or in waived.txt, with its
replacement. Fails on a missing name, on a line of renamed.txt whose new name does not exist, and on a line of either
file that is not needed.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "checks"))
sys.path.insert(0, str(HERE.parent / "conformance"))
from report_names import public_names  # noqa: E402
from tree import Tree  # noqa: E402

LAYERS = ("libstd", "libnative", "libnative/platform/unix", "libsys/platform/unix")
MODULES = {"os/unix/fs": "os", "os/linux/fs": "os", "os/unix/thread": "os", "os/unix/process": "os",
           "os/linux/process": "os", "../core/time": "time"}


def wanted():
    """Every name of the list as module::Type::name."""
    for line in (HERE / "rust.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        module, owner, names = (part.strip() for part in line.split("·"))
        module = MODULES.get(module, module.split("/")[0])
        owner = "" if owner == "(free)" else re.sub(r".* for (?:\w+::)*(\w+).*", r"\1", owner) + "::"
        for name in names.split():
            yield f"{module}::{owner}{name}"


def pairs(name, separator):
    """The lines `left separator right` of the file `name`."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            left, found, right = (part.strip() for part in line.partition(f"{separator} "))
            if not found or not right:
                sys.exit(f"tests/surface/{name}: not 'name {separator} …': {line}")
            yield left, right


def complaints(names, renamed, waived, there):
    for name in names:
        if name in there:
            continue
        if name in renamed:
            for target in renamed[name].split():
                if target not in there:
                    yield f"{name}: renamed.txt says {target}, which no header has"
        elif name not in waived:
            yield f"{name}: missing; renamed.txt says what it is called, or waived.txt what serves instead"
    for file, lines in (("renamed.txt", renamed), ("waived.txt", waived)):
        for name in lines:
            if name not in names:
                yield f"{name}: in {file}, but Rust has no such name"
            elif name in there:
                yield f"{name}: in {file}, but weld has it"
    for name in waived.keys() & renamed.keys():
        yield f"{name}: both in renamed.txt and waived.txt"


def self_test():
    there = {"fs::a", "fs::c"}
    if list(complaints(["fs::a", "fs::b", "fs::d"], {"fs::b": "fs::c"}, {"fs::d": "x"}, there)):
        sys.exit("the report is wrong: it complains of what is there, renamed or waived")
    planted = list(complaints(["fs::a", "fs::b", "fs::d"], {"fs::b": "fs::e"}, {"fs::a": "x", "fs::z": "y"}, there))
    if len(planted) != 4:
        sys.exit(f"the report is wrong: four faults were planted, and it finds {planted}")


def main():
    self_test()
    tree = Tree(Path(sys.argv[1]))
    there = {name for layer in LAYERS for name in public_names(tree, layer, "weld")}
    names = list(wanted())
    found = list(complaints(names, dict(pairs("renamed.txt", "=")), dict(pairs("waived.txt", ":")), there))
    if found:
        sys.exit("\n".join(found))
    print(f"{len(names)} names")


if __name__ == "__main__":
    main()
