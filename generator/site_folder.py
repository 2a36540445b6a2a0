"""The folder that a site is written into: it is ours, or it is left alone.

A list of the files stands in the folder itself, so that what a former report has left is known from
what others have put there. Everything is staged first, and nothing is written through a link.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from stat import S_ISDIR

from generator import disk, write
from generator.compare import Change, State
from generator.errors import ConfigError, RefusedError
from generator.guards import settle
from generator.targets import Area
from generator.wording import listed

LIST = "tiphys-report.txt"
"""The file that makes a folder one of ours."""

_HEAD = "The files of a report, written by `tiphys report`, which replaces and removes them:\n"


class SiteFolder:
    """A folder for a site."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._above, self._name = os.path.split(path.rstrip(os.sep))
        self._area = Area(self._above, self._name, tree=path)

    def check(self) -> None:
        """Raise ConfigError or RefusedError unless the folder is to be made, is empty, or is one of ours."""
        try:
            status = os.lstat(self.path)
        except FileNotFoundError:
            if not os.path.isdir(self._above):
                raise ConfigError(f"there is no folder {self._above}", "make it first") from None
            return
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be looked at: {error.strerror or error}", "give another folder") from None
        if not S_ISDIR(status.st_mode):
            what = "a symbolic link" if os.path.islink(self.path) else "no folder"
            raise ConfigError(f"{self.path} is {what}", "give a folder that is empty, or that holds an earlier report")
        settle(self._area, writes=True)
        if not self._ours() and os.listdir(self.path):
            raise RefusedError(
                f"{self.path} holds files that are not of a report; nothing was written",
                "give a folder that is empty, or that holds an earlier report",
            )

    def _ours(self) -> set[str]:
        """Return the files of an earlier report; none if there was none."""
        raw = disk.read_files(self.path, [LIST]).get(LIST) or b""
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
        found, ours = disk.read_tree(self.path, ""), self._ours()
        wanted: list[str] = []

        def listed_last() -> Iterator[tuple[str, bytes]]:
            yield LIST, (_HEAD + "".join(f"{path}\n" for path in sorted(wanted))).encode("utf-8")

        for path, content in chain(files, listed_last()):
            wanted.append(path)
            if found.get(path) != content:
                yield self._change(path, found.get(path), content)
        foreign = [path for path in wanted if path in found and path not in ours]
        if foreign:
            raise RefusedError(f"{listed(foreign)} in {self.path} is not of a report; nothing was written", "move it away")
        for path in sorted(found.keys() & ours.difference(wanted)):
            yield self._change(path, found[path], None)

    def _change(self, path: str, found: bytes | None, wanted: bytes | None) -> Change:
        state = State.STALE if wanted is None else State.MISSING if found is None else State.DIFFERS
        return Change(f"{self._name}/{path}", state, "", "", "", wanted, found)
