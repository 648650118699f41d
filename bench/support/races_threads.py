# SPDX-License-Identifier: MIT
#
# races_threads: the races of native threads, locks and channels, as data.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import tree
from records import Contender, Historic, Input, Measure, Race, Variant, per_op

# 100,000 threads, and as many tasks of the M:N runtime, one after another on one processor. For spawn and thread.
SPAWN_2014 = Historic("100,000 spawned, one at a time on one processor", "0.9 s, threads and tasks alike", "one",
                      ("green", "pthread"), lambda row: f"{row['median'] * 1e-4:.2g} s")

LOCKS_CONTENDERS = (
    Contender("pthread", "raw-pthread", note="the C library's mutex, rwlock and condition"),
    Contender("pthread-twin", "raw-pthread", note="the same program again: the noise"),
    Contender("std", "std", note="std::mutex, std::shared_mutex, std::condition_variable"),
    Contender("weld", "weld"),
    Contender("rust", "peer", peer="rust"),
    Contender("go", "peer", peer="go", also_against="weld", note="goroutines"),
)
CHANNEL_CONTENDERS = (
    Contender("pthread", "raw-pthread", note="a ring under a mutex and two conditions; of one place for none"),
    Contender("pthread-twin", "raw-pthread", note="the same program again: the noise"),
    Contender("weld", "weld", note="mpsc"),
    Contender("weld-mpmc", "weld", ("--mpmc",)),
    Contender("rust", "peer", peer="rust", note="mpsc"),
    Contender("go", "peer", peer="go", note="goroutines; its channels are bounded"),
)
THREAD_CONTENDERS = (
    Contender("pthread", "raw-pthread"),
    Contender("pthread-twin", "raw-pthread", note="the same program again: the noise"),
    Contender("std", "std"),
    Contender("weld", "weld"),
    Contender("rust", "peer", peer="rust"),
)
BOTH = tuple(contender.name for contender in CHANNEL_CONTENDERS)
ONE_KIND = tuple(name for name in BOTH if name != "weld-mpmc")


def names(contenders: tuple[Contender, ...]) -> tuple[str, ...]:
    return tuple(contender.name for contender in contenders)


def prepare(quick: int, full: int, counted: tuple[int, int], note: str) -> Callable[[tree.Tree, Path, bool], Input]:
    """The operations per thread of a quick run, a full run and two counted runs."""
    def of(_: tree.Tree, __: Path, is_quick: bool) -> Input:
        timed = quick if is_quick else full
        small, large = counted
        return Input(("--ops", str(timed)), (("--ops", str(small)), ("--ops", str(large))), f"{timed:,} {note}")
    return of


RACES = (
    Race("locks", "a lock taken and given back, its value changed or read in between", "locks",
         (Measure("ns/op", per_op),), ("sum",), LOCKS_CONTENDERS,
         (Variant("mutex", 1, names(LOCKS_CONTENDERS), ("--mutex",)),
          Variant("mutex, 2 threads", 2, names(LOCKS_CONTENDERS), ("--mutex", "--workers", "2")),
          Variant("mutex, 4 threads", 2, names(LOCKS_CONTENDERS), ("--mutex", "--workers", "4"), or_fewer=True),
          Variant("read", 1, names(LOCKS_CONTENDERS), ("--read",)),
          Variant("read, 2 threads", 2, names(LOCKS_CONTENDERS), ("--read", "--workers", "2"))),
         prepare(200_000, 10_000_000, (1000, 3000), "operations a thread")),
    Race("condvar", "a turn of two threads that wait for each other under a mutex", "locks",
         (Measure("ns/turn", per_op),), ("sum",), LOCKS_CONTENDERS,
         (Variant("cores=1", 1, names(LOCKS_CONTENDERS), ("--condvar", "--workers", "2")),
          Variant("cores=2", 2, names(LOCKS_CONTENDERS), ("--condvar", "--workers", "2"))),
         prepare(5000, 50_000, (1000, 3000), "turns of each thread")),
    Race("channel", "a message sent and received", "channel",
         (Measure("ns/message", per_op),), ("sum",), CHANNEL_CONTENDERS,
         (Variant("one thread", 1, BOTH),
          Variant("two threads, cores=1", 1, BOTH, ("--tasks", "1000", "--workers", "2")),
          Variant("two threads, cores=2", 2, BOTH, ("--tasks", "1000", "--workers", "2")),
          Variant("unbounded, one thread", 1, ("pthread", "pthread-twin", "weld", "rust"), ("--unbounded",)),
          Variant("unbounded, two threads", 2, ("pthread", "pthread-twin", "weld", "rust"),
                  ("--unbounded", "--tasks", "1000", "--workers", "2")),
          Variant("rendezvous, cores=1", 1, ONE_KIND, ("--rendezvous", "--workers", "2", "--divide", "20")),
          Variant("rendezvous, cores=2", 2, ONE_KIND, ("--rendezvous", "--workers", "2", "--divide", "20"))),
         prepare(100_000, 1_000_000, (1000, 3000), "messages; a rendezvous a twentieth")),
    Race("thread", "a thread that does nothing much, spawned and joined", "thread",
         (Measure("ns/thread", per_op),), ("sum",), THREAD_CONTENDERS,
         (Variant("cores=1", 1, names(THREAD_CONTENDERS)), Variant("cores=2", 2, names(THREAD_CONTENDERS))),
         prepare(2000, 10_000, (100, 300), "threads, one at a time"),
         historic=replace(SPAWN_2014, variant="cores=1", contenders=("pthread", "weld"))),
)
