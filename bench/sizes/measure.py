#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# measure: measures one program of a contender of the sizes race, and prints its line.
#
#   measure --program hello|cat|stat|spawn --link static|dynamic [--symbols] -- DIRECTORY
#
# The program is DIRECTORY/<program>-<link>. A copy is stripped, run with and without success, and measured; `sum` is a
# checksum of all its answers. `symbols`, with --symbols, is the number of distinct names in it, before it is stripped,
# that belong to parts of an I/O system which none of the programs but spawn uses.

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

UNABLE = 77
UNUSED = re.compile(r"Tcp|Udp|Unix|Process|Timer|getaddrinfo|Scheduler")
TIME = 1_400_000_000  # the modification time of the file


def said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def unused(listed: str) -> int:
    """How many names of what nm lists; thunks and clones are no names of their own, nor is what only a linker reads."""
    found = set()
    for line in listed.splitlines():
        kind, _, name = line[16:].strip().partition(" ")
        if kind not in "nN" and UNUSED.search(name):
            found.add(re.sub(r"^(non-)?virtual thunk to | \[clone .*", "", name))
    return len(found)


class Job:
    """A program at work in a directory of its own, and the answers that it gave."""

    def __init__(self, program: Path, scratch: Path) -> None:
        self.program = program
        self.scratch = scratch
        self.answers = b""

    def expect(self, arguments: list[str], status: int, stdout: bytes, stdin: bytes = b"", complains: str = "") -> None:
        """Fails unless the program answers so; `complains` is what its standard error mentions."""
        done = subprocess.run([self.program, *arguments], input=stdin, capture_output=True, cwd=self.scratch)
        wrong = done.returncode != status or done.stdout != stdout or bool(done.stderr) != bool(complains)
        if wrong or complains not in done.stderr.decode():
            sys.exit(f"{self.program.name} {' '.join(arguments)}: status {done.returncode}, not {status}; "
                     f"said {done.stdout[:80]!r}, {done.stderr[:200]!r}")
        self.answers += done.stdout + bytes([done.returncode])

    def hello(self) -> None:
        self.expect([], 0, b"hello, world\n")

    def cat(self) -> None:
        big = bytes(range(256)) * 4096
        for name, content in (("big", big), ("empty", b""), ("small", b"small")):
            (self.scratch / name).write_bytes(content)
        self.expect(["small", "big", "empty", "small"], 0, b"small" + big + b"small")
        self.expect([], 0, big, stdin=big)
        self.expect(["small", "missing", "small"], 1, b"smallsmall", complains="missing")
        self.expect(["."], 1, b"", complains="cat: ")  # a directory can be opened but not read
        with open("/dev/full", "wb") as full:
            done = subprocess.run([self.program, "small"], stdout=full, stderr=subprocess.PIPE, cwd=self.scratch)
        if done.returncode != 1 or not done.stderr:
            sys.exit(f"{self.program.name} onto a full device: status {done.returncode}, said {done.stderr[:200]!r}")

    def stat(self) -> None:
        for name, size, mode in (("one", 12345, 0o640), ("two", 0, 0o755)):
            (self.scratch / name).write_bytes(b"x" * size)
            (self.scratch / name).chmod(mode)
            os.utime(self.scratch / name, (TIME, TIME))
        one, two = f"12345 640 {TIME} one\n".encode(), f"0 755 {TIME} two\n".encode()
        self.expect(["one", "two"], 0, one + two)
        self.expect(["one", "missing", "two"], 1, one + two, complains="missing")

    def spawn(self) -> None:
        self.expect([], 0, b"exit 0\n")
        self.expect(["/bin/false"], 0, b"exit 1\n")
        self.expect(["./missing"], 1, b"", complains="missing")


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--program", choices=("hello", "cat", "stat", "spawn"), required=True)
    parser.add_argument("--link", choices=("static", "dynamic"), required=True)
    parser.add_argument("--symbols", action="store_true")
    parser.add_argument("directory", type=Path)
    options = parser.parse_args()

    built = options.directory / f"{options.program}-{options.link}"
    if not built.exists():
        print(f"there is no {options.link} {options.program} of it", file=sys.stderr)
        sys.exit(UNABLE)
    with tempfile.TemporaryDirectory(prefix="weld-sizes-") as scratch:
        stripped = Path(scratch) / built.name
        said("strip", "-s", "-o", stripped, built)
        job = Job(stripped, Path(scratch))
        getattr(job, options.program)()
        size = stripped.stat().st_size
    print(json.dumps({"ops": 1, "ns": 0, "bytes": size, "sum": zlib.crc32(job.answers),
                      "symbols": unused(said("nm", "-C", "--defined-only", built)) if options.symbols else None}))


if __name__ == "__main__":
    main()
