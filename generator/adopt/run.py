"""An import, in order: read, render, group, carry over, write, generate, render again, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from generator.adopt import proof, trees, writing
from generator.adopt.carried import Carried, Deployed, carried
from generator.adopt.choosing import Chooser
from generator.adopt.grouping import Cell, Patterns, grouped
from generator.adopt.layering import Layers, Root, layered
from generator.adopt.model import Difference, Found, Note, UnavailableError
from generator.adopt.parts import FromFolder, Parts
from generator.adopt.rendering import Renderer
from generator.adopt.repositories import Repositories, own_address
from generator.adopt.roots import RootFound, Sorted, Sorter
from generator.adopt.trees import Tree
from generator.diagnostics import Diagnostic
from generator.errors import ConfigError
from generator.kubernetes.objects import KubeObject
from generator.kubernetes.rollouts import table
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.system import parallel
from generator.system.files import Folder
from generator.system.files import writing as files
from generator.system.files.scratch import scratch
from generator.system.helm import Helm
from generator.verify.cache import Cache
from generator.verify.charts import Charts
from generator.verify.folder_builds import FolderBuilds
from generator.verify.offered_charts import OfferedCharts
from generator.workspace.load import Loader

Progress = Callable[[str, int, int], None]
"""Called with what is done, how many are, and how many there are."""


class Asked(NamedTuple):
    """What an import is asked for."""

    trees: Sequence[Tree]
    patterns: Patterns
    clones: Mapping[str, str]
    offered: OfferedCharts | None
    helm: Helm
    cache: Cache
    progress: Progress = lambda _what, _done, _total: None


class Imported(NamedTuple):
    """What came of an import."""

    applications: int
    """All that deploy workloads, those that are left out included."""
    cells: tuple[Cell, ...]
    files: Mapping[str, bytes]
    """The workspace, generated files included, by path."""
    roots: Mapping[str, RootFound]
    """The root Applications of the old tree by environment."""
    sets: tuple[Found, ...]
    """The ApplicationSets of the old tree."""
    old_roots: tuple[RootFound, ...]
    """All root Applications of the old tree."""
    layers: Layers
    profiles: Mapping[str, str]
    """How the profile of each chart was found."""
    not_carried: tuple[Note, ...]
    left_out: tuple[Note, ...]
    """Those of `not_carried` that are whole Applications."""
    repo_url: str
    """The address of the config repository; empty if unknown."""
    objects: int = 0
    """Objects that were compared."""
    differences: tuple[Difference, ...] = ()
    intended: tuple[Difference, ...] = ()
    """Differences of the Applications that come with Tiphys."""
    random: tuple[Difference, ...] = ()
    """Fields that a chart makes up at every rendering."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What lint finds in the workspace."""


def imported(asked: Asked) -> Imported:
    """Return the workspace for an old tree, compared with it; raises ConfigError without Applications."""
    with ExitStack() as stack:
        old = _Side(asked, stack)
        objects = trees.read(asked.trees)
        if not objects.applications and not objects.sets:
            shown = ", ".join(tree.shown for tree in asked.trees)
            raise ConfigError(f"no Application and no ApplicationSet found in {shown}", "name the directory that contains them")
        own = own_address([*objects.applications, *objects.sets], asked.trees, asked.clones)
        repositories = Repositories(own, [base for tree in asked.trees for base in tree.bases], asked.clones)
        parts = Parts(repositories, old.charts, asked.offered)
        found = Sorter(parts, old.renderer, repositories).sort(objects.applications, objects.sets)
        cells, clashing = grouped([one for one, _ in found.services], asked.patterns)
        deployed, failed = _rendered(cells, found, old.renderer, asked.progress)
        made = carried(deployed, Chooser(Loader(old.folder).profiles, Loader(old.folder).template, old.renderer), repositories)
        roots = _roots(found.roots, made)
        layers = (
            layered(made.settings, {name: _root(root) for name, root in roots.items()}) if made.settings else Layers({}, "", {})
        )
        left = (*found.unavailable, *clashing, *failed, *made.refused)
        notes = (*objects.notes, *found.notes, *left, *made.notes, *_revisions(made, repositories))
        result = Imported(
            applications=len(found.services) + len(found.unavailable),
            cells=tuple(cells),
            files={},
            roots=roots,
            sets=objects.sets,
            old_roots=found.roots,
            layers=layers,
            profiles={name: choice.why for name, choice in made.choices.items()},
            not_carried=notes,
            left_out=left,
            repo_url=own,
        )
        if not made.settings:
            return result
        return _proven(_written(result, deployed, made, repositories), deployed, made, asked, stack, old)


