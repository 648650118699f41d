# SPDX-License-Identifier: MIT
#
# race: runs the races of races.py in interleaved rounds and writes the results.
#
# Every round starts each contender once, as a fresh process pinned to the processors of the variant, in an order that
# rotates by one from round to round. The first round is untimed: it warms the caches, and shows early which contenders
# disagree and which cannot run on this machine; where figures are exact it is the only one. Contenders that read
# different totals from the same tree fail the race. Exit status: 0, 1 when a race failed, 2 for wrong arguments, with
# one line that says what to do.

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

import count
import figures
import machine
import peers
import report
import tree
from races import RACES
from records import Contender, Input, Line, Race, Variant

OUT = Path(__file__).resolve().parent.parent / "out"
LONG_ROUNDS = 3  # of a variant whose rounds take seconds
UNABLE = 77  # the exit status of a contender that this machine does not let run: contender_unable()


class Failed(Exception):
    """A race without figures; the text says why."""


class Unable(Exception):
    """A contender that cannot run on this machine; the text says why."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        refuse(f"{message}; see bench/run --help")


def refuse(message: str) -> NoReturn:
    print(f"bench/run: {message}", file=sys.stderr)
    sys.exit(2)


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--root", default="/usr")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--binaries", type=Path)
    options = parser.parse_intermixed_args(argv)

    known = [race.name for race in RACES]
    for name in options.names:
        if name not in known:
            refuse(f"there is no race {name!r}; the races are {', '.join(known)}")
    if options.rounds is not None and options.rounds < 1:
        refuse("--rounds takes a number from 1 on")
    options.races = [race for race in RACES if race.name in (options.names or known)]
    if not options.list:
        options.tree = checked_tree(options.root)
    return options


def checked_tree(text: str) -> tree.Tree:
    root = Path(text).resolve()
    if not root.is_dir():
        refuse(f"--root {text}: not a directory; give one that holds files, such as /usr")
    changing = tree.changing_mount_below(root)
    if changing:
        refuse(f"--root {text}: {changing} changes while it is read; give a root without it, such as /usr")
    found = tree.Tree(root)
    if not found.has_file():
        refuse(f"--root {text}: no regular file in it; give a directory that holds files, such as /usr")
    return found


class Progress:
    """One line of progress on stderr; on a terminal it overwrites itself."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()

    def say(self, text: str, fine: bool = False) -> None:
        """`fine` steps are shown on a terminal only: a log gets one line per round, not per process."""
        if self.terminal:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif not fine:
            print(text, file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@dataclass
class Heat:
    """One variant of one race: the contenders that run, those that do not and why, and the output of their rounds."""

    race: Race
    variant: Variant
    input: Input
    driver: Path | None
    programs: dict[str, Path]
    not_run: dict[str, str]
    lines: dict[str, list[Line]] = field(default_factory=dict)
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def contender(self, name: str) -> Contender:
        return next(contender for contender in self.race.contenders if contender.name == name)

    def command(self, name: str, arguments: tuple[str, ...], watch: Sequence[str] = ()) -> list[str]:
        """A run of a contender, under the tool `watch`."""
        program = [*self.variant.under, *watch, str(self.programs[name]), *self.contender(name).args]
        arguments = self.variant.args + arguments
        return [str(self.driver), *arguments, "--", *program] if self.driver else [*program, *arguments]

    def run(self, name: str) -> Line:
        with pinned(self.variant.cores):
            done = subprocess.run(self.command(name, self.input.timed), capture_output=True, text=True)
        said = done.stderr.strip() or f"exit status {done.returncode}"
        if done.returncode == UNABLE:
            raise Unable(said)
        if done.returncode != 0:
            raise Failed(f"{self.race.name}: {name} failed: {said}")
        line: Line = json.loads(done.stdout)
        self.agree(name, line)
        return line

    def agree(self, name: str, line: Line) -> None:
        for key in self.race.agree:
            value = line.get(key)
            if value is None:
                continue
            first, expected = self.seen.setdefault(key, (name, int(value)))
            if value != expected:
                raise Failed(
                    f"{self.race.name}: {name} read {key} {value}, {first} read {expected}. One of them is "
                    "wrong, or the tree changed meanwhile: run again, or give --root a tree nobody writes to")

    def warm_up(self, progress: Progress) -> None:
        title = f"{self.race.name} {self.variant.name}: warming up"
        progress.say(title)
        for name in list(self.programs):
            progress.say(f"{title}, {name}", fine=True)
            try:
                self.lines[name] = [self.run(name)]
            except Unable as reason:
                del self.programs[name]
                self.not_run[name] = str(reason)
        leave_out_without_first(self.variant, self.programs, self.not_run)

    def rounds(self, number: int, progress: Progress) -> None:
        """Drops the untimed round; the figures are of the timed ones."""
        names = list(self.programs)
        self.lines = {name: [] for name in names}
        for round_number in range(1, number + 1 if names else 0):
            title = f"{self.race.name} {self.variant.name}: round {round_number} of {number}"
            progress.say(title)
            turn = round_number % len(names)
            for name in names[turn:] + names[:turn]:
                progress.say(f"{title}, {name}", fine=True)
                self.lines[name].append(self.run(name))

    def counted(self, name: str, counter: count.Counter) -> float | None:
        if self.input.counted is None:
            return None
        small, large = (partial(self.command, name, arguments) for arguments in self.input.counted)
        with pinned(self.variant.cores):
            return count.slope(counter, small, large)


class pinned:
    """While it lasts, this thread and the processes it starts may use only the last `cores` processors."""

    def __init__(self, cores: int) -> None:
        self.cores = cores

    def __enter__(self) -> None:
        self.before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, set(sorted(self.before)[-self.cores:]))

    def __exit__(self, *_: object) -> None:
        os.sched_setaffinity(0, self.before)


