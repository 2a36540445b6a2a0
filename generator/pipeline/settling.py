"""What an interrupted run has left: it is completed by the next run that writes, and keeps others from reading."""

from __future__ import annotations

from generator.errors import ConfigError
from generator.system.transaction.targets import Area


def settle(area: Area, *, writes: bool, seconds: float = 0) -> list[str]:
    """Complete the writes of an interrupted run, and return the files; a read-only run raises ConfigError instead.

    A stage inside the tree is never trusted: it is refused, whatever created it.
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
            f"a previous run was interrupted while writing {area.output}/, so its files may be incomplete",
            "run `tiphys generate` to complete them",
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
    """Return the error for a stage inside the tree, which is neither used nor modified."""
    from shlex import quote

    from generator.system.files import Folder, Kind, roots

    what = {Kind.LINK: "a symbolic link", Kind.FILE: "a file", Kind.OTHER: "a special file"}.get(
        Folder(area.root).kind(path), "a folder"
    )
    shown = quote(roots.below(f"{area.root}/{path}", roots.absolute(".")))
    return ConfigError(
        f"{path} is {what} named like a stage of an interrupted run; Tiphys keeps those outside the tree, so this one may come from a pull request "
        "and is neither used nor changed",
        f"delete it: `git rm -r -f {shown}`, or `rm -r {shown}` if Git does not track it",
    )
