#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.mistakes: when a common mistake does not compile, the compiler's message says what to write.

    mistakes.py ROOT --build BUILD

Compiles all mistakes in one program, with each installed compiler, and looks for the helpful words in the compiler's
message about each line. Statements of the list without such words are no mistakes, and must compile.
"""

import argparse
import re
import shutil
import subprocess
import sys

from headers import STRICT, TARGETS, include_options
from tree import Tree

INCLUDES = "".join(f"#include <{name}.hpp>\n" for name in
                   ("weld/fs", "weld/io", "weld/print", "weld/process", "weld/sync/oneshot", "weld/thread", "weld/try",
                    "green/thread"))

# A statement in a function that returns a weld::Result<int>, and the words of the compiler's message.
HAND_UP = "write: return std::unexpected("
MISTAKES = [
    ('auto done = weld::fs::remove_file("x"); return done.error();', HAND_UP),
    ('const auto done = weld::fs::remove_file("x"); return done.error();', HAND_UP),
    ('return weld::Error("parse", weld::Fault::InvalidData);', HAND_UP),
    ("std::expected<void, weld::Transfer> done; return done.error();", HAND_UP),
    ("auto handle = weld::thread::spawn([] { return 1; }); return handle->join();", "std::move(*result).join()"),
    ("auto handle = *weld::thread::spawn([] { return 1; }); return handle.join();", "std::move(handle).join()"),
    ("auto handle = green::thread::spawn([] { return 1; }); return handle->join();", "std::move(*result).join()"),
    ('auto file = weld::fs::File::open("x"); (void)file->close();', "std::move(object).close()"),
    ("auto child = weld::process::Command(\"x\").spawn(); (void)child->wait_with_output();",
     "std::move(object).wait_with_output()"),
    ("auto ends = weld::sync::oneshot::channel<int>(); (void)ends.sender.send(1);", "std::move(sender).send(value)"),
    ('auto done = weld::fs::remove_file("x"); if (!done) return std::unexpected(done.error());', None),
    ("auto handle = weld::thread::spawn([] { return 1; }); return std::move(*handle).join();", None),
    # No warning, however strict the program is.
    ('const auto file = WELD_TRY(weld::fs::File::open("x")); WELD_TRY(file.sync_all());', None),
    ('WELD_TRY(weld::fs::write("to", WELD_TRY(weld::fs::read_to_string("from"))));', None),
    ("return WELD_TRY(green::thread::spawn([] { return 1; })).join();", None),
    ("WELD_TRY(green::thread::sleep(std::chrono::seconds(1))); green::thread::sleep(std::chrono::seconds(1));", None),
    ('weld::print("x"); weld::eprint("x"); weld::thread::sleep(std::chrono::seconds(1));', None),
]


def program_of(mistakes):
    """The program, and the line of each mistake."""
    text = INCLUDES
    lines = []
    for number, (statement, _) in enumerate(mistakes):
        lines.append(text.count("\n") + 1)
        text += f"weld::Result<int> mistake_{number}() {{ {statement} return 0; }}\n"
    return text, lines


def said_of(output, line):
    """The compiler's text from its error in `line` to its next error."""
    pieces = re.split(r"^<stdin>:(\d+):\d+: error: ", output, flags=re.MULTILINE)
    return "".join(text for number, text in zip(pieces[1::2], pieces[2::2]) if int(number) == line)


def check(compiler, options):
    text, lines = program_of(MISTAKES)
    done = subprocess.run([compiler, *STRICT, "-fno-diagnostics-color", *options, "-xc++", "-"], input=text,
                          capture_output=True, text=True)
    for (statement, help_text), line in zip(MISTAKES, lines):
        said = said_of(done.stderr, line)
        if help_text is None and said:
            yield f"{compiler}: {statement}\n  should compile, and the compiler says:\n{said}"
        elif help_text is not None and help_text not in said:
            yield f"{compiler}: {statement}\n  should say {help_text!r}, and the compiler says:\n{said or 'nothing'}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("root")
    arguments.add_argument("--build", required=True)
    options = arguments.parse_args()
    tree = Tree(options.root)
    complaints = []
    for target in (TARGETS["g++"], TARGETS["clang++"]):
        if target.command and shutil.which(target.command):
            generated = [f"{options.build}/{layer}/include" for layer in ("libsys", "libgreen")]
            complaints += check(target.command, include_options(tree, target, generated))
    print(*complaints, f"{len(complaints)} complaints of {len(MISTAKES)} statements", sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
