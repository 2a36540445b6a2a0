"""Check that a commit contains the inputs that the hook generated from, as they were read."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from generator.pipeline.drift import Wanted
from generator.pipeline.run import Outcome
from generator.service.build import Built
from generator.service.chart import chart_of
from generator.service.chart_objects import FindTemplate
from generator.syntax.globs import Glob
from generator.system.files import Folder
from generator.system.git import read as git
from generator.workspace.model import ServiceSpec

NOT_TRACKED, NOT_STAGED, NOT_REMOVED = "not tracked", "changed, not staged", "deleted, not staged"


class Used(NamedTuple):
    """The inputs of a service in addition to its spec; plain data, because it may come from another process."""

    files: tuple[str, ...]
    charts: tuple[str, ...]


def look(_spec: ServiceSpec, made: Sequence[Built], _find: FindTemplate, _wanted: Mapping[str, Wanted]) -> Used:
    """Return the inputs of a service in its environments."""
    files = {layer.source.path for one in made for layer in one.resolved.layers}
    files |= {one.profile.source.path for one in made}
    charts = {chart_of(one.resolved).folder for one in made}
    charts |= {folder for one in made if one.stock for folder in one.stock.folders}
    return Used(tuple(sorted(files)), tuple(sorted(filter(None, charts))))


def used_of(data: Sequence[Sequence[str]]) -> Used:
    """Return the inputs of a service from data that was kept."""
    files, charts = data
    return Used(tuple(files), tuple(charts))


def waiting(root: str, outcome: Outcome, staged: Collection[str]) -> list[tuple[str, str]]:
    """Return (path, problem) of every input that is missing from the commit, or that differs from what was read.

    Untracked specs are drafts and were not read. Untracked presets and profiles are drafts as well, unless a
    service uses them.
    """
    seen = cast("Sequence[Used]", outcome.seen)
    used = {path for one in seen for path in one.files}
    charts = sorted({path for one in seen for path in one.charts})
    read = {path for path in outcome.read if path in used or path in staged or not _is_draft(path)}
    folder, needed = Folder(root), set(read)
    needed |= set(git.untracked(root, [path for path in charts if folder.is_folder(path)]))
    found = {path: NOT_TRACKED for path in needed if not _is_tracked(path, staged)}
    places = _Places(outcome, charts)
    for path in git.unstaged(root):
        if path in needed or places.hold(path):
            found[path] = NOT_STAGED if folder.exists(path) else NOT_REMOVED
    return sorted(found.items())


def _is_draft(path: str) -> bool:
    folder, name = posixpath.split(path)
    return folder == "strategies" or (name == "profile.yaml" and posixpath.dirname(folder) == "templates/profiles")


def _is_tracked(path: str, staged: Collection[str]) -> bool:
    """Tell whether Git tracks a file, or the submodule that contains it."""
    while path:
        if path in staged:
            return True
        path = posixpath.dirname(path)
    return False


class _Places:
    """The places of inputs: a file deleted from one of them was an input."""

    def __init__(self, outcome: Outcome, charts: Collection[str]) -> None:
        workspace = outcome.workspace
        folders = [workspace.environments] if workspace else []
        self._folders = tuple(f"{folder}/" for folder in (*folders, "strategies", "templates", "projects", *charts))
        self._specs = [Glob(glob) for glob in (workspace.specs if workspace else ())]

    def hold(self, path: str) -> bool:
        """Tell whether inputs are read from a path."""
        return path.startswith(self._folders) or any(pattern.match(path) for pattern in self._specs)
