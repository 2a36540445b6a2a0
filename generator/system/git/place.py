"""Which repository a folder is in, found by its `.git` alone.

Git itself also treats a directory as a repository if it contains `HEAD`, `objects` and `refs`, and obeys the `config`
in it. A commit can bring such a folder, but nothing called `.git`. So only a `.git` counts here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

_LOCAL = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
)
"""Variables about one repository: git sets some of them for hooks."""
_PATHS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")
"""Those that hold a path, relative to where the process started."""


class Place(NamedTuple):
    """Where git is started for a folder, and where the folder is from there."""

    top: str
    """The top of the working tree; empty outside of a repository."""
    prefix: str
    """The folder as a path of the working tree, with a slash at its end; empty for the top."""
    environment: dict[str, str]
    """The variables to start git with."""


def find(folder: str, environment: Mapping[str, str]) -> Place:
    """Return the place of a folder, by the nearest `.git` above it or by the variables that git sets for a hook."""
    real = os.path.realpath(folder)
    nearest = _nearest(real, environment)
    told = _told(environment)
    if told and _is_below(real, told) and nearest in ("", told):
        top, variables = told, _absolute(environment)
    else:
        top, variables = nearest, _without_local(environment)
    return Place(top, _prefix(real, top), variables | {"GIT_CEILING_DIRECTORIES": _ceilings(top, environment)})


def alone(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those about one repository, for making another one."""
    return _without_local(environment)


def _told(environment: Mapping[str, str]) -> str:
    """Return the top of the working tree that the variables are about; empty where there are none."""
    if environment.get("GIT_WORK_TREE"):
        return os.path.realpath(environment["GIT_WORK_TREE"])
    if not any(name in environment for name in _LOCAL):
        return ""
    here = os.path.realpath(".")
    return _nearest(here, environment) or (here if "GIT_DIR" in environment else "")


def _nearest(folder: str, environment: Mapping[str, str]) -> str:
    """Return the nearest folder at or above one that holds a `.git`; empty where git would not look further up."""
    stops = {os.path.realpath(path) for path in environment.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep) if path}
    across = environment.get("GIT_DISCOVERY_ACROSS_FILESYSTEM", "").lower() in ("1", "true", "yes", "on")
    while True:
        if _has_repository(folder):
            return folder
        above = os.path.dirname(folder)
        if above == folder or above in stops or not (across or _device(above) == _device(folder)):
            return ""
        folder = above


def _has_repository(folder: str) -> bool:
    path = os.path.join(folder, ".git")
    return os.path.isfile(path) or os.path.lexists(os.path.join(path, "HEAD"))


def _device(folder: str) -> int:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return 0


def _is_below(folder: str, top: str) -> bool:
    return folder == top or folder.startswith(f"{top.rstrip(os.sep)}{os.sep}")


def _prefix(folder: str, top: str) -> str:
    below = os.path.relpath(folder, top) if top else os.curdir
    return "" if below == os.curdir else f"{below.replace(os.sep, '/')}/"


def _ceilings(top: str, environment: Mapping[str, str]) -> str:
    """Return where git stops looking: a `.git` that is broken is an error, and is not skipped for another one."""
    known = environment.get("GIT_CEILING_DIRECTORIES", "")
    return os.pathsep.join(path for path in (os.path.dirname(top), known) if path)


def _absolute(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: os.path.abspath(value) if name in _PATHS and value else value for name, value in environment.items()}


def _without_local(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in _LOCAL}