class _Side:
    """The programs at work, with a directory of their own."""

    def __init__(self, asked: Asked, stack: ExitStack) -> None:
        self.folder = stack.enter_context(scratch("import"))
        self.charts = Charts("", asked.helm, offered=asked.offered)
        stack.callback(self.charts.close)
        self.renderer = Renderer(asked.helm, FolderBuilds("", cache=asked.cache), asked.cache, self.folder)


def _rendered(
    cells: Sequence[Cell], found: Sorted, renderer: Renderer, progress: Progress
) -> tuple[list[Deployed], list[Note]]:
    """Return what cells deploy before, and those of which this cannot be rendered."""
    parts = {id(one): of for one, of in found.services}

    def render(cell: Cell) -> Deployed | Note:
        try:
            of = parts[id(cell.found)]
            return Deployed(cell, of, tuple(renderer.objects(of[:1])), tuple(renderer.objects(of[1:])))
        except UnavailableError as error:
            return cell.found.left_out(error.pointer, str(error))

    done = parallel.waiting(render, cells, lambda number, total: progress("rendered", number, total))
    return [one for one in done if isinstance(one, Deployed)], [one for one in done if isinstance(one, Note)]


def _roots(roots: Sequence[RootFound], made: Carried) -> dict[str, RootFound]:
    """Return the root Application of each environment: the one that deploys most of it, and nothing of another."""
    found: dict[str, RootFound] = {}
    for environment in {one.cell.environment for one in made.settings}:
        here, there = (
            [one.cell.found for one in made.settings if (one.cell.environment == environment) is own] for own in (True, False)
        )
        own = [root for root in roots if any(map(root.deploys, here)) and not any(map(root.deploys, there))]
        if own:
            found[environment] = max(own, key=lambda root: sum(map(root.deploys, here)))
    return found


def _root(root: RootFound) -> Root:
    spec = root.found.item.spec
    namespace = root.found.item.namespace or "argocd"
    return Root(root.found.name, namespace, str(spec.get("project") or "default"), dict(table(spec, "syncPolicy")))


def _revisions(made: Carried, repositories: Repositories) -> list[Note]:
    revision = _revision(made)
    why = (
        f"Tiphys reads one revision of the config repository, {revision}; the files here were taken as those of every revision"
    )
    return [
        one.cell.found.note(("spec",), f"targetRevision {one.revision} of {repositories.own}", why)
        for one in made.settings
        if one.revision not in ("", revision)
    ]


def _revision(made: Carried) -> str:
    found = [one.revision for one in made.settings if one.revision]
    return max(found, key=found.count, default="HEAD")


def _written(result: Imported, deployed: Sequence[Deployed], made: Carried, repositories: Repositories) -> Imported:
    """Return the result with the files that people edit, and those of the old tree that they refer to."""
    said = {
        (one.cell.service, one.cell.environment): writing.comments_of(
            one.parts, made.lifted.get((one.cell.service, one.cell.environment))
        )
        for one in deployed
    }
    revision = _revision(made)
    if revision == "HEAD":
        revision = next(
            (str(one.found.item.spec.get("source", {}).get("targetRevision") or "") for one in result.roots.values()), ""
        )
    found = writing.files_of(result.layers, result.repo_url, revision, said)
    found |= {**made.profiles, **made.manifests}
    for one in deployed:
        for part in one.parts[:1]:
            source = part.data if isinstance(part, FromFolder) else part.source.data
            if not part.path or not repositories.is_own(str(source.get("repoURL") or "")):
                continue
            for folder in part.stock.folders if isinstance(part, FromFolder) else (part.path,):
                root = repositories.root_of(repositories.own, folder)
                found |= writing.tree_of(root, folder) if root else {}
    return result._replace(files=found)


