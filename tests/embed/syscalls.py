#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.syscalls: the cost of an operation, counted in system calls.

    syscalls.py PROGRAM

PROGRAM does an operation four times between marks. From the second time on, an operation makes exactly the calls listed
here: no file is looked up twice, and no memory is requested from the system.
"""

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from strace import trace

MARK = "getppid"

# The tree: a folder with two files and two folders of two files each.
ITEMS, FOLDERS = 9, 3

EXPECTED = {
    "symlink_metadata": {"statx": 1},
    "open_read_close": {"openat": 1, "read": 1, "close": 1},
    # The size, the bytes, the end.
    "read_to_string": {"openat": 1, "statx": 1, "read": 2, "close": 1},
    "write": {"openat": 1, "write": 1, "close": 1},
    # The entries, then the end; the entries contain the types.
    "read_dir": {"openat": 1, "getdents64": 2, "close": 1},
    # The root is looked up once when the walk begins; then one lookup for each item, which the program asks for.
    "walk": {"openat": FOLDERS, "getdents64": 2 * FOLDERS, "close": FOLDERS, "statx": 1 + ITEMS},
}


def rounds(program, operation, directory):
    """The system calls of each repetition but the first, as names in order."""
    lines, _ = trace([program, operation, directory])
    names = [match[1] for line in lines if (match := re.match(r"(\w+)\(", line))]
    marks = [index for index, name in enumerate(names) if name == MARK]
    if len(marks) != 5:
        sys.exit(f"{operation}: {len(marks)} marks, not 5")
    return [names[start + 1:end] for start, end in zip(marks[1:], marks[2:])]


def main():
    program = sys.argv[1]
    failed = False
    with tempfile.TemporaryDirectory(prefix="weld-syscalls-") as directory:
        root = Path(directory)
        for folder in (root, root / "a", root / "b"):
            folder.mkdir(exist_ok=True)
            for name in ("file", "written"):
                (folder / name).write_text("text")
        for operation, expected in EXPECTED.items():
            for calls in rounds(program, operation, directory):
                if Counter(calls) != Counter(expected):
                    print(f"{operation}: {dict(Counter(calls))}, not {expected}: {' '.join(calls)}")
                    failed = True
                    break
            else:
                print(f"{operation}: {' '.join(calls)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
