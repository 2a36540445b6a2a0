"""An import, in order: read, render, group, carry over, write, generate, render again, compare."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from generator.adopt import forms, presets, proof, remarks, rolling, secrets, uncarried, writing
from generator.adopt.carried import Carried, Deployed, carried
from generator.adopt.choosing import Choice, Chooser
from generator.adopt.comparing import Compared, Generated, compared
from generator.adopt.environments import Root
from generator.adopt.folder_parts import FromFolder
from generator.adopt.forms import Form
from generator.adopt.grouping import Cell
from generator.adopt.layering import Layers, layered
from generator.adopt.model import Difference, Note
from generator.adopt.presets import Presets
from generator.adopt.repositories import Repositories
from generator.adopt.roots import RootFound
from generator.adopt.selecting import folder_in, is_copied
from generator.adopt.session import Asked, OldTree, Session
from generator.adopt.settings import Settings, copied, on_delete
from generator.diagnostics import Diagnostic
from generator.kubernetes import manifests
from generator.kubernetes.rollouts import table
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.syntax.labels import label_parts
from generator.system.files import Folder
from generator.system.files import writing as disk
from generator.system.files.scratch import scratch
from generator.verify import dependencies
from generator.workspace.load import Loader

__all__ = ["Asked", "Imported", "imported"]


class Imported(NamedTuple):
    """What came of an import."""

    old: OldTree
    files: Mapping[str, bytes]
    """The workspace, generated files included, by path."""
    roots: Mapping[str, RootFound]
    """The root Applications of the old tree by environment."""
    layers: Layers
    forms: tuple[Form, ...]
    """What became of environments that may be clusters of one."""
    choices: Mapping[str, Choice]
    """The profile of each chart."""
    not_carried: tuple[Note, ...]
    left_out: tuple[Note, ...]
    """Those of `not_carried` that are whole Applications."""
    secrets: tuple[Note, ...]
    compared: Compared = Compared()
    diagnostics: tuple[Diagnostic, ...] = ()
    """What lint finds in the workspace."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The table of services and environments."""
        return self.old.cells


def imported(asked: Asked) -> Imported:
    """Return the workspace for an old tree, compared with it; raises ConfigError without Applications."""
    with ExitStack() as stack:
        session = Session(asked, stack)
        old = session.read()
        loader = Loader(session.folder)
        made = carried(old.deployed, Chooser(loader.profiles, loader.template, session.renderer), old.repositories)
        settings, blocks = presets.shared(made.settings, loader.presets())
        made = made._replace(settings=tuple(settings))
        wanted = asked.patterns.names_destinations
        chosen = _forms(made.settings, old.roots, wanted=wanted)
        result = _attempt(old, made, blocks, chosen, session)
        if _faults(result) and not wanted and any(not form.why for form in chosen):
            apart = [form._replace(why=form.why or "their objects would differ") for form in chosen]
            other = _attempt(old, made, blocks, apart, session)
            result = other if _faults(other) < _faults(result) else result
        return result


def _forms(settings: Sequence[Settings], roots: Sequence[RootFound], *, wanted: bool) -> list[Form]:
    return forms.chosen(
        settings, _roots(roots, settings), lambda some: writing.lines_of(_layered(some, _roots(roots, some))), wanted=wanted
    )


def _layered(settings: Sequence[Settings], roots: Mapping[str, RootFound]) -> Layers:
    return layered(settings, {name: _root(root) for name, root in roots.items()})


def _targeted(layers: Layers, kubernetes: str) -> Layers:
    """Return layers whose environments say the version of their clusters, if it is known."""
    target = {"target": {"kubernetes": kubernetes}} if kubernetes else {}
    deployed = {name: spec | ({} if name in layers.abstract else target) for name, spec in layers.environments.items()}
    return layers._replace(environments=deployed)


def _faults(result: Imported) -> int:
    return len(result.compared.differences) + len(result.compared.notes)


def _attempt(old: OldTree, made: Carried, blocks: Presets, chosen: Sequence[Form], session: Session) -> Imported:
    """Return the workspace with some clusters as destinations, compared with the old tree."""

    def place(cell: Cell) -> Cell:
        return forms.placed(cell, chosen)

    old, made = old.placed(place), made.placed(place)
    roots = _roots(old.roots, made.settings)
    left = (*old.left_out, *made.refused)
    layers = _targeted(_layered(made.settings, roots), session.asked.kubernetes)
    result = Imported(
        old,
        files={},
        roots=roots,
        layers=layers,
        forms=tuple(chosen),
        choices=made.choices,
        not_carried=(
            *(*old.unknown, *left, *old.guessed, *old.notes, *made.notes),
            *uncarried.branches(made.settings, old.repositories),
            *rolling.notes(made.settings, old.sets),
            *uncarried.namespaces(made.settings),
            *uncarried.of_roots(roots),
            *uncarried.of_sets(old.sets),
        ),
        left_out=left,
        secrets=tuple(secrets.of(old.deployed, old.repositories.revisions)),
    )
    return _proven(_written(result, made, blocks), made, session) if made.settings else result


