"""Root Applications: those that deploy other Applications, in files, in a kustomization or in the templates of a chart."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.adopt.folder_parts import FromFolder
from generator.adopt.model import Found, Note
from generator.adopt.parts import FromHelm, Part
from generator.adopt.trees import MAKES_APPLICATIONS, applications_in
from generator.kubernetes.objects import KubeObject
from generator.system.files import Folder


class RootFound(NamedTuple):
    """A root Application with what it deploys."""

    found: Found
    files: frozenset[str]
    """The absolute paths of the files with its Applications; empty if it renders them."""
    charts: frozenset[str]
    """The absolute paths of charts in Git that render them."""
    others: tuple[KubeObject, ...]
    """What it deploys besides Applications and ApplicationSets."""
    sets: frozenset[str] = frozenset()
    """The ApplicationSets that it renders, as the makers of Applications."""

    def deploys(self, one: Found) -> bool:
        """Tell whether it is what keeps an Application in the cluster."""
        return one.maker == self.found.title or one.maker in self.sets or one.file in self.files


class Sorted(NamedTuple):
    """The Applications of a tree, sorted."""

    services: tuple[tuple[Found, tuple[Part, ...]], ...]
    """Those that deploy workloads, with what they deploy."""
    roots: tuple[RootFound, ...]
    sets: tuple[Found, ...]
    """The ApplicationSets, those that roots make included."""
    unavailable: tuple[Note, ...]
    """Applications whose chart, path or values cannot be had."""
    notes: tuple[Note, ...]
    """ApplicationSets that cannot be expanded, and kustomizations that cannot be built."""
    removed: tuple[Note, ...]
    """Applications in files that their kustomization removes."""
    unread: tuple[Found, ...] = ()
    """Those of the unavailable ones that may be roots."""

    def undeployed(self) -> Iterator[Found]:
        """Yield what no root deploys although there are roots: it may not be in the cluster."""
        sets = {one.as_maker for one in self.sets}
        alone = [one for one, _ in self.services if one.maker not in sets]
        for one in (*alone, *self.sets):
            if self.roots and not any(root.deploys(one) for root in self.roots):
                yield one


def files_of(parts: Sequence[Part]) -> frozenset[str]:
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


def may_be_root(part: Part) -> bool:
    """Tell whether there may be Applications in what a part deploys."""
    if isinstance(part, FromFolder):
        return any(applications_in(part.stock.objects))
    return bool(part.path) and any(MAKES_APPLICATIONS.search(text) for text in _templates(part))


def _templates(part: FromHelm) -> Iterator[bytes]:
    folder = Folder(part.chart.folder)
    for path in folder.walk("templates"):
        if path.endswith((".yaml", ".yml", ".tpl")):
            yield folder.read(path)
