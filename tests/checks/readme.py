#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.readme: README.md and the pages of a layer show code that a test compiles; READMEs name all headers.

A comment `<!-- tests/readme/NAME.cpp -->` on the line before a code block says where the block comes from. The
block equals the text between `// [readme]` and `// [/readme]` of that file (`#` in CMake files), its common
indentation removed, or else the whole file without its SPDX line. README.md may be missing altogether. A page,
`lib*/docs/*.md`, has no C++ without such a comment.

The README of a layer names each public header `lib*/include/**.hpp` in backticks: `fs/file.hpp`, relative to the
folder of all headers of the layer, or `fs/*` or `fs/*.hpp` for all headers of a folder.

README.md names each header at the top of `weld/` and `green/` as `<weld/fs.hpp>`, and each target that
lib*/CMakeLists.txt or libgreen/cmake define with `::`. Each item of its paragraph "Not yet:" names in backticks what it
will be called, `weld::net::UdpSocket`: no public header of that package has the last word of it, whatever its case, in
its path or in its code.
"""

import re
import textwrap

from tree import Plant, line_of, run, without_comments

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


NOT_YET = re.compile(r"^\* Not yet: (.*?)(?=^\*|\n\n|\Z)", re.MULTILINE | re.DOTALL)
WANTED = re.compile(r"`((?:weld|green)(?:::\w+)+)`")
TARGET = re.compile(r"^\s*add_library\((\w+::\w+) ALIAS|^(weld|green)_(?:layer|library)\((\w+)", re.MULTILINE)


def check(tree):
    yield from quotes(tree)
    yield from not_yet(tree)
    yield from components(tree)
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


def components(tree):
    if "README.md" not in tree.files:
        return
    readme = tree.text("README.md")
    for header in tree.public_headers():
        layer, _, name = header.partition("/include/")
        if layer in ("libstd", "libgreen") and name.count("/") == 1 and f"`<{name}>`" not in readme:
            yield f"{header}: README.md does not name `<{name}>`"
    for path in tree.files:
        if re.fullmatch(r"lib\w+/(CMakeLists\.txt|cmake/\w+\.cmake)", path):
            for match in TARGET.finditer(tree.text(path)):
                target = match[1] or f"{match[2]}::{match[3]}"
                if f"`{target}`" not in readme:
                    yield f"{path}: README.md does not name `{target}`"


def not_yet(tree):
    """Complaints of items that exist, and of items that do not say by what name they would be seen to exist."""
    readme = tree.text("README.md") if "README.md" in tree.files else ""
    for paragraph in NOT_YET.finditer(readme):
        where = f"README.md:{line_of(readme, paragraph.start())}"
        for item in re.split(r"[,;]\s|\sand\s", paragraph[1].strip()):
            names = WANTED.findall(item)
            if not names:
                yield f"{where}: \"Not yet\" does not say by what name {item!r} would be called"
            for name in names:
                word = re.compile(rf"(?<![^\W_]){name.rpartition('::')[2]}(?![^\W_])", re.IGNORECASE)
                for header in tree.public_headers():
                    if f"/include/{name.partition('::')[0]}/" in header and \
                            word.search(header.replace("_", "") + "\n" + without_comments(tree.text(header))):
                        yield f"{where}: \"Not yet\" has `{name}`, and {header} has it"


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
TITLE = "# weld\n"
PLANTS = [
    Plant("README.md", block("tests/readme/none.cpp", "int x;\n"), "there is no", old=TITLE),
    Plant("libsys/README.md", block("tests/readme/none.cpp", "int x;\n"), "there is no"),
    Plant("libstd/docs/planted.md", block("tests/readme/none.cpp", "int x;\n"), "there is no"),
    Plant("libstd/docs/planted.md", "```cpp\nint x;\n```\n", "does not say"),
    Plant("libstd/docs/planted.md", "```sh\nmake\n```\n", None),
    Plant("README.md", "```sh\nmake\n```\n", None, old=TITLE),
    Plant("README.md", block(NAME, "int main() {}\n"), None, old=TITLE, beside=WHOLE),
    Plant("README.md", block(NAME, "int main() { }\n"), "differs", old=TITLE, beside=WHOLE),
    Plant("README.md", block(NAME, "int f();\n    int g();\n"), None, old=TITLE, beside=PART),
    Plant("README.md", block(NAME, "int f();\n"), "differs", old=TITLE, beside=PART),
    Plant("README.md", block(NAME, "project(x)\n", "cmake"), None, old=TITLE, beside=CMAKE),
    Plant("libsys/include/weld/sys/posix/planted.hpp", "", "does not name"),
    Plant("libnative/include/weld/native/planted.hpp", "", "does not name"),
    Plant("libstd/include/weld/planted.hpp", "", "does not name"),
    Plant("libstd/include/weld/io/planted.hpp", "", None),  # the README has `io/*.hpp`
    Plant("libgreen/include/green/planted.hpp", "", "does not name"),
    Plant("libstd/include/weld/io/planted.hpp", "class UdpSocket;\n", "has it"),
    Plant("libstd/include/weld/net/udp_socket.hpp", "", "has it"),
    Plant("libstd/include/weld/io/planted.hpp", "// class UdpSocket;\nclass UdpSockets;\n", None),
    Plant("libgreen/include/green/net.hpp", "#include <green/select.hpp>\n#pragma once", "has it", old="#pragma once"),
    Plant("libgreen/include/green/net.hpp", "class UdpSocket;\n#pragma once", None, old="#pragma once"),
    Plant("README.md", "Not yet: dreams, UDP", "by what name", old="Not yet: UDP"),
    Plant("README.md", "`<weld/file_system.hpp>`", "does not name `<weld/fs.hpp>`", old="`<weld/fs.hpp>`"),
    Plant("libgreen/CMakeLists.txt", "green_library(planted\n", "name `green::planted`", old="green_library(core\n"),
]

if __name__ == "__main__":
    run(check, PLANTS)
