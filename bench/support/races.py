# SPDX-License-Identifier: MIT
#
# races: the races, as data. Races, variants and contenders are added here alone; those of files are in races_files.py,
# of threads in races_threads.py, of processes in races_process.py, of the design of 2014 in races_2014.py.
#
# A race needs a folder of contenders, an input, and a Race below; the programs are named in
# bench/CMakeLists.txt. The first contender of a variant is the baseline of the others.

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import figures
import races_2014
import races_files
import races_process
import races_threads
import tree
from records import Contender, Historic, Input, Measure, Race, Variant, per, per_op

TOTALS = ("count", "failed", "sum_size", "sum_ino", "sum_file_size")
COUNTED_PATHS = 1000  # the counted runs make one and three passes over so many


def prepare_stat(found: tree.Tree, scratch: Path, quick: bool) -> Input:
    paths = found.paths(40_000 if quick else None)
    timed = tree.write_list(scratch / "all", paths)
    counted = tree.write_list(scratch / "counted", paths[:COUNTED_PATHS])
    return Input((timed,), ((counted,), ("--repeat", "3", counted)),
                 f"{len(paths):,} paths below {found.root}")


def prepare_stat_hot(found: tree.Tree, scratch: Path, quick: bool) -> Input:
    repeat = 40_000 if quick else 200_000
    hot = found.deep_file()
    timed = tree.write_list(scratch / "hot", [hot])
    return Input(("--repeat", str(repeat), timed),
                 (("--repeat", "1000", timed), ("--repeat", "3000", timed)),
                 f"{repeat:,} times {hot.decode(errors='replace')}")


def prepare_walk(found: tree.Tree, scratch: Path, quick: bool) -> Input:
    root, entries = found.subtree(200_000) if quick else (str(found.root), len(found.paths(None)))
    counted = tree.make_tree(scratch / "counted-tree", directories=100, files_each=9)
    return Input((root,), ((counted,), ("--repeat", "3", counted)),
                 f"about {entries:,} entries below {root}; calls counted on a made tree, 10 entries a directory")


def prepare_echo(_: tree.Tree, __: Path, quick: bool) -> Input:
    ms = 100 if quick else 300
    together = "" if len(os.sched_getaffinity(0)) > 1 else "; load and server share the one processor"
    return Input(("--ms", str(ms)), (("--messages", "2000"), ("--messages", "10000")),
                 f"64 bytes there and back over loopback, one message under way a connection, {ms} ms a round; "
                 f"cpu-s/Mmsg is the server's processor time, an operation one message{together}")


def prepare_echo_stalls(_: tree.Tree, __: Path, quick: bool) -> Input:
    ms = 100 if quick else 300
    return Input(("--ms", str(ms)), None,
                 f"as echo, {ms} ms a round, but the server calls usleep(1000) before every tenth answer")


def prepare_handoff(_: tree.Tree, __: Path, quick: bool) -> Input:
    ms = 50 if quick else 200
    return Input(("--ms", str(ms)), None,
                 f"100 tasks that sleep 1 ms again and again, while another is stuck for {ms} ms, or 50 in stat; the "
                 "longest gap between two beats, the 1 ms included, of the tasks and of a native thread beside them; "
                 "all-blocked: from waking a third task to its running, where two on two workers are stuck")


def prepare_monitor(_: tree.Tree, __: Path, quick: bool) -> Input:
    ms = 100 if quick else 1000
    return Input(("--ops", str(ms)), None,
                 f"{ms} ms a round, on two workers: 4 tasks that yield, 1,000 that compute for 5 ms at a time, 10,000 "
                 "that are parked, one in read(2) of an empty pipe; processor time and wakes of the monitor's thread")


def prepare_numbers(quick: int, full: int, counted: tuple[int, int],
                    note: str) -> Callable[[tree.Tree, Path, bool], Input]:
    """The input of races of support/work.h: operations of a quick run, a full run and two counted runs."""
    def prepare(_: tree.Tree, __: Path, is_quick: bool) -> Input:
        timed = quick if is_quick else full
        small, large = counted
        return Input(("--ops", str(timed)), (("--ops", str(small)), ("--ops", str(large))), f"{timed:,} {note}")
    return prepare


def prepare_memory(_: tree.Tree, __: Path, ___: bool) -> Input:
    return Input((), (("--tasks", "1000"), ("--tasks", "3000")),
                 "resident memory and page tables with so many parked tasks, less those without; mappings with them")


