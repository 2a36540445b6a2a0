"""The switch from an old tree to the workspace that an import made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.adopt.grouping import ordered
from generator.adopt.switching import Move, Step, steps

if TYPE_CHECKING:
    from generator.adopt.run import Imported


def kept_of(found: Imported) -> set[tuple[str, str]]:
    """Return the services and environments that the workspace has, without those of which something is left out."""
    left = {(note.path, note.what) for note in found.left_out}
    out = {(cell.service, cell.environment) for cell in found.cells if (cell.found.path, cell.found.title) in left}
    return {(name, one) for name, spec in found.layers.services.items() for one in spec.get("environments", {})} - out


def switch_of(found: Imported) -> Sequence[Step]:
    """Return the steps from the old tree to the workspace."""
    old = found.old
    moves, left = [move for move in _moves(found) if move.applications], _left_out(found)
    if not moves:
        return [Step("Nothing can be switched yet: no Application is in the workspace.")]
    address = Step("Set `spec.repoURL` in tiphys.yaml to the address of the config repository.", ("tiphys generate",))
    switch = steps(moves, old.roots, old.sets, left, _incomplete(found), old.undeployed, old.unread)
    return [*([address] if old.lacks_address else ()), *switch]


def _incomplete(found: Imported) -> frozenset[str]:
    """Return the ApplicationSets of which something is not carried over."""
    names = {one.name for one in found.old.sets}
    makers = {note.what.removeprefix("ApplicationSet ").partition(":")[0] for note in found.not_carried}
    left = {(note.path, note.line) for note in found.left_out}
    makers |= {one.name for one in found.old.sets if (one.path, one.line) in left}
    return frozenset(names & makers)


def _moves(found: Imported) -> Iterator[Move]:
    kept = kept_of(found)
    for name in ordered({*found.layers.environments} - {*found.layers.abstract}):
        cells = [cell for cell in found.cells if cell.environment == name and (cell.service, name) in kept]
        argocd = found.layers.environments[name].get("argocd", {})
        namespace = cells[0].found.item.namespace if cells else argocd.get("namespace")
        root = found.roots.get(name)
        names = tuple(cell.found.name for cell in cells)
        yield Move(name, namespace or "argocd", root.found.name if root else f"{name}-root", names, argocd.get("instance", ""))


def _left_out(found: Imported) -> list[str]:
    """Return the Applications that are not in the workspace; of one with the name of another that is, the file, too."""
    kept = kept_of(found)
    titles = {cell.found.title for cell in found.cells if (cell.service, cell.environment) in kept}
    names = ((note.what.removeprefix("Application "), note) for note in found.left_out)
    return sorted(
        {f"{name} ({note.path}:{note.line})" if note.what in titles or name == note.what else name for name, note in names}
    )
