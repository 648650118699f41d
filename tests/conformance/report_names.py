# SPDX-License-Identifier: MIT
"""report_names: the public names that headers declare."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))
from tree import without_bodies, without_comments  # noqa: E402

SCOPE = re.compile(r"\b(?P<kind>namespace|class|struct|union|enum(?: class)?)\s+(?P<name>[\w:]+)[^;{}()]*$")
USING = re.compile(r"using\s+(?P<name>[\w:]+)\s*(?P<alias>=)?")
FUNCTION = re.compile(r"(?<![\w:~])(?P<name>[A-Za-z_]\w*)\s*\((?!\*)")
VALUE = re.compile(r"(?<![\w:])(?P<name>[A-Za-z_]\w*)$")
NO_NAME = re.compile(r"(friend|static_assert|extern|union|class|struct|enum)\b|.*\boperator\b|.*~", re.DOTALL)


def without_noise(declaration):
    """`declaration` without attributes, template heads, requirements, export macros and conditions of explicit."""
    declaration = re.sub(r"\bexplicit\((?:[^()]|\([^()]*\))*\)", "explicit", declaration)
    text = re.sub(r"\[\[.*?\]\]|\b(?:WELD|GREEN)_API\b|\bnoexcept\b|^\s*requires\b[^\n]*$", " ", declaration,
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
    """The name of the function, concept or value that `declaration` declares; None for names that no program writes."""
    if NO_NAME.match(declaration):
        return None
    before_value = re.split(r"=(?![^()]*\))", declaration, maxsplit=1)[0].strip()
    name = (FUNCTION if "(" in before_value else VALUE).search(before_value)
    return name["name"] if name and name["name"] not in (class_name, "decltype") else None


def names_of(text, package):
    """(name, the imported name or None) of each public declaration in `text`."""
    text = without_bodies(re.sub(r"^[ \t]*#.*$", "", without_comments(text), flags=re.MULTILINE))
    scopes, start = [], 0  # kind, name, whether declarations at this place are public
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


def self_test():
    text = """namespace weld::net {
        class A { public: explicit(sizeof...(T) > 0) A(T... t) {}
            [[nodiscard]] static WELD_API Result<A> make(int x = f()) noexcept;
            template <class T> requires B<T> Result<T> get(T t) const { return t; }
            int value_of() const; private: int x_; };
        enum class E { One }; using native::S; struct O { int field = 1; };
        inline int A::value_of() const { return 1; } }"""
    found = sorted(name for name, _ in names_of(text, "weld"))
    expected = [f"net::{name}" for name in ("A", "A::get", "A::make", "A::value_of", "E", "O", "O::field", "S")]
    if found != expected:
        sys.exit(f"the report is wrong: it should find {expected}, but finds {found}")
