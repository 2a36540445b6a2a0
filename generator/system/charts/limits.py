"""Limits on the size of a chart and the names of its files, for packages and directories.

Sizes that a chart declares are not trusted: every limit is checked before the bytes are read.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata

MIB = 1024 * 1024

MAX_PACKED = 32 * MIB
"""Bytes of a package, as it is downloaded."""
MAX_BYTES = 64 * MIB
"""Bytes of a chart, unpacked, with the packages in it. Helm itself takes 100 MiB."""
MAX_FILE = 16 * MIB
MAX_MEMBERS = 10_000
"""Files and folders of a chart, with those of the packages in it."""
MAX_PATH = 1024
MAX_NAME = 255
"""Bytes of one name: what file systems take."""
MAX_DEPTH = 32

MAX_READ = {
    "Chart.yaml": MIB,
    "Chart.lock": MIB,
    "requirements.yaml": MIB,
    "values.yaml": 2 * MIB,
    "values.schema.json": 4 * MIB,
}
"""Bytes of those files that are read as data and not only handed on."""

_DRIVE = re.compile(r"[A-Za-z]:(/|\Z)")


class NoPackageError(Exception):
    """These bytes are not the package of a chart, or not one that is safe to open; the message has the reason."""


class Budget:
    """The rest of the limits of one chart."""

    def __init__(self) -> None:
        self._bytes = MAX_BYTES
        self._members = MAX_MEMBERS

    def member(self) -> None:
        """Take one file, folder or header; raises NoPackageError."""
        self._members -= 1
        if self._members < 0:
            raise NoPackageError(f"it contains more than {MAX_MEMBERS:,} files and directories")

    def spend(self, size: int) -> None:
        """Take bytes that have been read; raises NoPackageError."""
        self._bytes -= size
        if self._bytes < 0:
            raise NoPackageError(f"it contains more than {MAX_BYTES // MIB} MiB")

    def ask(self, path: str, size: int) -> None:
        """Raise NoPackageError if a file is larger than what may be read of it, before it is read."""
        if size > most(path):
            raise NoPackageError(f"{shown(path)} contains more than {most(path) // MIB} MiB")
        if size > self._bytes:
            raise NoPackageError(f"it contains more than {MAX_BYTES // MIB} MiB")


def most(path: str) -> int:
    """Return how many bytes a file of a chart may have."""
    return MAX_READ.get(posixpath.basename(path), MAX_FILE)


class Paths:
    """The paths of a chart, each a file or a folder of its own on every file system."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, bool]] = {}
        self._files: set[str] = set()

    def add(self, path: str, *, is_folder: bool = False) -> None:
        """Take the path of a file in the chart, or of a folder; raises NoPackageError."""
        parts = _parts(path)
        for length in range(1, len(parts)):
            self._take("/".join(parts[:length]), is_folder=True)
        self._take(path, is_folder=is_folder)

    def _take(self, path: str, *, is_folder: bool) -> None:
        folded = unicodedata.normalize("NFC", path).casefold()
        there, was_folder = self._seen.setdefault(folded, (path, is_folder))
        if there != path:
            raise NoPackageError(f"{shown(there)} and {shown(path)} are the same file on some systems")
        if is_folder is not was_folder:
            raise NoPackageError(f"{shown(path)} is both a file and a directory")
        if not is_folder and folded in self._files:
            raise NoPackageError(f"{shown(path)} is in it twice")
        if not is_folder:
            self._files.add(folded)


def _parts(path: str) -> list[str]:
    """Return the names that a path is made of; raises NoPackageError for one that may leave the chart."""
    parts = path.split("/")
    if path.startswith("/") or _DRIVE.match(path) or {"", ".", ".."} & set(parts):
        raise NoPackageError(f"{shown(path)} leads out of the chart")
    if "\\" in path or not path.isprintable():
        raise NoPackageError(f"{shown(path)} has a character that is not allowed in file names")
    if len(path.encode("utf-8", "surrogateescape")) > MAX_PATH or len(parts) > MAX_DEPTH:
        raise NoPackageError(f"{shown(path)} is a path of more than {MAX_PATH} bytes or {MAX_DEPTH} levels")
    if any(len(part.encode("utf-8", "surrogateescape")) > MAX_NAME for part in parts):
        raise NoPackageError(f"{shown(path)} has a name of more than {MAX_NAME} bytes")
    return parts


def shown(path: str) -> str:
    """Return a path for a message: short, and in characters that are harmless."""
    text = path.encode("unicode_escape").decode("ascii").replace("`", "'")
    return f"`{text if len(text) <= 80 else text[:77] + '...'}`"
