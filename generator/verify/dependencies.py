"""The charts that a chart of Git depends on, where it does not contain them: Argo CD gets them by `helm dependency build`."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.system.charts import folder as chart_folder
from generator.system.charts import package as chart_package
from generator.system.charts.limits import Budget, NoPackageError, shown
from generator.system.charts.references import leaves_workspace
from generator.system.files import Folder

Released = Callable[[str, str, str], str]
"""Returns the folder of a chart of a repository, by the address, its name and its version; raises NoChartError."""

_FILE = "file://"
_DEEPEST = 4
"""Charts that depend on charts."""


def whole(root: str, path: str, released: Released | None = None) -> dict[str, bytes]:
    """Return the files of the chart at a path with the charts that it lacks; without `released`, only those next to it.

    What cannot be found stays missing, as Helm says best. Raises UnfitFolderError, NoChartError, and NoPackageError for
    more than a chart may hold and for a chart that depends on itself.
    """
    found = _Dependencies(root, released).whole(path, ())
    chart_package.check(found)
    return found


def folders(root: str, path: str) -> list[str]:
    """Return the directory of a chart, and those of the charts in the same repository that it depends on."""
    found, left = [path], [path]
    for _ in range(_DEEPEST):
        near = (beside(one, repository) for one in left for _, _, repository in _missing(chart_folder.read(root, one)))
        left = [one for one in dict.fromkeys(near) if one and one not in found]
        found += left
    return found


class _Dependencies:
    """Charts with the charts that they depend on, each read once."""

    def __init__(self, root: str, released: Released | None) -> None:
        self._root = root
        self._released = released
        self._made: dict[tuple[str | int, ...], dict[str, bytes]] = {}

    def whole(self, path: str, above: tuple[str, ...]) -> dict[str, bytes]:
        if path in above:
            raise NoPackageError(f"{shown(path)} depends on itself")
        key = (path, len(above))
        if key not in self._made:
            self._made[key] = self._with_charts(path, above)
        return self._made[key]

    def _with_charts(self, path: str, above: tuple[str, ...]) -> dict[str, bytes]:
        files = chart_folder.read(self._root, path)
        found, budget = dict(files), Budget()
        for content in files.values():
            budget.member()
            budget.spend(len(content))
        for name, version, repository in _missing(files) if len(above) < _DEEPEST else ():
            for below, content in self._inner((*above, path), name, version, repository).items():
                budget.member()
                budget.spend(len(content))
                found[f"charts/{name}/{below}"] = content
        return found

    def _inner(self, chain: tuple[str, ...], name: str, version: str, repository: str) -> dict[str, bytes]:
        """Return the files of one dependency; none if it cannot be found."""
        where = beside(chain[-1], repository)
        if where:
            return self.whole(where, chain)
        if self._released is None or repository.startswith(_FILE):
            return {}
        key = (repository, name, version)
        if key not in self._made:
            tree = Folder(self._released(*key)).read_tree("")
            self._made[key] = {below: content for below, content in tree.items() if content is not None}
        return self._made[key]


def beside(path: str, repository: str) -> str:
    """Return the directory of a dependency in the same repository; empty for any other."""
    inside = repository.startswith(_FILE) and not leaves_workspace(path, repository)
    return posixpath.normpath(posixpath.join(path, repository.removeprefix(_FILE))) if inside else ""


def _missing(files: Mapping[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield name, version and repository of the dependencies that are not in `charts/`."""
    listed: Any = chart_package.metadata(files).get("dependencies")
    for entry in listed if isinstance(listed, list) else ():
        name, version, repository = (
            (str(entry.get(key) or "") for key in ("name", "version", "repository"))
            if isinstance(entry, dict)
            else ("", "", "")
        )
        inside = (f"charts/{name}/", f"charts/{name}-")
        if name and "/" not in name and "://" in repository and not any(path.startswith(inside) for path in files):
            yield name, version, repository
