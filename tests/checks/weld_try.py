#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.weld_try: WELD_TRY stands only where it is safe.

WELD_TRY is a statement expression that returns. In a public header it would define a macro for every user. Inside the
braces of an initialiser g++ 12 leaks the members made before it. In a coroutine `return` is not `co_return`.
"""

import re

from tree import LAYERS, SCOPE, SOURCES, Plant, closing, line_of, run, without_comments

DEFINITION = "libsys/include/weld/sys/try.hpp"
COROUTINE = re.compile(r"\bco_(await|return|yield)\b")
# The text before the brace of a block of statements; any other brace begins an initialiser.
BLOCK = re.compile(
    r"(?:^|[;{}:)\]]|\b(?:else|do|try|const|noexcept|override|final|mutable)|->\s*[\w:\s<>,*&\[\]().]*)\s*$")


def openers(text, position):
    """The unclosed brackets around `position`, innermost first."""
    open_brackets = []
    for index in range(position):
        if text[index] in "({[":
            open_brackets.append(index)
        elif text[index] in ")}]" and open_brackets:
            open_brackets.pop()
    return list(reversed(open_brackets))


def enclosing(text, position):
    """("initialiser", brace) or ("block", outermost brace of the function)."""
    outermost = None
    for opening in openers(text, position):
        if text[opening] != "{":
            continue
        before = text[:opening]
        before = before[max(before.rfind(";"), before.rfind("}"), before.rfind("{")) + 1:]
        if SCOPE.search(before):
            break
        if not BLOCK.search(before) and before.strip():
            if outermost is None:
                return "initialiser", opening
            break
        outermost = opening
    return "block", outermost


def check(tree):
    for path in tree.files:
        if not (path.startswith(LAYERS) and path.endswith(SOURCES)) or path == DEFINITION:
            continue
        text = without_comments(tree.text(path))
        for match in re.finditer(r"\bWELD_TRY\b", text):
            where = f"{path}:{line_of(text, match.start())}"
            if "/include/" in path:
                yield f"{where}: WELD_TRY in a public header"
                continue
            kind, opening = enclosing(text, match.start())
            if kind == "initialiser":
                yield f"{where}: WELD_TRY inside the braces of an initialiser"
            elif opening is not None and COROUTINE.search(text, opening, closing(text, opening)):
                yield f"{where}: WELD_TRY in a coroutine"


def function(body):
    return f"namespace weld {{\n\nResult<Pipe> planted(int x) noexcept {{\n    {body}\n}}\n\n}}  // namespace weld\n"


SOURCE = "libnative/src/unix/planted.cpp"
PLANTS = [
    Plant("libstd/include/weld/planted.hpp", "inline Result<int> f() { return WELD_TRY(g()); }\n", "public header"),
    Plant(SOURCE, function("return within([&]() -> Result<Pipe> { return Pipe(WELD_TRY(a())); });"), None),
    Plant(SOURCE, function("if (x) {\n WELD_TRY(a()); } else { int z = WELD_TRY(a()); }"), None),
    Plant(SOURCE, function("switch (x) { case 1: { WELD_TRY(a()); } default: { WELD_TRY(b()); } }"), None),
    Plant(SOURCE, function("const Guard guard{x};\n    WELD_TRY(a());\n    f(Pair{1, [&] { WELD_TRY(b()); }});"), None),
    Plant(SOURCE, function("return Pipe{WELD_TRY(a()), WELD_TRY(b())};"), "inside the braces"),
    Plant(SOURCE, function("return {.read = WELD_TRY(a())};"), "inside the braces"),
    Plant(SOURCE, function("Pipe pipe = {1, f(WELD_TRY(a()))};"), "inside the braces"),
    Plant(SOURCE, function("use(Pair<int, A>{WELD_TRY(a()), 2});"), "inside the braces"),
    Plant(SOURCE, function("if (x) { co_await y; }\n    int z = WELD_TRY(a());"), "coroutine"),
    Plant(SOURCE, function("for (;;) { WELD_TRY(a()); }\n    co_return 1;"), "coroutine"),
]

if __name__ == "__main__":
    run(check, PLANTS)
