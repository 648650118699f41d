#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.thread_local: a thread_local costs the same in a program with weld and in one without.

    thread_local.py PREFIX WORK

Compiles thread_local.cpp with the static weld installed in PREFIX and without, as a static and as a
position-independent program, and compares the instructions of the increment in the finished programs. Only the offset
from the thread pointer may differ. weld's own thread-local, the record of the calling thread, is read without a call.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KINDS = {"static": ["-static"], "pie": ["-fPIE", "-pie"]}
LIBRARIES = ["-lweld_std", "-lweld_native", "-lweld_sys"]
READER = "weld::thread::Record::await_value()"  # of the record of the calling thread
POINTER = r"%fs|\btpidr_el0\b|\btp\b"
CALL = r"__tls_get_addr|TLS (wrapper|init) function"

# The code of a compiler that uses a slower model of thread-local storage.
SLOW = ["-fPIC", "-ftls-model=global-dynamic", "-shared"]


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def instructions(program, function):
    """The instructions of `function`, each number in them replaced by N."""
    listing = said("objdump", "-d", "-C", "--no-show-raw-insn", program)
    body = re.search(rf"^[0-9a-f]+ <{re.escape(function)}>:\n((?: .*\n)+)", listing, re.MULTILINE)
    if body is None:
        sys.exit(f"{program} has no {function}")
    lines = [" ".join(line.split("\t", 1)[1].split("#")[0].split()) for line in body[1].splitlines()]
    while lines and re.match(r"(data16 |cs )*(nop|xchg %ax,%ax)|ud2|int3", lines[-1]):
        lines.pop()
    return [re.sub(r"0x[0-9a-f]+", "N", line) for line in lines]


def tls_size(program):
    found = re.search(r"^\s+TLS\s+(?:\S+\s+){4}(0x[0-9a-f]+)", said("readelf", "-lW", program), re.MULTILINE)
    return int(found[1], 16) if found else 0


def build(compiler, options, prefix, target, with_weld):
    weld = ["-DWITH_WELD", "-DWELD_STATIC_DEFINE", f"-I{prefix}/include"] if with_weld else []
    archives = next(prefix.rglob("libweld_std.a")).parent
    said(compiler, "-std=c++23", "-O2", *options, *weld, HERE / "thread_local.cpp", "-o", target,
         *([f"-L{archives}", *LIBRARIES] if with_weld else []))
    return target


def compare(compiler, kind, prefix, work):
    without, linked = (build(compiler, KINDS[kind], prefix, work / f"{compiler}-{kind}-{name}", name == "with")
                       for name in ("without", "with"))
    for program in (without, linked):
        said(program)
    if tls_size(linked) <= tls_size(without):
        sys.exit(f"{linked}: no thread-local of weld's is in it, so this proves nothing")
    expected, found = (instructions(program, "increment") for program in (without, linked))
    print(f"{compiler} {kind}: {'; '.join(found)}")
    if found != expected:
        sys.exit(f"without weld: {'; '.join(expected)}")
    reading = instructions(linked, READER)
    if not any(re.search(POINTER, line) for line in reading) or any(re.search(CALL, line) for line in reading):
        sys.exit(f"weld does not read its own thread-local from the thread's pointer: {'; '.join(reading)}")
    return found


def main():
    prefix, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    for compiler in ("g++", "clang++-19"):
        if shutil.which(compiler) is None:
            print(f"{compiler} is not installed")
            continue
        fast = [compare(compiler, kind, prefix, work) for kind in KINDS]
        slow = instructions(build(compiler, SLOW, prefix, work / f"{compiler}.so", False), "increment")
        if slow in fast:
            sys.exit(f"{compiler}: a slower model gives the same, so the comparison is blind: {'; '.join(slow)}")


if __name__ == "__main__":
    main()