STAT_CONTENDERS = (
    Contender("raw-newfstatat", "raw-newfstatat"),
    Contender("raw-newfstatat-twin", "raw-newfstatat", note="the same program again: the noise"),
    Contender("raw-statx", "raw-statx", note="the call that weld makes"),
    Contender("std-filesystem", "std-filesystem", note="two calls for a regular file; no st_ino"),
    Contender("weld", "weld", also_against="raw-statx"),
    Contender("green-inline", "green", also_against="weld", note="in a task"),
    Contender("green-offload", "green", ("--in-flight", "1"), also_against="uv-async-1",
              note="in the runtime's pool, the task parked"),
    Contender("runtime-2014", "runtime-2014", note="the virtual runtime that the RFC removed"),
    Contender("uv-sync", "uv"),
    Contender("uv-async-1", "uv", ("--in-flight", "1"), note="thread pool, one request open"),
    Contender("uv-async-64", "uv", ("--in-flight", "64"), note="thread pool, 64 requests open"),
    Contender("rust", "peer", peer="rust"),
    Contender("go", "peer", peer="go"),
)
STAT_VARIANTS = (
    Variant("cores=1", 1, tuple(contender.name for contender in STAT_CONTENDERS)),
    Variant("cores=2", 2, ("raw-newfstatat", "uv-async-1", "uv-async-64")),
)
WALK_CONTENDERS = (
    Contender("raw-readdir", "raw-readdir"),
    Contender("raw-readdir-twin", "raw-readdir", note="the same program again: the noise"),
    Contender("std-filesystem", "std-filesystem", note="two calls for a regular file; no st_ino"),
    Contender("weld", "weld"),
    Contender("green-inline", "green", also_against="weld", note="in a task"),
    Contender("green-offload", "green", ("--in-flight", "1"), note="every call in the runtime's pool, the task parked"),
    Contender("rust", "peer", peer="rust"),
    Contender("go", "peer", peer="go"),
)
ECHO_CONTENDERS = (
    Contender("raw-epoll", "raw-epoll"),
    Contender("raw-epoll-twin", "raw-epoll", note="the same program again: the noise"),
    Contender("raw-uv", "raw-uv", note="libuv streams in C"),
    Contender("weld-threads", "weld-threads", also_against="raw-uv", note="a thread for each connection"),
    Contender("green", "green", ("--workers", "1"), also_against="raw-uv", note="a task for each connection"),
    Contender("go", "peer", peer="go", note="a goroutine for each connection, GOMAXPROCS 1"),
    Contender("asio", "peer", peer="asio", note="Boost.Asio, a C++20 coroutine for each connection"),
)
ECHO_MEASURES = (
    Measure("cpu-s/Mmsg", lambda line: 1e-3 * per(line, "cpu_ns", "ops")),
    Measure("msg/s", lambda line: 1e9 * per(line, "ops", "ns"), "higher"),
    Measure("p50-us", lambda line: 1e-3 * float(line["p50_ns"] or 0)),
    Measure("p99-us", lambda line: 1e-3 * float(line["p99_ns"] or 0)),
)
SWITCH_CONTENDERS = (
    Contender("asm-floor", "asm-floor", note="inline assembly between two contexts, nothing else"),
    Contender("asm-floor-twin", "asm-floor", note="the same program again: the noise"),
    Contender("green-context", "green-context", note="the switch below the scheduler"),
    Contender("green-context-then", "green-context", ("--then",), note="the same, with a call on arriving"),
    Contender("green-yield", "green-yield", note="two tasks on one worker"),
    Contender("green-yield-apart", "green-yield", ("--apart",), note="the same in two copies of their code"),
    Contender("green-yield-unwatched", "green-yield", ("--unwatched",), also_against="green-yield",
              note="the same without a monitor"),
    Contender("go", "peer", peer="go", note="runtime.Gosched, GOMAXPROCS 1"),
    Contender("boost-context", "peer", peer="boost-context", also_against="green-context", note="fiber::resume"),
    Contender("boost-fiber", "peer", peer="boost-fiber", also_against="green-yield", note="this_fiber::yield"),
    Contender("st", "peer", peer="st", also_against="green-yield", note="a condition signalled, another waited for"),
    Contender("pthread", "peer", ("--divide", "100"), peer="pthread", note="a token under a futex, one processor"),
)
SPAWN_CONTENDERS = (
    Contender("green", "green"),
    Contender("green-twin", "green", note="the same program again: the noise"),
    Contender("go", "peer", peer="go", note="goroutines, a channel or a WaitGroup"),
    Contender("boost-fiber", "peer", peer="boost-fiber", note="stacks from malloc, without guards"),
    Contender("st", "peer", peer="st", note="stacks without guards"),
    Contender("pthread", "peer", ("--divide", "100"), peer="pthread",
              note="a hundredth of the tasks, 1,000 alive at most"),
)
WAKE_CONTENDERS = (
    Contender("raw-eventfd", "raw-eventfd", note="each thread in read(2) of its eventfd"),
    Contender("raw-eventfd-twin", "raw-eventfd", note="the same program again: the noise"),
    Contender("raw-futex", "raw-futex", note="each thread on a futex"),
    Contender("green", "green", also_against="raw-futex", note="a parked task; back by an eventfd"),
    Contender("green-futex", "green", ("--futex",), also_against="raw-futex", note="a parked task; back by a futex"),
    Contender("green-uv", "green", ("--uv",), note="a parked task, its worker in libuv's loop; back by an eventfd"),
    Contender("go", "peer", peer="go", note="two locked goroutines over channels"),
)
MEMORY_CONTENDERS = (
    Contender("green", "green", note="default stacks, guards on"),
    Contender("go", "peer", peer="go", note="waiting at a channel"),
    Contender("st", "peer", peer="st", note="stacks without guards"),
    Contender("pthread", "peer", peer="pthread", note="10,000 at most, smallest stacks; without the kernel's part"),
)
CORE_CONTENDERS = (
    Contender("green", "green"),
    Contender("green-twin", "green", note="the same program again: the noise"),
    Contender("go", "peer", peer="go", note="goroutines and channels"),
)
STALL_CONTENDERS = (
    Contender("raw-epoll", "raw-epoll", ("--stall",), note="all of its connections wait"),
    Contender("raw-epoll-twin", "raw-epoll", ("--stall",), note="the same program again: the noise"),
    Contender("green", "green", ("--workers", "1", "--stall"), note="one worker, whose other tasks run on"),
    Contender("green-off", "green", ("--workers", "1", "--stall", "--unwatched"), note="without a monitor"),
    Contender("green-blocking", "green", ("--workers", "1", "--stall", "--blocking"), also_against="green",
              note="the call in green::blocking"),
    Contender("go", "peer", ("--stall",), peer="go", note="nanosleep(2), GOMAXPROCS 1"),
)
HANDOFF_CONTENDERS = (
    Contender("native", "native", ("--beats", "1"), note="one native thread beats, another is stuck: the lower bound"),
    Contender("native-twin", "native", ("--beats", "1"), note="the same program again: the noise"),
    Contender("native-100", "native", note="100 native threads beat"),
    Contender("green", "green", note="100 tasks on one worker"),
    Contender("green-off", "green", ("--unwatched",), note="without a monitor"),
    Contender("green-blocking", "green", ("--blocking",), also_against="green", note="the call in green::blocking"),
)
HANDOFF_NAMES = tuple(contender.name for contender in HANDOFF_CONTENDERS)
HANDOFF_MEASURES = (
    Measure("gap-ms", lambda line: 1e-6 * float(line["gap_ns"] or 0)),
    Measure("native-gap-ms", lambda line: 1e-6 * float(line["native_gap_ns"] or 0)),
)
SLOW_STAT = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=newfstatat", "-P", "/dev/zero",
             "-e", "inject=newfstatat:delay_enter=50000")
