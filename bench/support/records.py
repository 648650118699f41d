# SPDX-License-Identifier: MIT
#
# records: the types of which a race is made.
#
# The code that runs, counts or draws races reads these and knows no race by name.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tree

Line = dict[str, int | float | None]  # what a contender prints


@dataclass(frozen=True)
class Measure:
    """One figure taken from a contender's line; each has its own rows, plot and ratio."""

    unit: str
    of: Callable[[Line], float]
    better: str = "lower"


@dataclass(frozen=True)
class Contender:
    """A program of the race's folder; several contenders may share a program, with other arguments."""

    name: str
    program: str
    args: tuple[str, ...] = ()
    peer: str = ""  # the language, or library, of a program that is built only with --peers
    also_against: str = ""  # a second contender of the variant to be compared against, in a row of its own
    note: str = ""


@dataclass(frozen=True)
class Variant:
    name: str
    cores: int  # the contender, with all of its threads, is pinned to so many processors
    contenders: tuple[str, ...]
    args: tuple[str, ...] = ()
    or_fewer: bool = False  # whether it runs, with a remark, where there are fewer processors
    gib: int = 0  # memory that has to be free
    under: tuple[str, ...] = ()  # the tool, with its arguments, that the contenders are run by
    long: bool = False  # whether it takes seconds a round: few rounds, none with --quick


@dataclass(frozen=True)
class Input:
    """The input of a race: arguments for the timed run, and for a small and a large run that are counted.

    System calls and instructions for each operation are the slope between the two counted runs, so what
    start-up costs cancels out. Where nothing is done over and over, nothing is counted.
    """

    timed: tuple[str, ...]
    counted: tuple[tuple[str, ...], tuple[str, ...]] | None
    ops_note: str


@dataclass(frozen=True)
class Historic:
    """A figure of 2014 from the debate over green threads, and the same figure of our rows."""

    what: str
    figure: str
    variant: str
    contenders: tuple[str, ...]
    ours: Callable[[dict[str, Any]], str]  # of a row that ran


@dataclass(frozen=True)
class Race:
    name: str
    about: str
    folder: str
    measures: tuple[Measure, ...]
    agree: tuple[str, ...]  # fields of the line on which all must agree; null is no opinion
    contenders: tuple[Contender, ...]
    variants: tuple[Variant, ...]
    prepare: Callable[[tree.Tree, Path, bool], Input]
    driver: str = ""  # a program of the folder that starts the contender, whose command line it gets after `--`
    rounds: int = 15  # unless --rounds says otherwise
    quick_rounds: int = 5
    allocations: bool = False  # whether these are counted as well
    exact: bool = False  # whether each run gives the same figures, so that one is enough
    historic: Historic | None = None


def per(line: Line, dividend: str, divisor: str) -> float:
    return float(line[dividend] or 0) / float(line[divisor] or 1)


def per_op(line: Line) -> float:
    return per(line, "ns", "ops")
