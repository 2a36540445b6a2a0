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
from generator.adopt.settings import ARGOCD
from generator.kubernetes.objects import at

_ORPHAN = """'{"spec":{"syncPolicy":{"preserveResourcesOnDeletion":true}}}'"""
_PAUSE = """'{"spec":{"syncPolicy":{"automated":null}}}'"""
_NO_FINALIZER = """'{"metadata":{"finalizers":null}}'"""


_OUTPUT = "generated"
_MOST = 10
"""Applications that a command names one by one."""


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
    instance: str = ""
    """Which Argo CD it is in; empty if there is only one."""

    @property
    def where(self) -> str:
        """A comment for a command that is only for its Argo CD."""
        return f"  # in the Argo CD of {self.instance}" if self.instance else ""


def steps(
    moves: Sequence[Move],
    roots: Sequence[RootFound],
    sets: Sequence[Found],
    left_out: Sequence[str],
    incomplete: frozenset[str] = frozenset(),
    undeployed: Sequence[Found] = (),
    unread: Sequence[Found] = (),
) -> Iterator[Step]:
    """Yield the steps for a workspace.

    `left_out` are the names of Applications that stay in the old tree, `incomplete` the ApplicationSets that make more than
    the workspace has, `undeployed` what no root deploys, and `unread` Applications of which it is not known what they deploy.
    """
    old = [root.found for root in _parents_first(roots)]
    why = "Copy what is in the workspace to the root of the config repository, next to the old files, and push it."
    yield Step(f"{why} Argo CD does not read it yet.")
    yield from _pauses(old, unread, moves)
    yield from _besides(roots)
    yield from _of_sets([one for one in sets if one.name not in incomplete], sorted(incomplete))
    if left_out:
        names = ", ".join(left_out)
        where = "Keep their files under a root Application of their own first."
        yield Step(f"These Applications are not in the workspace: {names}. {where}")
    if undeployed:
        why = (
            "No root Application of the old tree deploys these. Remove those that are not in the cluster from the workspace: the"
            " new root Applications would create them."
        )
        yield Step(why, tuple(f"{_kubectl(one)} get {one.item.kind.lower()} {quote(one.name)}" for one in undeployed))
    kubectl = {move: f"kubectl -n {quote(move.namespace)}" for move in moves}
    applied = tuple(f"{kubectl[move]} apply -f {_OUTPUT}/{move.environment}/root.yaml{move.where}" for move in moves)
    yield Step("Apply the new root Applications. They take over the Applications by their names.", applied)
    looks = tuple(f"{kubectl[move]} get applications {_named(move)}{move.where}" for move in moves)
    yield Step("Check that every Application is Synced and Healthy, and that its age is the same as before the switch.", looks)
    kept = {move.root for move in moves}
    yield from _gone(sorted((root for root in old if root.name not in kept), key=lambda root: root.name))
    yield Step("Remove the old files from the config repository, in a commit of its own.")


def _pauses(roots: Sequence[Found], unread: Sequence[Found], moves: Sequence[Move]) -> Iterator[Step]:
    paused = dict.fromkeys(
        f"{_paused(root)}{where}" for root in roots for where in dict.fromkeys(_wheres(root, roots, moves)) or ("",)
    )
    if paused:
        yield Step("Pause the old root Applications, so that they prune nothing.", tuple(paused))
    if unread:
        why = (
            "What these deploy could not be read. They may be root Applications, which would delete Applications whose files"
            " are removed: pause them, too, and carry on only when you know."
        )
        yield Step(why, tuple(dict.fromkeys(map(_paused, unread))))


def _besides(roots: Sequence[RootFound]) -> Iterator[Step]:
    """Yield what to do about objects that roots deploy besides Applications: a new root of the same name prunes them."""
    others = [f"{item.title} (by {root.found.name})" for root in _parents_first(roots) for item in root.others]
    if others:
        why = "The old root Applications deploy these as well, and the new ones do not. Deploy them with an Application of their own"
        yield Step(f"{why} first, or the new root Applications delete them: {', '.join(others)}.")


def _paused(one: Found) -> str:
    return f"{_kubectl(one)} patch application {quote(one.name)} --type merge -p {_PAUSE}"


def _wheres(root: Found, roots: Sequence[Found], moves: Sequence[Move]) -> list[str]:
    """Return in which Argo CDs a root Application is: of several with its name, it is the one of its namespace."""
    spaces = {one.item.namespace or ARGOCD for one in roots if one.name == root.name}
    own = root.item.namespace or ARGOCD
    return [move.where for move in moves if move.root == root.name and (len(spaces) == 1 or move.namespace == own)]


def _named(move: Move) -> str:
    """Return what names the Applications of an environment in a command: their names, or of many the label of Tiphys."""
    names = " ".join(map(quote, move.applications))
    number = len(move.applications)
    return names if number <= _MOST else f"-l tiphys/environment={quote(move.environment)}  # {number} Applications"


def _parents_first(roots: Sequence[RootFound]) -> list[RootFound]:
    """Return roots in an order in which none is before one that deploys it, and would undo what is done to it."""
    found: list[RootFound] = []
    left = sorted(roots, key=lambda root: root.found.name)
    while left:
        free = [one for one in left if not any(other.deploys(one.found) for other in left if other is not one)]
        found += free or left[:1]
        left = [one for one in left if one not in found]
    return found


def _kubectl(one: Found) -> str:
    return f"kubectl -n {quote(one.item.namespace or ARGOCD)}"


def _of_sets(sets: Sequence[Found], incomplete: Sequence[str]) -> Iterator[Step]:
    for name in incomplete:
        yield Step(
            f"ApplicationSet {name} makes Applications that are not in the workspace. Take those that are out of its generators,"
            " with preserveResourcesOnDeletion set, so that not both keep them."
        )
    owners = [one for one in sets if not at(one.data, "spec", "syncPolicy", "preserveResourcesOnDeletion")]
    if owners:
        why = (
            "Let the ApplicationSets keep what they deployed when they are deleted, and wait until their Applications have no"
            " finalizer."
        )
        yield Step(
            why, tuple(f"{_kubectl(one)} patch applicationset {quote(one.name)} --type merge -p {_ORPHAN}" for one in owners)
        )
    if sets:
        commands = tuple(f"{_kubectl(one)} delete applicationset {quote(one.name)} --cascade=orphan" for one in sets)
        yield Step("Delete the ApplicationSets without their Applications.", commands)


def _gone(roots: Sequence[Found]) -> Iterator[Step]:
    commands: list[str] = []
    for one in roots:
        commands.append(f"{_kubectl(one)} patch application {quote(one.name)} --type merge -p {_NO_FINALIZER}")
        commands.append(f"{_kubectl(one)} delete application {quote(one.name)}")
    if commands:
        why = "Delete the old root Applications that are left, but not what they deployed: remove their finalizers first."
        yield Step(why, tuple(commands))
