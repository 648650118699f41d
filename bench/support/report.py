# SPDX-License-Identifier: MIT
#
# report: one self-contained page: for each race and variant a plot and its table; and the facts about the machine.
#
# The page loads nothing: style and drawings are inline. A plot has two panels over the same rows. The first has bars
# from zero, their values, and the range of the rounds as a thin line. The second has the ratios with their intervals on
# a logarithmic axis, and a line at 1, which is the baseline.

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import figures
from figures import Row
from records import Race

ROW = 30
BARS, RATIOS, GAP = 362, 210, 12
LETTER, SMALL_LETTER = 8.2, 7.2  # the widest that a letter of 14 and of 12 pixels is on average, in any font
MANTISSAS = ((1, 2, 5), (1, 3), (1,))  # of the ticks of a logarithmic axis, from many to few
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # and of one that is too short for those

STYLE = """
:root { color-scheme: light dark; --page: #fcfcfa; --ink: #1d2329; --soft: #66707a; --line: #dcdfe2;
  --bar: #a9bccd; --raw: #5b6773; --weld: #d9822b; --plot: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --ink: #e6e8ea; --soft: #98a2ab; --line: #333a41;
    --bar: #46627a; --raw: #9aa6b1; --weld: #e8973f; --plot: #1a1e22; } }
* { box-sizing: border-box; }
body { background: var(--page); color: var(--ink); margin: 2.5rem auto; max-width: 66rem; padding: 0 1.25rem;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .75rem; } h2 { font-size: 1.3rem; margin: 2.75rem 0 .1rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; } p { color: var(--soft); margin: .2rem 0; max-width: 48rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.25rem; margin: 0 0 1.25rem; }
dt { color: var(--soft); } dd { margin: 0; }
.failed { background: #b3261e; border-radius: 6px; color: #fff; max-width: none; padding: .6rem .9rem; }
.plot { background: var(--plot); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
svg { display: block; min-width: 46rem; width: 100%; height: auto; font-size: 14px; }
svg text { fill: var(--ink); } svg .soft { fill: var(--soft); } svg .small { font-size: 12px; }
.bar { fill: var(--bar); } .bar.raw { fill: var(--raw); } .bar.weld { fill: var(--weld); }
.range, .whisker { stroke: var(--ink); stroke-width: 1.5; } .range { opacity: .55; }
.grid { stroke: var(--line); } .one { stroke: var(--raw); stroke-dasharray: 4 3; }
.dot { fill: var(--bar); stroke: var(--ink); stroke-width: 1.2; }
.dot.raw { fill: var(--raw); } .dot.weld { fill: var(--weld); }
.wide { overflow-x: auto; } .historic { border-left: 3px solid var(--weld); padding-left: .6rem; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .6rem 0;
  width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; white-space: nowrap; }
th { color: var(--soft); font-weight: 500; } th:first-child, td:first-child, td.left { text-align: left; }
td.left { color: var(--soft); min-width: 11rem; white-space: normal; }
"""


@dataclass(frozen=True)
class Columns:
    """The columns of a plot, wide enough that no text of its rows is cut or covers another."""

    name_end: float
    bar_start: float
    bar_end: float
    ratio_start: float
    ratio_end: float
    width: float

    @staticmethod
    def of(rows: list[Row]) -> Columns:
        ran = [row for row in rows if not row.get("not_run")]
        name_end = 4 + widest(map(figures.label, rows), LETTER, 186)
        bar_start = name_end + GAP
        bar_end = bar_start + BARS
        ratio_start = bar_end + GAP + widest((figures.number(row["median"]) for row in ran), LETTER, 78)
        ratio_end = ratio_start + RATIOS
        return Columns(name_end, bar_start, bar_end, ratio_start, ratio_end,
                       ratio_end + GAP + widest(map(figures.ratio, ran), SMALL_LETTER, 138))


def widest(texts: Iterable[str], letter: float, least: float) -> float:
    return max([least, *(len(text) * letter for text in texts)])


