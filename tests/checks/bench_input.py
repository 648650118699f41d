#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.bench_input: what bench/run says to arguments that make no sense.

Exit status 2, exactly one line on standard error, nothing on standard
output, and at once: nothing is installed or built before the arguments are found good.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 20


def complaints(command, empty):
    """What is wrong with the answers of `command` (a list), whose last words are added."""
    for arguments in (["--root", "/nowhere"], ["no-such-race"], ["--no-such-option"], ["--root", empty],
                      ["--rounds", "none"], ["--root"]):
        said = subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SECONDS)
        lines = said.stderr.splitlines()
        name = f"{' '.join(['bench/run', *arguments])}:"
        if said.returncode != 2:
            yield f"{name} exit status {said.returncode}, not 2"
        if len(lines) != 1 or not lines[0].strip():
            yield f"{name} {len(lines)} lines on standard error, not 1:\n{said.stderr}"
        if said.stdout:
            yield f"{name} something on standard output:\n{said.stdout}"


def self_test(empty):
    """Each way to be wrong, once; and the right one."""
    for program, right in (("echo 'run: no' >&2; exit 2", True), ("echo 'run: no' >&2; exit 1", False),
                           ("echo 1 >&2; echo 2 >&2; exit 2", False), ("exit 2", False),
                           ("echo usage; echo 'run: no' >&2; exit 2", False)):
        if (not list(complaints(["sh", "-c", program, "run"], empty))) != right:
            sys.exit(f"the check is wrong about: {program}")


def main():
    with tempfile.TemporaryDirectory(prefix="weld-check-") as empty:
        self_test(empty)
        found = list(complaints([str(Path(sys.argv[1]) / "bench/run")], empty))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
