# SPDX-License-Identifier: MIT
"""Tree: the files of a checkout, and functions that read C++ text, for the checks.

The files are those that git tracks or would track; without git, all but the build folder. A check is a function from a
Tree to complaints. `run` first plants each violation that the check must find: on top of the tree's files, in memory
and not on disk. It expects a new complaint for each, since a check that cannot fail is a defect.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

LAYERS = ("libsys", "libnative", "libstd", "libgreen")
HEADER = ".hpp"
SOURCES = (".hpp", ".cpp", ".h", ".c")


class Tree:
    def __init__(self, root):
        self.root = Path(root).resolve()

    @cached_property
    def files(self):
        """Paths relative to the root, sorted, with forward slashes."""
        listed = None
        if (self.root / ".git").exists():
            command = ["git", "-c", "safe.directory=*", "-C", str(self.root), "ls-files", "-z"]
            command += ["--cached", "--others", "--exclude-standard"]
            try:
                listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
            except (OSError, subprocess.CalledProcessError):
                pass
        if listed is None:
            listed = [str(path.relative_to(self.root)) for path in self.root.rglob("*")]
        wanted = {path for path in listed if path and path.split("/")[0] not in (".git", "build")}
        return sorted(path for path in wanted if "__pycache__" not in path and (self.root / path).is_file())

    @cache
    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def public_headers(self):
        return [path for path in self.files
                if path.startswith(LAYERS) and "/include/" in path and path.endswith(HEADER)]

    def copy_to(self, target, below=""):
        for path in (path for path in self.files if path.startswith(below)):
            place = Path(target) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.root / path, place)
        return Tree(target)


class TreeWith(Tree):
    """`tree` with the texts of `planted` on top: new files, or new texts of its files."""

    def __init__(self, tree, planted):
        super().__init__(tree.root)
        self.tree = tree
        self.planted = planted

    @cached_property
    def files(self):
        return sorted({*self.tree.files, *self.planted})

    def text(self, path):
        return self.planted[path] if path in self.planted else self.tree.text(path)


@cache
def without_comments(text):
    """C++ `text`, its comments and the insides of its literals blanked; line numbers and columns stay."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])*'", re.DOTALL)

    def blank(match):
        token = match.group()
        kept = 1 if token[0] in "\"'" else 0
        inside = re.sub(r"[^\n]", " ", token[kept:len(token) - kept])
        return token[:kept] + inside + token[len(token) - kept:]

    # A path in an #include is no literal.
    lines = []
    for line in text.split("\n"):
        lines.append(line.replace('"', "\x01") if re.match(r"\s*#\s*include\b", line) else line)
    return pattern.sub(blank, "\n".join(lines)).replace("\x01", '"')


SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum)\b[^;{}()=]*$|\bextern\s*\"[^\"]*\"\s*$")


def without_bodies(text):
    """`text`, which has no comments, with the bodies of its functions blanked."""
    kept = []
    position = 0
    while (opening := text.find("{", position)) >= 0:
        kept.append(text[position:opening + 1])
        head = re.split(r"[;{}]", text[:opening])[-1]
        position = opening + 1
        if "(" in head and not SCOPE.search(head):
            end = closing(text, opening)
            kept.append(re.sub(r"[^\n]", " ", text[position:end]))
            position = end
    return "".join(kept) + text[position:]


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def closing(text, opening):
    """The position of the bracket that closes the one at `opening`; the end when none does."""
    close = {"(": ")", "{": "}", "[": "]", "<": ">"}[text[opening]]
    depth = 0
    for position in range(opening, len(text)):
        if text[position] == text[opening]:
            depth += 1
        elif text[position] == close:
            depth -= 1
            if depth == 0:
                return position
    return len(text)


@dataclass
class Plant:
    """The text of `path`, or the replacement of its first `old`; the expected complaint or None; other files."""

    path: str
    text: str
    complaint: str | None
    old: str | None = None
    beside: dict[str, str] = field(default_factory=dict)

    def is_answered_by(self, complaints):
        if self.complaint is None:
            return not complaints
        return any(self.path in line and self.complaint in line for line in complaints)


def plant_in(tree, planted):
    files = {**planted.beside, planted.path: planted.text}
    if planted.old is not None:
        before = tree.text(planted.path)
        if planted.old not in before:
            sys.exit(f"the self-test is out of date: {planted.path} has no {planted.old!r}")
        files[planted.path] = before.replace(planted.old, planted.text, 1)
    return TreeWith(tree, files)


def run(check, plants, root=None):
    """Plants, checks, reports; exits with 1 when there is a complaint."""
    tree = Tree(root or sys.argv[1])
    before = set(check(tree))
    for planted in plants:
        said = set(check(plant_in(tree, planted))) - before
        if not planted.is_answered_by(said):
            sys.exit(f"the check is wrong: with {planted.text!r} in {planted.path} it should say "
                     f"{planted.complaint or 'nothing'!r}, but says {sorted(said) or 'nothing'!r}")
    for line in sorted(before):
        print(line)
    print(f"{len(before)} complaints; {len(plants)} plants were judged right")
    sys.exit(1 if before else 0)
