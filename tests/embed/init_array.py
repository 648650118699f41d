#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.init_array: linking weld runs nothing, before main or at exit.

    init_array.py PREFIX WORK

No object of the static libraries installed in PREFIX has a table of initialisers or finalisers, and none registers an
exit handler. Two register code for the end of a thread: one for the record of a foreign thread, the other for the
values that a program puts into a thread::Local. None has a unique symbol, which would keep its library loaded for ever.
First the check must find each of these in a planted object.
"""

import re
import subprocess
import sys
from pathlib import Path

TABLES = re.compile(r"\.(init_array|fini_array|preinit_array|ctors|dtors)\b")
AT_EXIT = re.compile(r"\b(__cxa_atexit|atexit|on_exit|at_quick_exit)\b")
AT_THREAD_EXIT = re.compile(r"\b(__cxa_thread_atexit\w*|_ZTH\w+|__tls_init)\b")
UNIQUE = re.compile(r" u (\S+)")
# libstd/src/thread/current.cpp and local.cpp: documented there.
AT_THREAD_END = {"current.cpp.o", "local.cpp.o"}

PLANTED = """
#include <string>
std::string global("made before main");
thread_local std::string local("ends with the thread");
std::string& use() { static std::string once("ends at exit"); return local; }
inline const char* digits() { static constexpr char table[] = "0123"; return table; }
const char* use_digits() { return digits(); }
"""


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def members(text):
    """(member, lines) of the output of readelf or nm for an archive."""
    parts = re.split(r"^(?:File: \S*\(([^)]+)\)|(\S+\.o):)$", text, flags=re.MULTILINE)
    return [(parts[i] or parts[i + 1], parts[i + 2]) for i in range(1, len(parts), 3)]


def complaints(archive):
    for member, sections in members(said("readelf", "-S", "-W", archive)):
        if table := TABLES.search(sections):
            yield f"{archive.name}: {member} has {table[0]}: something runs before main or after it"
    for member, symbols in members(said("nm", archive)):
        if called := AT_EXIT.search(symbols):
            yield f"{archive.name}: {member} calls {called[0]}: something runs at exit"
        if (called := AT_THREAD_EXIT.search(symbols)) and member not in AT_THREAD_END:
            yield f"{archive.name}: {member} has {called[0]}: something runs at a thread's end"
        if unique := UNIQUE.search(symbols):
            yield f"{archive.name}: {member} has the unique symbol {unique[1]}: dlclose would do nothing"


def self_test(work):
    work.mkdir(parents=True, exist_ok=True)
    source, item, archive = work / "planted.cpp", work / "planted.o", work / "planted.a"
    source.write_text(PLANTED)
    said("g++", "-std=c++23", "-O1", "-c", source, "-o", item)
    archive.unlink(missing_ok=True)
    said("ar", "rcs", archive, item, item)
    found = "\n".join(complaints(archive))
    for what in ("init_array", "atexit: something", "thread's end", "dlclose would"):
        if what not in found:
            sys.exit(f"the check is blind to {what}: it says {found!r}")


def main():
    prefix, work = Path(sys.argv[1]), Path(sys.argv[2])
    self_test(work)
    archives = sorted(prefix.rglob("libweld_*.a"))
    if len(archives) != 3:
        sys.exit(f"there should be three archives: {archives}")
    count = sum(len(members(said("nm", archive))) for archive in archives)
    found = [line for archive in archives for line in complaints(archive)]
    print("\n".join([*found, f"{count} objects, {len(found)} complaints"]))
    sys.exit(1 if found or count < 20 else 0)


if __name__ == "__main__":
    main()
