# SPDX-License-Identifier: MIT
#
# report: one self-contained page: a plot for each race and variant, the table under it, and what ran where.
#
# Loads nothing from anywhere: style and drawings are inline. A plot has two panels over the same rows: bars
# from zero with the value beside them and the range of the rounds as a thin line; then the ratio on a
# logarithmic axis with its interval, and a line at 1, which is the contender compared against.

from __future__ import annotations

import html
import math
import textwrap
from dataclasses import dataclass
from itertools import groupby

import figures
from figures import Row
from records import Race

ROW = 30
NAME_END, BAR_START, BAR_END = 186, 198, 560
RATIO_START, RATIO_END, WIDTH = 650, 860, 1010
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

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
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .6rem 0;
  width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; white-space: nowrap; }
th { color: var(--soft); font-weight: 500; } th:first-child, td:first-child, td.left { text-align: left; }
td.left { color: var(--soft); min-width: 11rem; white-space: normal; }
"""


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
    height = ROW * len(rows) + 62
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" '
             f'aria-label="{escape(rows[0]["race"])} {escape(rows[0]["variant"])}">']
    longest = max((row["max"] for row in ran), default=0) or 1.0
    ratio_x = ratio_axis(ran)
    if ran:
        parts += [text(BAR_START, 24, f"median, {rows[0]['unit']}", style="soft small"),
                  text(RATIO_START, 24, f"ratio to {rows[0]['against']}, logarithmic", style="soft small"),
                  ratio_grid(ratio_x, height)]
    for i, row in enumerate(rows):
        middle = 36 + ROW * i + ROW / 2
        parts.append(text(NAME_END, middle + 5, figures.label(row), "end"))
        if row.get("not_run"):
            reason = textwrap.shorten("not run: " + row["not_run"], 52, placeholder=" …")  # the table has it whole
            parts.append(text(BAR_START, middle + 5, reason, style="soft"))
        else:
            parts += [bar(row, middle, longest), whisker(row, middle, ratio_x) if row["ratio"] is not None else ""]
    return "".join(parts) + "</svg>"


def bar(row: Row, middle: float, longest: float) -> str:
    """The bar of a row; its label stands behind whichever is longer, the bar or the range."""
    scale = (BAR_END - BAR_START) / longest
    end, low, high = (BAR_START + row[key] * scale for key in ("median", "min", "max"))
    label = figures.number(row["median"])
    return (f'<g><title>{escape(figures.label(row))}: {label} {escape(row["unit"])}, from '
            f'{figures.number(row["min"])} to {figures.number(row["max"])}</title>'
            f'<rect x="{BAR_START}" y="{middle - 9:.1f}" width="{max(end - BAR_START, 1):.1f}" height="18" '
            f'rx="2" class="bar {kind(row)}"/></g>'
            + line(low, middle, high, middle, "range")
            + line(low, middle - 4, low, middle + 4, "range") + line(high, middle - 4, high, middle + 4, "range")
            + text(max(end, high) + 8, middle + 5, label))


def ratio_axis(ran: list[Row]) -> tuple[float, float]:
    """The logarithms of the ends of the axis: at least from 0.9 to 1.15, whatever the ratios."""
    lows = [row["ratio_low"] for row in ran if row["ratio"] is not None] + [0.9]
    highs = [row["ratio_high"] for row in ran if row["ratio"] is not None] + [1.15]
    low, high = math.log(min(lows)), math.log(max(highs))
    margin = (high - low) * 0.06
    return low - margin, high + margin


def ratio_at(value: float, axis: tuple[float, float]) -> float:
    part = (math.log(value) - axis[0]) / (axis[1] - axis[0])
    return RATIO_START + part * (RATIO_END - RATIO_START)


def ratio_grid(axis: tuple[float, float], height: int) -> str:
    low, high = math.exp(axis[0]), math.exp(axis[1])
    ticks = [tick for tick in TICKS if low <= tick <= high]
    if len(ticks) < 3:  # a narrow axis: the smallest round step that keeps the labels apart
        step = next(step for step in (0.05, 0.1, 0.2, 0.5, 1.0) if (high - low) / step < 7)
        ticks = [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
    parts = []
    for tick in ticks:
        x = ratio_at(tick, axis)
        parts.append(line(x, 32, x, height - 26, "one" if math.isclose(tick, 1) else "grid"))
        parts.append(text(x, height - 10, f"{tick:g}", "middle", "soft small"))
    return "".join(parts)


def whisker(row: Row, middle: float, axis: tuple[float, float]) -> str:
    x, low, high = (ratio_at(row[key], axis) for key in ("ratio", "ratio_low", "ratio_high"))
    return (line(low, middle, high, middle, "whisker")
            + line(low, middle - 4, low, middle + 4, "whisker") + line(high, middle - 4, high, middle + 4, "whisker")
            + f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="4" class="dot {kind(row)}"/>'
            + text(RATIO_END + 12, middle + 5, figures.ratio(row), style="small"))


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
