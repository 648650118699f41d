#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""libgreen.migration.*: migration.cpp, and the library with it, built in each way that changes what a compiler sees.

    migration.py COMPILER --root ROOT --build BUILD --work DIR

The builds: without optimisation, with little, with much and all registers of this processor, with the library as a
shared one, and with link-time optimisation of both. Sources, include paths and the archives of weld are those of BUILD.
A program that was built from the same sources before is only run again. Exit status: 0, 1, or 77 when the compiler is
not installed.
"""

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
BASE = ["-std=c++23", "-g1", "-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden",
        "-fstack-clash-protection", "-D_GLIBCXX_ASSERTIONS", '-DGREEN_API=__attribute__((visibility("default")))']
LTO = ["-O2", "-flto"]


def say(*command):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


class Library:
    """The sources of libgreen and their compile options, as in BUILD, which has to build a static library."""

    def __init__(self, root, build):
        # Where BUILD compiles many sources at a time (UNITY_BUILD), so does this.
        folders = (root / "libgreen/src", build / "libgreen/CMakeFiles")
        entries = [entry for entry in json.loads((build / "compile_commands.json").read_text())
                   if any(Path(entry["file"]).is_relative_to(folder) for folder in folders)]
        self.sources = [Path(entry["file"]) for entry in entries]
        words = shlex.split(entries[0]["command"])
        self.flags = [word for word in words if word.startswith("-I")]
        self.flags += [f"-isystem{path}" for word, path in zip(words, words[1:]) if word == "-isystem"]
        self.flags += [word for word in words if word.startswith("-DWELD_")]
        weld = [build / layer / f"libweld_{layer[3:]}.a" for layer in ("libstd", "libnative", "libsys")]
        self.links = [str(archive) for archive in weld]
        if any(re.search(r"/uv/|/green_uv\.dir/", str(source)) for source in self.sources):
            self.links += say("pkg-config", "--libs", "libuv").split()

    def digest(self, root, compiler):
        """A digest of all that the programs are made of."""
        seen = hashlib.sha256(say(compiler, "--version").encode() + repr((BASE, self.flags, self.links)).encode())
        files = [path for layer in ("libsys", "libnative", "libstd", "libgreen")
                 for path in (root / layer).rglob("*.[ch]pp")]
        for path in sorted(files) + [HERE / "migration.cpp", Path(__file__)]:
            seen.update(path.read_bytes())
        return seen.hexdigest()


def compile_all(compiler, library, flags, folder, pool):
    """Objects of the library and of the test, as futures."""
    folder.mkdir()

    def compile_one(source):
        target = folder / (re.sub(r"\W+", "_", str(source.relative_to(source.parents[2]))) + ".o")
        say(compiler, *BASE, *library.flags, *flags, "-c", source, "-o", target)
        return target

    return [pool.submit(compile_one, source) for source in [*library.sources, HERE / "migration.cpp"]]


def build(compiler, library, work):
    ways = {"O0": ["-O0"], "O2": ["-O2"], "O3": ["-O3", "-march=native"], "lto": LTO}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {way: compile_all(compiler, library, flags, work / way, pool) for way, flags in ways.items()}
        for way, flags in ways.items():
            *objects, test = [future.result() for future in waiting[way]]
            link = [compiler, *BASE, *flags]
            say(*link, *objects, test, *library.links, "-o", work / f"{way}/migration")
            if way == "O2":
                (work / "shared").mkdir()
                say(*link, "-shared", *objects, *library.links, "-o", work / "shared/libgreen_core.so")
                say(*link, test, work / "shared/libgreen_core.so", *library.links, f"-Wl,-rpath,{work}/shared",
                    "-o", work / "shared/migration")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("compiler")
    for name in ("--root", "--build", "--work"):
        arguments.add_argument(name, required=True, type=Path)
    options = arguments.parse_args()
    if shutil.which(options.compiler) is None:
        print(f"there is no {options.compiler}")
        sys.exit(77)

    root, build_folder, work = (path.resolve() for path in (options.root, options.build, options.work))
    stamp = work / "digest"
    library = Library(root, build_folder)
    digest = library.digest(root, options.compiler)
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        build(options.compiler, library, work)
        stamp.write_text(digest)
    for way in ("O0", "O2", "O3", "lto", "shared"):
        print(f"{options.compiler} {way}: {say(work / way / 'migration').strip()}")
    needed = say("readelf", "-d", work / "shared/migration")
    if "libgreen_core.so" not in needed:
        sys.exit("the shared library is not used")


if __name__ == "__main__":
    main()
