# SPDX-License-Identifier: MIT
#
# tree: the directory tree that the races run on, and the small ones made for counting.
#
# A tree is listed once, the names of each directory sorted, symbolic links not followed, other file systems not entered
# (their mount points are listed). Unreadable directories are listed and not entered.

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path


class Tree:
    """The tree below `root`, which must be an absolute path without symlinks in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listed: list[bytes] = []
        self._complete = False

    def paths(self, cap: int | None) -> list[bytes]:
        """The paths of the tree in order, the root first, at most `cap` of them."""
        if not self._complete and (cap is None or len(self._listed) < cap):
            self._listed = list_tree(os.fsencode(self.root), cap)
            self._complete = cap is None or len(self._listed) < cap
        return self._listed[:cap]

    def describe(self) -> str:
        """The root, and the number of paths listed so far."""
        if not self._listed:
            return str(self.root)
        return f"{self.root}, {'' if self._complete else 'the first '}{len(self._listed):,} paths"

    def has_file(self) -> bool:
        """Whether there is a regular file at all; stops at the first."""
        return any(_is_regular(os.path.join(directory, name))
                   for directory, _, files in os.walk(self.root) for name in files)

    def deep_file(self) -> bytes:
        """A regular file as deep as the listed tree has one, but at most six names below the root directory."""
        for depth in range(6, 0, -1):
            for path in self._listed or self.paths(40_000):
                if path.count(b"/") == depth and _is_regular(path):
                    return path
        return next(path for path in self.paths(None) if _is_regular(path))

    def subtree(self, cap: int) -> tuple[str, int]:
        """The largest directory of the tree with at most `cap` entries, itself included, and their number."""
        sizes: Counter[bytes] = Counter()
        for path in self.paths(None):
            while len(path) >= len(os.fsencode(self.root)):
                sizes[path] += 1
                path = path.rpartition(b"/")[0]
        fitting = [(size, path) for path, size in sizes.items() if size <= cap]
        size, path = max(fitting)
        return os.fsdecode(path), size


def _is_regular(path: bytes | str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)


def list_tree(root: bytes, cap: int | None) -> list[bytes]:
    paths = [root]
    device = os.lstat(root).st_dev

    def enter(directory: bytes) -> None:
        try:
            with os.scandir(directory) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            if cap is not None and len(paths) >= cap:
                return
            paths.append(entry.path)
            if entry.is_dir(follow_symlinks=False) and _device(entry) == device:
                enter(entry.path)

    enter(root)
    return paths


def _device(entry: os.DirEntry[bytes]) -> int | None:
    try:
        return entry.stat(follow_symlinks=False).st_dev
    except OSError:
        return None


def write_list(file: Path, paths: list[bytes]) -> str:
    """Writes what contender_list() reads: each path followed by a NUL."""
    file.write_bytes(b"".join(path + b"\0" for path in paths))
    return str(file)


def make_tree(root: Path, directories: int, files_each: int) -> str:
    for directory in range(directories):
        made = root / f"directory-{directory:03}"
        made.mkdir(parents=True)
        for file in range(files_each):
            (made / f"file-{file}").write_bytes(b"x" * file)
    return str(root)


def changing_mount_below(root: Path) -> str | None:
    """A mounted proc or sysfs below `root`, or around it: its entries change while they are read."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        where = Path(fields.split()[4])
        if rest.split()[0] in {"proc", "sysfs"} and (where.is_relative_to(root) or root.is_relative_to(where)):
            return str(where)
    return None
