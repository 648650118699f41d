# SPDX-License-Identifier: MIT
#
# races_2014: the races against the design of 2014, which weld replaces, as data; a part of races.py.
#
# The size of its programs and the unused symbols in them, the cost of a call on its way to the system, and the cost of
# a task-local value.

from __future__ import annotations

from pathlib import Path

import tree
from records import Contender, Input, Measure, Race, Variant, per_op

PROGRAMS = ("hello", "cat", "stat", "spawn")
LINKS = ("static", "dynamic")


def prepare_sizes(_: tree.Tree, __: Path, ___: bool) -> Input:
    return Input((), None,
                 "bytes of a stripped program, linked statically and not, each made to do its job: cat copies files or "
                 "its input, stat says size, mode and time, spawn starts a program and waits")


def prepare_reach(_: tree.Tree, __: Path, ___: bool) -> Input:
    return Input((), None,
                 "names with Tcp, Udp, Unix, Process, Timer, getaddrinfo or Scheduler in a static program that says "
                 "hello, copies files or looks them up, before it is stripped")


def prepare_dispatch(_: tree.Tree, __: Path, quick: bool) -> Input:
    ops = 100_000 if quick else 1_000_000
    return Input(("--ops", str(ops)), (("--ops", "5000"), ("--ops", "15000")),
                 f"{ops:,} calls, a tenth for all but read and write: a byte of /dev/zero, a byte to /dev/null, "
                 "metadata of /dev/null and of what is not there, /dev/null opened and closed, a line printed and "
                 "flushed")


def prepare_local(_: tree.Tree, __: Path, quick: bool) -> Input:
    ops = 5_000_000 if quick else 50_000_000
    return Input(("--ops", str(ops)), (("--ops", "32000"), ("--ops", "96000")),
                 f"{ops:,} increments, each of the next of so many values that belong to the thread or the task")


SIZES_CONTENDERS = (
    Contender("c", "c"),
    Contender("cxx", "cxx", note="iostream, std::filesystem; spawn by posix_spawn(3)"),
    Contender("weld", "weld"),
    Contender("runtime-2014", "runtime-2014", note="the virtual runtime that the RFC removed"),
    Contender("rust", "peer", peer="rust", note="rustc -O"),
    Contender("rust-small", "peer", peer="rust-small", note="opt-level=z, lto, one unit, panic=abort"),
    Contender("go", "peer", peer="go"),
)
SIZES_NAMES = tuple(contender.name for contender in SIZES_CONTENDERS)
DISPATCH_CONTENDERS = (
    Contender("raw", "raw-calls"),
    Contender("raw-twin", "raw-calls", note="the same program again: the noise"),
    Contender("weld", "weld"),
    Contender("runtime-2014", "runtime-2014", also_against="weld", note="the virtual runtime that the RFC removed"),
    Contender("rust", "peer", peer="rust"),
    Contender("go", "peer", peer="go"),
)
DISPATCH_OPERATIONS = {"read": 1, "write": 1, "stat": 10, "fail": 10, "open-close": 10, "print": 10}  # divided by
LOCAL_CONTENDERS = (
    Contender("raw", "raw-thread-local", note="thread_local in C"),
    Contender("raw-twin", "raw-thread-local", note="the same program again: the noise"),
    Contender("weld", "weld", note="thread_local in a thread that weld started"),
    Contender("weld-local", "weld", ("--local",), note="weld::thread::Local"),
    Contender("green", "green", note="green::thread::Local in a task"),
    Contender("green-plain", "green", ("--plain",), note="thread_local in a task, which does not park"),
    Contender("green-beside", "green", ("--beside",), note="thread_local in a native thread of a program with tasks"),
    Contender("runtime-2014", "runtime-2014", also_against="green", note="thread-local, task, list from its beginning"),
    Contender("rust-const", "peer", peer="rust", note="thread_local! of a constant"),
    Contender("rust-lazy", "peer", ("--lazy",), peer="rust", note="thread_local! that the first access makes"),
    Contender("go", "peer", peer="go", note="no such thing: context.Context, each value in one around the last"),
)


def size_variant(program: str, link: str, *args: str) -> Variant:
    names = tuple(name for name in SIZES_NAMES if link == "static" or name != "go")
    return Variant(f"{program}, {link}", 1, names, ("--program", program, "--link", link, *args))


RACES = (
    Race("sizes", "how big a program is", "sizes",
         (Measure("bytes", lambda line: float(line["bytes"] or 0)),), ("sum",), SIZES_CONTENDERS,
         tuple(size_variant(program, link) for program in PROGRAMS for link in LINKS),
         prepare_sizes, driver="measure", exact=True),
    Race("reach", "what stands in a program that never asked for it", "sizes",
         (Measure("symbols", lambda line: float(line["symbols"] or 0)),), (), SIZES_CONTENDERS,
         tuple(size_variant(program, "static", "--symbols") for program in PROGRAMS if program != "spawn"),
         prepare_reach, driver="measure", exact=True),
    Race("dispatch", "a call on its way to the system, and what it allocates", "dispatch",
         (Measure("ns/call", per_op),), ("ops", "sum"), DISPATCH_CONTENDERS,
         tuple(Variant(operation, 1, tuple(contender.name for contender in DISPATCH_CONTENDERS),
                       (f"--{operation}", "--divide", str(divide)))
               for operation, divide in DISPATCH_OPERATIONS.items()),
         prepare_dispatch, quick_rounds=3, allocations=True),
    Race("local", "a value of the thread's or the task's own, incremented", "local",
         (Measure("ns/access", per_op),), ("ops", "sum"), LOCAL_CONTENDERS,
         tuple(Variant(f"keys={keys}", 1, tuple(contender.name for contender in LOCAL_CONTENDERS),
                       ("--tasks", str(keys))) for keys in (1, 8, 32)),
         prepare_local, quick_rounds=3),
)
