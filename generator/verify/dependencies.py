"""The charts that a chart of Git depends on, where it does not contain them: Argo CD gets them by `helm dependency build`."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.system.charts import folder as chart_folder
from generator.system.charts import package as chart_package
from generator.system.charts.references import leaves_workspace
from generator.system.files import Folder

Released = Callable[[str, str, str], str]
"""Returns the folder of a chart of a repository, by the address, its name and its version; raises NoChartError."""

_FILE = "file://"
_DEEPEST = 4
"""Charts that depend on charts."""


def whole(root: str, path: str, released: Released | None = None, depth: int = 0) -> dict[str, bytes]:
    """Return the files of the chart at a path with the charts that it lacks; without `released`, only those next to it.

    What cannot be found stays missing, as Helm says best. Raises UnfitFolderError, NoPackageError, or NoChartError.
    """
    files = chart_folder.read(root, path)
    found = dict(files)
    for name, version, repository in _missing(files) if depth < _DEEPEST else ():
        where = _beside(path, repository)
        if where:
            inner = whole(root, where, released, depth + 1)
        elif released and not repository.startswith(_FILE):
            tree = Folder(released(repository, name, version)).read_tree("")
            inner = {below: content for below, content in tree.items() if content is not None}
        else:
            continue
        found |= {f"charts/{name}/{below}": content for below, content in inner.items()}
    chart_package.check(found)
    return found


def folders(root: str, path: str, depth: int = 0) -> Iterator[str]:
    """Yield the directory of a chart, and those of the charts in the same repository that it depends on."""
    yield path
    for _, _, repository in _missing(chart_folder.read(root, path)) if depth < _DEEPEST else ():
        where = _beside(path, repository)
        if where:
            yield from folders(root, where, depth + 1)


def _beside(path: str, repository: str) -> str:
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
