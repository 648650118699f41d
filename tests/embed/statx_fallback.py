#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.statx_fallback: metadata where statx(2) is refused, by an old kernel or by an old filter.

    statx_fallback.py PROGRAM

Runs PROGRAM with a working statx; then with a statx that fails with each of the two errors that mean "not available";
and once with another error, which must be returned to the caller.
"""

import subprocess
import sys

from strace import trace


def main():
    program = sys.argv[1]
    subprocess.run([program], check=True)
    for error in ("ENOSYS", "EPERM"):
        lines, _ = trace([program, "refused"], ["-e", "trace=statx", "-e", f"inject=statx:error={error}"])
        injected = sum("(INJECTED)" in line for line in lines)
        if injected < 10 or injected != len(lines):
            sys.exit(f"{injected} of {len(lines)} calls were made to fail: this proves nothing")
        print(f"{error}: {injected} calls of statx refused, nothing lost but the birth time")
    # With EIO the program finds no file: the test of this test.
    trace([program, "refused"], ["-e", "trace=statx", "-e", "inject=statx:error=EIO"], expected=(1,))


if __name__ == "__main__":
    main()
