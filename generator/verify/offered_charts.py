"""Charts in directories that the user names, in the place of chart repositories: folders of charts, and packages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.errors import ConfigError
from generator.syntax import semver
from generator.system.charts import folder as chart_folder
from generator.system.charts import package as chart_package
from generator.system.charts.folder import UnfitFolderError
from generator.system.charts.limits import most
from generator.system.charts.package import METADATA, Identity, NoPackageError
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.files.roots import Named

_DEEPEST = 4
"""Directories within directories that are searched for charts."""
_MOST_PACKAGE = 100 * 1024 * 1024
"""Bytes of a package, as Helm limits it."""


class Offered(NamedTuple):
    """A chart of one of the directories."""

    files: dict[str, bytes]
    origin: str
    version: str


class OfferedCharts:
    """Finds charts in directories, newest version first."""

    def __init__(self, doors: Mapping[str, Named]) -> None:
        """Begin with the directories by what the user called them; raises ConfigError for a path that is not a directory."""
        self._folders: list[tuple[str, Folder, str, Identity | None]] = []
        """What they are called, where they are, and what their Chart.yaml says; None if that is wrong."""
        self._packages: list[tuple[str, Folder, str]] = []
        self._found: dict[tuple[str, str], Offered | None] = {}
        for shown, door in doors.items():
            if not door.folder.is_folder(door.path):
                raise ConfigError(f"{shown} is not a directory", "name a directory of charts or chart packages")
            self._search(shown, door.folder, door.path)

    def find(self, name: str, wanted: str) -> Offered | None:
        """Return the newest fitting chart; None if no directory has it."""
        if (name, wanted) not in self._found:
            self._found[(name, wanted)] = self._newest(name, wanted)
        return self._found[(name, wanted)]

    def _newest(self, name: str, wanted: str) -> Offered | None:
        found = [one for one in self._named(name) if one.version == chart_package.OPEN or semver.fits(one.version, wanted)]
        return max(found, key=_order, default=None)

    def versions(self, name: str) -> list[str]:
        """Return the versions of a chart that the directories have, lowest first."""
        return [one.version for one in sorted(self._named(name), key=_order)]

    def misnamed(self, name: str) -> str:
        """Return which folder has the name of a chart but contains a different one, for a message; empty without one."""
        for shown, _, path, identity in self._folders:
            if posixpath.basename(path) == name and identity is not None and identity.name != name:
                return f"{shown}/{METADATA} has the name `{identity.name}`"
        return ""

    def _named(self, name: str) -> Iterator[Offered]:
        for shown, folder, path, identity in self._folders:
            if identity is not None and identity.name == name:
                try:
                    files = chart_folder.read(folder.path, path)
                    chart_package.check(files)
                except (UnfitFolderError, NoPackageError):
                    continue
                yield Offered(files, shown, identity.version)
        for shown, folder, path in self._packages:
            if posixpath.basename(path).startswith(f"{name}-"):
                found = _opened(folder, path)
                if found is not None and found[0].name == name:
                    yield Offered(found[1], shown, found[0].version)

    def _search(self, shown: str, folder: Folder, path: str, depth: int = 0) -> None:
        if folder.is_file(posixpath.join(path, METADATA)):
            self._folders.append((shown, folder, path, _identity(folder, path)))
            return
        for name, kind in folder.entries(path) if depth <= _DEEPEST else ():
            below, called = posixpath.join(path, name), posixpath.join(shown, name)
            if kind is Kind.FOLDER and not name.startswith("."):
                self._search(called, folder, below, depth + 1)
            elif kind is Kind.FILE and name.endswith(".tgz"):
                self._packages.append((called, folder, below))


def _order(one: Offered) -> tuple[object, ...]:
    parsed = semver.parse(one.version)
    return parsed.order if parsed else ()


def _identity(folder: Folder, path: str) -> Identity | None:
    try:
        return chart_package.identity({METADATA: folder.read(posixpath.join(path, METADATA), most(METADATA))})
    except (UnreadableFileError, NoPackageError):
        return None


def _opened(folder: Folder, path: str) -> tuple[Identity, dict[str, bytes]] | None:
    try:
        files = chart_package.opened(folder.read(path, _MOST_PACKAGE))
        return chart_package.identity(files), files
    except (UnreadableFileError, NoPackageError):
        return None
