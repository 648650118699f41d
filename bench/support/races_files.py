# SPDX-License-Identifier: MIT
#
# races_files: the races of files, as data; a part of races.py.
#
# Their files are in memory, where the system has such a place, so that the races measure calls and not a disk.

from __future__ import annotations

import atexit
import os
import random
import shutil
import tempfile
from pathlib import Path

import tree
from records import Contender, Input, Measure, Race, Variant, per_op

MIB = 1024**2
IN_MEMORY = Path("/dev/shm")


def place(scratch: Path, size: int) -> Path:
    """A new directory for files of `size` bytes in total, removed when this process ends."""
    fits = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > size
    made = Path(tempfile.mkdtemp(prefix="weld-bench-", dir=IN_MEMORY if fits else scratch))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def write_mib(file: Path, count: int) -> str:
    """Writes so many MiB of data, without holes."""
    block = bytes(range(256)) * (MIB // 256)
    with file.open("wb") as target:
        for _ in range(count):
            target.write(block)
    return str(file)


def text_block(size: int) -> bytes:
    """Lines of 10 to 120 bytes, about `size` bytes in total, the same each time."""
    numbers = random.Random(1)
    words = ("".join(numbers.choices("abcdefghijklmnopqrstuvwxyz    ", k=120)) for _ in iter(int, 1))
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(next(words)[:numbers.randint(10, 120)])
        length += len(lines[-1]) + 1
    return "".join(line + "\n" for line in lines).encode()


def prepare_files(_: tree.Tree, scratch: Path, quick: bool) -> Input:
    ops = 30_000 if quick else 500_000
    made = place(scratch, 128 * MIB)
    write_mib(made / "blocks", 64)
    (made / "whole").write_bytes(b"x" * 4096)
    return Input(("--ops", str(ops), str(made)),
                 (("--ops", "5000", str(made)), ("--ops", "15000", str(made))),
                 f"{ops:,} operations in {made.parent}, fewer of the slow ones; std has no buffer there; of a tree to "
                 "be removed the calls and instructions that make it are counted as well, not timed")


def prepare_copy(_: tree.Tree, scratch: Path, quick: bool) -> Input:
    mib = 256 if quick else 1024
    made = place(scratch, 3 * mib * MIB)
    return Input((write_mib(made / "timed", mib),),
                 ((write_mib(made / "small", 16),), (write_mib(made / "large", 48),)),
                 f"{mib} MiB in {made.parent}, made, filled and closed; an operation is a MiB")


def prepare_lines(_: tree.Tree, scratch: Path, quick: bool) -> Input:
    blocks = 20 if quick else 200
    made = place(scratch, 2 * blocks * 1_000_000)
    block = text_block(1_000_000)
    (made / "counted").write_bytes(block)
    with (made / "text").open("wb") as text:
        for _ in range(blocks):
            text.write(block)
    return Input((str(made / "text"),),
                 ((str(made / "counted"),), ("--repeat", "3", str(made / "counted"))),
                 f"a text of {blocks} MB in {made.parent}, lines of 10 to 120 bytes; the sum of their lengths")


FILES_CONTENDERS = (
    Contender("raw", "raw-calls"),
    Contender("raw-twin", "raw-calls", note="the same program again: the noise"),
    Contender("weld", "weld"),
    Contender("std", "std", note="a FILE without a buffer, or an fstream; std::filesystem for names"),
    Contender("rust", "peer", peer="rust"),
    Contender("go", "peer", peer="go"),
)
FILES_OPERATIONS = {"read-1": 1, "write-1": 1, "pread-1": 1, "pwrite-1": 1, "read-64k": 50, "write-64k": 50,
                    "pread-64k": 50, "pwrite-64k": 50, "open-close": 5, "whole-read": 10, "create-remove": 5,
                    "remove-dir-all": 50}  # what operations are divided by
COPY_CONTENDERS = (
    Contender("raw", "raw-copy-file-range"),
    Contender("raw-twin", "raw-copy-file-range", note="the same program again: the noise"),
    Contender("weld", "weld", note="fs::copy"),
    Contender("std", "std", note="std::filesystem::copy_file"),
    Contender("rust", "peer", peer="rust", note="fs::copy"),
    Contender("go", "peer", peer="go", note="io.Copy"),
)
LINES_CONTENDERS = (
    Contender("raw", "raw-memchr"),
    Contender("raw-twin", "raw-memchr", note="the same program again: the noise"),
    Contender("weld", "weld", note="io::lines over a BufReader"),
    Contender("getline", "getline", note="getline(3)"),
    Contender("rust", "peer", peer="rust", note="BufRead::lines, a String a line"),
    Contender("go", "peer", peer="go", note="bufio.Scanner"),
)


def files_variant(operation: str, divide: int) -> Variant:
    names = tuple(contender.name for contender in FILES_CONTENDERS
                  if contender.name != "std" or not operation.startswith(("pread", "pwrite")))
    return Variant(operation, 1, names, (f"--{operation}", "--divide", str(divide)))


RACES = (
    Race("files", "one operation on files, over and over", "files",
         (Measure("ns/op", per_op),), ("ops", "sum"), FILES_CONTENDERS,
         tuple(files_variant(operation, divide) for operation, divide in FILES_OPERATIONS.items()),
         prepare_files, quick_rounds=3),
    Race("copy", "a copy of a file", "copy",
         (Measure("ns/MiB", per_op),), ("ops", "sum"), COPY_CONTENDERS,
         (Variant("cores=1", 1, tuple(contender.name for contender in COPY_CONTENDERS), gib=4),),
         prepare_copy, quick_rounds=2),
    Race("lines", "the lines of a text and the sum of their lengths", "lines",
         (Measure("ns/line", per_op),), ("ops", "sum"), LINES_CONTENDERS,
         (Variant("cores=1", 1, tuple(contender.name for contender in LINES_CONTENDERS)),),
         prepare_lines),
)
