#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fault.sweep: strace makes each system call of each operation fail, the first time, the second, and so on.

    sweep.py PROGRAM

Whatever fails, no descriptor may leak and no existing data may be lost; a call that a signal interrupts is retried.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "embed"))
from strace import trace  # noqa: E402

MEMORY = Path("/dev/shm")
# Calls of the process and not of the operation; those for memory belong to the allocator, which has its own tests. A
# close that fails closes the descriptor all the same, but not under strace: see fault.files.
NOT_SWEPT = re.compile(r"brk|close|mmap|munmap|mprotect|mremap|madvise|exit_group|fcntl|execve|futex|getrandom|"
                       r"arch_prctl|set_\w+|rseq|prlimit64|pread64|rt_sig\w+")
# These calls are retried when a signal interrupts them before they did anything.
MADE_AGAIN = {"openat", "read", "write", "fsync", "fdatasync", "ftruncate", "copy_file_range"}
# Failures with a fallback: read and write, one open directory fewer, a directory opened to search only, permissions as
# the file system gives them; and an empty directory is removed without reading it.
MAY_BE_SURVIVED = {"copy_file_range": {"EIO", "EMFILE", "ENOMEM", "ENOSPC", "EACCES"}, "openat": {"EMFILE", "EACCES"},
                   "statx": {"EMFILE"}, "fchmod": {"EACCES"}, "fchmodat": {"EACCES"}, "fchmodat2": {"EACCES"},
                   "fsync": {"EACCES"}}
# Operations that try again by themselves: the directory that refuses may be one that another thread is creating.
TRIES_AGAIN = {("create_dir_all", "EACCES")}
DONE, FAILED = 0, 3
ERRORS = ("EINTR", "EIO", "EMFILE", "ENOMEM", "ENOSPC", "EACCES")


def calls(program, directory, name):
    """How many times the process that runs the operation makes each call."""
    lines, _ = trace([program, directory, name])
    return Counter(found[1] for line in lines if (found := re.match(r"(\w+)\(", line)))


def main():
    program = sys.argv[1]
    names = subprocess.run([program, "names"], capture_output=True, text=True, check=True).stdout.splitlines()
    swept = 0
    with tempfile.TemporaryDirectory(prefix="weld-sweep-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as work:

        def ready():
            subprocess.run([program, work, "ready"], check=True)

        ready()
        base = calls(program, work, "nothing")
        for name in names:
            ready()
            made = calls(program, work, name)
            for call, count in sorted(made.items()):
                if NOT_SWEPT.fullmatch(call):
                    continue
                for number in range(base[call] + 1, count + 1):
                    for error in ERRORS:
                        swept += 1
                        ready()
                        sweep_one(program, work, name, (call, number, error))
    if swept < 100:
        sys.exit(f"only {swept} calls were made to fail: this proves nothing")
    print(f"{swept} calls made to fail in {len(names)} operations, nothing leaked and nothing lost")


def sweep_one(program, work, name, fault):
    call, number, error = fault
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"]
    lines, status = trace([program, work, name], inject, expected=(DONE, FAILED))
    what = f"{name}: {call} number {number} with {error}"
    if sum("(INJECTED)" in line for line in lines) != 1:
        sys.exit(f"{what}: strace did not make it fail exactly once")
    if error == "EINTR" and call in MADE_AGAIN and status != DONE:
        sys.exit(f"{what}: the interrupted call was not retried")
    is_survivable = error in MAY_BE_SURVIVED.get(call, ()) or (name == "TempDir" and call == "openat")
    is_survivable = is_survivable or (name, error) in TRIES_AGAIN
    if error != "EINTR" and not is_survivable and status != FAILED:
        sys.exit(f"{what}: the operation did not report the error")
    if subprocess.run([program, work, "check", name]).returncode != 0:
        sys.exit(f"{what}: see above")


if __name__ == "__main__":
    main()
