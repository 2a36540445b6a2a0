"""Root Applications: those that deploy other Applications, in files, in a kustomization or in the templates of a chart."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.adopt.model import Found, Note, UnavailableError
from generator.adopt.parts import FromFolder, FromHelm, Part, Parts
from generator.adopt.rendering import Renderer
from generator.adopt.repositories import Repositories
from generator.adopt.sets import expanded
from generator.adopt.trees import MAKES_APPLICATIONS, applications_in
from generator.kubernetes.objects import KubeObject
from generator.system.files import Folder

_DEEPEST = 5
"""Roots of roots."""


class RootFound(NamedTuple):
    """A root Application with what it deploys."""

    found: Found
    files: frozenset[str]
    """The absolute paths of the files with its Applications; empty if it renders them."""
    charts: frozenset[str]
    """The absolute paths of charts in Git that render them."""
    others: tuple[KubeObject, ...]
    """What it deploys besides Applications and ApplicationSets."""

    def deploys(self, one: Found) -> bool:
        """Tell whether it is what keeps an Application in the cluster."""
        return one.maker == self.found.title or one.file in self.files


class Sorted(NamedTuple):
    """The Applications of a tree, sorted."""

    services: tuple[tuple[Found, tuple[Part, ...]], ...]
    """Those that deploy workloads, with what they deploy."""
    roots: tuple[RootFound, ...]
    unavailable: tuple[Note, ...]
    """Applications whose chart, path or values cannot be had."""
    notes: tuple[Note, ...]
    """ApplicationSets that cannot be expanded."""


class Sorter:
    """Sorts Applications into roots and others, and expands what makes Applications."""

    def __init__(self, parts: Parts, renderer: Renderer, repositories: Repositories) -> None:
        self._parts = parts
        self._renderer = renderer
        self._repositories = repositories
        self._services: list[tuple[Found, tuple[Part, ...]]] = []
        self._roots: list[RootFound] = []
        self._unavailable: list[Note] = []
        self._notes: list[Note] = []
        self._rendered: list[str] = []
        """Directories whose files are parts of a root that is built from them."""

    def sort(self, applications: Sequence[Found], sets: Sequence[Found]) -> Sorted:
        """Return the Applications of a tree, those that others make included."""
        waiting = [*applications, *self._of_sets(sets)]
        for _ in range(_DEEPEST):
            waiting = [made for one in waiting for made in self._one(one)]
        services = [item for item in self._services if item[0].maker or not self._is_part_of_root(item[0])]
        return Sorted(tuple(services), tuple(self._roots), tuple(self._unavailable), tuple(self._notes))

    def _of_sets(self, sets: Sequence[Found]) -> list[Found]:
        found = []
        for one in sets:
            made, notes = expanded(one, self._repositories)
            self._notes += notes
            found += made
        return found

    def _one(self, one: Found) -> list[Found]:
        """Sort one Application, and return those that it makes and no file contains."""
        try:
            parts = tuple(self._parts.of(one.data))
            every = self._deployed_by_root(parts)
        except UnavailableError as error:
            self._unavailable.append(one.left_out(error.pointer, _said(error)))
            return []
        objects = list(applications_in(every))
        if not objects:
            self._services.append((one, parts))
            return []
        others = tuple(item for item in every if item not in objects)
        self._roots.append(RootFound(one, _files(parts), self._charts(parts), others))
        made = [item for item in objects if item.source is None]
        if made and isinstance(parts[0], FromFolder):
            self._rendered += parts[0].stock.folders
        place = one.place()
        here = [Found(item.data, place.path, one.below, one.file, line=place.line, maker=one.title) for item in made]
        return [item for item in here if item.item.kind == "Application"] + self._of_sets(
            [item for item in here if item.item.kind == "ApplicationSet"]
        )

    def _charts(self, parts: Sequence[Part]) -> frozenset[str]:
        found = []
        for part in parts:
            if isinstance(part, FromHelm) and part.path:
                root = self._repositories.root_of(str(part.source.data.get("repoURL") or ""), part.path)
                found.append(posixpath.join(root or "", part.path))
        return frozenset(found)

    def _deployed_by_root(self, parts: Sequence[Part]) -> list[KubeObject]:
        """Return what parts deploy, if there may be Applications among it; raises UnavailableError."""
        if not any(_may_be_root(part) for part in parts):
            return []
        found: list[KubeObject] = []
        for part in parts:
            plain = isinstance(part, FromFolder) and part.kind == "directory"
            found += part.objects if plain else self._renderer.objects([part])  # type: ignore[union-attr]
        return found

    def _is_part_of_root(self, one: Found) -> bool:
        return any(one.below == folder or f"/{one.below}".find(f"/{folder}/") >= 0 for folder in self._rendered)


def _files(parts: Sequence[Part]) -> frozenset[str]:
    """Return the files with Applications of the directories among parts."""
    return frozenset(
        posixpath.join(part.root, item.source.path)
        for part in parts
        if isinstance(part, FromFolder) and part.kind == "directory"
        for item in applications_in(part.objects)
        if item.source is not None
    )


def besides(roots: Sequence[RootFound]) -> Iterator[Note]:
    """Yield what root Applications deploy besides Applications: new ones would not, and an old one that prunes deletes it."""
    for root in roots:
        for item in root.others:
            why = f"{root.found.title} deploys it, and a workspace has nothing for it: deploy it otherwise before the switch"
            yield Note(*root.found.place(("spec",)), f"{root.found.title}: {item.title}", why)


def _may_be_root(part: Part) -> bool:
    if isinstance(part, FromFolder):
        return any(applications_in(part.stock.objects))
    return bool(part.path) and any(MAKES_APPLICATIONS.search(text) for text in _templates(part))


def _templates(part: FromHelm) -> Iterator[bytes]:
    folder = Folder(part.chart.folder)
    for path in folder.walk("templates"):
        if path.endswith((".yaml", ".yml", ".tpl")):
            yield folder.read(path)


def _said(error: UnavailableError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
