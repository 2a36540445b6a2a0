"""The kustomizations of an old tree that list its Applications, and which of them are part of others."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from generator.kubernetes import kustomization
from generator.kubernetes.objects import texts


class Kustomization(NamedTuple):
    """A directory with a kustomization."""

    shown: str
    """Its file, as a report names it."""
    below: str
    """The same, relative to the path that the user named."""
    root: str
    """The root of its repository, as an absolute path."""
    path: str
    """The directory, relative to that root."""
    entries: tuple[str, ...]
    """The files and directories that it lists, as absolute paths."""

    @property
    def folder(self) -> str:
        """The directory, as an absolute path."""
        return posixpath.normpath(posixpath.join(self.root, self.path))

    @property
    def title(self) -> str:
        """What a report calls it."""
        return f"kustomization {self.path}"


def entries_of(data: Any, folder: str) -> tuple[str, ...]:
    """Return the files and directories that the kustomization of a directory lists, as absolute paths."""
    every = (text for field in kustomization.BASES for _, text in texts(data.get(field))) if isinstance(data, dict) else ()
    return tuple(posixpath.normpath(posixpath.join(folder, text)) for text in every if not kustomization.is_remote(text))


class Listings:
    """Knows which files with Applications go into which kustomization."""

    def __init__(self, every: Sequence[Kustomization], files: Collection[str]) -> None:
        """Begin with all kustomizations of a tree, and the absolute paths of its files with Applications."""
        self._by_folder = {one.folder: one for one in every}
        self._files = files

    @cached_property
    def every(self) -> tuple[Kustomization, ...]:
        """Those that list Applications, themselves or through others."""
        return tuple(one for one in self._by_folder.values() if self.files(one))

    @cached_property
    def listed(self) -> frozenset[str]:
        """The files that some kustomization lists."""
        return frozenset(file for one in self.every for file in self.files(one))

    def files(self, one: Kustomization) -> frozenset[str]:
        """Return the files with Applications that go into a kustomization."""
        return frozenset(path for path in self._reached(one.folder) if path in self._files)

    def of(self, file: str) -> Iterator[Kustomization]:
        """Yield the kustomizations that a file goes into."""
        return (one for one in self.every if file in self.files(one))

    def parts(self, one: Kustomization) -> frozenset[str]:
        """Return the directories of the kustomizations that go into another one."""
        return self._reached(one.folder) & self._by_folder.keys() - {one.folder}

    @cached_property
    def inner(self) -> frozenset[str]:
        """The directories of those that go into others."""
        return frozenset(folder for one in self.every for folder in self.parts(one))

    def _reached(self, folder: str) -> frozenset[str]:
        known = self._known
        if folder not in known:
            found, waiting = set[str](), [folder]
            while waiting:
                path = waiting.pop()
                if path not in found:
                    found.add(path)
                    waiting += self._by_folder[path].entries if path in self._by_folder else ()
            known[folder] = frozenset(found)
        return known[folder]

    @cached_property
    def _known(self) -> dict[str, frozenset[str]]:
        return {}
