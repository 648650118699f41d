#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""surface.ported: the tests and promises of ported.txt that no test here is named for, and what promises.md lacks.

    ported.py ROOT

Each line of ported.txt is a name, or `name: why not`. A name has to stand in the head of some test case of tests/: as a
word of the test's name, or as its tag `[origin:name]`; the tag `[reproc:argv]` also stands for `reproc.argv`.
Fails on a name that no test has, on one that is waived and yet there, and on one that is listed twice.

promises.md says what the numbers mean, each in a row `| 2.41 | …`: of promises, 2.N, and of old bugs, 4A.N. Fails where
it lacks the number of a line of ported.txt or of a test, and where it has one that neither has.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
CASE = re.compile(rf"_?TEST(?:_CASE)?\(\s*{STRINGS}(?:,\s*{STRINGS})?")
SEAM = re.compile(r'(?<!\\)"\s*"')
WORD = re.compile(r"[\w.]*\w")
TAG = re.compile(r"\[(\w+):([\w.]*\w)\]")


def words(text):
    """The identifiers in the heads of all test cases of a source: each word of a name, and each tag with an origin."""
    there = set()
    for literals in CASE.findall(text):
        name, tags = (SEAM.sub("", part) for part in literals)
        there.update(WORD.findall(name))
        for origin, identifier in TAG.findall(tags):
            there.update((identifier, f"{origin}.{identifier}"))
    return there


def complaints(lines, there):
    listed = set()
    for line in lines:
        name, waived, reason = (part.strip() for part in line.partition(":"))
        if name in listed:
            yield f"{name}: listed twice"
        listed.add(name)
        if waived and not reason:
            yield f"{name}: waived for no reason"
        elif waived and name in there:
            yield f"{name}: waived, but a test has the name"
        elif not waived and name not in there:
            yield f"{name}: no test has it as a word of its name or as a tag; write one, or say why not in ported.txt"


ROW = re.compile(r"^\| (\d\w?\.\d+) \|", re.MULTILINE)
PROMISE = re.compile(r"2\.\d+")
TAGGED = re.compile(r"(?:promise|seed)\.(\w+\.\d+)|(4A\.\d+)")


def page_complaints(lines, there, page):
    rows = ROW.findall(page)
    used = {line.partition(":")[0].strip() for line in lines}
    used = {name for name in used if PROMISE.fullmatch(name)}
    used.update(match[1] or match[2] for match in map(TAGGED.fullmatch, there) if match)
    for number in sorted(used.difference(rows)):
        yield f"{number}: promises.md does not say what it means"
    for number in sorted(set(rows)):
        if rows.count(number) > 1:
            yield f"{number}: twice in promises.md"
        if number not in used:
            yield f"{number}: in promises.md, but neither in ported.txt nor the tag of a test"


def self_test():
    there = words('TEST_CASE("2.1: a_b, c: d")\nGREEN_TEST("e "\n "f_") TEST_CASE(\n"g")')
    if not {"2.1", "a_b", "c", "e", "f_", "g"} <= there:
        sys.exit(f"the report is wrong: it reads {there}")
    tagged = words('TEST_CASE("a b", "[fs][rust:x" ".y_z]" "[promise:2.41]")\n'
                   'GREEN_TEST("c",\n "[reproc:argv]") f("[k:no]")')
    if tagged != {"a", "b", "c", "x.y_z", "rust.x.y_z", "2.41", "promise.2.41", "argv", "reproc.argv"}:
        sys.exit(f"the report is wrong: it reads {tagged} of tags")
    if list(complaints(["a_b", "2.1", "z: of another system"], there)):
        sys.exit("the report is wrong: it complains of what is there or waived")
    planted = list(complaints(["a", "2", "a_b", "a_b", "c: no", "y:"], there))
    if len(planted) != 5:
        sys.exit(f"the report is wrong: five faults were planted, and it finds {planted}")
    there = words('TEST_CASE("a", "[promise:2.3][seed:4A.2]") TEST_CASE("4A.5: b")')
    page = "".join(f"| {number} | why |\n" for number in ("2.1", "2.3", "4A.2", "4A.5"))
    if said := list(page_complaints(["2.1: no", "2.3", "a"], there, page)):
        sys.exit(f"the report is wrong: nothing is wrong with the page, and it says {said}")
    planted = list(page_complaints(["2.2", "2.3"], there, page.replace("4A.5", "4A.6") + "| 2.3 | why |\n"))
    if [line.partition(":")[0] for line in planted] != ["2.2", "4A.5", "2.1", "2.3", "4A.6"]:
        sys.exit(f"the report is wrong: five faults of the page were planted, and it finds {planted}")


def main():
    self_test()
    lines = [line for line in (HERE / "ported.txt").read_text(encoding="utf-8").splitlines()
             if line.strip() and not line.startswith("#")]
    there = set()
    for source in (Path(sys.argv[1]) / "tests").rglob("*.cpp"):
        there |= words(source.read_text(encoding="utf-8"))
    page = (HERE / "promises.md").read_text(encoding="utf-8")
    found = [*complaints(lines, there), *page_complaints(lines, there, page)]
    if found:
        sys.exit("\n".join(found))
    print(f"{len(lines)} names")


if __name__ == "__main__":
    main()
