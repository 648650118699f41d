#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.readme: README.md and the pages of a layer show code that a test compiles; READMEs name all headers.

A comment `<!-- tests/readme/NAME.cpp -->` on the line before a code block says where the block comes from. The
block equals the text between `// [readme]` and `// [/readme]` of that file (`#` in CMake files), its common
indentation removed, or else the whole file without its SPDX line. README.md may be missing altogether. A page,
`lib*/docs/*.md`, has no C++ of which that is not said.

The README of a layer names each public header `lib*/include/**.hpp` in backticks: `fs/file.hpp`, relative to the
folder of all headers of the layer, or `fs/*` or `fs/*.hpp` for all headers of a folder.
"""

import re
import textwrap

from tree import Plant, line_of, run

BLOCK = re.compile(r"(?:^<!--\s*(?P<source>\S+)\s*-->\n)?^```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
REGION = re.compile(r"^[ \t]*(?://|#) \[readme\]\n(.*?)^[ \t]*(?://|#) \[/readme\]$", re.MULTILINE | re.DOTALL)
PROSE = re.compile(r"README\.md|lib\w+/README\.md|lib\w+/(?P<page>docs)/[\w-]+\.md")
HEAD = re.compile(r"\A(?://|#) SPDX-License-Identifier: MIT\n\n?")


def quoted(text):
    region = REGION.search(text)
    return textwrap.dedent(region[1] if region else HEAD.sub("", text))


INCLUDES = {"libsys": "weld/sys/", "libnative": "weld/native/", "libstd": "weld/", "libgreen": "green/"}
NAMED = re.compile(r"`((?:\w+/)*(?:\w+\.hpp|\*(?:\.hpp)?))`")


def check(tree):
    yield from quotes(tree)
    for layer, include in INCLUDES.items():
        readme = f"{layer}/README.md"
        named = set(NAMED.findall(tree.text(readme) if readme in tree.files else ""))
        for header in tree.public_headers():
            if not header.startswith(f"{layer}/include/{include}"):
                continue
            name = header.removeprefix(f"{layer}/include/{include}")
            folder = name.rpartition("/")[0]
            if not named & {name, f"{folder}/*", f"{folder}/*.hpp"}:
                yield f"{header}: {readme} does not name `{name}`"


def quotes(tree):
    for readme in tree.files:
        prose = PROSE.fullmatch(readme)
        if not prose:
            continue
        text = tree.text(readme)
        for block in BLOCK.finditer(text):
            where = f"{readme}:{line_of(text, block.start('code'))}"
            source = block["source"]
            if source is None:
                if prose["page"] and block["language"] == "cpp":
                    yield f"{where}: does not say which test compiles it"
                continue
            if source not in tree.files:
                yield f"{where}: there is no {source}"
            elif quoted(tree.text(source)).strip("\n") != block["code"].strip("\n"):
                yield f"{where}: the code differs from {source}"


def block(source, code, language="cpp"):
    return f"# weld\n\n<!-- {source} -->\n```{language}\n{code}```\n"


SPDX = "// SPDX-License-Identifier: MIT\n"
NAME = "tests/readme/planted.cpp"
WHOLE = {NAME: SPDX + "int main() {}\n"}
PART = {NAME: SPDX + "namespace {\n    // [readme]\n    int f();\n        int g();\n    // [/readme]\n}\n"}
CMAKE = {NAME: "# SPDX-License-Identifier: MIT\n# [readme]\nproject(x)\n# [/readme]\n"}
PLANTS = [
    Plant("README.md", block("tests/readme/none.cpp", "int x;\n"), "there is no"),
    Plant("libsys/README.md", block("tests/readme/none.cpp", "int x;\n"), "there is no"),
    Plant("libstd/docs/planted.md", block("tests/readme/none.cpp", "int x;\n"), "there is no"),
    Plant("libstd/docs/planted.md", "```cpp\nint x;\n```\n", "does not say"),
    Plant("libstd/docs/planted.md", "```sh\nmake\n```\n", None),
    Plant("README.md", "```sh\nmake\n```\n", None),
    Plant("README.md", block(NAME, "int main() {}\n"), None, beside=WHOLE),
    Plant("README.md", block(NAME, "int main() { }\n"), "differs", beside=WHOLE),
    Plant("README.md", block(NAME, "int f();\n    int g();\n"), None, beside=PART),
    Plant("README.md", block(NAME, "int f();\n"), "differs", beside=PART),
    Plant("README.md", block(NAME, "project(x)\n", "cmake"), None, beside=CMAKE),
    Plant("libsys/include/weld/sys/posix/planted.hpp", "", "does not name"),
    Plant("libnative/include/weld/native/planted.hpp", "", "does not name"),
    Plant("libstd/include/weld/planted.hpp", "", "does not name"),
    Plant("libstd/include/weld/io/planted.hpp", "", None),  # the README has `io/*.hpp`
    Plant("libgreen/include/green/planted.hpp", "", "does not name"),
]

if __name__ == "__main__":
    run(check, PLANTS)
