"""Checks of a run before it reads, and before it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import __version__
from generator.errors import ConfigError, RefusedError
from generator.pipeline.drift import Change, State, removed_applications
from generator.service.root import FINALIZER
from generator.syntax.labels import label_of
from generator.syntax.wording import counted, listed
from generator.system.transaction.targets import Area

if TYPE_CHECKING:
    from generator.workspace.model import Workspace


def check_version(workspace: Workspace) -> None:
    """Raise ConfigError if the workspace requires a different version of Tiphys."""
    from generator.syntax.versions import satisfies

    if workspace.requires and not satisfies(__version__, workspace.requires):
        span = workspace.source.span_of(("spec", "requires"))
        raise ConfigError(
            f"{workspace.source.path}:{span.line}:{span.column}: this workspace requires tiphys {workspace.requires}, but this is {__version__}",
            "install a matching version from the same source",
        )


def area_of(root: str, workspace: Workspace) -> Area:
    """Return where a run in a workspace may write."""
    return Area(root, workspace.output, workspace.specs)


def check_changes(changes: list[Change], *, allow_delete: bool) -> None:
    """Refuse changes that need a decision by the user; raises RefusedError."""
    blocked = [change.path for change in changes if change.state is State.UNOWNED and change.wanted is not None]
    if blocked:
        raise RefusedError(
            f"{listed(blocked)} {'exists' if len(blocked) == 1 else 'exist'} and {'was' if len(blocked) == 1 else 'were'} not written by Tiphys; nothing was changed",
            "move it, or delete it if it can be replaced",
        )
    removed = removed_applications(changes)
    if removed and not allow_delete:
        several = len(removed) > 1
        raise RefusedError(
            f"{counted(len(removed), 'Application')} would be removed, and {_fate(removed, several=several)}: "
            f"{listed(change.path for change in removed)}; nothing was changed",
            _way_out(removed, changes),
        )


def _fate(removed: list[Change], *, several: bool) -> str:
    """Return what becomes of the workloads of removed Applications: by their finalizers, Argo CD deletes them or leaves them."""
    they = "they" if several else "it"
    if any(FINALIZER.encode() in (change.found or b"") for change in removed):
        return f"Argo CD then deletes what {they} deployed"
    return f"what {they} deployed then keeps running unmanaged"


def _way_out(removed: list[Change], changes: list[Change]) -> str:
    """Return what to do about removed Applications: services and destinations that go, or new names of those that stay."""
    added = {(change.service, change.environment) for change in changes if change.deploys and change.state is not State.STALE}
    if all((change.service, change.environment) in added for change in removed):
        return (
            "restore the name or the destination, or run `tiphys generate --allow-delete`: the service stays, "
            "but Argo CD creates its Application again under the new name"
        )
    if all(change.destination for change in removed):
        names = listed({label_of(change.environment, change.destination) for change in removed})
        return f"restore the destination in its environment, or run `tiphys generate --allow-delete` to leave {names}"
    return "restore the spec, or run `tiphys generate --allow-delete` to remove the service"
