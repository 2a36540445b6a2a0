"""What a run looks at before it reads, and before it writes."""

from __future__ import annotations

from generator import __version__, journal
from generator.compare import Change, State, removed_applications
from generator.errors import ConfigError, RefusedError
from generator.model import Workspace
from generator.wording import counted, listed


def check_version(workspace: Workspace) -> None:
    """Raise ConfigError where the workspace wants another version of tiphys."""
    from generator.versions import satisfies

    if workspace.requires and not satisfies(__version__, workspace.requires):
        span = workspace.source.span_of(("spec", "requires"))
        raise ConfigError(
            f"{workspace.source.path}:{span.line}:{span.column}: this workspace requires tiphys {workspace.requires}, and this is {__version__}",
            "install a version that fits, from where you have this one",
        )


def settle(root: str, output: str, *, writes: bool, seconds: float = 0) -> list[str]:
    """Complete what an interrupted run had begun to write, and return the files; a run that only looks refuses to judge."""
    if not journal.is_left_over(root, output):
        return []
    if not writes:
        if not journal.is_pending(root, output):
            return []
        raise ConfigError(
            f"a run was interrupted while it wrote below {output}/, so there is no telling what is meant",
            "run `tiphys generate`: it completes what was begun",
        )
    from generator import write

    return write.complete(root, output, seconds)


def check_changes(changes: list[Change], *, allow_delete: bool) -> None:
    """Refuse what a person should look at first; raises RefusedError."""
    blocked = [change.path for change in changes if change.state is State.UNOWNED and change.wanted is not None]
    if blocked:
        raise RefusedError(
            f"{listed(blocked)} {'is' if len(blocked) == 1 else 'are'} in the way: not written by tiphys; nothing was changed",
            "move it away, or delete it if it may be replaced",
        )
    removed = removed_applications(changes)
    if removed and not allow_delete:
        raise RefusedError(
            f"{counted(len(removed), 'Application')} would be removed, with what {'it deploys' if len(removed) == 1 else 'they deploy'}: "
            f"{listed(change.path for change in removed)}; nothing was changed",
            "restore the spec, or run `tiphys generate --allow-delete` if the service is to go",
        )
