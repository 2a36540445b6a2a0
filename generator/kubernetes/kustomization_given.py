"""What kustomize is given for one build, of directories that many builds of a run share."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from threading import Lock
from types import MappingProxyType

from generator.kubernetes import kustomization_files
from generator.kubernetes.kustomization_files import MOST, MOST_NAMED, Part, UncheckedError
from generator.kubernetes.kustomization_tree import Changed, Tree
from generator.system.kustomize import Checked

_MOST_KEPT = 64 * 1024 * 1024
_MOST_SEARCHED = 1024 * 1024
"""Bytes of files that are searched for secrets because kustomize refuses them, which takes about 2 s."""


class Known:
    """The checked directories of one tree: each is read once, however many kustomizations are built from it."""

    def __init__(self) -> None:
        self._parts: dict[str, Part | UncheckedError] = {}
        self._room = _MOST_KEPT
        self._searched = 0
        self._lock = Lock()

    def part(self, tree: Tree, folder: str) -> Part:
        """Return what a directory adds to the files of a build; raises UncheckedError."""
        with self._lock:
            part = self._parts.get(folder)
            if part is None:
                part = _part(tree, folder)
                self._keep(folder, part)
        if isinstance(part, UncheckedError):
            raise UncheckedError(str(part))
        return part

    def may_search(self, size: int) -> bool:
        """Tell whether this many more bytes may be searched for secrets that kustomize quotes, and count them."""
        with self._lock:
            self._searched += size
            return self._searched <= _MOST_SEARCHED

    def _keep(self, folder: str, part: Part | UncheckedError) -> None:
        size = sum(map(len, part.files.values())) if isinstance(part, Part) else 0
        if size <= self._room:
            self._room -= size
            self._parts[folder] = part


def checked(tree: Tree, path: str, known: Known | None = None, changed: Mapping[str, bytes] = MappingProxyType({})) -> Checked:
    """Return what kustomize is given to build the kustomization at a path of a tree.

    `known` is of this tree, `changed` are kustomizations to build in the place of those in it. Raises UncheckedError for
    a field or a path that leads anywhere else, for what cannot be read, and for too much.
    """
    known, own = known or Known(), {posixpath.dirname(name) for name in changed}
    waiting, seen = [posixpath.normpath(path)], set[str]()
    files: dict[str, bytes] = {}
    size = named = taken = 0
    while waiting:
        folder = waiting.pop()
        if folder in seen:
            continue
        seen.add(folder)
        folder = "" if folder == "." else folder
        part = kustomization_files.part_of(Changed(tree, changed), folder) if folder in own else known.part(tree, folder)
        size, named = size + part.size, named + part.named
        taken += sum(len(content) for name, content in part.files.items() if name not in files)
        files.update(part.files)
        _check(part, size, named, taken)
        waiting += part.folders
    return Checked(files, path)


def _part(tree: Tree, folder: str) -> Part | UncheckedError:
    try:
        return kustomization_files.part_of(tree, folder)
    except UncheckedError as error:
        return error


def _check(part: Part, size: int, named: int, taken: int) -> None:
    """Hold all directories of a build against the limits for one; raises UncheckedError."""
    kustomization_files.room(part.where, size)
    if named > MOST_NAMED:
        raise UncheckedError(f"{part.where} names one of more than {MOST_NAMED:,} entries that name files")
    if taken > MOST:
        raise UncheckedError(kustomization_files.too_large(part.where))