def programs(race: Race, variant: Variant, options: argparse.Namespace) -> tuple[dict[str, Path], dict[str, str]]:
    """The contenders that can run, with their programs, and those that cannot, with the reasons."""
    able: dict[str, Path] = {}
    unable: dict[str, str] = {}
    for contender in race.contenders:
        if contender.name not in variant.contenders:
            continue
        program: Path | None = options.binaries / race.folder / contender.program
        reason = "not built: the library it needs is not in this tree"
        if contender.peer:
            program, reason = options.peer_programs.get((contender.peer, race.folder), (None, peers.NOT_ASKED))
        if len(os.sched_getaffinity(0)) < variant.cores and not variant.or_fewer:
            program, reason = None, f"needs {variant.cores} processors"
        if variant.under and not count.usable(variant.under[0]):
            program, reason = None, f"needs {variant.under[0]}, which tests/support/setup bench installs, and to be " \
                "watched by it"
        if variant.long and options.quick:
            program, reason = None, "takes too long for --quick"
        elif machine.available_gib() < variant.gib:
            program, reason = None, f"needs {variant.gib} GiB of memory, {machine.available_gib()} are available"
        if program is not None and program.exists():
            able[contender.name] = program
        else:
            unable[contender.name] = reason
    leave_out_without_first(variant, able, unable)
    return able, unable


def leave_out_without_first(variant: Variant, able: dict[str, Path], unable: dict[str, str]) -> None:
    first = variant.contenders[0]
    if first not in able:
        unable.update((name, f"nothing to compare against: {first} {unable[first]}") for name in able)
        able.clear()


