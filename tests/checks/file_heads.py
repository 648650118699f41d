#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.file_heads: the first lines of a file, and its size.

A file has the licence on its first line (a script on its second), and a C++ header `#pragma once`. A public header
begins with a comment that says what it promises. A header has at most 250 lines, a source 400, a line 120 columns. A
larger file hides a second noun. No file has one of the phrases HARD, for each of which there is a plain word.
"""

import re

from tree import Plant, line_of, run

CODE = re.compile(r"\.(hpp|cpp|h|c|py|go|rs|cmake|cmake\.in)$|(^|/)(CMakeLists\.txt|\.clang-tidy)$")
LICENCE = re.compile(r"^(//|#|/\*) SPDX-License-Identifier: MIT( \*/)?$")
HARD = re.compile(r"\b(go(es)? on on|whoever|looks on for|names? of hosts?|of one's own making|that there is not|"
                  r"is told of)\b", re.IGNORECASE)
LONGEST = {".hpp": 250, ".h": 250, ".cpp": 400, ".c": 400}


def check(tree):
    for path in tree.files:
        try:
            text = tree.text(path)
        except UnicodeDecodeError:
            yield f"{path}: is not UTF-8"
            continue
        for match in HARD.finditer("" if path == "tests/checks/file_heads.py" else text):
            yield f"{path}:{line_of(text, match.start())}: has {match[0]!r}, which is hard to read"
        if path.endswith((".md", ".json", ".html")):
            continue
        script = text.startswith("#!")
        if not script and not CODE.search(path):
            continue
        lines = text.split("\n")
        head = lines[1 if script else 0:]
        if not head or not LICENCE.match(head[0]):
            yield f"{path}: does not begin with the SPDX line"
        if text and not text.endswith("\n"):
            yield f"{path}: does not end with a line end"
        if path.endswith(".hpp"):
            if lines.count("#pragma once") != 1:
                yield f"{path}: has no #pragma once"
            if path in tree.public_headers() and not "\n".join(head[1:3]).startswith("//\n// "):
                yield f"{path}: does not say in its head what it promises"
        for suffix, most in LONGEST.items():
            if path.endswith(suffix) and len(lines) - 1 > most:
                yield f"{path}: has {len(lines) - 1} lines, more than {most}: it hides a second noun"
        for number, line in enumerate(lines, 1):
            if len(line) > 120 and not path.endswith((".go", ".rs")):
                yield f"{path}:{number}: has {len(line)} columns, more than 120"


SPDX = "// SPDX-License-Identifier: MIT\n"
PLANTS = [
    Plant("libstd/src/planted.cpp", "int x;\n", "SPDX"),
    Plant("tests/planted", "#!/bin/sh\necho\n", "SPDX"),
    Plant("tests/planted", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n", None),
    Plant("libstd/src/planted.hpp", SPDX, "#pragma once"),
    Plant("libstd/include/weld/planted.hpp", SPDX + "#pragma once\n", "promises"),
    Plant("libstd/include/weld/planted.hpp", SPDX + "//\n// planted: a word.\n#pragma once\n", None),
    Plant("libstd/src/planted.hpp", SPDX + "#pragma once\n" + "\n" * 249, "251 lines"),
    Plant("libstd/src/planted.cpp", SPDX + "\n" * 400, "401 lines"),
    Plant("libstd/src/planted.cpp", SPDX + "\n" * 399, None),
    Plant("libstd/src/planted.cpp", SPDX + "//" + "x" * 119 + "\n", "121 columns"),
    Plant("libstd/src/planted.cpp", SPDX + "int x;", "line end"),
    Plant("libstd/docs/planted.md", "It wakes whoever waits.\n", "whoever"),
    Plant("libstd/src/planted.cpp", SPDX + "// the carrier that it goes on on\n", "goes on on"),
    Plant("libstd/src/planted.cpp", SPDX + "// what it goes on with, and one that there is\n", None),
]

if __name__ == "__main__":
    run(check, PLANTS)
