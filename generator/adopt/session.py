"""What an import is asked for, and the programs that work for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from generator.adopt import trees, uncarried
from generator.adopt.carried import Deployed
from generator.adopt.grouping import Cell, grouped
from generator.adopt.model import Found, Note, UnavailableError
from generator.adopt.parts import Part, Parts
from generator.adopt.rendering import Renderer
from generator.adopt.repositories import Repositories, home_of, revisions_of
from generator.adopt.revisions import Revisions, most
from generator.adopt.roots import RootFound, Sorted, besides
from generator.adopt.sorting import Sorter
from generator.adopt.trees import Objects, Tree
from generator.adopt.user_patterns import Patterns
from generator.errors import ConfigError
from generator.pipeline.addresses import UNKNOWN_ADDRESS
from generator.system import parallel
from generator.system.files.scratch import scratch
from generator.system.helm import Helm
from generator.verify.cache import Cache
from generator.verify.charts import Charts
from generator.verify.folder_builds import FolderBuilds
from generator.verify.offered_charts import OfferedCharts

_NO_ADDRESS = "no Application reads a path of it, and it has no remote `origin`: set spec.repoURL in tiphys.yaml"

Progress = Callable[[str, int, int], None]
"""Called with what is done, how many are, and how many there are."""


class Asked(NamedTuple):
    """What an import is asked for."""

    trees: Sequence[Tree]
    patterns: Patterns
    clones: Mapping[str, str]
    """The directories of clones of other repositories, by address."""
    offered: OfferedCharts | None
    """Charts that take the place of those in chart repositories."""
    helm: Callable[[], Helm]
    """Finds Helm; raises ConfigError. It is asked once a chart is to be rendered."""
    cache: Cache
    progress: Progress = lambda _what, _done, _total: None
    kubernetes: str = ""
    """The version of the clusters; empty for Helm's own idea."""
    offline: bool = False
    """Whether chart repositories must not be contacted."""


class OldTree(NamedTuple):
    """The old tree, read and rendered."""

    repositories: Repositories
    cells: tuple[Cell, ...]
    deployed: tuple[Deployed, ...]
    roots: tuple[RootFound, ...]
    sets: tuple[Found, ...]
    notes: tuple[Note, ...]
    """What else it contains that a workspace has nothing for."""
    unknown: tuple[Note, ...]
    """Documents that cannot be read, and ApplicationSets that cannot be expanded: there may be Applications in them."""
    left_out: tuple[Note, ...]
    """Applications that cannot be rendered, or have no place in the table of services and environments."""
    applications: int
    """All that deploy workloads."""
    undeployed: tuple[Found, ...] = ()
    """Applications and ApplicationSets that no root Application deploys, although there are some."""
    guessed: tuple[Note, ...] = ()
    """Revisions that Git does not have here, so that nothing is proven of them."""
    unread: tuple[Found, ...] = ()
    """Applications of which it is not known what they deploy, and which may be roots."""

    @property
    def lacks_address(self) -> bool:
        """Whether the address of its repository is not known, so that a workspace has a placeholder in its place."""
        return self.repositories.own == UNKNOWN_ADDRESS

    def placed(self, place: Callable[[Cell], Cell]) -> OldTree:
        """Return it with other places in the table of services and environments."""
        return self._replace(
            cells=tuple(map(place, self.cells)),
            deployed=tuple(one._replace(cell=place(one.cell)) for one in self.deployed),
        )


class SortedTree(NamedTuple):
    """The Applications of the trees that the user named."""

    objects: Objects
    repositories: Repositories
    sorted: Sorted
    has_address: bool
    """Whether it is known by which address Applications know the repository."""


