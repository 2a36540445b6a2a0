"""The files of a chart where it lies: in a directory, or in a package within another chart."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from generator.errors import ConfigError
from generator.system.charts import package as chart_package
from generator.system.charts.limits import MAX_FILE, NoPackageError, most
from generator.system.files import Folder, UnreadableFileError, watching
from generator.system.files.watching import Uses

Read = Callable[[str, int], bytes]
"""Returns a file by its path and the most that it may have; raises UnreadableFileError."""


class ChartFiles(NamedTuple):
    """Reads the files of one chart, each within its limit; what cannot be read is not there."""

    read: Callable[[str], bytes | None]
    paths: Callable[[str], Iterable[str]]
    """Returns the paths of all files below a directory of the chart; that of the chart itself is empty."""
    uses: Uses
    """What was asked of the disk so far; nothing of a package."""

    def text(self, path: str) -> str:
        """Return the text of a file; empty if it cannot be read."""
        return (self.read(path) or b"").decode("utf-8", "replace")

    def inner(self) -> dict[str, ChartFiles]:
        """Return the charts in `charts/`, by the name of their directory or package."""
        found: dict[str, ChartFiles] = {}
        for path in self.paths("charts"):
            name, _, rest = path.removeprefix("charts/").partition("/")
            if name.startswith(("_", ".")) or name in found:
                continue
            if rest == chart_package.METADATA:
                found[name] = self._below(f"charts/{name}")
            elif not rest and name.endswith(".tgz"):
                packed = _packed(self.read(path))
                if packed is not None:
                    found[name] = packed
        return found

    def _below(self, folder: str) -> ChartFiles:
        def paths(below: str) -> Iterator[str]:
            start = posixpath.join(folder, below)
            return (path.removeprefix(f"{folder}/") for path in self.paths(start))

        return ChartFiles(lambda path: self.read(f"{folder}/{path}"), paths, self.uses)


def in_folder(folder: Folder, at: str = "", read: Read | None = None) -> ChartFiles:
    """Return the files of the chart at a path of a folder; `read` reads them in the place of the folder.

    What they are for depends on all that is read of them, now or later.
    """
    reading, uses = read or folder.read, Uses()
    watching.use(uses)

    def content(path: str) -> bytes | None:
        try:
            with watching.making(uses):
                return reading(posixpath.join(at, path), min(most(path), MAX_FILE))
        except UnreadableFileError:
            return None

    def paths(below: str) -> list[str]:
        start, found = posixpath.join(at, below) if below else at, list[str]()
        try:
            with watching.making(uses):
                found.extend(path.removeprefix(f"{at}/") if at else path for path in folder.walk(start))
        except (UnreadableFileError, ConfigError):
            pass  # what was found before counts
        return found

    return ChartFiles(content, paths, uses)


def _packed(content: bytes | None) -> ChartFiles | None:
    try:
        return of_files(chart_package.opened(content)) if content else None
    except NoPackageError:
        return None


def of_files(files: Mapping[str, bytes]) -> ChartFiles:
    """Return files that are in memory already."""
    return ChartFiles(files.get, lambda below: [path for path in files if not below or path.startswith(f"{below}/")], Uses())
