"""Divide the files of a repository into sets: what Argo CD would apply together.

A folder with a kustomization is applied as what kustomize builds of it, so its files are ingredients and no
manifests. Every other folder is what a `directory` source applies: with the folders below it if an Application
says so. Source: argo-cd, reposerver/repository.go, GetAppSourceType and findManifests
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes import kustomization
from generator.kubernetes.objects import ROLLOUTS, KubeObject, at, maps
from generator.syntax.reader import Source


class File(NamedTuple):
    """One file that was read; its path is relative to the root of the repository, as far as that is known."""

    path: str
    objects: tuple[KubeObject, ...]
    kustomization: Source | None = None
    """Its document, if it is a kustomization."""
    broken: bool = False
    """Whether it is a kustomization that could not be read, which was reported."""

    @property
    def data(self) -> Mapping[str, Any]:
        """What the kustomization says; empty for any other file."""
        data = self.kustomization.data if self.kustomization else None
        return data if isinstance(data, dict) else {}

    @property
    def folder(self) -> str:
        """The folder that it is in; empty for the root."""
        return posixpath.dirname(self.path)

    @property
    def reported(self) -> str:
        """The path that messages name it by."""
        return self.kustomization.path if self.kustomization else self.path

    @property
    def targets(self) -> Iterator[tuple[Pointer, str, str]]:
        """What it names in this repository, if it is a kustomization: the pointer, the entry, and the path of the target."""
        for pointer, entry in kustomization.paths(self.data):
            if not kustomization.is_remote(entry):
                yield pointer, entry, _normal(posixpath.join(self.folder, entry))


class Plain(NamedTuple):
    """Manifests that are applied as they are."""

    folder: str
    files: tuple[File, ...]
    namespace: str = ""
    """The namespace of objects that set none; empty if unknown."""


class Build(NamedTuple):
    """A kustomization that no other one uses, and what it is built from."""

    file: File
    folders: frozenset[str]
    """All folders with a kustomization that it is built from, its own among them."""
    named: frozenset[str]
    """All files that they name."""
    obstacle: str = ""
    """Why it cannot be built here; empty if it can."""
    namespace: str = ""


class Sets(NamedTuple):
    """The sets of a repository."""

    plain: tuple[Plain, ...]
    builds: tuple[Build, ...]
    ingredients: int
    """The number of files that are applied only as what kustomize builds of them."""


class _Destination(NamedTuple):
    namespace: str
    recurse: bool


def divide(files: Iterable[File], applications: Iterable[KubeObject] = (), root: str = "") -> Sets:
    """Return the sets of files below one folder.

    `applications` are those that no file has, which ApplicationSets make; `root` is the root of the repository
    in that folder, which the paths of Applications begin at.
    """
    known = {file.path: file for file in files}
    kustomizations = {file.folder: file for file in known.values() if file.kustomization is not None or file.broken}
    bases, named = _uses(kustomizations)
    plain = {path: file for path, file in known.items() if file.folder not in kustomizations and path not in named}
    applied = _applied((*(item for file in known.values() for item in file.objects), *applications), root)
    builds = [
        _build(file, kustomizations, applied.get(folder))
        for folder, file in sorted(kustomizations.items())
        if (folder not in bases or folder in applied) and file.data.get("kind") != "Component"
    ]
    sound = tuple(one for one in builds if not any(kustomizations[folder].broken for folder in one.folders))
    return Sets(tuple(_plain(plain.values(), applied)), sound, len(known) - len(plain) - len(kustomizations))


def _uses(kustomizations: Mapping[str, File]) -> tuple[set[str], set[str]]:
    """Return the folders whose kustomizations others use, and the files that kustomizations name."""
    bases: set[str] = set()
    named: set[str] = set()
    for file in kustomizations.values():
        for _, _, target in file.targets:
            (bases if target in kustomizations else named).add(target)
    return bases, named


def _normal(path: str) -> str:
    normal = posixpath.normpath(path)
    return "" if normal == "." else normal


def _build(file: File, kustomizations: Mapping[str, File], applied: _Destination | None) -> Build:
    """Return all that a kustomization is built from, and whether that is at hand."""
    folders: set[str] = set()
    named: set[str] = set()
    obstacle = ""
    waiting = [file.folder]
    while waiting:
        folder = waiting.pop()
        if folder in folders:
            continue
        folders.add(folder)
        data = kustomizations[folder].data
        remote = next((entry for _, entry in kustomization.paths(data) if kustomization.is_remote(entry)), "")
        if remote:
            obstacle = obstacle or f"{remote} would have to be fetched"
        if kustomization.is_inflating(data):
            obstacle = obstacle or "Helm would have to render its charts"
        for _, _, target in kustomizations[folder].targets:
            if target == ".." or target.startswith("../"):
                obstacle = obstacle or f"{target} is outside of the folder that was given"
            elif target in kustomizations:
                waiting.append(target)
            else:
                named.add(target)
    return Build(file, frozenset(folders), frozenset(named), obstacle, applied.namespace if applied else "")


def _plain(files: Iterable[File], applied: Mapping[str, _Destination]) -> Iterator[Plain]:
    """Yield a set for each folder, or for each tree that an Application applies with the folders below."""
    found: dict[str, list[File]] = {}
    for file in files:
        found.setdefault(_home(file.folder, applied), []).append(file)
    for folder, some in sorted(found.items()):
        destination = applied.get(folder)
        yield Plain(folder, tuple(some), destination.namespace if destination else "")


def _home(folder: str, applied: Mapping[str, _Destination]) -> str:
    """Return the folder that an Application applies a folder with; the folder itself without one."""
    above = folder
    while above:
        above = posixpath.dirname(above)
        if above in applied and applied[above].recurse:
            return above
    return folder


def _applied(items: Iterable[KubeObject], root: str) -> dict[str, _Destination]:
    """Return where Applications apply the folders of this repository; the first one counts."""
    found: dict[str, _Destination] = {}
    for item in items:
        if (item.group, item.kind) == (ROLLOUTS, "Application"):
            for source in _sources(item):
                path = source.get("path")
                if isinstance(path, str) and path and not source.get("chart"):
                    namespace = at(item.spec, "destination", "namespace")
                    recurse = at(source, "directory", "recurse") is True
                    where = _Destination(namespace if isinstance(namespace, str) else "", recurse)
                    found.setdefault(_normal(posixpath.join(root, path.strip("/"))), where)
    return found


def _sources(item: KubeObject) -> Iterator[dict[str, Any]]:
    single = item.spec.get("source")
    if isinstance(single, dict):
        yield single
    yield from (source for _, source in maps(item.spec.get("sources")))
