"""What lies in a workspace, whether anything names it or not: one walk over its folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from generator import disk

MOST = 100_000
"""How many files and folders are looked at; the rest of a larger tree is left out, and that is reported."""

WORKSPACE_FILE = "tiphys.yaml"


class Inventory(NamedTuple):
    """The files below a root, without hidden folders, the output, other workspaces and what programs install."""

    files: list[str]
    links: list[str]
    """Those of them that are symbolic links, to folders too."""
    twins: list[tuple[str, str]]
    """Files or folders that are the same one where case, or the form of accents, does not count."""
    closed: list[str]
    """Folders that cannot be listed."""
    cut: bool
    """Whether there is more than could be looked at."""


def take(root: str, output: str) -> Inventory:
    """Return what lies in a workspace; links are listed, and never followed."""
    found = Inventory([], [], [], [], False)
    waiting = [""]
    seen = 0
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listing:
                entries = list(listing)
        except OSError:
            found.closed.append(folder)
            continue
        names = {entry.name for entry in entries}
        if folder and _is_foreign(root, folder, names):
            continue
        prefix = f"{folder}/" if folder else ""
        found.twins.extend((prefix + one, prefix + other) for one, other in _twins(names))
        installed = _INSTALLED | _OF_A_CHART if folder and "Chart.yaml" in names else _INSTALLED
        for entry in entries:
            path = prefix + entry.name
            if not entry.is_dir(follow_symlinks=False):
                found.files.append(path)
                if entry.is_symlink():
                    found.links.append(path)
            elif not entry.name.startswith(".") and entry.name not in installed and path != output:
                waiting.append(path)
        seen += len(entries)
        if seen > MOST:
            found = found._replace(cut=True)
            break
    found.files.sort()
    return found


_INSTALLED = frozenset(["node_modules", "__pycache__"])
_OF_A_CHART = frozenset(["templates", "charts", "crds"])


def _is_foreign(root: str, folder: str, names: Collection[str]) -> bool:
    """Tell whether a folder is a workspace of its own, or an environment of Python."""
    if "pyvenv.cfg" in names:
        return True
    return WORKSPACE_FILE in names and b"Workspace" in disk.head(os.path.join(root, folder, WORKSPACE_FILE), 1 << 16)


def _twins(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that differ only in case, or in how their accents are written."""
    fold = str.lower if all(map(str.isascii, names)) else _folder()
    first: dict[str, str] = {}
    if len({fold(name) for name in names}) < len(names):
        for name in sorted(names):
            known = first.setdefault(fold(name), name)
            if known != name:
                yield known, name


def _folder() -> Callable[[str], str]:
    from unicodedata import normalize  # few names need it

    return lambda name: normalize("NFC", normalize("NFC", name).casefold())
