# SPDX-License-Identifier: MIT
#
# machine: the facts about the machine on which the figures were measured.
#
# Every fact is a line of text; an unknown fact reads "unknown".

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime
from pathlib import Path


def first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        return done.stdout.splitlines()[0].strip()
    except (OSError, subprocess.SubprocessError, IndexError):
        return "unknown"


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in {"model name", "Model", "cpu model"} and value.strip():
            return value.strip()
    return platform.machine()


def available_gib() -> int:
    """Whole GiB of memory that programs can allocate before anything is swapped out."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024**2
    return 0


def cached(binaries: Path, variable: str) -> str:
    """A variable of the build tree that `binaries` is in."""
    cache = binaries.parent / "CMakeCache.txt"
    for line in cache.read_text().splitlines() if cache.exists() else []:
        if line.startswith(variable + ":"):
            return line.partition("=")[2]
    return ""


def facts(binaries: Path) -> dict[str, str]:
    compiler = cached(binaries, "CMAKE_CXX_COMPILER") or "c++"
    return {
        "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "kernel": f"{platform.system()} {platform.release()}",
        "processor": cpu_model(),
        "cores": f"{len(os.sched_getaffinity(0))} usable of {os.cpu_count()}",
        "compiler": f"{first_line([compiler, '--version'])}, {cached(binaries, 'CMAKE_BUILD_TYPE') or 'no type'}",
        "libuv": first_line(["pkg-config", "--modversion", "libuv"]),
    }
