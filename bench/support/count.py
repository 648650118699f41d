# SPDX-License-Identifier: MIT
#
# count: system calls, instructions and allocations per operation, by tools that trace a contender.
#
# System calls are counted by perf, where it may see the kernel's tracepoints, and otherwise by strace. The difference
# matters to a contender that waits for others: strace slows it so much that it finds more work at each poll, and it
# makes fewer calls per operation than it does untraced.
#
# Two runs of different size are traced, and the figure is the slope between them; so the start of the process, the load
# of its input and the start of a thread pool do not count. These runs are never timed. Where the tool is missing, or
# the machine does not allow it to trace, there is no figure.

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

Command = Callable[[list[str]], list[str]]  # a contender's command line, given the tool that watches it
Counter = Callable[[Command, Path], "tuple[int, int] | None"]  # command, scratch -> operations, events
TRACEPOINT = "raw_syscalls:sys_enter"
counting_library = Path()  # what allocations() preloads; race.py says where it was built


def watched(command: list[str]) -> tuple[int, str] | None:
    """Runs `command`; returns the operations it printed and its stderr, or nothing if it failed."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return int(json.loads(done.stdout)["ops"]), done.stderr


def system_calls(command: Command, summary: Path) -> tuple[int, int] | None:
    if tracer() == "perf":
        tool, total = ["perf", "stat", "-x,", "-e", TRACEPOINT], rf"^(\d+),.*{TRACEPOINT}"
    else:
        tool, total = ["strace", "-f", "-c"], r"^100\.00\s+\S+\s+\S+\s+(\d+).*\btotal$"
    seen = watched(command([*tool, "-o", str(summary)]))
    if seen is None:
        return None
    counted = re.search(total, summary.read_text(), re.MULTILINE)
    return (seen[0], int(counted.group(1))) if counted else None


def instructions(command: Command, _: Path) -> tuple[int, int] | None:
    seen = watched(command(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]))
    if seen is None:
        return None
    collected = re.search(r"Collected\s*:\s*(\d+)", seen[1])
    return (seen[0], int(collected.group(1))) if collected else None


def allocations(command: Command, summary: Path) -> tuple[int, int] | None:
    """Blocks allocated from the C library; unknown for a statically linked program."""
    summary.unlink(missing_ok=True)
    seen = watched(command(["env", f"LD_PRELOAD={counting_library.resolve()}", f"BENCH_ALLOCATIONS={summary}"]))
    return (seen[0], int(summary.read_text())) if seen and summary.exists() else None


@functools.cache
def usable(tool: str) -> bool:
    """Whether the tool is installed and may trace a process."""
    probe = {"perf": ["perf", "stat", "-e", TRACEPOINT, "true"], "strace": ["strace", "-o", "/dev/null", "true"],
             "valgrind": ["valgrind", "--tool=none", "true"]}
    if shutil.which(tool) is None:
        return False
    done = subprocess.run(probe[tool], capture_output=True, text=True)
    return done.returncode == 0 and "<not" not in done.stderr  # perf succeeds with `<not supported>`


def tracer() -> str:
    """The tool that counts system calls; strace also where neither can."""
    return "perf" if usable("perf") else "strace"


def slope(counter: Counter, small: Command, large: Command) -> float | None:
    """Events per operation, from a small and a large run."""
    if counter is not allocations and not usable(tracer() if counter is system_calls else "valgrind"):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        first = counter(small, Path(scratch) / "summary")
        second = counter(large, Path(scratch) / "summary")
    if first is None or second is None or first[0] == second[0]:
        return None
    return (second[1] - first[1]) / (second[0] - first[0])
