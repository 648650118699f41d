#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.hello_size: a program pays for what it calls and for nothing else.

    hello_size.py PREFIX WORK

Links hello.cpp against the static weld installed in PREFIX, and hello.c against nothing, both static and
stripped: at most 16 KiB lie between them, and no other module of weld is in the program.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MOST = 16 * 1024
OPTIONS = ["-O2", "-ffunction-sections", "-fdata-sections", "-static", "-Wl,--gc-sections"]
OTHERS = ("weld::fs", "weld::net", "weld::process", "weld::thread", "weld::native", "weld::sys")


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def main():
    prefix, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    archives = next(prefix.rglob("libweld_std.a")).parent
    said("gcc", *OPTIONS, HERE / "hello.c", "-o", work / "hello_c")
    said("g++", "-std=c++23", "-DWELD_STATIC_DEFINE", *OPTIONS, f"-I{prefix}/include", HERE / "hello.cpp",
         f"-L{archives}", "-lweld_std", "-lweld_native", "-lweld_sys", "-o", work / "hello_cpp")
    names = said("nm", "-C", work / "hello_cpp")
    sizes = {}
    for program in ("hello_c", "hello_cpp"):
        if said(work / program) != "hello, world\n":
            sys.exit(f"{program} says something else")
        said("strip", work / program)
        sizes[program] = (work / program).stat().st_size
    more = sizes["hello_cpp"] - sizes["hello_c"]
    print(f"C {sizes['hello_c']} bytes, weld {sizes['hello_cpp']}: {more} more, of {MOST} allowed")
    if "weld::print" not in names:
        sys.exit("weld::print is not in the program, so this proves nothing")
    found = [line for line in names.splitlines() if any(f"{other}::" in line for other in OTHERS)]
    if found:
        sys.exit("what nobody called is in the program:\n" + "\n".join(found))
    sys.exit(1 if more > MOST else 0)


if __name__ == "__main__":
    main()
