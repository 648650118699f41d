# SPDX-License-Identifier: MIT
#
# figures: from the values of the rounds to a row of results.
#
# A ratio is the median of the ratios of the rounds. In each round a contender and its baseline run moments apart, so a
# disturbance of the machine slows both. The interval of a ratio is the middle 95 % of the medians of 2,000 resamplings,
# drawn with a fixed seed. Where a value is zero there is no ratio.

from __future__ import annotations

import random
import statistics
from typing import Any

from records import Race

RESAMPLES = 2000
NUMBERS = ("median", "min", "max", "rounds", "ratio", "ratio_low", "ratio_high", "syscalls_per_op")

Row = dict[str, Any]


def paired_ratios(values: list[float], against: list[float]) -> list[float]:
    return [value / other for value, other in zip(values, against, strict=True)]


def interval(ratios: list[float]) -> tuple[float, float]:
    draw = random.Random(2014)
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return medians[round(0.025 * (RESAMPLES - 1))], medians[round(0.975 * (RESAMPLES - 1))]


def summary(values: list[float], against: list[float]) -> dict[str, float | None]:
    found: dict[str, float | None] = {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "rounds": len(values),
    }
    if min(*values, *against) <= 0:  # a zero has no logarithm, nor divides anything
        return found | {"ratio": None, "ratio_low": None, "ratio_high": None}
    ratios = paired_ratios(values, against)
    low, high = interval(ratios)
    return found | {"ratio": statistics.median(ratios), "ratio_low": low, "ratio_high": high}


def number(value: float | None) -> str:
    """At least three significant digits: 1,234 or 56.7 or 1.02."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    rounded = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return "0.00" if rounded == "-0.00" else rounded  # the slope of two counts may be a little below zero


def ratio(row: Row) -> str:
    if row["ratio"] is None:
        return ""
    if row["contender"] == row["against"]:
        return "1"
    return f"{number(row['ratio'])} [{number(row['ratio_low'])}, {number(row['ratio_high'])}]"


def label(row: Row) -> str:
    """The contender; in its second row, also its baseline there."""
    return row["contender"] if row.get("first", True) else f"{row['contender']} to {row['against']}"


def counted(row: Row, key: str) -> str:
    """The count; nothing where nothing was to be counted."""
    if key not in row:
        return ""
    return "not run" if row[key] is None else number(row[key])


def columns(rows: list[Row]) -> dict[str, str]:
    """The counted quantities that the rows have, with the heads of their columns; system calls always."""
    more = {"allocations_per_op": "allocs/op", "instructions_per_op": "instructions/op"}
    return {"syscalls_per_op": "syscalls/op"} | {
        key: head for key, head in more.items() if any(key in row for row in rows)}


def historic(race: Race, rows: list[Row]) -> str:
    """The historic figure of `race` next to ours; nothing where it has none."""
    then = race.historic
    if then is None:
        return ""
    ours = [f"{row['contender']} {then.ours(row)}" for name in then.contenders for row in rows
            if row["contender"] == name and row["variant"] == then.variant and not row.get("not_run")
            and row.get("first", True)]
    return f"{then.what}: in 2014 {then.figure}; here {', '.join(ours) or 'not run'}"


def table(rows: list[Row]) -> str:
    """The rows as aligned text, a blank line between variants and units."""
    counts = columns(rows)
    lines = [["race", "variant", "unit", "contender", "median", "min", "max", "ratio [95 %]", *counts.values()]]
    for row in rows:
        text = [row["race"], row["variant"], row["unit"], label(row)]
        if row.get("not_run"):
            lines.append(text + ["not run: " + row["not_run"]])
            continue
        text += [number(row["median"]), number(row["min"]), number(row["max"]), ratio(row)]
        lines.append(text + [counted(row, key) for key in counts])
    whole = [line for line in lines if len(line) == len(lines[0])]
    widths = [max(len(line[i]) for line in whole) for i in range(len(lines[0]))]
    for line in lines:
        widths[:4] = [max(width, len(text)) for width, text in zip(widths[:4], line, strict=False)]
    return "\n".join(_aligned(line, widths, lines[i - 1] if i > 1 else line) for i, line in enumerate(lines))


def _aligned(line: list[str], widths: list[int], before: list[str]) -> str:
    left = 4 if len(line) > 5 else 5  # the names, and the reason of one that did not run
    cells = [text.ljust(widths[i]) if i < left else text.rjust(widths[i]) for i, text in enumerate(line)]
    return ("\n" if line[:3] != before[:3] else "") + "  ".join(cells).rstrip()
