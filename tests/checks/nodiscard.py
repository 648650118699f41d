#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.nodiscard: a public function that returns a Result, Answer or Entries is [[nodiscard]], DROPPED excepted.

An ignored error is the most common bug of code without exceptions. But a warning that everybody silences by `(void)`
does not help. So the attribute is missing from functions whose failure loses no data and changes nothing that the
program relies on later: DROPPED lists them, for both packages. The check reads declarations: `Result<T> f(`,
`static … Result<T> f(`, `auto f(…) -> Result<T>`. A friend that is not defined where it is declared cannot have
the attribute and is left out.
"""

import re

from tree import Plant, closing, line_of, run, without_bodies, without_comments

# Their failure shows again where it matters, or nowhere: a failed `print` fails again in `flush`, a cancelled sleep is
# cancelled again at the next cancellation point, reads and writes of a closed connection fail, and TCP_NODELAY and
# SO_KEEPALIVE are hints.
DROPPED = {"print", "eprint", "sleep", "sleep_until", "shutdown", "set_nodelay", "set_keepalive"}
HIGH = ("libstd/", "libgreen/")  # the layers below pass every result up

RESULT = re.compile(r"\b(?:weld::|sys::|weld::sys::|native::)?(?:Result|Answer|Entries|std::expected|expected)\s*(?=<)")
NAME = re.compile(r"\s*([&*]*)\s*((?:operator\s*(?:\(\s*\)|\[\s*\]|[^\s(]+))|[A-Za-z_]\w*)\s*\(")
AUTO = re.compile(r"\bauto\s+([A-Za-z_]\w*)\s*\(")
TRAILING = re.compile(r"\s*(?:const|noexcept|&&?|\([^()]*\)|\s)*->\s*(?:const\s+)?")


def head_of(text, position):
    """The part of the declaration before `position`."""
    return re.split(r"[;{}]|(?:public|private|protected)\s*:", text[:position])[-1]


def declared_results(text):
    for match in RESULT.finditer(text):
        end = closing(text, text.index("<", match.start()))
        name = NAME.match(text, end + 1)
        head = head_of(text, match.start())
        # Within parentheses or after a `return`, `=` or `->` it is a use, not a declaration.
        if name and not name[1] and not re.search(r"\(|=|->|\breturn\b|\busing\b|\bnew\b", without_attributes(head)):
            yield match.start(), name[2], head
    for match in AUTO.finditer(text):
        arrow = TRAILING.match(text, closing(text, match.end() - 1) + 1)
        if arrow and RESULT.match(text, arrow.end()):
            yield match.start(), match[1], head_of(text, match.start())


def without_attributes(head):
    return re.sub(r"\[\[.*?\]\]|requires\s*(?:requires)?\s*\(.*?\)|noexcept\s*\(.*?\)", "", head, flags=re.DOTALL)


def check(tree):
    for path in tree.public_headers():
        text = without_comments(tree.text(path))
        text = without_bodies(re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE))
        for position, name, head in declared_results(text):
            where = f"{path}:{line_of(text, position)}"
            if path.startswith(HIGH) and name in DROPPED:
                if "[[nodiscard" in head:
                    yield f"{where}: {name} is [[nodiscard]], and nothing is lost with its result"
            elif "[[nodiscard" not in head and not re.search(r"\bfriend\b", head):
                yield f"{where}: {name} returns a Result and is not [[nodiscard]]"


HEADER = "libstd/include/weld/planted.hpp"
MISSED = "planted returns a Result"
PLANTS = [
    Plant(HEADER, "WELD_API Result<void> planted() noexcept;\n", MISSED),
    Plant(HEADER, "class C {\n    WELD_API Answer<bool> planted() noexcept;\n};\n", MISSED),
    Plant(HEADER, "struct S { int x; static sys::Result<std::vector<int>> planted(int x = f(1)); };\n", MISSED),
    Plant(HEADER, "template <class T> auto planted(T x) noexcept -> weld::Result<T> { return x; }\n", MISSED),
    Plant(HEADER, "class C { void f() { if (x) { g(); } }\n std::expected<int, E> planted(); };\n", MISSED),
    Plant(HEADER, "class C {\npublic:\n    Result<void> close() &&;\n};\n", "close returns"),
    Plant(HEADER, "[[nodiscard]] Result<int> good();\nResult<int> planted();\n", MISSED),
    Plant(HEADER, "inline Result<int> value = made();\nvoid take(Result<int> (*call)(), Result<int> x);\n", None),
    Plant(HEADER, "class C { friend Result<C> open(int); Result<int> kept; const Result<C>* next(); };\n", None),
    Plant(HEADER, "inline int f() { Result<int> x(1); return Result<int>(2).value(); }\n", None),
    Plant(HEADER, "class C { Result<void> set_nodelay(bool on) const; };\nResult<void> sleep(int wait);\n", None),
    Plant(HEADER, "[[nodiscard]] Result<void> print(int text);\n", "print is [[nodiscard]]"),
    Plant("libnative/include/weld/native/planted.hpp", "sys::Result<void> shutdown(int how);\n", "shutdown returns"),
    Plant("libstd/include/weld/fs/file.hpp", "    static WELD_API Result<File> create(", "create returns",
          old="    [[nodiscard]] static WELD_API Result<File> create("),
    Plant("libsys/include/weld/sys/posix/io.hpp", "\ninline Result<std::size_t> read(", "read returns",
          old="\n[[nodiscard]] inline Result<std::size_t> read("),
]

if __name__ == "__main__":
    run(check, PLANTS)