MONITOR_CONTENDERS = (
    Contender("green", "green", note="the monitor of two workers"),
    Contender("green-twin", "green", note="the same program again: the noise"),
)
MONITOR_MEASURES = (
    Measure("cpu-%", lambda line: 100 * per(line, "cpu_ns", "ns")),
    Measure("wakes/s", lambda line: 1e9 * per(line, "wakes", "ns")),
    Measure("carriers", lambda line: float(line["carriers"] or 0)),
    Measure("handoffs/s", lambda line: 1e9 * per(line, "handoffs", "ns")),
)


def on_one_and_two(*args: str) -> tuple[Variant, ...]:
    """Variants with as many workers as processors."""
    return tuple(Variant(f"cores={cores}", cores, tuple(contender.name for contender in CORE_CONTENDERS),
                         (*args, "--workers", str(cores))) for cores in (1, 2))


# A program like mlocate was said to take 35 times as long over libuv.
STAT_2014 = Historic("a stat through libuv, against one by the system call", "35 times", "cores=1",
                     ("green-inline", "green-offload", "uv-sync", "uv-async-1", "uv-async-64"),
                     lambda row: f"{figures.number(row['ratio'])} times")

RACES = (
    Race("stat", "metadata of every path of a real tree, symlinks not followed", "stat",
         (Measure("ns/stat", per_op),), TOTALS, STAT_CONTENDERS, STAT_VARIANTS, prepare_stat, historic=STAT_2014),
    Race("stat-hot", "metadata of one file, over and over", "stat",
         (Measure("ns/stat", per_op),), TOTALS, STAT_CONTENDERS, STAT_VARIANTS, prepare_stat_hot),
    Race("walk", "metadata of every entry below a root, found by walking", "walk",
         (Measure("ns/entry", per_op),), TOTALS, WALK_CONTENDERS,
         (Variant("cores=1", 1, tuple(contender.name for contender in WALK_CONTENDERS)),), prepare_walk),
    Race("echo", "a message and its echo over TCP, from a server on a processor of its own", "echo",
         ECHO_MEASURES, (), ECHO_CONTENDERS,
         tuple(Variant(f"conns={conns}", 2, tuple(contender.name for contender in ECHO_CONTENDERS),
                       ("--conns", str(conns)), or_fewer=True) for conns in (1, 64, 1000)),
         prepare_echo, driver="load"),
    Race("echo-stalls", "a message and its echo, from a server on one thread that blocks before every tenth answer",
         "echo", ECHO_MEASURES, (), STALL_CONTENDERS,
         (Variant("conns=64", 2, tuple(contender.name for contender in STALL_CONTENDERS), ("--conns", "64"),
                  or_fewer=True),),
         prepare_echo_stalls, driver="load", quick_rounds=3),
    Race("switch", "from one context, task or thread to another and on", "switch",
         (Measure("ns/switch", per_op),), (), SWITCH_CONTENDERS,
         (Variant("cores=1", 1, tuple(contender.name for contender in SWITCH_CONTENDERS)),),
         prepare_numbers(1_000_000, 5_000_000, (1000, 3000), "switches; pthread a hundredth")),
    Race("spawn", "a task that does nothing, spawned and joined", "spawn",
         (Measure("ns/task", per_op),), (), SPAWN_CONTENDERS,
         (Variant("one", 1, tuple(contender.name for contender in SPAWN_CONTENDERS)),
          Variant("alive=100000", 1, tuple(contender.name for contender in SPAWN_CONTENDERS),
                  ("--tasks", "100000", "--warm")),
          Variant("alive=100000, cold", 1, tuple(contender.name for contender in SPAWN_CONTENDERS),
                  ("--tasks", "100000", "--ops", "100000"), long=True),
          Variant("one, cores=2", 2, ("green", "green-twin", "go", "pthread"), ("--workers", "2"))),
         prepare_numbers(100_000, 200_000, (2000, 6000), "tasks, one at a time or in batches"),
         historic=races_threads.SPAWN_2014),
    Race("wake", "a native thread and a sleeping waiter that wake each other in turn, there and back", "wake",
         (Measure("ns/round-trip", per_op),), (), WAKE_CONTENDERS,
         (Variant("cores=2", 2, tuple(contender.name for contender in WAKE_CONTENDERS)),),
         prepare_numbers(5000, 50_000, (1000, 3000), "round trips")),
    Race("memory", "what a parked task takes", "memory",
         (Measure("bytes/task", lambda line: per(line, "bytes", "ops")),
          Measure("mappings", lambda line: float(line["mappings"] or 0))), (), MEMORY_CONTENDERS,
         (Variant("tasks=100000", 1, tuple(contender.name for contender in MEMORY_CONTENDERS), ("--tasks", "100000")),
          Variant("tasks=1000000", 1, ("green", "go", "st"), ("--tasks", "1000000"), gib=10, long=True)),
         prepare_memory),
    Race("skynet", "a tree of tasks, ten below each, that add up the numbers of its leaves", "skynet",
         (Measure("ns/task", per_op),), ("sum",), CORE_CONTENDERS, on_one_and_two(),
         prepare_numbers(100_000, 1_000_000, (1000, 10_000), "leaves")),
    Race("ring", "a token that 10,000 tasks pass on in a ring", "ring",
         (Measure("ns/hop", per_op),), (), CORE_CONTENDERS, on_one_and_two("--tasks", "10000"),
         prepare_numbers(200_000, 1_000_000, (20_000, 60_000), "hops")),
    Race("handoff", "how long tasks wait while another one keeps its native thread", "handoff",
         HANDOFF_MEASURES, (), HANDOFF_CONTENDERS,
         (*(Variant(call, 2, HANDOFF_NAMES, ("--call", call), or_fewer=True)
            for call in ("pipe", "flock", "fault", "resolver", "loop")),
          Variant("stat", 2, HANDOFF_NAMES, ("--call", "stat"), or_fewer=True, under=SLOW_STAT),
          Variant("all-blocked", 2, tuple(name for name in HANDOFF_NAMES if name != "native-100"),
                  ("--call", "all-blocked"), or_fewer=True)),
         prepare_handoff, rounds=20, quick_rounds=2),
    Race("monitor", "what watching the tasks takes, and how many native threads there are", "monitor",
         MONITOR_MEASURES, (), MONITOR_CONTENDERS,
         tuple(Variant(load, 2, tuple(contender.name for contender in MONITOR_CONTENDERS), (f"--{load}",),
                       or_fewer=True) for load in ("switching", "computing", "idle", "stuck")),
         prepare_monitor, quick_rounds=2),
    *races_files.RACES,
    *races_process.RACES,
    *races_threads.RACES,
    *races_2014.RACES,
)
