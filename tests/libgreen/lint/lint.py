#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""libgreen.lint*: libgreen_lint.so reports the right calls of a program whose calls are known.

    lint.py LINT CALLS PROGRAM...

Each call that blocks is reported once, with its task, its name, the function that made it and the line that addr2line
finds. No other call is reported, and all calls have the same results as without the lint. The PROGRAMs give no report.
The executable CALLS has nothing of the lint in it except one weak symbol.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HEAD = re.compile(r"green-lint: task '(.*)' calls (\w+)\((\d*)\)(?:, (.*))?, which blocks its carrier")
FRAME = re.compile(r"    #(\d+) (?:([\w.@$]+)\+0x[0-9a-f]+ )?\((.+)\+0x([0-9a-f]+)\)")
ABORTED = -6


@dataclass
class Report:
    task: str
    call: str
    descriptor: str
    kind: str
    frames: list


def say(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def expect(condition, what):
    if not condition:
        sys.exit(what)


def run(program, *arguments, lint=None, **settings):
    """The program's output, and the reports. Its standard output is a file, so that writing to it never blocks."""
    environment = {**os.environ, **settings, **({"LD_PRELOAD": str(lint)} if lint else {})}
    done = subprocess.run([str(program), *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", timeout=100)
    reports, other = [], []
    for line in done.stderr.splitlines():
        if head := HEAD.fullmatch(line):
            reports.append(Report(head[1], head[2], head[3], head[4] or "", []))
        elif (frame := FRAME.fullmatch(line)) and reports:
            expect(int(frame[1]) == len(reports[-1].frames), f"a frame is missing: {line}")
            reports[-1].frames.append(frame)
        else:
            other.append(line)
    expect(not any("green-lint" in line for line in other), f"what is this?\n{done.stderr}")
    return done, reports


def succeeds(done):
    expect(done.returncode == 0, f"{done.args}: exit status {done.returncode}\n{done.stdout}{done.stderr}")


def check_backtrace(report, program):
    """A report names the function and the source line of its call."""
    expect(any(frame[2] == "lint_case" for frame in report.frames), f"no function is named in {report}")
    expect(not any("libgreen_lint" in frame[3] for frame in report.frames), f"the lint is in the backtrace of {report}")
    # With the functions that were inlined there, the innermost first.
    places = [line.split()[0] for frame in report.frames if Path(frame[3]).name == program.name
              for line in say("addr2line", "-i", "-e", frame[3], "0x" + frame[4]).splitlines()]
    place = next((place for place in places if Path(place).parent == Path(__file__).resolve().parent), "")
    source, _, line = place.rpartition(":")
    expect(line.isdigit(), f"{places} made {report}")
    text = Path(source).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    expect(report.task != report.call or report.call in text, f"{place} made {report}:\n{text}")


def check_calls(lint, program):
    plain, none = run(program)
    succeeds(plain)
    expect(not none, f"without the lint there are reports: {none}")
    watched, reports = run(program, lint=lint)
    succeeds(watched)
    differing = [pair for pair in zip(plain.stdout.splitlines(), watched.stdout.splitlines()) if pair[0] != pair[1]]
    expect(watched.stdout == plain.stdout, f"with the lint the calls come to something else: {differing}")
    cases = [line.split("|") for line in plain.stdout.splitlines()]
    expect(all(case[3] == "right" for case in cases), plain.stdout)
    wanted = [(task, call, kind) for task, call, kind, _, _ in cases if call]
    expect(len(wanted) > 50 and len(cases) - len(wanted) > 20, f"these are too few calls: {cases}")
    seen = [(report.task, report.call, report.kind) for report in reports]
    expect(seen == wanted, f"not reported: {[one for one in wanted if one not in seen]}\n"
           f"reported without reason: {[one for one in seen if one not in wanted]}\nreported: {seen}")
    for report in reports:
        expect((report.descriptor != "") == (report.kind != ""), f"{report}: its descriptor")
        check_backtrace(report, program)


def check_settings(lint, program):
    def count(name, **settings):
        done, reports = run(program, name, lint=lint, **settings)
        succeeds(done)
        return len(reports)

    expect(count("again") == 2, "a place is reported more often than once, or two places are one")
    expect(count("again", GREEN_LINT_ALL="1") == 4, "GREEN_LINT_ALL does not report each call")
    expect(count("again", GREEN_LINT_ALL="0") == 2, "GREEN_LINT_ALL=0 does something")
    expect(count("little stack") == 2, "there is no report from a stack of 16 KiB")
    expect(count("file") == 0, "a file is reported")
    expect(count("file", GREEN_LINT_FILES="1") == 3, "GREEN_LINT_FILES does not report a write, an fsync, a pread")
    done, reports = run(program, "again", lint=lint, GREEN_LINT_ABORT="1")
    expect(done.returncode == ABORTED and len(reports) == 1 and not done.stdout,
           f"GREEN_LINT_ABORT did not end it at the first report: {done.returncode}, {reports}")
    check_backtrace(reports[0], program)
    done, reports = run(program, "declared", lint=lint, GREEN_LINT_ABORT="1")
    succeeds(done)


def check_traces(lint, program):
    """The lint's symbols in the program, and the symbols of the lint besides the functions that it interposes."""
    symbols = [line.split()[-2:] for line in say("nm", program).splitlines()]
    expect([kind for kind, name in symbols if name == "green_lint_carrier"] == ["w"], "the one weak name is not there")
    defined = {name for kind, name in symbols if kind not in "wU"}
    exported = {line.split()[-1] for line in say("nm", "-D", "--defined-only", lint).splitlines()}
    expect({"read", "poll", "pthread_mutex_lock", "green_lint_carrier"} <= exported, f"exported: {exported}")
    expect(not [name for name in exported if name.startswith("_Z")], f"the lint exports what is its own: {exported}")
    expect(not exported & defined, f"a normal build has {exported & defined}")
    needed = re.findall(r"NEEDED.*\[(.*)\]", say("readelf", "-d", lint))
    expect(all(re.match(r"libc\.so|ld-linux", name) for name in needed), f"the lint needs {needed}")


def main():
    lint, calls, *innocent = (Path(word) for word in sys.argv[1:])
    check_traces(lint, calls)
    check_calls(lint, calls)
    check_settings(lint, calls)
    for program in innocent:
        done, reports = run(program, lint=lint)
        succeeds(done)
        expect(not reports, f"{program}: {reports}")


if __name__ == "__main__":
    main()