def rows(heat: Heat, instructions: bool, progress: Progress) -> list[figures.Row]:
    against = heat.variant.contenders[0]
    counts: dict[str, figures.Row] = {}
    for name in heat.programs:
        progress.say(f"{heat.race.name} {heat.variant.name}: counting, {name}", fine=True)
        counts[name] = {"syscalls_per_op": heat.counted(name, count.system_calls)}
        if heat.race.allocations:
            counts[name]["allocations_per_op"] = heat.counted(name, count.allocations)
        if instructions:
            counts[name]["instructions_per_op"] = heat.counted(name, count.instructions)
    result: list[figures.Row] = []
    for measure in heat.race.measures:
        for name in heat.variant.contenders:
            row: figures.Row = {"race": heat.race.name, "variant": heat.variant.name, "contender": name,
                                "unit": measure.unit, "against": against,
                                "processors": min(heat.variant.cores, len(os.sched_getaffinity(0)))}
            row |= dict.fromkeys(figures.NUMBERS)
            if name in heat.not_run:
                if measure is heat.race.measures[0]:  # the reason, once
                    result.append(row | {"not_run": heat.not_run[name]})
                continue
            row |= counts[name]
            values = {who: [measure.of(line) for line in lines] for who, lines in heat.lines.items()}
            for other in (against, heat.contender(name).also_against):
                if other in values:
                    result.append(row | figures.summary(values[name], values[other]) |
                                  {"against": other, "first": other == against})
    return result


def build_peers(options: argparse.Namespace, progress: Progress) -> None:
    options.peer_programs = {}
    if not options.peers:
        return
    for race in options.races:
        for contender in race.contenders:
            key = (contender.peer, race.folder)
            if contender.peer and key not in options.peer_programs:
                progress.say(f"building the {contender.peer} contender of {race.folder}")
                options.peer_programs[key] = peers.build(*key, options.binaries.resolve() / "peers")


def run_race(race: Race, options: argparse.Namespace, scratch: Path, progress: Progress) -> report.Section:
    progress.say(f"{race.name}: preparing")
    scratch.mkdir()
    prepared = race.prepare(options.tree, scratch, options.quick)
    result: list[figures.Row] = []
    for variant in race.variants:
        able, unable = programs(race, variant, options)
        driver = options.binaries / race.folder / race.driver if race.driver else None
        heat = Heat(race, variant, prepared, driver, able, unable)
        if able:
            rounds = options.rounds or (race.quick_rounds if options.quick else race.rounds)
            heat.warm_up(progress)
            if not race.exact:
                heat.rounds(min(rounds, LONG_ROUNDS) if variant.long else rounds, progress)
            progress.say(f"{race.name} {variant.name}: counting")
        result += rows(heat, options.instructions, progress)
    return report.Section(race, prepared.ops_note, result)


def write(file: Path, text: str) -> None:
    """Replaces `file` atomically: a reader sees the old or the new contents, whole."""
    OUT.mkdir(exist_ok=True)
    partial = file.with_name(file.name + ".partial")
    partial.write_text(text)
    os.replace(partial, file)


def main() -> int:
    options = arguments(sys.argv[1:])
    if options.check:
        return 0
    if options.list:
        for race in RACES:
            print(f"{race.name:11} {race.about}")
        return 0
    count.counting_library = options.binaries / "support" / "liballocations.so"
    progress = Progress()
    sections: list[report.Section] = []
    failures: list[str] = []
    build_peers(options, progress)
    with tempfile.TemporaryDirectory(prefix="weld-bench-") as scratch:
        for race in options.races:
            try:
                sections.append(run_race(race, options, Path(scratch) / race.name, progress))
            except Failed as failure:
                failures.append(str(failure))
    progress.clear()

    everything = [row for section in sections for row in section.rows]
    if everything:
        print(figures.table(everything) + "\n")
        print("\n".join(f"{section.race.name}: {section.note}" for section in sections))
        print("\n".join(filter(None, (figures.historic(section.race, section.rows) for section in sections))))
    facts = machine.facts(options.binaries) | {"root": options.tree.describe(),
                                               "rounds": str(options.rounds or "as many as each race has"),
                                               "system calls": f"counted by {count.tracer()}"}
    write(OUT / "results.json", json.dumps(everything, indent=1) + "\n")
    write(OUT / "report.html", report.page(facts, sections, failures))
    for failure in failures:
        print(f"bench/run: FAILED {failure}", file=sys.stderr)
    print(f"\nwrote {OUT / 'results.json'} and {OUT / 'report.html'}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
