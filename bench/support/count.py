# SPDX-License-Identifier: MIT
#
# count: system calls and instructions for each operation, by tools that watch a contender.
#
# Two runs of different size are watched and the slope between them is given, so that starting a process,
# loading its input and starting a thread pool count for nothing. These runs are never timed. Where the tool
# is missing, or the machine does not let it watch, there is no figure.

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

Counter = Callable[[list[str], Path], "tuple[int, int] | None"]  # command, scratch -> operations, events


def watched(command: list[str]) -> tuple[int, str] | None:
    """Runs `command`; the operations it printed and its stderr, or nothing if it failed."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return int(json.loads(done.stdout)["ops"]), done.stderr


def system_calls(command: list[str], summary: Path) -> tuple[int, int] | None:
    seen = watched(["strace", "-f", "-c", "-o", str(summary), *command])
    if seen is None:
        return None
    total = re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+).*\btotal$", summary.read_text(), re.MULTILINE)
    return (seen[0], int(total.group(1))) if total else None


def instructions(command: list[str], _: Path) -> tuple[int, int] | None:
    seen = watched(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command])
    if seen is None:
        return None
    collected = re.search(r"Collected\s*:\s*(\d+)", seen[1])
    return (seen[0], int(collected.group(1))) if collected else None


@functools.cache
def usable(tool: str) -> bool:
    """Whether the tool is there and may watch a process."""
    probe = {"strace": ["strace", "-o", "/dev/null", "true"], "valgrind": ["valgrind", "--tool=none", "true"]}
    return shutil.which(tool) is not None and \
        subprocess.run(probe[tool], capture_output=True).returncode == 0


def slope(counter: Counter, small: list[str], large: list[str]) -> float | None:
    """Events for each operation, from a small and a large run."""
    if not usable("strace" if counter is system_calls else "valgrind"):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        first = counter(small, Path(scratch) / "summary")
        second = counter(large, Path(scratch) / "summary")
    if first is None or second is None or first[0] == second[0]:
        return None
    return (second[1] - first[1]) / (second[0] - first[0])
