"""What a run looks at before it reads, and before it writes."""

from __future__ import annotations

from generator import __version__
from generator.errors import ConfigError, RefusedError
from generator.pipeline.drift import Change, State, removed_applications
from generator.syntax.wording import counted, listed
from generator.system.transaction.targets import Area
from generator.workspace.model import Workspace


def check_version(workspace: Workspace) -> None:
    """Raise ConfigError where the workspace wants another version of tiphys."""
    from generator.syntax.versions import satisfies

    if workspace.requires and not satisfies(__version__, workspace.requires):
        span = workspace.source.span_of(("spec", "requires"))
        raise ConfigError(
            f"{workspace.source.path}:{span.line}:{span.column}: this workspace requires tiphys {workspace.requires}, and this is {__version__}",
            "install a version that fits, from where you have this one",
        )


def area_of(root: str, workspace: Workspace) -> Area:
    """Return where a run in a workspace may write."""
    return Area(root, workspace.output, workspace.specs)


def settle(area: Area, *, writes: bool, seconds: float = 0) -> list[str]:
    """Complete what an interrupted run had begun to write, and return the files; a run that only looks refuses to judge.

    Neither believes anything in the tree: a stage there is refused, whatever its origin.
    """
    from generator.system.transaction import stage

    strangers = stage.strangers(area)
    if strangers:
        raise _stranger(area, strangers[0])
    if writes:
        from generator.pipeline import write

        return write.complete(area, seconds)
    if _is_pending(area):
        raise ConfigError(
            f"a run was interrupted while it wrote below {area.output}/, so there is no telling what is meant",
            "run `tiphys generate`: it completes what was begun",
        )
    return []


def _is_pending(area: Area) -> bool:
    from generator.system.transaction import desk

    for spot in desk.spots(area):
        folder = desk.opened(spot)
        if folder is not None:
            from generator.system.transaction import journal

            with folder:
                if journal.is_pending(area, folder):
                    return True
    return False


def _stranger(area: Area, path: str) -> ConfigError:
    """Return what to raise for a stage in the tree, which nothing obeys and nothing touches."""
    from shlex import quote

    from generator.system.files import Folder, Kind, roots

    what = {Kind.LINK: "a symbolic link", Kind.FILE: "a file", Kind.OTHER: "a special file"}.get(
        Folder(area.root).kind(path), "a folder"
    )
    shown = quote(roots.below(f"{area.root}/{path}", roots.absolute(".")))
    return ConfigError(
        f"{path} is {what} with the name of a stage, which tiphys keeps outside of the tree: a pull request can have brought it, "
        "so it is neither obeyed nor touched",
        f"delete it: `git rm -r -f {shown}`, or `rm -r {shown}` if Git does not track it",
    )


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