class Session:
    """The programs at work, with a directory of their own, as long as a stack is open."""

    def __init__(self, asked: Asked, stack: ExitStack) -> None:
        self.asked = asked
        self.stack = stack
        self.folder = stack.enter_context(scratch("import"))
        stack.callback(asked.cache.sweep)
        self._charts: Charts | None = None
        builds = FolderBuilds("", cache=asked.cache)
        self.renderer = Renderer(asked.helm, builds, asked.cache, self.folder, kubernetes=asked.kubernetes)

    def parts(self, repositories: Repositories) -> Parts:
        """Return who finds what the Applications of a tree deploy."""
        return Parts(repositories, self._open_charts, self.asked.offered)

    def _open_charts(self) -> Charts:
        if self._charts is None:
            self._charts = Charts("", self.asked.helm(), offered=self.asked.offered, offline=self.asked.offline)
            self.stack.callback(self._charts.close)
        return self._charts

    def sort(self, *, generated: bool = False) -> SortedTree:
        """Return the Applications of the trees, sorted; raises ConfigError without any.

        `generated` are those of a workspace, which are read as well then.
        """
        asked = self.asked
        objects = trees.read(asked.trees, generated=generated)
        if not objects.applications and not objects.sets and not objects.broken:
            raise self._nothing(objects)
        home = home_of([*objects.applications, *objects.sets], asked.trees, asked.clones)
        own = home.address or UNKNOWN_ADDRESS
        current = most(revisions_of([*objects.applications, *objects.sets], own))
        repositories = Repositories(own, home.bases, home.clones, Revisions(home.first, current))
        found = Sorter(self.parts(repositories), self.renderer, repositories).sort(objects)
        return SortedTree(objects, repositories, found, has_address=bool(home.address))

    def read(self) -> OldTree:
        """Return the old tree; raises ConfigError without Applications."""
        asked = self.asked
        objects, repositories, found, has_address = self.sort()
        lacks = () if has_address else (Note(asked.trees[0].shown, 1, "the address of this repository", _NO_ADDRESS),)
        cells, clashing = grouped([one for one, _ in found.services], asked.patterns)
        deployed, failed = self._rendered(cells, {id(one): of for one, of in found.services})
        return OldTree(
            repositories,
            tuple(cells),
            tuple(deployed),
            found.roots,
            found.sets,
            (*lacks, *objects.notes, *found.removed, *besides(found.roots)),
            (*objects.broken, *found.notes, *_unrendered(objects.charts, found.roots)),
            (*found.unavailable, *clashing, *failed),
            len(found.services) + len(found.unavailable),
            tuple(found.undeployed()),
            tuple(uncarried.unread([one for one, _ in found.services], repositories)),
            found.unread,
        )

    def _nothing(self, objects: Objects) -> ConfigError:
        """Return the error for trees without Applications."""
        chart = objects.charts[0][0] if objects.charts else ""
        hint = (
            f"render those of a chart: helm template {chart} > applications.yaml"
            if chart
            else "name the directory that contains them"
        )
        shown = ", ".join(tree.shown for tree in self.asked.trees)
        return ConfigError(f"no Application and no ApplicationSet found in {shown}", hint)

    def _rendered(self, cells: Sequence[Cell], parts: Mapping[int, tuple[Part, ...]]) -> tuple[list[Deployed], list[Note]]:
        """Return what cells deploy, and those of which this cannot be rendered."""

        def render(cell: Cell) -> Deployed | Note:
            of = parts[id(cell.found)]
            try:
                return Deployed(cell, of, tuple(self.renderer.objects(of[:1])), tuple(self.renderer.objects(of[1:])))
            except UnavailableError as error:
                return cell.found.left_out(error.pointer, error.said)

        done = parallel.waiting(render, cells, lambda number, total: self.asked.progress("rendered", number, total))
        return [one for one in done if isinstance(one, Deployed)], [one for one in done if isinstance(one, Note)]


def _unrendered(charts: Sequence[tuple[str, str]], roots: Sequence[RootFound]) -> list[Note]:
    """Return the charts whose templates make Applications, and which no root Application of the tree deploys."""
    deployed = {path for root in roots for path in root.charts}
    why = "its templates make Applications, but no Application here deploys it: render it with `helm template`, and import that"
    return [Note(f"{shown}/Chart.yaml", 1, "this chart", why) for shown, path in charts if path not in deployed]
