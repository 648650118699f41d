#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.spawn: the cost of starting a program, in system calls of both processes.

    spawn.py PROGRAM

PROGRAM starts another program, between marks, with some preparation in the child. From the second time on the parent
makes exactly the calls listed here, and the child, a clone that shares memory, exactly those listed after them. Where
a call is refused (inject), another one must replace it.
"""

import os
import re
import sys
from collections import Counter

from strace import trace

MARK = "getppid"
PARENT = Counter({"getpid": 1, "mmap": 1, "mprotect": 1, "rt_sigprocmask": 2, "clone": 1, "munmap": 1,
                  "waitid": 2, "close": 1})  # one waitid waits, the other reaps under a lock
CHILD = Counter({"rt_sigaction": 64, "rt_sigprocmask": 1, "execve": 1})
EXPECTED = {
    "plain": ({}, {}),
    "null": ({"openat": 1, "close": 1}, {"dup3": 1}),
    "current_dir": ({}, {"chdir": 1}),
    "process_group": ({}, {"setpgid": 1}),
    "setsid": ({}, {"setsid": 1}),
    "close_other_fds": ({}, {"close_range": 1}),
    "death_signal": ({}, {"prctl": 1, "getppid": 1}),
    "map_fd": ({}, {"dup3": 1, "fcntl": 1}),
    "swap": ({}, {"fcntl": 2, "dup3": 2}),
    "search": ({}, {"execve": 2}),
}
OF_ROOT = {
    "uid": ({"prctl": 2}, {"setgroups": 1, "setgid": 1, "setuid": 1}),
    "gid": ({"prctl": 2}, {"setgid": 1}),
    "chroot": ({}, {"chroot": 1, "chdir": 1}),
}
FLAGS = ("CLONE_VM", "CLONE_VFORK", "CLONE_PIDFD")


def calls(program, what, options=()):
    """The names of the calls of the second start: the parent's, and the child's up to its program; its clone."""
    lines, _ = trace([program, what], options, with_pids=True)
    parent = lines[0][0]
    found = {}  # the calls of each process, in order
    clones = []
    for pid, line in lines:
        match = re.match(r"(?:<\.\.\. )?(\w+)(?:\(| resumed>)", line)
        if not match:
            continue
        name, begins = match[1], not line.startswith("<...")
        if begins:
            found.setdefault(pid, []).append(name)
        if name == "clone" and begins:
            clones.append(line)
        if name == "execve" and pid != parent and re.search(r"= 0$", line):
            found[pid].append("runs")
    ours = found.pop(parent)
    marks = [index for index, name in enumerate(ours) if name == MARK]
    if len(marks) != 3 or len(clones) != 2 or len(found) != 2:
        sys.exit(f"{what}: {len(marks)} marks, {len(clones)} clones and {len(found)} children")
    child = list(found.values())[-1]
    return ours[marks[1] + 1:marks[2]], child[:child.index("runs")], clones[-1]


def complaint(what, made, base, more):
    expected = base + Counter(more)
    return "" if Counter(made) == expected else f"{what}: {dict(Counter(made))}, not {dict(expected)}\n"


def main():
    program = sys.argv[1]
    wrong = ""
    for what, (of_parent, of_child) in (EXPECTED | (OF_ROOT if os.geteuid() == 0 else {})).items():
        parent, child, clone = calls(program, what)
        wrong += complaint(f"{what}, parent", parent, PARENT, of_parent)
        wrong += complaint(f"{what}, child", child, CHILD, of_child)
        if not all(flag in clone for flag in FLAGS):
            wrong += f"{what}: {clone}\n"
    parent, child, _ = calls(program, "close_other_fds", ["-e", "inject=close_range:error=ENOSYS"])
    for name in ("openat", "getdents64", "fcntl"):
        if name not in child:
            wrong += f"close_other_fds without close_range: no {name} in {' '.join(child)}\n"
    if wrong:
        sys.exit(wrong)
    print(f"{len(EXPECTED) + len(OF_ROOT)} ways to start a program, each with the calls that it should make")


if __name__ == "__main__":
    main()
