#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.bench_report: in the report of bench/run no text is cut off and no text covers another.

    bench_report.py ROOT

Draws plots of invented rows: long names, ratios near 1 and far from it, values slightly below zero.
"""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "bench/support"))
import figures  # noqa: E402
import report  # noqa: E402
from races import RACES  # noqa: E402

TEXT = re.compile(r'<text x="([\d.-]+)" y="([\d.]+)" text-anchor="(\w+)" class="([^"]*)">([^<]*)<')
WIDTH = re.compile(r'viewBox="0 0 (\d+) ')


def row(name, value, against):
    made = {"race": "made", "variant": "up", "contender": name, "unit": "ns", "against": "raw", "first": True}
    return made | {"syscalls_per_op": -0.0004} | figures.summary([value, value * 1.01], [against, against])


def complaints_of(drawing):
    width = float(WIDTH.search(drawing)[1])
    lines = {}
    for x, y, anchor, style, text in TEXT.findall(drawing):
        size = len(text) * (report.SMALL_LETTER if "small" in style else report.LETTER) * 0.9
        left = float(x) - {"start": 0, "middle": size / 2, "end": size}[anchor]
        if left < 0 or left + size > width:
            yield f"{text!r} is cut: from {left:.0f} to {left + size:.0f} of {width:.0f}"
        lines.setdefault(y, []).append((left, left + size, text))
    for texts in lines.values():
        texts.sort()
        for (_, end, text), (start, _, after) in zip(texts, texts[1:], strict=False):
            if end > start:
                yield f"{text!r} covers {after!r}"


def main():
    complaints = []
    names = ("raw", "green-offload to uv-async-1 of a long name", "weld")
    ranges = ((1, 1.01), (0.97, 1.04), (0.5, 1), (0.9, 3), (0.2, 7), (1, 30), (0.01, 90), (1, 1e5), (1e-6, 1e6))
    for low, high in ranges:
        rows = [row(name, 1e6 * ratio, 1e6) for name, ratio in zip(names, (1, low, high), strict=True)]
        drawing = report.plot(rows)
        complaints += [f"ratios {low} to {high}: {what}" for what in complaints_of(drawing)]
        labels = [text for *_, style, text in TEXT.findall(drawing) if style == "soft small"][2:]
        if not 1 <= len(labels) <= 40 or "1" not in labels:
            complaints.append(f"ratios {low} to {high}: the axis has the labels {labels}")
        if "-0.00" in figures.table(rows):
            complaints.append(f"ratios {low} to {high}: a figure is -0.00")
    for race in RACES:
        if race.historic and not {race.historic.variant} <= {variant.name for variant in race.variants}:
            complaints.append(f"{race.name}: its historic figure is of no variant: {race.historic.variant}")
        if race.historic and not set(race.historic.contenders) <= {contender.name for contender in race.contenders}:
            complaints.append(f"{race.name}: its historic figure is of contenders that it lacks")
    if (first := report.Columns.of([row("raw", 1, 1)]).name_end) > 200:
        complaints.append(f"short names take {first} pixels")
    print(*complaints, f"{len(complaints)} complaints", sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
