"""Git, as far as it is written to: one commit of named paths, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from tempfile import NamedTemporaryFile
from types import MappingProxyType

from generator.errors import ConfigError
from generator.system.git.call import call, place_of, said, said_lines
from generator.system.git.objects import blobs, tree
from generator.system.git.read import below, from_top, literal_paths
from generator.system.program import Done


def run(root: str, *arguments: str, variables: Mapping[str, str] = MappingProxyType({}), hooks: bool = True) -> Done:
    """Return the output of git for these arguments in a working tree; git never prompts for a password."""
    return call(root, *arguments, variables={"GIT_TERMINAL_PROMPT": "0", **variables}, hooks=hooks)


def run_on(
    root: str,
    paths: Sequence[str],
    *arguments: str,
    variables: Mapping[str, str] = MappingProxyType({}),
    hooks: bool = True,
) -> Done:
    """Return the output of git for these arguments and paths, which are relative to the root and nothing but paths.

    The paths are in a file that is whole before git starts. Through a pipe, git would take a sudden end for
    the end of the list, and `add --all` or `checkout` without paths mean everything.
    """
    with NamedTemporaryFile(prefix="tiphys-paths-") as file:
        pathspecs = from_top(place_of(root), literal_paths(paths))
        file.write(os.fsencode("\0".join(pathspecs)))
        file.flush()
        named = (f"--pathspec-from-file={file.name}", "--pathspec-file-nul")
        return run(root, *arguments, *named, variables=variables, hooks=hooks)


def uncommitted(root: str, paths: Sequence[str]) -> list[str]:
    """Return those of the paths, or what is below them, that are not as the last commit has them."""
    wanted = from_top(place_of(root), literal_paths(paths))
    if not wanted:
        return []
    done = run(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *wanted)
    if not done.ok:
        raise ConfigError(f"git status failed in {root}: {said(done)}", "run it inside a Git repository")
    return below(root, (entry[3:] for entry in done.out.split(b"\0") if entry))


def committed(root: str, paths: Sequence[str]) -> dict[str, bytes]:
    """Return the content of these paths in the last commit; missing paths are omitted."""
    if not run(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}").ok:
        return {}
    held = tree(root, "HEAD")
    ids = {path: held[path][1] for path in paths if path in held}
    contents = blobs(root, ids.values())
    return {path: contents[object_id] for path, object_id in ids.items() if object_id in contents}


def commit(root: str, paths: Sequence[str], message: str) -> str:
    """Commit these paths as they are in the working tree, whatever else is staged; return the id of the new commit.

    Raises ConfigError with Git's message; the files stay as they are, and the same command completes it.
    """
    for arguments in (("add", "--all"), ("commit", "--quiet", f"--message={message}", "--only")):
        done = run_on(root, paths, *arguments)
        if not done.ok:
            lines = said_lines(done)
            words = lines[0] if len(lines) == 1 else f"exit code {done.code}" + "".join(f"\n  | {line}" for line in lines)
            raise ConfigError(
                f"the files are written, but git {arguments[0]} failed: {words}",
                "fix the cause, then commit them by hand with git add and git commit",
            )
    return run(root, "rev-parse", "HEAD").out.decode().strip()
