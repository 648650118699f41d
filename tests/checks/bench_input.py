#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.bench_input: bench/run refuses wrong arguments.

It exits with status 2, prints exactly one line to standard error and nothing to standard output, and does so at once:
it checks its arguments before it installs or builds anything.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 20


def complaints(command, empty):
    """Complaints about the answers of `command` (a list) to wrong arguments."""
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
    """Plants each wrong answer once, and the right one."""
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