def _roots(roots: Sequence[RootFound], settings: Sequence[Settings]) -> dict[str, RootFound]:
    """Return the root Application of each environment: the one that deploys most of it, and nothing of another."""
    found: dict[str, RootFound] = {}
    for environment in {one.cell.environment for one in settings}:
        here = [one.cell.found for one in settings if one.cell.environment == environment]
        there = [one.cell.found for one in settings if one.cell.environment != environment]
        own = [root for root in roots if any(map(root.deploys, here)) and not any(map(root.deploys, there))]
        if own:
            found[environment] = max(own, key=lambda root: sum(map(root.deploys, here)))
    return found


def _root(root: RootFound) -> Root:
    spec = root.found.item.spec
    return Root(root.found.name, str(spec.get("project") or "default"), dict(table(spec, "syncPolicy")), on_delete(root.found))


def _written(result: Imported, made: Carried, blocks: Presets) -> Imported:
    """Return the result with the files that people edit, and those of the old tree that they refer to."""
    repositories, wanted = result.old.repositories, made.keys
    deployed = [one for one in result.old.deployed if one.cell.key in wanted]
    lifted = {one.cell.key: one for one in deployed}
    every = {key: remarks.of_parts(one.cell.found, one.parts, made.lifted.get(key)) for key, one in lifted.items()}
    said, lost = remarks.placed(every, result.layers, blocks)
    current = repositories.revisions.at_hand if repositories.revisions else ""
    found = writing.files_of(result.layers, repositories.own, current, said)
    found |= {**made.profiles, **made.files, **writing.presets_of(blocks, said)}
    for root, folder, target, chosen in dict.fromkeys(needed for one in deployed for needed in _needed(one, repositories)):
        tree = writing.tree_of(root, folder) if chosen is None else {path: Folder(root).read(path) for path in chosen}
        found |= {posixpath.join(target, posixpath.relpath(path, folder)): content for path, content in tree.items()}
    return result._replace(files=found, not_carried=(*result.not_carried, *lost))


def _needed(one: Deployed, repositories: Repositories) -> list[tuple[str, str, str, frozenset[str] | None]]:
    """Return the directories of the config repository that a service is deployed from.

    Each with its root, its path, its path in the workspace, and which of its files count; None for all.
    """
    part = one.parts[0]
    source = part.data if isinstance(part, FromFolder) else part.source.data
    if not part.path or not repositories.is_own(str(source.get("repoURL") or "")):
        return []
    if isinstance(part, FromFolder):
        if not repositories.is_here(source):
            return []
        if is_copied(part):
            chosen = frozenset(item.source.path for item in part.objects if item.source)
            return [(part.root, part.path, folder_in(part), chosen)]
        return [(repositories.root_of(repositories.own, folder) or "", folder, folder, None) for folder in part.stock.folders]
    root = repositories.root_of(repositories.own, part.path, str(source.get("targetRevision") or "")) or ""
    return [(root, folder, copied(folder, source, repositories), None) for folder in dependencies.folders(root, part.path)]


def _proven(result: Imported, made: Carried, session: Session) -> Imported:
    """Return the result with generated files, and what differs by them."""
    root = session.stack.enter_context(scratch("workspace"))
    for path, content in result.files.items():
        disk.create(Folder(root), path, content)
    built: list[Built] = []
    outcome = run(Request(root, Mode.REPORT, on_built=built.append))
    generated = {path: one.content for path, one in outcome.wanted.items()}
    for path, content in generated.items():
        disk.create(Folder(root), path, content)
    old = result.old.repositories
    new = Repositories(old.own, [root], old.clones, old.revisions)
    wanted = made.keys
    deployed = [one for one in result.old.deployed if one.cell.key in wanted]
    found = compared(session, deployed, by_cell(built), session.parts(new), _errors(outcome.diagnostics, wanted))
    found = found._replace(differences=(*found.differences, *_of_roots(result.roots, generated)))
    return result._replace(
        files={**result.files, **generated},
        diagnostics=tuple(outcome.diagnostics),
        compared=found,
        not_carried=(*result.not_carried, *found.notes, *uncarried.overwritten(result.files, old)),
        left_out=(*result.left_out, *found.notes),
    )


def _of_roots(roots: Mapping[str, RootFound], generated: Mapping[str, bytes]) -> list[Difference]:
    """Return what differs of root Applications."""
    found: list[Difference] = []
    for environment, root in sorted(roots.items()):
        path = f"generated/{environment}/root.yaml"
        for item in manifests.read(path, generated[path], named=True).objects if path in generated else ():
            found += proof.root(environment, root.found, item.data)
    return found


def by_cell(built: Sequence[Built]) -> Generated:
    """Return generated Applications by service, and by environment and destination."""
    return {(one.resolved.service, one.resolved.environment.label): one.deployed for one in built}


def _errors(diagnostics: Sequence[Diagnostic], cells: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the first problem of each service in each environment."""
    found: dict[tuple[str, str], str] = {}
    for cell in cells:
        where = ("", label_parts(cell[1])[0], cell[1])
        about = (one for one in diagnostics if one.service == cell[0] and one.environment in where)
        first = next(about, next(iter(diagnostics), None))
        found |= {cell: first.message} if first else {}
    return found
