"""The commands, in their order, that hand the Applications of an old tree over to a workspace, so that Argo CD deletes nothing.

Every Application keeps its name and namespace, so Argo CD goes on with the same one: it is not deleted and created. What
could delete is whatever keeps the old Applications in the cluster: root Applications that prune, and ApplicationSets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from generator.adopt.model import Found
from generator.adopt.roots import RootFound
from generator.kubernetes.objects import at

_ORPHAN = """'{"spec":{"syncPolicy":{"preserveResourcesOnDeletion":true}}}'"""
_PAUSE = """'{"spec":{"syncPolicy":{"automated":null}}}'"""
_NO_FINALIZER = """'{"metadata":{"finalizers":null}}'"""


class Step(NamedTuple):
    """One step: why, and the commands."""

    why: str
    commands: tuple[str, ...] = ()


class Move(NamedTuple):
    """What moves in one environment."""

    environment: str
    namespace: str
    """That of its Applications."""
    root: str
    """The name of the new root Application."""
    applications: tuple[str, ...]


def steps(
    moves: Sequence[Move],
    roots: Sequence[RootFound],
    sets: Sequence[Found],
    left_out: Sequence[str],
    incomplete: frozenset[str] = frozenset(),
    output: str = "generated",
) -> Iterator[Step]:
    """Yield the steps for a workspace.

    `left_out` are the names of Applications that stay in the old tree, and `incomplete` the ApplicationSets that make more
    than the workspace has.
    """
    kubectl = {move.environment: f"kubectl -n {quote(move.namespace)}" for move in moves}
    yield Step("Add the workspace to the config repository, next to the old files, and push it. Argo CD does not read it yet.")
    old = {root.found.name: root for root in roots}
    paused = [
        f"kubectl -n {quote(root.found.item.namespace or 'argocd')} patch application {quote(name)} --type merge -p {_PAUSE}"
        for name, root in sorted(old.items())
    ]
    if paused:
        yield Step("Pause the old root Applications, so that they prune nothing.", tuple(paused))
    yield from _about_incomplete(sorted(incomplete))
    sets = [one for one in sets if one.name not in incomplete]
    owners = [one for one in sets if not at(one.data, "spec", "syncPolicy", "preserveResourcesOnDeletion")]
    if owners:
        why = "Let the ApplicationSets keep what they deployed when they are deleted, and wait until their Applications have no finalizer."
        yield Step(
            why,
            tuple(
                f"kubectl -n {_namespace(one)} patch applicationset {quote(one.name)} --type merge -p {_ORPHAN}"
                for one in owners
            ),
        )
    if sets:
        why = "Delete the ApplicationSets without their Applications."
        yield Step(
            why, tuple(f"kubectl -n {_namespace(one)} delete applicationset {quote(one.name)} --cascade=orphan" for one in sets)
        )
    if left_out:
        names = ", ".join(left_out)
        yield Step(
            f"These Applications are not in the workspace: {names}. Keep their files under a root Application of their own first."
        )
    applied = tuple(f"{kubectl[move.environment]} apply -f {output}/{move.environment}/root.yaml" for move in moves)
    yield Step(
        "Apply the new root Applications, each in the cluster of its Argo CD. They take over the Applications by their names.",
        applied,
    )
    checks = [
        f"{kubectl[move.environment]} get applications {' '.join(map(quote, move.applications[:10]))}"
        for move in moves
        if move.applications
    ]
    yield Step(
        "Check that every Application is Synced and Healthy, and that none was created anew: their age must be as before.",
        tuple(checks),
    )
    gone = sorted(old.keys() - {move.root for move in moves})
    if gone:
        commands = [
            command
            for name in gone
            for namespace in [quote(old[name].found.item.namespace or "argocd")]
            for command in (
                f"kubectl -n {namespace} patch application {quote(name)} --type merge -p {_NO_FINALIZER}",
                f"kubectl -n {namespace} delete application {quote(name)}",
            )
        ]
        yield Step(
            "Delete the old root Applications without what they deployed: first their finalizers, then they themselves.",
            tuple(commands),
        )
    yield Step("Remove the old files from the config repository, in a commit of its own.")


def _about_incomplete(names: Sequence[str]) -> Iterator[Step]:
    for name in names:
        yield Step(
            f"ApplicationSet {name} makes Applications that are not in the workspace. Take those that are out of its generators,"
            " with preserveResourcesOnDeletion set, so that not both keep them."
        )


def _namespace(one: Found) -> str:
    return quote(one.item.namespace or "argocd")
