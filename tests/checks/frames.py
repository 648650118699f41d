#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.frames: no function of the layers has a stack frame of more than 8 KiB, or of unbounded size.

    frames.py ROOT --build BUILD

A task's stack may be as small as 16 KiB. BUILD is a build with -fstack-usage, which writes a .su file with the frames
of each object. The check reads all sources of the layers; and, for the templates and inline functions of their headers,
the tests that were built, which instantiate them.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tree import LAYERS

MOST = 8192
# A function over a large value of a test's: its frame is as large as the value, which is the test's own.
OVER_LARGE = re.compile(r"\[with .*(?:std::array<[\w: ]+, |test::Message<)\d{4,}")
LINE = re.compile(r"(?P<file>[^:\t]+):(?P<name>[^\t]*)\t(?P<size>\d+)\t(?P<kind>[a-z,]+)")


class Frames:
    """The frames that the compiler reports for the objects of one build."""

    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.seen = 0
        self.complaints = set()

    def of_object(self, record, source):
        path = self.relative(source)
        place = (self.folder / record).with_suffix(".su")
        if place.is_file():
            for line in place.read_text(encoding="utf-8", errors="replace").splitlines():
                self.of_function(line)
        elif path is not None or "/Unity/" in source:
            self.complaints.add(f"{path or source}: there is no {place}: it was not built with -fstack-usage")

    def of_function(self, line):
        match = LINE.fullmatch(line)
        if match is None:
            self.complaints.add(f"this line of a .su file is not understood: {line}")
            return
        path, size = self.relative(match["file"]), int(match["size"])
        if path is None:
            return
        self.seen += 1
        if size > MOST and not OVER_LARGE.search(match["name"]):
            self.complaints.add(f"{path}:{match['name']}: a frame of {size} bytes, of at most {MOST}")
        if match["kind"] == "dynamic":
            self.complaints.add(f"{path}:{match['name']}: nothing bounds the size of its frame")

    def relative(self, name):
        """The path below the root of a file of a layer; None for others."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.root):
            return None
        path = path.relative_to(self.root)
        return path if path.parts[0] in LAYERS else None


PLANTED = """
extern "C" void use(volatile char*);
void has_large_frame() { volatile char large[8300]; use(large); }
void has_frame_of_any_size(unsigned size) { use(static_cast<char*>(__builtin_alloca(size))); }
void is_fine() { volatile char large[8000]; use(large); }
"""


def finds_planted(compiler):
    """Whether the check understands the compiler's report."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        (root / "libstd").mkdir()
        (root / "libstd/planted.cpp").write_text(PLANTED)
        command = [*compiler, "-std=c++23", "-O1", "-fstack-usage", "-c", "libstd/planted.cpp", "-o", "planted.o"]
        subprocess.run(command, cwd=root, check=True)
        frames = Frames(root, root)
        frames.of_object("planted.o", "libstd/planted.cpp")
        frames.of_object("missing.o", "libstd/missing.cpp")
        found = sorted(frames.complaints)
        return len(found) == 3 and all(word in line for word, line in zip(
            ("missing.su", "a frame of 8", "nothing bounds"), found, strict=True))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("root", type=Path)
    arguments.add_argument("--build", type=Path, required=True)
    options = arguments.parse_args()
    commands = json.loads((options.build / "compile_commands.json").read_text())
    # Behind a launcher, if there is one.
    compiler = [word for word in shlex.split(commands[0]["command"])[:2] if not word.startswith("-")]
    if not finds_planted(compiler):
        sys.exit("what was planted was not found")
    frames = Frames(options.root.resolve(), options.build.resolve())
    for command in commands:
        if re.search(r"\.cpp$|/Unity/", command["file"]) and "/_deps/" not in command["file"]:
            words = shlex.split(command["command"])
            frames.of_object(words[words.index("-o") + 1], command["file"])
    for complaint in sorted(frames.complaints):
        print(complaint)
    print(f"{frames.seen} frames looked at")
    if frames.complaints or frames.seen == 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
