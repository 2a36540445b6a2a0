"""The files of a commit in a folder of their own, beside the work tree, which stays as it is."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from contextlib import suppress

from generator.errors import ConfigError
from generator.external import git
from generator.files import Folder, UnreadableFileError, writing
from generator.ledger.layout import USUAL, WORKSPACE_FILE, layout_in

_LINK, _MODULE = "120000", "160000"
_YAML = (".yaml", ".yml")

Files = Mapping[str, tuple[str, str]]
"""Path to mode and object id."""


def write_past(root: str, commit: str, target: str) -> None:
    """Write what a workspace is read from, as it was in a commit, into an empty folder: YAML, and all of every chart.

    What it generated is left out. Raises ConfigError where the repository does not have it all.
    """
    tree = git.tree(root, commit)
    _, settings = tree.get(WORKSPACE_FILE, ("", ""))
    layout = layout_in(git.blobs(root, [settings] if settings else []).get(settings, b""), USUAL)
    files = {path: file for path, file in read_from(tree).items() if not path.startswith(f"{layout.output}/")}
    write_files(root, commit, files, target)


def write_files(root: str, commit: str, files: Files, target: str) -> None:
    """Write files of a commit into an empty folder. Raises ConfigError where the repository does not have them all."""
    contents = git.blobs(root, (object_id for _, object_id in files.values()))
    missing = [path for path, (_, object_id) in files.items() if object_id not in contents]
    if missing:
        raise ConfigError(f"{missing[0]} of commit {commit[:8]} is not in this repository", "run `git fsck`, then fetch again")
    folder = Folder(target)
    for path, (mode, object_id) in sorted(files.items(), key=lambda item: item[1][0] == _LINK):
        make = writing.link if mode == _LINK else writing.create
        with suppress(UnreadableFileError, FileExistsError):  # a Git object can contain paths that a working tree cannot
            make(folder, path, contents[object_id])


def read_from(tree: Files) -> Files:
    """Return those files of a commit that a workspace is read from."""
    charts = tuple(f"{posixpath.dirname(path)}/" for path in tree if posixpath.basename(path) == "Chart.yaml")
    return {
        path: (mode, object_id)
        for path, (mode, object_id) in tree.items()
        if mode != _MODULE and (path.endswith(_YAML) or path.startswith(charts)) and _is_plain(path)
    }


def _is_plain(path: str) -> bool:
    """Tell whether a path stays below the folder: Git's own tools make no others, but an object can hold any."""
    return not path.startswith("/") and not {"", ".", "..", ".git"} & set(path.split("/"))
