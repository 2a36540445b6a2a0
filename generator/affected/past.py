"""The files of a commit in a folder of their own, beside the work tree, which stays as it is."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping

from generator.errors import ConfigError
from generator.external import git

_LINK, _MODULE = "120000", "160000"
_YAML = (".yaml", ".yml")


def write_past(root: str, commit: str, target: str, wanted: Callable[[str], bool] = lambda _path: True) -> None:
    """Write what a workspace is read from, as it was in a commit, into an empty folder: YAML, and all of every chart.

    `wanted` tells which paths are worth it. Raises ConfigError where the repository does not have it all.
    """
    files = {path: file for path, file in _read_from(git.tree(root, commit)) if wanted(path)}
    contents = git.blobs(root, (object_id for _, object_id in files.values()))
    missing = [path for path, (_, object_id) in files.items() if object_id not in contents]
    if missing:
        raise ConfigError(f"{missing[0]} of commit {commit[:8]} is not in this repository", "run `git fsck`, then fetch again")
    links = []
    for path, (mode, object_id) in files.items():
        where = os.path.join(target, path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        if mode == _LINK:
            links.append((contents[object_id], where))
            continue
        with open(where, "wb") as file:
            file.write(contents[object_id])
    for pointed_to, where in links:  # last, so that no file is written through one
        if not os.path.lexists(where):
            os.symlink(pointed_to, os.fsencode(where))


def _read_from(files: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    charts = tuple(f"{posixpath.dirname(path)}/" for path in files if posixpath.basename(path) == "Chart.yaml")
    for path, (mode, object_id) in files.items():
        if mode != _MODULE and _is_plain(path) and (path.endswith(_YAML) or path.startswith(charts)):
            yield path, (mode, object_id)


def _is_plain(path: str) -> bool:
    """Tell whether a path stays below the folder: Git's own tools make no others, but an object can hold any."""
    return not path.startswith("/") and not {"", ".", "..", ".git"} & set(path.split("/"))
