"""Sorts the Applications of an old tree: those that deploy workloads, those that deploy others, and what makes them.

An Application may be in a file, and in what a kustomization, a chart or an ApplicationSet makes. Argo CD gets it once: a
file that goes into a kustomization is not an Application of its own, what kustomize builds of it is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.adopt.folder_parts import FromFolder
from generator.adopt.listings import Listings
from generator.adopt.model import Found, Note, UnavailableError
from generator.adopt.parts import FromHelm, Part, Parts
from generator.adopt.rendering import Renderer
from generator.adopt.repositories import Repositories
from generator.adopt.roots import RootFound, Sorted, files_of, may_be_root
from generator.adopt.sets import expanded
from generator.adopt.settings import ARGOCD
from generator.adopt.trees import Objects, applications_in
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, at
from generator.syntax.budget import Budget

_DEEPEST = 30
"""Roots of roots."""

_Key = tuple[str, str, str]
"""An Application in a file: the file, its kind and its name there."""


class _Waiting(NamedTuple):
    """An Application that is to be sorted, and what makes it."""

    found: Found
    above: frozenset[tuple[str, ...]] = frozenset()
    """The roots that deploy it: their namespaces, names and paths."""


class Sorter:
    """Sorts Applications into roots and others, and expands what makes Applications."""

    def __init__(self, parts: Parts, renderer: Renderer, repositories: Repositories) -> None:
        self._parts = parts
        self._renderer = renderer
        self._repositories = repositories
        self._budget = Budget()
        """What all ApplicationSets of the tree may take."""
        self._services: list[tuple[Found, tuple[Part, ...]]] = []
        self._roots: list[RootFound] = []
        self._sets: list[Found] = []
        self._unavailable: list[Note] = []
        self._unread: list[Found] = []
        self._notes: list[Note] = []
        self._written: dict[_Key, Found] = {}
        """What files contain."""
        self._sorted: set[int] = set()
        """Those of them that are sorted, by identity: a file may have one twice."""
        self._replaced: set[_Key] = set()
        """Those that a build made instead."""
        self._built: set[str] = set()
        """The directories of kustomizations that were built, and of those that went into them."""

    def sort(self, objects: Objects) -> Sorted:
        """Return the Applications of a tree, those that others make included."""
        written = [*objects.applications, *objects.sets]
        self._written = {_key(one): one for one in written}
        listings = Listings(objects.kustomizations, {one.file for one in written})
        self._sort([_Waiting(one) for one in written if self._is_alone(one, listings)])
        self._build(listings)
        lost = list(self._lost(listings))
        return Sorted(
            tuple(self._services),
            tuple(self._roots),
            tuple(self._sets),
            (*self._unavailable, *(note for note, failed in lost if failed)),
            tuple(self._notes),
            tuple(note for note, failed in lost if not failed),
            tuple(self._unread),
        )

    def _is_alone(self, one: Found, listings: Listings) -> bool:
        """Tell whether nothing but the file itself makes an Application, or nothing but what it deploys itself."""
        if one.file not in listings.listed:
            return True
        read = self._read_by(one)
        own = {folder for other in listings.every if other.folder in read for folder in (other.folder, *listings.parts(other))}
        return all(kustomization.folder in own for kustomization in listings.of(one.file))

    def _read_by(self, one: Found) -> set[str]:
        """Return the directories that an Application deploys, as absolute paths."""
        return {
            self._here(str(source.get("repoURL") or ""), str(source.get("path") or "."))
            for _, source in sources(one.item)
            if not source.get("chart")
        }

    def _here(self, address: str, path: str) -> str:
        """Return a directory among the files at hand, whatever the revision; empty for one of another repository."""
        root = self._repositories.root_of(address, path)
        return posixpath.normpath(posixpath.join(root, path)) if root else ""

    def _build(self, listings: Listings) -> None:
        """Sort what kustomizations make that no Application here deploys, such as those that are applied by hand."""
        read = {folder for one in self._written.values() for folder in self._read_by(one)}
        # What an Application deploys waits until it is clear that nothing makes the Application itself.
        for one in sorted(listings.every, key=lambda one: (one.folder in listings.inner, one.folder in read)):
            files = [found for found in self._written.values() if found.file in listings.files(one)]
            if one.folder in self._built or all(id(found) in self._sorted for found in files):
                continue
            try:
                part = self._parts.folders.kustomization(one.root, one.path)
                objects = list(applications_in(self._renderer.objects([part])))
            except UnavailableError as error:
                self._built |= {one.folder, *listings.parts(one)}
                self._notes.append(Note(one.shown, 1, "this kustomization, which lists Applications", error.message))
                continue
            holder = Found({}, one.shown, one.below, posixpath.join(one.folder, "kustomization.yaml"))
            self._sort([_Waiting(item) for item in self._made(objects, [part], holder, one.title)])

    def _missing(self) -> dict[str, list[Found]]:
        """Return the Applications in files that are not sorted yet, and that no build replaced, by file."""
        found: dict[str, list[Found]] = {}
        for key, one in self._written.items():
            if id(one) not in self._sorted and key not in self._replaced:
                found.setdefault(one.file, []).append(one)
        return found

    def _lost(self, listings: Listings) -> Iterator[tuple[Note, bool]]:
        """Yield the Applications in files that no kustomization made of them, and whether their kustomization failed."""
        for file, several in self._missing().items():
            every = [*listings.of(file)]
            failed = next((one.shown for one in every if any(note.path == one.shown for note in self._notes)), "")
            why = f"{every[0].shown} lists it, but what kustomize builds does not contain it"
            for one in several:
                yield one.left_out((), f"{failed}, which lists it, cannot be built" if failed else why), bool(failed)

    def _sort(self, waiting: Sequence[_Waiting]) -> None:
        for _ in range(_DEEPEST):
            waiting = [made for one in self._expanded(waiting) for made in self._one(one)]
        for one in waiting:
            self._unavailable.append(one.found.left_out((), f"more than {_DEEPEST} Applications deploy each other above it"))

    def _expanded(self, waiting: Sequence[_Waiting]) -> list[_Waiting]:
        """Return Applications, and those of ApplicationSets after them; each that is in a file once."""
        found: list[_Waiting] = []
        made: list[_Waiting] = []
        for one in waiting:
            if one.found.source is not None:
                if id(one.found) in self._sorted:
                    continue
                self._sorted.add(id(one.found))
            if one.found.item.kind != "ApplicationSet":
                found.append(one)
                continue
            self._sets.append(one.found)
            applications, notes = expanded(one.found, self._repositories, self._budget)
            self._notes += notes
            made += [one._replace(found=application) for application in applications]
        return [*found, *made]

    def _one(self, waiting: _Waiting) -> list[_Waiting]:
        """Sort one Application, and return those that it deploys."""
        one = waiting.found
        name = (one.item.namespace or ARGOCD, one.name, *(str(source.get("path")) for _, source in sources(one.item)))
        if name in waiting.above:
            return []  # it manages itself, and is sorted already
        try:
            parts = tuple(self._parts.of(one.data))
            every = self._deployed_by_root(parts)
        except UnavailableError as error:
            self._unavailable.append(one.left_out(error.pointer, error.said))
            self._unread += [one] if _may_be_root(one) else []
            return []
        objects = list(applications_in(every))
        if not objects:
            self._services.append((one, parts))
            return []
        others = tuple(item for item in every if item not in objects)
        made = self._made([item for item in objects if item.source is None], parts, one, one.title)
        sets = frozenset(item.as_maker for item in made if item.item.kind == "ApplicationSet")
        self._roots.append(RootFound(one, files_of(parts), self._charts(parts), others, sets))
        files = [self._written.get(self._key_of(item, part)) for part in parts for item in _plain(part)]
        above = waiting.above | {name}
        return [_Waiting(item, above) for item in [*made, *filter(None, files)]]

    def _made(self, objects: Sequence[KubeObject], parts: Sequence[Part], holder: Found, maker: str) -> list[Found]:
        """Return what was made of parts; what went into it is not an Application of its own any more."""
        written: dict[tuple[str, str], list[Found]] = {}
        for part in parts:
            if isinstance(part, FromFolder) and part.kind == "kustomize":
                self._built |= {self._here_of(part, folder) for folder in part.stock.folders}
                for item in applications_in(part.stock.objects):
                    one = self._written.get(self._key_of(item, part))
                    if one is not None:
                        written.setdefault((item.kind, item.name), []).append(one)
        names = {(item.kind, item.name) for item in objects}
        listed = {_key(one): name for name, several in written.items() for one in several}
        is_complete = len(objects) >= len(listed)  # a patch may rename one
        self._replaced |= {key for key, name in listed.items() if is_complete or name in names}
        found = []
        for item in objects:
            origin = written.get((item.kind, item.name), [])
            place = origin[0] if len(origin) == 1 else holder
            here = place.place(("metadata", "name"))
            found.append(Found(item.data, here.path, holder.below, place.file, line=here.line, maker=maker))
        return found

    def _key_of(self, item: KubeObject, part: Part) -> _Key:
        """Return the key of an object of a directory: the name that is in its file."""
        source = item.source
        if source is None or not isinstance(part, FromFolder):
            return ("", "", "")
        name = at(source.data, *item.at, "metadata", "name")
        return self._here_of(part, source.path), item.kind, str(name or "")

    def _here_of(self, part: FromFolder, path: str) -> str:
        address = str(part.data.get("repoURL") or "")
        return (self._here(address, path) if address else "") or posixpath.normpath(posixpath.join(part.root, path))

    def _charts(self, parts: Sequence[Part]) -> frozenset[str]:
        found = []
        for part in parts:
            if isinstance(part, FromHelm) and part.path:
                root = self._repositories.root_of(str(part.source.data.get("repoURL") or ""), part.path)
                found.append(posixpath.join(root or "", part.path))
        return frozenset(found)

    def _deployed_by_root(self, parts: Sequence[Part]) -> list[KubeObject]:
        """Return what parts deploy, if there may be Applications among it; raises UnavailableError."""
        if not any(may_be_root(part) for part in parts):
            return []
        found: list[KubeObject] = []
        for part in parts:
            plain = isinstance(part, FromFolder) and part.kind == "directory"
            found += part.objects if plain else self._renderer.objects([part])  # type: ignore[union-attr]
        return found


def _key(one: Found) -> _Key:
    return one.file, one.item.kind, one.name


def _plain(part: Part) -> Iterator[KubeObject]:
    """Yield the Applications in the files of a directory."""
    return applications_in(part.objects if isinstance(part, FromFolder) and part.kind == "directory" else ())


def _may_be_root(one: Found) -> bool:
    """Tell whether an Application deploys to where Applications are, and deletes what its files lose."""
    home = one.item.namespace or ARGOCD
    return one.destination.get("namespace") == home and at(one.data, "spec", "syncPolicy", "automated", "prune") is True
