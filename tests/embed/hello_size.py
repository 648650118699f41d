#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.hello_size: a program contains only the modules that it calls.

    hello_size.py PREFIX WORK

Links hello.cpp with the static weld installed in PREFIX, and hello.c with nothing, both static and stripped. They
differ by at most 16 KiB, and the program contains no other module of weld, and no symbol of networks, processes, timers
or schedulers. For a program that connects to an address the check must find some.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MOST = 16 * 1024
OPTIONS = ["-O2", "-ffunction-sections", "-fdata-sections", "-static", "-Wl,--gc-sections"]
OTHERS = ("weld::fs", "weld::net", "weld::process", "weld::thread", "weld::native", "weld::sys")
# By these `print` waits where its descriptor is non-blocking.
CALLED = re.compile(r"put_unlocked|standard_handle|wait_if_nonblocking|stdio_has_room|fcntl_getfl|sys::poll\(")
PARTS = re.compile(r"Tcp|Udp|Unix|Process|Timer|getaddrinfo|Scheduler")

PLANTED = """
#include <weld/net.hpp>
int main() {
    const auto address = weld::net::SocketAddr::parse("127.0.0.1:0");
    return address && weld::net::TcpListener::bind(*address) ? 0 : 1;
}
"""


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def link(prefix, source, program):
    """Links `source` statically with the weld installed in `prefix`."""
    archives = next(prefix.rglob("libweld_std.a")).parent
    said("g++", "-std=c++23", "-DWELD_STATIC_DEFINE", *OPTIONS, f"-I{prefix}/include", source, f"-L{archives}",
         "-lweld_std", "-lweld_native", "-lweld_sys", "-o", program)


def names(program):
    """The symbols defined in `program`, one line each."""
    return said("nm", "-C", "--defined-only", program).splitlines()


def foreign(lines):
    return [line for line in lines if not CALLED.search(line)
            and (PARTS.search(line) or any(f"{other}::" in line for other in OTHERS))]


def self_test(prefix, work):
    (work / "planted.cpp").write_text(PLANTED)
    link(prefix, work / "planted.cpp", work / "planted")
    if not any(PARTS.search(line) for line in names(work / "planted")):
        sys.exit("the check is blind: it sees no network in a program that listens")


def main():
    prefix, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    self_test(prefix, work)
    said("gcc", *OPTIONS, HERE / "hello.c", "-o", work / "hello_c")
    link(prefix, HERE / "hello.cpp", work / "hello_cpp")
    lines = names(work / "hello_cpp")
    sizes = {}
    for program in ("hello_c", "hello_cpp"):
        if said(work / program) != "hello, world\n":
            sys.exit(f"{program} says something else")
        said("strip", work / program)
        sizes[program] = (work / program).stat().st_size
    more = sizes["hello_cpp"] - sizes["hello_c"]
    print(f"C {sizes['hello_c']} bytes, weld {sizes['hello_cpp']}: {more} more, of {MOST} allowed")
    if not any("weld::print" in line for line in lines):
        sys.exit("weld::print is not in the program, so this proves nothing")
    if found := foreign(lines):
        sys.exit("what nobody called is in the program:\n" + "\n".join(found))
    sys.exit(1 if more > MOST else 0)


if __name__ == "__main__":
    main()
