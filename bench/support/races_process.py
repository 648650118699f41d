# SPDX-License-Identifier: MIT
#
# races_process: the race of processes, as data.

from __future__ import annotations

import subprocess
from pathlib import Path

import tree
from records import Contender, Input, Measure, Race, Variant, per

NOTHING = Path(__file__).resolve().parent.parent / "process/nothing.c"


def prepare_process(_: tree.Tree, scratch: Path, quick: bool) -> Input:
    program = scratch / "nothing"
    subprocess.run(["cc", "-O2", "-static", "-o", str(program), str(NOTHING)], check=True)
    ops = 300 if quick else 2000
    return Input(("--ops", str(ops), str(program)),
                 (("--ops", "100", str(program)), ("--ops", "200", str(program))),
                 f"{ops:,} times a static program that does nothing, started and waited for; the calls are those of "
                 "both, the program's own left in")


CONTENDERS = (
    Contender("raw-posix-spawn", "raw-posix-spawn"),
    Contender("raw-posix-spawn-twin", "raw-posix-spawn", note="the same program again: the noise"),
    Contender("raw-fork", "raw-fork", ("--divide", "50"), note="fork and exec; a fiftieth of the children"),
    Contender("weld", "weld"),
    Contender("rust", "peer", peer="rust"),
    Contender("go", "peer", peer="go"),
)
NAMES = tuple(contender.name for contender in CONTENDERS)
RACES = (
    Race("process", "a program that does nothing, started and waited for", "process",
         (Measure("us/process", lambda line: 1e-3 * per(line, "ns", "ops")),), ("sum",), CONTENDERS,
         (Variant("small", 1, NAMES), Variant("heap=1GiB", 1, NAMES, ("--heap",), gib=2)), prepare_process),
)
