"""Check that the dependencies in Chart.yaml, Chart.lock and charts/ agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.syntax import semver
from generator.system.charts import package as chart_package
from generator.system.charts.package import METADATA
from generator.system.charts.references import leaves_workspace


class _Entry(NamedTuple):
    name: str
    version: str
    repository: str


def problems(folder: str, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (message, hint) for the dependencies of a packed chart; `folder` is its path in the workspace."""
    wanted = _entries(chart_package.metadata(files))
    if not wanted:
        return
    for entry in wanted:
        if leaves_workspace(folder, entry.repository):
            message = f"the dependency {entry.name} is at {entry.repository}, outside this workspace"
            yield message, "move that chart into the workspace, or set the address of its chart repository"
    lock = chart_package.metadata({METADATA: files.get("Chart.lock", b"")})
    update = f"run `helm dependency update {folder}`, and commit Chart.lock"
    if not lock:
        yield "Chart.lock is missing, so packing the chart is not reproducible", update
        return
    locked = {entry.name: entry.version for entry in _entries(lock)}
    for entry in wanted:
        yield from _unlike(entry, locked.get(entry.name, ""), files, folder, update)


def _unlike(entry: _Entry, locked: str, files: Mapping[str, bytes], folder: str, update: str) -> Iterator[tuple[str, str]]:
    there = chart_package.metadata({METADATA: files.get(f"charts/{entry.name}/{METADATA}", b"")})
    number = semver.parse(locked)
    if number is None or not semver.satisfies(number, entry.version or "*"):
        yield f"Chart.lock has {entry.name} {locked or 'not at all'}, but Chart.yaml requires {entry.version}", update
    elif there.get("version") != locked:
        message = f"charts/ has {entry.name} {there.get('version', 'not at all')}, but Chart.lock has {locked}"
        yield message, f"run `helm dependency build {folder}`"


def _entries(data: Mapping[str, Any]) -> list[_Entry]:
    """Return the dependencies that Chart.yaml or Chart.lock lists; Helm itself refuses malformed ones."""
    listed = data.get("dependencies")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    return [_Entry(*(str(entry.get(key) or "") for key in _Entry._fields)) for entry in entries]
