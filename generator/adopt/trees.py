"""The old tree: its files, read through the one door, and the Argo CD objects in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.adopt.model import Found, Note
from generator.errors import ConfigError
from generator.kubernetes import manifests
from generator.kubernetes.objects import ROLLOUTS, KubeObject
from generator.syntax.wording import counted
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.files.roots import Named, above

_ENDS = (".yaml", ".yml", ".json")
_ARGO = re.compile(rb"kind\"?:[ \t]*[\"']?(?:Application|ApplicationSet|AppProject|List)\b")
"""What a file must contain to be read: most files of a config repository are values and manifests."""
_MOST_BYTES = 4 * 1024 * 1024
_MOST_FILES = 100_000
_SKIPPED = ("node_modules",)


class Tree(NamedTuple):
    """One path that the user named."""

    shown: str
    """As the user named it."""
    folder: Folder
    bases: tuple[str, ...]
    """The folders that may be the root of its repository: itself, and those above it up to the one with `.git`."""

    def name(self, path: str) -> str:
        """Return the path of a file below it, as a report names it."""
        return posixpath.normpath(posixpath.join(self.shown, path))


class Objects(NamedTuple):
    """What was found in a tree."""

    applications: tuple[Found, ...]
    sets: tuple[Found, ...]
    projects: tuple[Found, ...]
    notes: tuple[Note, ...]
    """Files that were not read."""
    broken: tuple[Note, ...]
    """Documents that may be Applications, and cannot be read."""


def opened(path: str, door: Named) -> Tree:
    """Return a tree by the path of the command line; raises ConfigError unless it is a directory."""
    kind = door.folder.kind(door.path)
    if kind is not Kind.FOLDER:
        what = "does not exist" if kind is Kind.NOTHING else f"is {kind.value}"
        raise ConfigError(f"{path} {what}", "name the directory of a config repository")
    root = posixpath.normpath(posixpath.join(door.folder.path, door.path))
    top = above(root, ".git")
    bases = [root]
    while top and bases[-1] != top:
        bases.append(posixpath.dirname(bases[-1]))
    return Tree(path, Folder(root), tuple(bases))


def read(trees: Sequence[Tree]) -> Objects:
    """Return the Argo CD objects of trees. A file that cannot be read is a note, if it might contain one."""
    reading = _Reading()
    for tree in trees:
        for path, kind in tree.folder.walk_kinds("", lambda below, tree=tree: _is_left_out(tree.folder, below)):  # type: ignore[misc]
            if path.endswith(_ENDS) and not posixpath.basename(path).startswith("."):
                reading.file(tree, path, kind)
    return Objects(
        tuple(reading.found["Application"]),
        tuple(reading.found["ApplicationSet"]),
        tuple(reading.found["AppProject"]),
        tuple(reading.notes),
        tuple(reading.broken),
    )


def _is_left_out(folder: Folder, below: str) -> bool:
    """Tell whether a directory holds no Applications: templates of a chart are none before Helm renders them."""
    name = posixpath.basename(below)
    return name.startswith(".") or name in _SKIPPED or folder.is_file(f"{below}/Chart.yaml")


class _Reading:
    def __init__(self) -> None:
        self.found: dict[str, list[Found]] = {"Application": [], "ApplicationSet": [], "AppProject": []}
        self.notes: list[Note] = []
        self.broken: list[Note] = []
        self.files = 0

    def file(self, tree: Tree, path: str, kind: Kind) -> None:
        self.files += 1
        if self.files > _MOST_FILES:
            raise ConfigError(f"{tree.shown} has more than {counted(_MOST_FILES, 'YAML file')}", "name a directory in it")
        shown = tree.name(path)
        if kind is not Kind.FILE:
            self.notes.append(Note(shown, 1, "this file", f"it is {kind.value}, which is not followed"))
            return
        try:
            raw = tree.folder.read(path, _MOST_BYTES)
        except UnreadableFileError as error:
            self.notes.append(Note(shown, 1, "this file", f"it {error.message}"))
            return
        if _ARGO.search(raw):
            self._objects(tree, path, raw)

    def _objects(self, tree: Tree, path: str, raw: bytes) -> None:
        shown = tree.name(path)
        read = manifests.read(shown, raw, named=False)
        for problem in read.diagnostics:
            self.broken.append(Note(shown, problem.span.line, "this document", problem.message))
        for item in read.objects:
            if item.group == ROLLOUTS and item.kind in self.found:
                file = posixpath.join(tree.folder.path, path)
                line = manifests.source_of(item).span_of_key((*item.at, "metadata", "name")).line
                self.found[item.kind].append(Found(item.data, shown, path, file, item.source, item.at, line))


def applications_in(objects: Sequence[KubeObject]) -> Iterator[KubeObject]:
    """Yield the Applications and ApplicationSets among objects."""
    return (item for item in objects if item.group == ROLLOUTS and item.kind in ("Application", "ApplicationSet"))
