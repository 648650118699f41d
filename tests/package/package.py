#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""package.*: weld and green as their users get them, without their sources.

    package.py TEST --root ROOT --work DIR

`install` copies the tree, installs it from the copy, static and shared, and removes the copy and its builds; so
anything that still refers to them fails. `green_install` does the same with a copy of libgreen alone, against the
installation of `install`: into copies of it, which it moves afterwards. The other tests build and run separate programs
against the installations, or against a copy of the tree.
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
PROBES = "-fstack-clash-protection"
LIBRARIES = ("sys", "native", "std")
LIBGREEN = ("static", "shared", "core")  # the last one static, and without libuv


def say(*command, fails=False, **options):
    """The output of `command`. The test ends if it fails, or with `fails` if it succeeds."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if (done.returncode != 0) != fails:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def expect(condition, what):
    if not condition:
        sys.exit(what)


def configure(source, build, *options, fails=False, **environment):
    said = say("cmake", "-S", source, "-B", build, "-G", "Ninja", *options, fails=fails,
               env={**os.environ, **environment})
    return " ".join(said.split())  # CMake wraps its messages


def without_libuv(work):
    """An environment in which pkg-config finds no packages of the system."""
    return {"PKG_CONFIG_LIBDIR": str(fresh(work / "no-packages")), "PKG_CONFIG_PATH": ""}


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def install(root, work):
    source = Tree(root).copy_to(fresh(work / "source")).root
    for kind, shared in (("static", "OFF"), ("shared", "ON")):
        build, prefix = work / f"build-{kind}", fresh(work / kind)
        shutil.rmtree(build, ignore_errors=True)
        # WELD_UNITY: each source is compiled alone once, which shows what it does not include.
        configure(source, build, "--preset", "package", f"-DBUILD_SHARED_LIBS={shared}", f"-DWELD_UNITY={shared}",
                  f"-DCMAKE_INSTALL_PREFIX={prefix}")
        say("cmake", "--build", build, "-j2")
        say("cmake", "--install", build)
        has_every_header(prefix, root, LIBRARIES)
        shutil.rmtree(build)
    shutil.rmtree(source)


def has_every_header(prefix, root, layers):
    """All headers of `layers` are installed, but for those of other platforms."""
    for layer in layers:
        headers = Path(root) / f"lib{layer}" / "include"
        for header in (path.relative_to(headers) for path in headers.rglob("*.hpp")):
            expect("windows" in header.parts or (prefix / "include" / header).is_file(), f"{header} is not installed")


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
    commands = (build / "compile_commands.json").read_text()
    expect(str(prefix) in commands, "the consumer found another weld")
    expect(commands.count(PROBES) == commands.count('"file"'), f"the consumer is not compiled with {PROBES}")
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
        leaks_nothing(library, "weld::")
    expect("libweld_std.so.0.1" in say("readelf", "-d", build / "consumer"), "the consumer is not linked to weld")


def library_of(prefix, name):
    return next(Path(prefix).rglob(name))


def leaks_nothing(library, namespace):
    """Strong symbols of `library` are its own; symbols of users and of the standard library are weak."""
    exported = say("nm", "-D", "-C", "--defined-only", library).splitlines()
    ours = 0
    for line in exported:
        kind, symbol = line.split(" ", 2)[1:]
        if namespace in symbol:
            ours += 1
            expect("(anonymous namespace)" not in symbol, f"{library} exports a private name: {symbol}")
        else:
            expect(kind in "VWu", f"{library} exports what is not its own: {line}")
    expect(ours > 10, f"{library} exports only {ours} names of {namespace}")


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
    program = built_by_hand(work, prefix, f"pkgconfig-{name}", HERE / "consumer/main.cpp", "weld", "fmt")
    expect(say(program, "/") == SAID, "the program says something else")


def built_by_hand(work, prefix, name, source, *packages, **environment):
    """Builds `source` with a compiler and pkg-config alone."""
    program = fresh(work / name) / "program"
    folder = library_of(prefix, "weld.pc").parent
    environment = {**os.environ, **environment, "PKG_CONFIG_PATH": str(folder)}
    for package in packages:
        if (folder / f"{package}.pc").is_file():
            version = say("pkg-config", "--modversion", package, env=environment).strip()
            expect(version == "0.1.0", f"the version of {package}.pc is {version}")
    flags = say("pkg-config", "--cflags", "--libs", *packages, env=environment).split()
    expect(PROBES in flags, f"pkg-config does not say {PROBES}")
    say("g++", source, *flags, f"-Wl,-rpath,{folder.parent}", "-o", program)
    return program


def pkgconfig(root, work):
    for kind in ("static", "shared"):
        pkg_config(work, work / kind, kind)


def refused(root, work):
    """The message of find_package for a version or a component that does not exist."""
    away = fresh(work / "refused")
    prefix = f"-DCMAKE_PREFIX_PATH={work / 'static'}"
    for version in ("0.2", "0.0", "1.0"):
        said = configure(HERE / "consumer", away / version, prefix, f"-DWANTED_VERSION={version}", fails=True)
        expect("version: 0.1.0" in said, f"version {version} is refused unclearly:\n{said}")
    said = configure(HERE / "consumer", away / "component", prefix, "-DWANTED_COMPONENTS=std;green", fails=True)
    expect("weld has no component green" in said, f"component green is refused unclearly:\n{said}")


def fetchcontent(root, work):
    away = fresh(work / "fetchcontent")
    tree = Tree(root).copy_to(away / "weld").root
    (away / "programs").mkdir()
    for folder in ("consumer", "fetcher", "green"):
        shutil.copytree(HERE / folder, away / "programs" / folder)
    build = away / "build"
    configure(away / "programs/fetcher", build, f"-DFETCHCONTENT_SOURCE_DIR_WELD={tree}", "-DCMAKE_BUILD_TYPE=Debug",
              "-DWELD_UNITY=ON")
    targets = say("ninja", "-C", build, "-t", "targets", "all")
    expect("weld_std" in targets, "weld is not part of the build")
    for name in ("weld_test_support", "weld_contenders", "weld-build/tests", "weld-build/bench", "green_lint"):
        expect(name not in targets, f"weld brings {name} into a build that is not its own")
    say("cmake", "--build", build, "-j2")
    expect(say(build / "fetcher", "/") == SAID, "the program says something else")
    expect(say(build / "fetcher_green") == GREEN_SAID["server"], "the program on green says something else")
    expect("Total Tests: 1" in say("ctest", "--test-dir", build, "-N"), "weld or green adds tests")


def green_install(root, work):
    source = Tree(root).copy_to(fresh(work / "green-source"), below="libgreen/").root / "libgreen"
    expect((source / "LICENSE").read_text() == (root / "LICENSE").read_text(), "libgreen/LICENSE is another one")
    for name in LIBGREEN:
        build, before, prefix = work / f"green-build-{name}", fresh(work / "green-before"), work / f"green-{name}"
        for old in (build, prefix):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(work / ("shared" if name == "shared" else "static"), before, symlinks=True, dirs_exist_ok=True)
        options = ["-DGREEN_WITH_UV=OFF"] if name == "core" else []
        configure(source, build, "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={before}", *options,
                  f"-DBUILD_SHARED_LIBS={'ON' if name == 'shared' else 'OFF'}", f"-DCMAKE_INSTALL_PREFIX={before}",
                  f"-DWELD_UNITY={'OFF' if name == 'static' else 'ON'}",
                  **(without_libuv(work) if name == "core" else {}))
        say("cmake", "--build", build, "-j2")
        say("cmake", "--install", build)
        if name != "core":
            has_every_header(before, root, ["green"])
        shutil.rmtree(build)
        before.rename(prefix)
    shutil.rmtree(source.parent)


GREEN_SAID = {"server": "a task, a thread\n", "either_weld": "152 bytes\n", "either_green": "152 bytes\n",
              "both": "hello, thread; hello, task\n"}


def programs(root, work, kind):
    """Builds the programs against a green that was moved, and runs them."""
    prefix, away = work / f"green-{kind}", fresh(work / f"programs-{kind}")
    has_no_traces(prefix, root, work, prefix)
    shutil.copytree(HERE / "green", away / "source")
    build = away / "build"
    configure(away / "source", build, f"-DCMAKE_PREFIX_PATH={prefix}")
    has_no_traces(build, *(Path(root) / f"lib{layer}" for layer in (*LIBRARIES, "green")), work / "green-source")
    say("cmake", "--build", build, "-j2")
    for program, said in GREEN_SAID.items():
        expect(say(build / program) == said, f"{program} says something else")
    names = [HERE / "green" / name for name in ("tool.cpp", "both.cpp")]
    lines = [f"{name.read_text().count(chr(10))}\n" for name in names]
    expect(say(build / "tool", *names) == "".join(lines), "the tool counts something else")
    for program in ("tool", "either_weld"):
        found = green_in(build / program)
        expect(not found, f"{program}, which does not use green, has {found}")
    for program in ("server", "either_green", "both"):
        expect(green_in(build / program), f"{program} seems not to use green")
    return prefix


def green_in(program):
    """The symbols of green and libuv in `program`, and the libraries that it needs."""
    symbols = re.findall(r".*\b(?:green::|uv_).*", say("nm", "-C", program))
    return symbols + re.findall(r"NEEDED.*\blib(?:green|uv).*", say("readelf", "-d", program))


def green_static(root, work):
    programs(root, work, "static")


def green_shared(root, work):
    prefix = programs(root, work, "shared")
    for name in ("core", "uv"):
        library = library_of(prefix, f"libgreen_{name}.so")
        dynamic = say("readelf", "-d", library)
        expect(f"Library soname: [libgreen_{name}.so.0.1]" in dynamic, f"{library}: its soname")
        expect(("libuv" in dynamic) == (name == "uv"), f"{library} and libuv")
        leaks_nothing(library, "green::")


def green_core(root, work):
    """green::core needs no libuv, neither for its build nor for its use, also where green has green::uv."""
    expect(not list((work / "green-core").rglob("*[uU]v*")), "a green without libuv installs something of it")
    hidden = {**without_libuv(work), "CMAKE_DISABLE_FIND_PACKAGE_PkgConfig": "ON"}
    for name in LIBGREEN:
        away, prefix = fresh(work / f"core-{name}"), work / f"green-{name}"
        if name != "shared":
            expect("uv_" not in say("nm", library_of(prefix, "libgreen_core.a")), "green::core uses libuv")
        configure(HERE / "green_core", away, f"-DCMAKE_PREFIX_PATH={prefix}", **hidden)
        say("cmake", "--build", away, "-j2")
        expect(say(away / "tasks") == "10000 tasks slept\n", "the tasks say something else")
        said = say(away / "frames", fails=True)
        expect("green: task 'large' overflowed its stack of 61440 bytes" in said, f"a large frame is not seen:\n{said}")


def green_lint(root, work):
    """The installed lint finds the call that blocks, in programs on a static green and on a shared one."""
    for name in LIBGREEN:
        away, prefix = fresh(work / f"lint-{name}"), work / f"green-{name}"
        configure(HERE / "green_core", away, f"-DCMAKE_PREFIX_PATH={prefix}", **without_libuv(work))
        say("cmake", "--build", away, "-j2")
        lint = (away / "lint.txt").read_text()
        expect(Path(lint) == library_of(prefix, "libgreen_lint.so"), f"green::lint is {lint}")
        expect(say(away / "blocks") == "", "without the lint the program says something")
        said = say(away / "blocks", env={**os.environ, "LD_PRELOAD": lint})
        expect(said.startswith("green-lint: task 'sleeper' calls nanosleep(), which blocks its carrier\n    #0 "),
               f"the lint says something else:\n{said}")
        expect(say(away / "tasks", env={**os.environ, "LD_PRELOAD": lint}) == "10000 tasks slept\n",
               "the lint finds something in tasks that sleep as they should")


def green_pkgconfig(root, work):
    for name in LIBGREEN:
        program = built_by_hand(work, work / f"green-{name}", f"pkgconfig-core-{name}", HERE / "green_core/tasks.cpp",
                                "green_core", **without_libuv(work))
        expect(say(program) == "10000 tasks slept\n", "the tasks say something else")
    for name in ("static", "shared"):
        program = built_by_hand(work, work / f"green-{name}", f"pkgconfig-uv-{name}", HERE / "green/server.cpp",
                                "green_uv")
        expect(say(program) == GREEN_SAID["server"], "the server says something else")


def green_refused(root, work):
    """The message for a version, a component or a libuv that does not exist."""
    away, hidden = fresh(work / "green-refused"), without_libuv(work)

    def refuses(why, kind, *options, source=HERE / "green_core", **environment):
        said = configure(source, fresh(away / "build"), f"-DCMAKE_PREFIX_PATH={work / f'green-{kind}'}", *options,
                         fails=True, **environment)
        expect(why in said, f"with {options} of {kind} it is not said that {why}:\n{said}")

    for version in ("0.2", "0.0", "1.0"):
        refuses("version: 0.1.0", "static", f"-DWANTED_VERSION={version}")
    for kind in LIBGREEN:
        refuses("green has no component fork", kind, "-DWANTED_COMPONENTS=core;fork")
    for wanted in ("uv", "core;green"):
        refuses("this green was built without libuv", "core", f"-DWANTED_COMPONENTS={wanted}")
        refuses("green::uv needs libuv 1.44 or newer", "static", f"-DWANTED_COMPONENTS={wanted}", **hidden)
    refuses("green::uv needs libuv 1.44 or newer", "static", "-DWANTED_COMPONENTS=", **hidden)
    refuses("green::uv needs libuv 1.44 or newer", "static", "-DWANTED_COMPONENTS=uv",
            "-DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON")
    refuses("with -DGREEN_WITH_UV=OFF green::core is built without", "static", source=root / "libgreen", **hidden)
    # A component that was not asked for is not missed; nor is a library that a shared library has linked already.
    for kind, wanted in (("core", ""), ("shared", "uv;green")):
        configure(HERE / "green_core", fresh(away / "build"), f"-DCMAKE_PREFIX_PATH={work / f'green-{kind}'}",
                  f"-DWANTED_COMPONENTS={wanted}", **hidden)


TESTS = {test.__name__: test
         for test in (install, static, shared, relocated, pkgconfig, refused, fetchcontent, green_install, green_static,
                      green_shared, green_core, green_lint, green_pkgconfig, green_refused)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("test", choices=TESTS)
    arguments.add_argument("--root", required=True)
    arguments.add_argument("--work", required=True)
    options = arguments.parse_args()
    TESTS[options.test](Path(options.root).resolve(), Path(options.work).resolve())


if __name__ == "__main__":
    main()
