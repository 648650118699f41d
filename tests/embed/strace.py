# SPDX-License-Identifier: MIT
"""trace: the system calls of a program, by strace. The test is skipped (77) where tracing is refused."""

import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path


def trace(command, options=(), expected=(0,), with_pids=False):
    """The lines of `strace command`: "name(arguments) = result", without those of the tracer itself; and the exit
    status, which must be one of `expected`. With `with_pids` each line is a pair of its process and the call."""
    with tempfile.TemporaryDirectory(prefix="weld-strace-") as folder:
        log = Path(folder) / "log"
        tracer = ["strace", "-f", "-qq", "-o", str(log)]
        probe()
        done = subprocess.run([*tracer, *options, *map(str, command)], capture_output=True, text=True)
        if done.returncode not in expected:
            sys.exit(f"{' '.join(map(str, command))} under strace {' '.join(options)}: exit status "
                     f"{done.returncode}\n{done.stdout}{done.stderr}")
        lines = [re.match(r"(\d*)\s*(.*)", line).groups() for line in log.read_text().splitlines()]
        return lines if with_pids else [line for _, line in lines], done.returncode


@cache
def probe():
    try:
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True)
    except FileNotFoundError:
        skip("strace is not installed")
    if done.returncode != 0:
        skip(f"tracing is refused here: {done.stderr.strip()}")


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)
