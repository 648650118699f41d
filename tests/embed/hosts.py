#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.python, embed.node: weld used without set-up from Python, by ctypes, and from Node, by an addon.

    hosts.py python LIBRARY
    hosts.py node ADDON

The first thread, a thread of the language, and two threads at once use every module. Afterwards the process has the
same threads and file descriptors as before, and its standard output has the text of the language and of weld, in order.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PYTHON = """
import ctypes, os, sys, threading, time

library = ctypes.CDLL(sys.argv[1])
library.embedded_module.restype = ctypes.c_char_p

def use_all(failed):
    number = 0
    while (name := library.embedded_module(number)) is not None:
        if line := library.embedded_use(number, sys.argv[2].encode()):
            failed.append(f"{name.decode()}: line {line}")
        number += 1
    if number < 10:
        failed.append(f"{number} modules")

def at_once(count, failed):
    threads = [threading.Thread(target=use_all, args=(failed,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

def descriptors():
    return sorted(os.listdir("/proc/self/fd"))

before, failed = descriptors(), []
use_all(failed)
at_once(1, failed)
at_once(2, failed)
deadline = time.monotonic() + 10
while len(os.listdir("/proc/self/task")) != 1 and time.monotonic() < deadline:
    time.sleep(0.001)  # a thread that was joined is gone from /proc a moment later
if len(os.listdir("/proc/self/task")) != 1:
    failed.append("a thread is left")
if descriptors() != before:
    failed.append(f"descriptors were {before} and are {descriptors()}")
sys.exit("; ".join(failed) or library.embedded_say(0, b"through weld\\n"))
"""

NODE = """
const { Worker, isMainThread, workerData } = require('worker_threads');
const fs = require('fs');
const [path, directory] = isMainThread ? process.argv.slice(2) : workerData;
const library = require(path);

function useAll() {
    let number = 0;
    for (let name; (name = library.module(number)) !== undefined; ++number) {
        const line = library.use(number, directory);
        if (line !== 0) {
            throw new Error(`${name}: line ${line}`);
        }
    }
    if (number < 10) {
        throw new Error(`${number} modules`);
    }
}

function atOnce(count) {
    const worker = () => new Promise((resolve, reject) => {
        new Worker(process.env.WELD_SCRIPT, { workerData: [path, directory] })
            .on('error', reject).on('exit', (code) => code === 0 ? resolve() : reject(new Error(`exit ${code}`)));
    });
    return Promise.all(Array.from({ length: count }, worker));
}

function descriptors() {
    return fs.readdirSync('/proc/self/fd').length;
}

async function main() {
    await atOnce(1);  // descriptors that Node opens for its first worker stay open
    const before = descriptors();
    useAll();
    await atOnce(1);
    await atOnce(2);
    if (descriptors() !== before) {
        throw new Error(`${before} descriptors, then ${descriptors()}`);
    }
    console.log('through Node');
}

isMainThread ? main() : useAll();
"""


def run(command, directory, **environment):
    """The output of the host; the test ends when the host fails or leaves a file."""
    done = subprocess.run([*command, directory], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=100,
                          env={**os.environ, **environment}, text=True)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode}")
    if left := os.listdir(directory):
        sys.exit(f"left in its directory: {left}")
    return done.stdout


def python(library, directory, _):
    return run([sys.executable, "-B", "-c", PYTHON, library], directory)


def node(addon, directory, work):
    program = shutil.which("node") or shutil.which("nodejs")
    if program is None:
        print("SKIPPED: node is not installed")
        sys.exit(77)
    script = Path(work) / "host.js"
    script.write_text(NODE, encoding="utf-8")
    # In process.argv of a script the script's path follows node's.
    return run([program, str(script), addon], directory, WELD_SCRIPT=str(script))


def main():
    host, library = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="weld-embed-") as work:
        directory = Path(work) / "directory"
        directory.mkdir()
        said = {"python": python, "node": node}[host](str(Path(library).resolve()), str(directory), work)
    expected = {"python": "through weld\n", "node": "through Node\n"}[host]
    if said != expected:
        sys.exit(f"it says {said!r}")
    print(f"{host}: every module, from one thread and from two at once")


if __name__ == "__main__":
    main()
