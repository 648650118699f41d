# SPDX-License-Identifier: MIT
#
# peers: builds the contenders in other languages, or on libraries that nothing else here needs.
#
# A peer that cannot be built has a reason and no program; this never fails a race.

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
SOURCES = {"rust": "peer.rs", "rust-small": "peer.rs", "go": "peer.go", "asio": "peer_asio.cpp",
           "boost-context": "peer_boost_context.cpp", "boost-fiber": "peer_boost_fiber.cpp", "st": "peer_st.c",
           "pthread": "peer_pthread.c"}
LIBRARIES = {"boost-context": ["-lboost_context"], "boost-fiber": ["-lboost_fiber", "-lboost_context"], "st": ["-lst"]}
SMALL = ["-C", "opt-level=z", "-C", "lto", "-C", "codegen-units=1", "-C", "panic=abort"]
# How the programs of a race that has several are linked; Go links statically, and no other way without C.
LINKS = {"static": {"rust": ["-C", "target-feature=+crt-static"], "go": []}, "dynamic": {"rust": []}}
NOT_ASKED = "only with --peers"


def build(language: str, folder: str, into: Path) -> tuple[Path | None, str]:
    """The program of the race in `folder`, or none and the reason; for a race with several, their directory."""
    into.mkdir(parents=True, exist_ok=True)
    target = into / f"{folder}-{language}"
    source = BENCH / folder / SOURCES[language]
    programs = [(source, target, [])] if source.exists() else several(language, folder, target)
    for source, program, options in programs:
        if said := build_one(language, source, program, options, into):
            return None, said
    return target, ""


def several(language: str, folder: str, into: Path) -> list[tuple[Path, Path, list[str]]]:
    """Source, program and options of each program in each way to link it."""
    into.mkdir(exist_ok=True)
    return [(source, into / f"{source.parent.name}-{link}", options[language.partition("-")[0]])
            for source in sorted((BENCH / folder).glob("*/" + SOURCES[language]))
            for link, options in LINKS.items() if language.partition("-")[0] in options]


def build_one(language: str, source: Path, program: Path, options: list[str], into: Path) -> str:
    """Builds `program`; returns why that failed, or nothing."""
    if source.suffix == ".rs":
        profile = SMALL if language == "rust-small" else ["-O"]
        command = ["rustc", *profile, "--edition", "2021", *options, "-o", str(program), str(source)]
    elif source.suffix == ".go":
        command = ["go", "build", *options, "-o", str(program), str(source)]
    else:
        compiler = ["gcc", "-std=c11", "-D_GNU_SOURCE"] if source.suffix == ".c" else ["g++", "-std=c++20"]
        command = [*compiler, "-O3", "-I", str(BENCH / "support"), "-o", str(program), str(source),
                   *LIBRARIES.get(language, [])]
    if shutil.which(command[0]) is None:
        return f"no {command[0]} here"
    environment = os.environ | {"CGO_ENABLED": "0", "GO111MODULE": "off", "GOCACHE": str(into / "go-cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=into)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        return f"{command[0]} failed: {next((line for line in said if 'error' in line), said[0])}"
    return ""
