#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""package.*: weld as its users get it, with its sources gone.

    package.py TEST --root ROOT --work DIR

`install` copies the tree, installs it from there, static and shared, and removes copy and builds; so whatever
refers to them afterwards fails. The other tests build and run an outside program against what was installed,
or against a copy of the tree.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "checks"))
from tree import Tree  # noqa: E402

HERE = Path(__file__).resolve().parent
SAID = "metadata: No such file or directory (ENOENT) is a NotFound\n"
LIBRARIES = ("sys", "native", "std")


def say(*command, fails=False, **options):
    """What `command` says; the test ends when it fails, or does not."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if (done.returncode != 0) != fails:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def expect(condition, what):
    if not condition:
        sys.exit(what)


def configure(source, build, *options, fails=False):
    return say("cmake", "-S", source, "-B", build, "-G", "Ninja", *options, fails=fails)


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def install(root, work):
    source = Tree(root).copy_to(fresh(work / "source")).root
    for kind, shared in (("static", "OFF"), ("shared", "ON")):
        build, prefix = work / f"build-{kind}", fresh(work / kind)
        shutil.rmtree(build, ignore_errors=True)
        configure(source, build, "--preset", "package", f"-DBUILD_SHARED_LIBS={shared}",
                  f"-DCMAKE_INSTALL_PREFIX={prefix}")
        say("cmake", "--build", build, "-j2")
        say("cmake", "--install", build)
        shutil.rmtree(build)
    shutil.rmtree(source)


def has_no_traces(folder, *places):
    """No text below `folder` names one of `places`."""
    named = re.compile("|".join(rf"(?<![\w.}}-]){re.escape(str(place))}/" for place in places))
    for path in Path(folder).rglob("*"):
        if path.suffix in (".cmake", ".pc", ".json", ".ninja", ".hpp") and path.is_file():
            found = named.search(path.read_text(encoding="utf-8", errors="replace"))
            expect(found is None, f"{path} names {found and found[0]}")


def consume(root, work, prefix, name):
    """Builds the consumer against `prefix`, far from the sources, and runs it."""
    away = fresh(work / f"consumer-{name}")
    shutil.copytree(HERE / "consumer", away / "source")
    build = away / "build"
    configure(away / "source", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    expect(str(prefix) in (build / "compile_commands.json").read_text(), "the consumer found another weld")
    has_no_traces(build, *(Path(root) / layer for layer in ("libsys", "libnative", "libstd")), work / "source")
    say("cmake", "--build", build, "-j2")
    expect(say(build / "consumer", "/") == SAID, "the consumer says something else")
    say(build / "consumer_of_sys")
    return build


def static(root, work):
    prefix = work / "static"
    has_no_traces(prefix, root, work, prefix)
    build = consume(root, work, prefix, "static")
    expect("weld" not in say("readelf", "-d", build / "consumer"), "a static build needs a shared weld")


def shared(root, work):
    prefix = work / "shared"
    has_no_traces(prefix, root, work, prefix)
    build = consume(root, work, prefix, "shared")
    for name in LIBRARIES:
        library = library_of(prefix, f"libweld_{name}.so")
        expect(f"Library soname: [libweld_{name}.so.0.1]" in say("readelf", "-d", library), f"{library}: its soname")
        leaks_nothing(library)
    expect("libweld_std.so.0.1" in say("readelf", "-d", build / "consumer"), "the consumer is not linked to weld")


def library_of(prefix, name):
    return next(Path(prefix).rglob(name))


def leaks_nothing(library):
    """All that `library` defines for others is weld's: what is a user's or the standard library's is weak."""
    exported = say("nm", "-D", "-C", "--defined-only", library).splitlines()
    ours = 0
    for line in exported:
        kind, symbol = line.split(" ", 2)[1:]
        if "weld::" in symbol:
            ours += 1
            expect("(anonymous namespace)" not in symbol, f"{library} exports a private name: {symbol}")
        else:
            expect(kind in "VWu", f"{library} exports what is not its own: {line}")
    expect(ours > 10, f"{library} exports only {ours} names of weld")


def relocated(root, work):
    prefix, moved = fresh(work / "before/weld").parent, work / "after"
    for kind in ("static", "shared"):
        shutil.rmtree(prefix)
        shutil.rmtree(moved, ignore_errors=True)
        shutil.copytree(work / kind, prefix, symlinks=True)
        prefix.rename(moved)
        consume(root, work, moved, f"relocated-{kind}")
        pkg_config(work, moved, f"relocated-{kind}")
        prefix.mkdir()


def pkg_config(work, prefix, name):
    """Builds and runs the consumer with nothing but a compiler and pkg-config."""
    away = fresh(work / f"pkgconfig-{name}")
    folder = library_of(prefix, "weld.pc").parent
    environment = {**os.environ, "PKG_CONFIG_PATH": str(folder)}
    flags = say("pkg-config", "--cflags", "--libs", "weld", env=environment).split()
    fmt = say("pkg-config", "--cflags", "--libs", "fmt").split()
    expect(say("pkg-config", "--modversion", "weld", env=environment).strip() == "0.1.0", "the version of weld.pc")
    say("g++", HERE / "consumer/main.cpp", *flags, *fmt, f"-Wl,-rpath,{folder.parent}", "-o", away / "program")
    expect(say(away / "program", "/") == SAID, "the program says something else")


def pkgconfig(root, work):
    for kind in ("static", "shared"):
        pkg_config(work, work / kind, kind)


def refused(root, work):
    """What find_package says to a version or a component that there is not."""
    away = fresh(work / "refused")
    prefix = f"-DCMAKE_PREFIX_PATH={work / 'static'}"
    for version in ("0.2", "0.0", "1.0"):
        said = configure(HERE / "consumer", away / version, prefix, f"-DWANTED_VERSION={version}", fails=True)
        expect("version: 0.1.0" in said, f"version {version} is refused unclearly:\n{said}")
    said = configure(HERE / "consumer", away / "component", prefix, "-DWANTED_COMPONENTS=std;green", fails=True)
    # CMake wraps its messages.
    expect("weld has no component green" in " ".join(said.split()), f"component green is refused unclearly:\n{said}")


def fetchcontent(root, work):
    away = fresh(work / "fetchcontent")
    tree = Tree(root).copy_to(away / "weld").root
    (away / "programs").mkdir()
    for folder in ("consumer", "fetcher"):
        shutil.copytree(HERE / folder, away / "programs" / folder)
    build = away / "build"
    configure(away / "programs/fetcher", build, f"-DFETCHCONTENT_SOURCE_DIR_WELD={tree}", "-DCMAKE_BUILD_TYPE=Debug")
    targets = say("ninja", "-C", build, "-t", "targets", "all")
    expect("weld_std" in targets, "weld is not part of the build")
    for name in ("weld_test_support", "weld_contenders", "weld-build/tests", "weld-build/bench"):
        expect(name not in targets, f"weld brings {name} into a build that is not its own")
    say("cmake", "--build", build, "-j2")
    expect(say(build / "fetcher", "/") == SAID, "the program says something else")
    expect("Total Tests: 1" in say("ctest", "--test-dir", build, "-N"), "weld adds tests")


TESTS = {test.__name__: test
         for test in (install, static, shared, relocated, pkgconfig, refused, fetchcontent)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("test", choices=TESTS)
    arguments.add_argument("--root", required=True)
    arguments.add_argument("--work", required=True)
    options = arguments.parse_args()
    TESTS[options.test](Path(options.root).resolve(), Path(options.work).resolve())


if __name__ == "__main__":
    main()