def _proven(
    result: Imported, deployed: Sequence[Deployed], made: Carried, asked: Asked, stack: ExitStack, old: _Side
) -> Imported:
    """Return the result with generated files, and what differs by them."""
    root = stack.enter_context(scratch("workspace"))
    for path, content in result.files.items():
        files.create(Folder(root), path, content)
    built: list[Built] = []
    outcome = run(Request(root, Mode.REPORT, on_built=built.append))
    generated = {path: one.content for path, one in outcome.wanted.items()}
    for path, content in generated.items():
        files.create(Folder(root), path, content)
    result = result._replace(files={**result.files, **generated}, diagnostics=tuple(outcome.diagnostics))
    after = {(one.resolved.service, one.resolved.environment.name): one.deployed for one in built}
    new = Parts(Repositories(result.repo_url, [root], asked.clones), old.charts, asked.offered)
    return _compared(result, deployed, made, after, new, old.renderer, asked)


class _Verdict(NamedTuple):
    objects: int
    differences: Sequence[Difference]
    intended: Sequence[Difference] = ()
    random: Sequence[Difference] = ()
    note: Note | None = None


def _compared(
    result: Imported,
    deployed: Sequence[Deployed],
    made: Carried,
    after: Mapping[tuple[str, str], dict[str, Any]],
    parts: Parts,
    renderer: Renderer,
    asked: Asked,
) -> Imported:
    wanted = {(one.cell.service, one.cell.environment) for one in made.settings}
    items = [one for one in deployed if (one.cell.service, one.cell.environment) in wanted]

    def judge(one: Deployed) -> _Verdict:
        data = after.get((one.cell.service, one.cell.environment))
        if data is None:
            why = next((found.message for found in result.diagnostics if _is_about(found, one.cell)), "its spec has errors")
            return _Verdict(0, (), note=one.cell.found.left_out((), f"Tiphys cannot generate it: {why}"))
        return _judged(one, data, parts, renderer)

    verdicts = parallel.waiting(judge, items, lambda number, total: asked.progress("compared", number, total))
    notes = [verdict.note for verdict in verdicts if verdict.note]
    return result._replace(
        objects=sum(verdict.objects for verdict in verdicts),
        differences=tuple(found for verdict in verdicts for found in verdict.differences),
        intended=tuple(found for verdict in verdicts for found in verdict.intended),
        random=tuple(found for verdict in verdicts for found in verdict.random),
        not_carried=(*result.not_carried, *notes),
        left_out=(*result.left_out, *notes),
    )


def _is_about(found: Diagnostic, cell: Cell) -> bool:
    return found.service == cell.service and found.environment in ("", cell.environment)


def _judged(one: Deployed, data: dict[str, Any], parts: Parts, renderer: Renderer) -> _Verdict:
    """Return what differs of one Application, between its objects before and those of the generated one."""
    try:
        after: list[KubeObject] = renderer.objects(parts.of(data))
    except UnavailableError as error:
        why = f"what Tiphys generates cannot be rendered: {error.message}"
        return _Verdict(0, (), note=one.cell.found.left_out((), why))
    found, intended = proof.application(one.cell, data)
    differing = list(proof.compared(one.cell, one.before, after))
    made_up: list[Difference] = []
    if differing:
        again = list(proof.compared(one.cell, one.before, renderer.objects(one.parts, fresh=True)))
        made_up = [one for one in differing if proof.same_in_both(one, again)]
        differing = [one for one in differing if one not in made_up]
    return _Verdict(len(one.before), [*differing, *found], intended, made_up)
