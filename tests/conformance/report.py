#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""conformance.report: the names of weld that green lacks.

    report.py ROOT [--write]

Reads the public names of weld's headers and of green's, and compares the names that green lacks with missing.txt in
this folder. A difference fails; --write updates the file. A missing name alone is no failure: weld never waits for
green. <weld/fmt.hpp> is left out, since it declares no names.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))
from report_names import public_names, self_test  # noqa: E402
from tree import Tree  # noqa: E402

LIST = "tests/conformance/missing.txt"
HEAD = """# Names of weld that green lacks, as tests/conformance/report.py finds them; --write updates this file.
"""

# Public for templates alone; programs do not use them.
OF_THE_IMPLEMENTATION = {
    "RunValue", "thread::Block", "thread::Handle", "thread::Members", "thread::Outcome", "thread::Packet",
    "thread::Record", "thread::Returned", "thread::Slot", "thread::Store", "thread::at_thread_end",
    "thread::die_of_local", "thread::start",
}

def missing(tree):
    weld = public_names(tree, "libstd", "weld")
    green = public_names(tree, "libgreen", "green")
    # A type of weld's own has all its members; the members of a missing type need no line each.
    whole = {name for name, target in green.items() if (target or "").startswith("weld::")}
    known = whole | (weld.keys() - green.keys()) | OF_THE_IMPLEMENTATION
    return sorted(name for name in weld.keys() - green.keys() - OF_THE_IMPLEMENTATION
                  if not any(name.startswith(owner + "::") for owner in known))


def main():
    self_test()
    root = Path(sys.argv[1])
    found = HEAD + "".join(f"{name}\n" for name in missing(Tree(root)))
    place = root / LIST
    if "--write" in sys.argv[2:]:
        place.write_text(found, encoding="utf-8")
    print(found.removeprefix(HEAD), end="")
    if not place.exists() or found != place.read_text(encoding="utf-8"):
        sys.exit(f"{LIST} is out of date: tests/conformance/report.py . --write brings it up to date")


if __name__ == "__main__":
    main()
