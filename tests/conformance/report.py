#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""conformance.report: which names of weld green has not.

    report.py ROOT [--write]

Reads the public names of weld's headers and of green's, and compares those that green has not with missing.txt beside
this file: a difference fails, with --write it becomes the file. That something is missing is no failure: weld never
waits for green. <weld/fmt.hpp> is left out, since it names nothing of its own.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))
from tree import Tree, without_bodies, without_comments  # noqa: E402

LIST = "tests/conformance/missing.txt"
HEAD = """# Names of weld that green has not, as tests/conformance/report.py finds them; --write brings this up to date.
"""

# Public for the sake of templates; programs have no use for them.
OF_THE_IMPLEMENTATION = {
    "RunValue", "thread::Handle", "thread::Members", "thread::Outcome", "thread::Packet", "thread::Record",
    "thread::Returned", "thread::Slot", "thread::start",
}

SCOPE = re.compile(r"\b(?P<kind>namespace|class|struct|union|enum(?: class)?)\s+(?P<name>[\w:]+)[^;{}()]*$")
USING = re.compile(r"using\s+(?P<name>[\w:]+)\s*(?P<alias>=)?")
FUNCTION = re.compile(r"(?<![\w:~])(?P<name>[A-Za-z_]\w*)\s*\((?!\*)")
VALUE = re.compile(r"(?<![\w:])(?P<name>[A-Za-z_]\w*)$")
NO_NAME = re.compile(r"(friend|static_assert|extern|union|class|struct|enum)\b|.*\boperator\b|.*~", re.DOTALL)


def without_noise(declaration):
    """`declaration` without attributes, template heads, requirements and export macros."""
    text = re.sub(r"\[\[.*?\]\]|\b(?:WELD|GREEN)_API\b|\bnoexcept\b|^\s*requires\b.*$", " ", declaration,
                  flags=re.DOTALL | re.MULTILINE).strip()
    while text.startswith("template"):
        depth = end = 0
        for end, char in enumerate(text):
            depth += {"<": 1, ">": -1}.get(char, 0)
            if char == ">" and depth == 0:
                break
        text = text[end + 1:].strip()
    return text


def declared(declaration, class_name):
    """The name of the function, concept or value that `declaration` is; None for what no program writes."""
    if NO_NAME.match(declaration):
        return None
    before_value = re.split(r"=(?![^()]*\))", declaration, maxsplit=1)[0].strip()
    name = (FUNCTION if "(" in before_value else VALUE).search(before_value)
    return name["name"] if name and name["name"] not in (class_name, "decltype") else None


def names_of(text, package):
    """(name, what it imports or None) of all that is public in `text`."""
    text = without_bodies(re.sub(r"^[ \t]*#.*$", "", without_comments(text), flags=re.MULTILINE))
    scopes, start = [], 0  # kind, name, whether what stands there is public
    for match in re.finditer(r"[;{}]|\b(public|protected|private)\s*:(?!:)", text):
        declaration = without_noise(text[start:match.start()])
        start = match.end()
        if match[1]:
            scopes[-1][2] = match[1] == "public"
        elif match[0] == "}":
            scopes.pop()
            continue
        scope = SCOPE.search(declaration) if match[0] == "{" else None
        using = USING.match(declaration)
        name = scope or using or None
        name = name["name"].rpartition("::")[2] if name else declared(declaration, scopes[-1][1] if scopes else "")
        inside = "::".join(scope[1] for scope in scopes) + "::"
        if name and scopes and all(scope[2] for scope in scopes) and inside.startswith(package + "::"):
            yield inside.removeprefix(package + "::") + name, using["name"] if using and not using["alias"] else None
        if match[0] == "{":
            kind = scope["kind"] if scope else "body"
            scopes.append([kind, scope["name"] if scope else "", kind in ("namespace", "struct")])


def public_names(tree, layer, package):
    names = {}
    for path in tree.public_headers():
        if path.startswith(layer + "/include/") and not path.endswith("/fmt.hpp"):
            names |= {name: target for name, target in names_of(tree.text(path), package)
                      if name not in names or target}
    return names


def missing(tree):
    weld = public_names(tree, "libstd", "weld")
    green = public_names(tree, "libgreen", "green")
    # What is weld's own has all its members; the members of what is not there need no line each.
    whole = {name for name, target in green.items() if (target or "").startswith("weld::")}
    known = whole | (weld.keys() - green.keys()) | OF_THE_IMPLEMENTATION
    return sorted(name for name in weld.keys() - green.keys() - OF_THE_IMPLEMENTATION
                  if not any(name.startswith(owner + "::") for owner in known))


def self_test():
    text = """namespace weld::net {
        class A { public: [[nodiscard]] static WELD_API Result<A> make(int x = f()) noexcept;
            template <class T> requires B<T> Result<T> get(T t) const { return t; }
            int value_of() const; private: int x_; };
        enum class E { One }; using native::S; struct O { int field = 1; };
        inline int A::value_of() const { return 1; } }"""
    found = sorted(name for name, _ in names_of(text, "weld"))
    expected = [f"net::{name}" for name in ("A", "A::get", "A::make", "A::value_of", "E", "O", "O::field", "S")]
    if found != expected:
        sys.exit(f"the report is wrong: it should find {expected}, but finds {found}")


def main():
    self_test()
    root = Path(sys.argv[1])
    found = HEAD + "".join(f"{name}\n" for name in missing(Tree(root)))
    place = root / LIST
    if "--write" in sys.argv[2:]:
        place.write_text(found, encoding="utf-8")
    print(found.removeprefix(HEAD), end="")
    if not place.exists() or found != place.read_text(encoding="utf-8"):
        sys.exit(f"{LIST} is out of date: tests/conformance/report.py . --write brings it up to date")


if __name__ == "__main__":
    main()
