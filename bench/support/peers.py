# SPDX-License-Identifier: MIT
#
# peers: builds the contenders in other languages, or on libraries that nothing else here needs.
#
# A peer that cannot be built has a reason and no program; that never fails a race.

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
SOURCES = {"rust": "peer.rs", "go": "peer.go", "asio": "peer_asio.cpp", "boost-context": "peer_boost_context.cpp",
           "boost-fiber": "peer_boost_fiber.cpp", "st": "peer_st.c", "pthread": "peer_pthread.c"}
LIBRARIES = {"boost-context": ["-lboost_context"], "boost-fiber": ["-lboost_fiber", "-lboost_context"], "st": ["-lst"]}
NOT_ASKED = "only with --peers"


def build(language: str, folder: str, into: Path) -> tuple[Path | None, str]:
    """The program of the race in `folder`, or none and the reason."""
    source = BENCH / folder / SOURCES[language]
    program = into / f"{folder}-{language}"
    into.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".rs":
        command = ["rustc", "-O", "--edition", "2021", "-o", str(program), str(source)]
    elif source.suffix == ".go":
        command = ["go", "build", "-o", str(program), str(source)]
    else:
        compiler = ["gcc", "-std=c11", "-D_GNU_SOURCE"] if source.suffix == ".c" else ["g++", "-std=c++20"]
        command = [*compiler, "-O3", "-I", str(BENCH / "support"), "-o", str(program), str(source),
                   *LIBRARIES.get(language, [])]
    if shutil.which(command[0]) is None:
        return None, f"no {command[0]} here"
    environment = os.environ | {"CGO_ENABLED": "0", "GO111MODULE": "off", "GOCACHE": str(into / "go-cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=into)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        return None, f"{command[0]} failed: {next((line for line in said if 'error' in line), said[0])}"
    return program, ""