@dataclass(frozen=True)
class Section:
    """A race that ran, and its rows in the order of its variants."""

    race: Race
    note: str
    rows: list[Row]


def page(facts: dict[str, str], sections: list[Section], failures: list[str]) -> str:
    listed = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts.items())
    failed = "".join(f'<p class="failed">FAILED {escape(failure)}</p>' for failure in failures)
    body = "".join(section_html(section) for section in sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>weld: races</title>
<style>{STYLE}</style>
</head>
<body>
<h1>weld: races</h1>
<dl>{listed}</dl>
{failed}
<p>Bars are medians of the rounds; the thin line is the range from the least round to the greatest. A ratio is
the median of the ratios of the rounds, with its 95&nbsp;% interval: two contenders whose intervals lie on 1 are
equal as far as this machine can tell, and the twin, which is the same program again, shows how far that is.</p>
{body}
</body>
</html>
"""


def escape(text: object) -> str:
    return html.escape(str(text))


def section_html(section: Section) -> str:
    race = section.race
    parts = [f"<h2>{escape(race.name)}</h2><p>{escape(race.about)}: {escape(section.note)}</p>"]
    if race.historic:
        parts.append(f'<p class="historic">{escape(figures.historic(race, section.rows))}</p>')
    better = {measure.unit: measure.better for measure in race.measures}
    for (unit, variant), group in groupby(section.rows, key=lambda row: (row["unit"], row["variant"])):
        rows = list(group)
        parts.append(f"<h3>{escape(race.name)}, {escape(variant)}: {escape(unit)}, {better[unit]} is better</h3>"
                     f'<div class="plot">{plot(rows)}</div><div class="wide">{table(rows, race)}</div>')
    return "".join(parts)


def kind(row: Row) -> str:
    """The class that colours a row."""
    if row["contender"] == row["against"]:
        return "raw"
    return "weld" if row["contender"].startswith(("weld", "green")) else ""


def text(x: float, y: float, what: str, anchor: str = "start", style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">{escape(what)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def plot(rows: list[Row]) -> str:
    ran = [row for row in rows if not row.get("not_run")]
    columns = Columns.of(rows)
    height = ROW * len(rows) + 62
    parts = [f'<svg viewBox="0 0 {columns.width:.0f} {height}" role="img" '
             f'aria-label="{escape(rows[0]["race"])} {escape(rows[0]["variant"])}">']
    longest = max((row["max"] for row in ran), default=0) or 1.0
    axis = ratio_axis(ran, columns)
    if ran:
        parts += [text(columns.bar_start, 24, f"median, {rows[0]['unit']}", style="soft small"),
                  text(columns.ratio_start, 24, f"ratio to {rows[0]['against']}, logarithmic", style="soft small"),
                  ratio_grid(axis, height)]
    for i, row in enumerate(rows):
        middle = 36 + ROW * i + ROW / 2
        parts.append(text(columns.name_end, middle + 5, figures.label(row), "end"))
        if row.get("not_run"):
            reason = textwrap.shorten("not run: " + row["not_run"], 52, placeholder=" …")  # the table has it whole
            parts.append(text(columns.bar_start, middle + 5, reason, style="soft"))
        else:
            parts += [bar(row, middle, longest, columns),
                      whisker(row, middle, axis) if row["ratio"] is not None else ""]
    return "".join(parts) + "</svg>"


def bar(row: Row, middle: float, longest: float, columns: Columns) -> str:
    """The bar of a row. Its label follows the bar or the range, whichever is longer."""
    start = columns.bar_start
    scale = (columns.bar_end - start) / longest
    end, low, high = (start + row[key] * scale for key in ("median", "min", "max"))
    label = figures.number(row["median"])
    return (f'<g><title>{escape(figures.label(row))}: {label} {escape(row["unit"])}, from '
            f'{figures.number(row["min"])} to {figures.number(row["max"])}</title>'
            f'<rect x="{start:.1f}" y="{middle - 9:.1f}" width="{max(end - start, 1):.1f}" height="18" '
            f'rx="2" class="bar {kind(row)}"/></g>'
            + line(low, middle, high, middle, "range")
            + line(low, middle - 4, low, middle + 4, "range") + line(high, middle - 4, high, middle + 4, "range")
            + text(max(end, high) + 8, middle + 5, label))


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis, by the logarithms of its ends."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (math.log(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def ratio_axis(ran: list[Row], columns: Columns) -> Axis:
    """At least from 0.9 to 1.15, whatever the ratios."""
    lows = [row["ratio_low"] for row in ran if row["ratio"] is not None] + [0.9]
    highs = [row["ratio_high"] for row in ran if row["ratio"] is not None] + [1.15]
    low, high = math.log(min(lows)), math.log(max(highs))
    margin = (high - low) * 0.06
    return Axis(low - margin, high + margin, columns.ratio_start, columns.ratio_end)


def stand_apart(ticks: list[float], axis: Axis) -> bool:
    """Whether no label of `ticks` touches the next one."""
    ends = [(axis.at(tick) - half, axis.at(tick) + half) for tick in ticks
            for half in [len(f"{tick:g}") * SMALL_LETTER / 2]]
    return all(right + 3 <= left for (_, right), (left, _) in zip(ends, ends[1:], strict=False))


def ratio_ticks(axis: Axis) -> list[float]:
    """As many round numbers as the axis has room for, 1 among them."""
    low, high = math.exp(axis.low), math.exp(axis.high)
    decades = range(math.floor(axis.low / math.log(10)), math.ceil(axis.high / math.log(10)) + 1)
    choices = [[n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
               for step in STEPS if high / step < 40]
    choices += [[mantissa * 10.0 ** decade for decade in decades for mantissa in mantissas] for mantissas in MANTISSAS]
    choices += [[10.0 ** decade for decade in decades if decade % apart == 0] for apart in (2, 3, 4, 6)]
    inside = [[tick for tick in choice if low <= tick <= high] for choice in choices]
    return max((ticks for ticks in inside if stand_apart(ticks, axis)), key=len, default=[1.0])


def ratio_grid(axis: Axis, height: int) -> str:
    ticks = ratio_ticks(axis)
    parts = [line(axis.at(1), 32, axis.at(1), height - 26, "one")]
    for tick in ticks:
        x = axis.at(tick)
        if not math.isclose(tick, 1):
            parts.append(line(x, 32, x, height - 26, "grid"))
        parts.append(text(x, height - 10, f"{tick:g}", "middle", "soft small"))
    return "".join(parts)


def whisker(row: Row, middle: float, axis: Axis) -> str:
    x, low, high = (axis.at(row[key]) for key in ("ratio", "ratio_low", "ratio_high"))
    return (line(low, middle, high, middle, "whisker")
            + line(low, middle - 4, low, middle + 4, "whisker") + line(high, middle - 4, high, middle + 4, "whisker")
            + f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="4" class="dot {kind(row)}"/>'
            + text(axis.end + GAP, middle + 5, figures.ratio(row), style="small"))


def table(rows: list[Row], race: Race) -> str:
    notes = {contender.name: contender.note for contender in race.contenders}
    counts = figures.columns(rows)
    head = ["contender", "median", "min", "max", "rounds", "ratio [95 %]", *counts.values(), ""]
    lines = ["<tr>" + "".join(f"<th>{name}</th>" for name in head) + "</tr>"]
    for row in rows:
        if row.get("not_run"):
            lines.append(f'<tr><td>{escape(figures.label(row))}</td><td class="left" colspan="{len(head) - 1}">'
                         f'not run: {escape(row["not_run"])}</td></tr>')
            continue
        cells = [figures.number(row[key]) for key in ("median", "min", "max")]
        cells += [str(row["rounds"]), figures.ratio(row), *(figures.counted(row, key) for key in counts)]
        lines.append(f'<tr><td>{escape(figures.label(row))}</td>' + "".join(f"<td>{cell}</td>" for cell in cells)
                     + f'<td class="left">{escape(notes[row["contender"]])}</td></tr>')
    return "<table>" + "".join(lines) + "</table>"
