"""Git, as far as it is written to: one commit of named paths, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Sequence
from tempfile import NamedTemporaryFile

from generator.errors import ConfigError, RefusedError
from generator.external.git import call, said
from generator.external.program import Done


def run(root: str, *arguments: str) -> Done:
    """Return what git says to these arguments in a work tree; it asks nobody for a password."""
    return call(root, *arguments, variables={"GIT_TERMINAL_PROMPT": "0"})


def run_on(root: str, paths: Sequence[str], *arguments: str) -> Done:
    """Return what git says to these arguments and paths.

    The paths are in a file that is whole before git starts. Through a pipe, git would take a sudden end for
    the end of the list, and `add --all` or `checkout` without paths mean everything.
    """
    with NamedTemporaryFile(prefix="mooring-paths-") as file:
        file.write(os.fsencode("\0".join(paths)))
        file.flush()
        return run(root, *arguments, f"--pathspec-from-file={file.name}", "--pathspec-file-nul")


def uncommitted(root: str, paths: Sequence[str]) -> list[str]:
    """Return those of the paths that are not as the last commit has them."""
    done = run(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *paths)
    if not done.ok:
        raise ConfigError(f"git status failed in {root}: {said(done)}", "run it inside of a Git repository")
    return [os.fsdecode(entry[3:]) for entry in done.out.split(b"\0") if entry]


def check_clean(root: str, paths: Sequence[str]) -> None:
    """Raise RefusedError where a path holds changes of somebody's own, which a commit would take along."""
    dirty = uncommitted(root, paths)
    if dirty:
        raise RefusedError(
            f"{dirty[0]} has changes that are not committed; nothing was changed",
            "commit or stash them first, or leave out --commit",
        )


def commit(root: str, paths: Sequence[str], message: str) -> str:
    """Commit these paths as they are in the work tree, whatever else is staged; return the new commit, shortened.

    Raises ConfigError with what Git says; the files stay as they are, and the same command completes it.
    """
    for arguments in (("add", "--all"), ("commit", "--quiet", f"--message={message}", "--only")):
        done = run_on(root, paths, *arguments)
        if not done.ok:
            raise ConfigError(
                f"the files are written, but git {arguments[0]} failed: {said(done)}",
                "repair the cause, then commit them by hand: git add and git commit",
            )
    return run(root, "rev-parse", "--short", "HEAD").out.decode().strip()
