#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.headers.<compiler>: every public header compiles alone, with every compiler and for every platform.

    headers.py ROOT --build BUILD --fmt INCLUDE COMPILER...

Compiles each header alone, syntax only, all warnings as errors. Compilers other than g++ use g++'s standard library, so
they compile together the headers that g++ compiles alone. For other platforms it also compiles the sources of libsys,
which check constants and layouts against the system's own. BUILD holds the generated headers. A compiler that is not
installed is reported as skipped; the exit status is 77 when all are.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tree import LAYERS, Tree

STRICT = ["-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


@dataclass(frozen=True)
class Target:
    """A compiler, the platform folders it sees, which layers' headers it reads, and libsys' sources or not."""

    commands: tuple[str, ...]
    platforms: tuple[str, ...]
    options: tuple[str, ...] = ()
    layers: tuple[str, ...] = LAYERS
    with_sources: bool = False

    @property
    def command(self):
        return next((command for command in self.commands if shutil.which(command)), None)


# The layers that differ by platform. green's headers are the same everywhere and depend on these.
WELD = tuple(layer for layer in LAYERS if layer != "libgreen")
HOST = ("unix", f"linux-{os.uname().machine}")
TARGETS = {
    "g++": Target(("g++",), HOST),
    # Where the platform's macros `linux` and `unix` are defined.
    "gnu++23": Target(("g++",), HOST, ("-std=gnu++23", "-Wno-pedantic"), layers=WELD),
    "no-exceptions": Target(("g++",), HOST, ("-fno-exceptions", "-fno-rtti")),
    "clang++": Target(("clang++-19",), HOST),
    "aarch64": Target(("aarch64-linux-gnu-g++",), ("unix", "linux-aarch64"), layers=WELD, with_sources=True),
    # Only libsys differs by CPU; aarch64 has compiled the layers above it already.
    "riscv64": Target(("riscv64-linux-gnu-g++",), ("unix", "linux-riscv64"), layers=LAYERS[:1], with_sources=True),
    "windows": Target(("x86_64-w64-mingw32-g++-posix", "x86_64-w64-mingw32-g++"), ("windows",), layers=WELD,
                      with_sources=True),
}


def is_for(path, target):
    """Whether `path` belongs to the platform of `target`."""
    parts = path.split("/")
    if parts[1] == "platform":
        return parts[2] in target.platforms
    other = {"posix", "linux", "unix", "unix.hpp", "linux.hpp"} if "windows" in target.platforms else {
        "windows", "windows.hpp"}
    return not other & set(parts[2:])


def headers_of(tree, target, with_fmt):
    return [path for path in tree.public_headers()
            if path.startswith(target.layers) and is_for(path, target)
            and (with_fmt or path != "libstd/include/weld/fmt.hpp")]


def sources_of(tree, target):
    return [path for path in tree.files
            if target.with_sources and path.startswith("libsys/src/") and path.endswith(".cpp")
            and is_for(path, target)]


def include_options(tree, target, generated):
    roots = {path.partition("/include/")[0] + "/include" for path in headers_of(tree, target, True)}
    return [f"-I{tree.root / root}" for root in sorted(roots)] + [f"-isystem{place}" for place in generated]


def compile_together(tree, target, options, paths):
    """Headers, or one source."""
    command = [target.command, *STRICT, *target.options, *options]
    if paths[0].endswith(".hpp"):
        # A source that includes them first, and again: this tests the guards, and no header is the main file.
        program = "".join(f"#include <{path.partition('/include/')[2]}>\n" for path in paths) * 2
        done = subprocess.run([*command, "-xc++", "-"], input=program, capture_output=True, text=True)
    else:
        done = subprocess.run([*command, str(tree.root / paths[0])], capture_output=True, text=True)
    what = paths[0] if len(paths) == 1 else f"{len(paths)} headers in one program"
    return [] if done.returncode == 0 else [f"{what}: does not compile with {target.command}\n{done.stderr}"]


def check(tree, target, paths, generated, jobs=2):
    options = include_options(tree, target, generated)
    first = TARGETS["g++"]
    seen = set() if target is first else {path for path in paths if path.endswith(".hpp") and is_for(path, first)}
    groups = [sorted(seen)] if seen else []
    groups += [[path] for path in paths if path not in seen]
    with ThreadPoolExecutor(jobs) as pool:
        return [line for lines in pool.map(lambda group: compile_together(tree, target, options, group), groups)
                for line in lines]


def self_test(target, generated):
    """Plants a header that depends on the includes of another, and a right one."""
    with tempfile.TemporaryDirectory(prefix="weld-check-") as root:
        folder = Path(root) / "libsys/include/weld"
        folder.mkdir(parents=True)
        (folder / "leans.hpp").write_text("#pragma once\ninline std::string planted;\n")
        (folder / "stands.hpp").write_text("#pragma once\n#include <string>\ninline std::string right;\n")
        tree = Tree(root)
        said = check(tree, target, tree.public_headers(), generated)
    if len(said) != 1 or "leans.hpp" not in said[0]:
        sys.exit(f"the check is wrong: it should complain of leans.hpp alone, but says {said}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("root")
    arguments.add_argument("--build", required=True)
    arguments.add_argument("--fmt", default="")
    arguments.add_argument("targets", nargs="+", choices=TARGETS)
    options = arguments.parse_args()
    tree = Tree(options.root)
    complaints, skipped = [], 0
    with tempfile.TemporaryDirectory(prefix="weld-check-") as only_fmt:
        generated = [str(Path(options.build) / layer / "include") for layer in ("libsys", "libgreen")] + [only_fmt]
        with_fmt = bool(options.fmt) and (Path(options.fmt) / "fmt").is_dir()
        if with_fmt:  # nothing else of the host's for a cross compiler
            (Path(only_fmt) / "fmt").symlink_to(Path(options.fmt) / "fmt")
        for name in options.targets:
            target = TARGETS[name]
            if not target.command:
                print(f"SKIPPED {name}: {target.commands[0]} is not installed")
                skipped += 1
                continue
            self_test(target, generated)
            paths = headers_of(tree, target, with_fmt) + sources_of(tree, target)
            complaints += check(tree, target, paths, generated)
            print(f"{name}: {len(paths)} files with {target.command}")
    print("\n".join(complaints))
    sys.exit(1 if complaints else 77 if skipped == len(options.targets) else 0)


if __name__ == "__main__":
    main()
