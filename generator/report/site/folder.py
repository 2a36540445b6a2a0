"""The folder that a site is written into: it is ours, or it is left alone.

A list of the files is in the folder itself, so that what a former report has left is known from
what others have put there. Everything is staged first, and nothing is written through a link.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import chain

from generator.errors import ConfigError, RefusedError
from generator.pipeline import write
from generator.pipeline.drift import Change, State
from generator.pipeline.settling import settle
from generator.syntax.wording import listed
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.files.roots import Named
from generator.system.transaction.targets import Area

LIST = "tiphys-report.txt"
"""The file that makes a folder one of ours."""

_HEAD = "The files of a report, written by `tiphys report`, which replaces and removes them:\n"


class SiteFolder:
    """A folder for a site."""

    def __init__(self, path: str, door: Named) -> None:
        """Take the path from the root of the file system, and how it is opened."""
        self.path = path
        self._door = door
        self._above, self._name = posixpath.split(path.rstrip("/"))
        self._area = Area(self._above, self._name, tree=path)

    def check(self) -> None:
        """Raise ConfigError or RefusedError unless the folder is to be made, is empty, or is one of ours."""
        folder, path = self._door.folder, self._door.path
        kind = folder.kind(path)
        if kind is Kind.NOTHING:
            if folder.kind(posixpath.dirname(path)) is not Kind.FOLDER:
                raise ConfigError(f"directory {self._above} does not exist", "create it first") from None
            return
        try:
            if kind is not Kind.FILE:
                folder.entries(path)
        except UnreadableFileError as error:
            raise ConfigError(error.about(self.path), "use a different directory") from None
        if kind is not Kind.FOLDER:
            what = "a symbolic link" if kind is Kind.LINK else "not a directory"
            raise ConfigError(f"{self.path} is {what}", "use an empty directory, or one with an earlier report")
        settle(self._area, writes=True)
        if not self._ours() and folder.entries(path):
            raise RefusedError(
                f"{self.path} contains files that are not part of a report; nothing was written",
                "use an empty directory, or one with an earlier report",
            )

    def _ours(self) -> set[str]:
        """Return the files of an earlier report; none if there was none."""
        raw = _read(Folder(self.path), LIST) or b""
        head, _, rest = raw.decode("utf-8", "replace").partition("\n")
        return {LIST, *rest.split("\n")} - {""} if f"{head}\n" == _HEAD else set()

    def write(self, files: Iterable[tuple[str, bytes]]) -> bool:
        """Make these the files of the folder, each staged as it comes; return whether anything had to be done for it."""
        changes = self._changes(files)
        first = next(changes, None)
        if first is not None:
            write.apply_as_made(self._area, chain([first], changes))
        return first is not None

    def _changes(self, files: Iterable[tuple[str, bytes]]) -> Iterator[Change]:
        folder, ours = Folder(self.path), self._ours()
        there = {*folder.walk("", _is_hidden)}  # each file is read when its turn comes: together they may be large
        wanted: list[str] = []

        def listed_last() -> Iterator[tuple[str, bytes]]:
            yield LIST, (_HEAD + "".join(f"{path}\n" for path in sorted(wanted))).encode("utf-8")

        for path, content in chain(files, listed_last()):
            wanted.append(path)
            found = _read(folder, path) if path in there else None
            if found != content:
                yield self._change(path, found, content)
        foreign = [path for path in wanted if path in there and path not in ours]
        if foreign:
            raise RefusedError(f"{listed(foreign)} in {self.path} is not part of a report; nothing was written", "move it away")
        for path in sorted(there & ours.difference(wanted)):
            yield self._change(path, _read(folder, path), None)

    def _change(self, path: str, found: bytes | None, wanted: bytes | None) -> Change:
        state = State.STALE if wanted is None else State.MISSING if found is None else State.DIFFERS
        return Change(f"{self._name}/{path}", state, "", "", "", wanted, found)


def _read(folder: Folder, path: str) -> bytes | None:
    """Return the bytes of a file; None for anything but a readable regular file."""
    return folder.read_files([path]).get(path)


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")
