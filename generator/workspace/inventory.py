"""List all files of a workspace, used or not, in one walk over its folders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from generator.errors import ConfigError
from generator.system.files import Folder, Kind, UnreadableFileError

MOST = 100_000
"""The maximum number of files and folders; the rest of a larger tree is skipped, and that is reported."""

WORKSPACE_FILE = "tiphys.yaml"


class Inventory(NamedTuple):
    """The files below a root, without hidden folders, the output, other workspaces and installed packages."""

    files: list[str]
    twins: list[tuple[str, str]]
    """Files or folders whose names differ only in case or Unicode form, and are the same on some systems."""
    closed: list[str]
    """Folders that cannot be listed."""
    cut: bool
    """Whether the walk stopped at the maximum."""


def take(root: str, output: str) -> Inventory:
    """Return the files of a workspace; links are not followed."""
    tree, found = Folder(root), Inventory([], [], [], False)
    waiting = [""]
    seen = 0
    while waiting:
        folder = waiting.pop()
        try:
            entries = tree.entries(folder)
        except (UnreadableFileError, ConfigError):
            found.closed.append(folder)
            continue
        names = {name for name, _ in entries}
        if folder and _is_foreign(tree, folder, names):
            continue
        prefix = f"{folder}/" if folder else ""
        found.twins.extend((prefix + one, prefix + other) for one, other in _twins(names))
        installed = _INSTALLED | _OF_A_CHART if folder and "Chart.yaml" in names else _INSTALLED
        for name, kind in entries:
            path = prefix + name
            if kind is not Kind.FOLDER:
                found.files.append(path)
            elif not name.startswith(".") and name not in installed and path != output:
                waiting.append(path)
        seen += len(entries)
        if seen > MOST:
            found = found._replace(cut=True)
            break
    found.files.sort()
    return found


_INSTALLED = frozenset(["node_modules", "__pycache__"])
_OF_A_CHART = frozenset(["templates", "charts", "crds"])


def _is_foreign(tree: Folder, folder: str, names: Collection[str]) -> bool:
    """Tell whether a folder is a nested workspace, or a Python virtual environment."""
    if "pyvenv.cfg" in names:
        return True
    return WORKSPACE_FILE in names and b"Workspace" in tree.head(f"{folder}/{WORKSPACE_FILE}", 1 << 16)


def _twins(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that differ only in case or in Unicode form."""
    fold = str.lower if all(map(str.isascii, names)) else _folder()
    first: dict[str, str] = {}
    if len({fold(name) for name in names}) < len(names):
        for name in sorted(names):
            known = first.setdefault(fold(name), name)
            if known != name:
                yield known, name


def _folder() -> Callable[[str], str]:
    from unicodedata import normalize  # only for names with non-ASCII characters

    return lambda name: normalize("NFC", normalize("NFC", name).casefold())
