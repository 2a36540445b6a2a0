"""List all files of a workspace, used or not, in one walk over its folders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from generator.syntax.named_tuples import NamedTuple
from generator.system.files import Folder, Kind

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
    files: list[str] = []
    twins: list[tuple[str, str]] = []
    seen = 0
    door = Folder(root)

    def look(folder: str, entries: list[tuple[str, Kind]]) -> list[str]:
        nonlocal seen
        names = {name for name, _ in entries}
        if seen > MOST or (folder and _is_foreign(door, folder, names)):
            return []
        seen += len(entries)
        prefix = f"{folder}/" if folder else ""
        twins.extend((prefix + one, prefix + other) for one, other in _twins(names))
        files.extend(prefix + name for name, kind in entries if kind is not Kind.FOLDER)
        installed = _INSTALLED | _OF_A_CHART if folder and "Chart.yaml" in names else _INSTALLED
        folders = (name for name, kind in entries if kind is Kind.FOLDER)
        return [name for name in folders if not name.startswith(".") and name not in installed and prefix + name != output]

    closed = door.visit(look)
    files.sort()
    return Inventory(files, twins, closed, cut=seen > MOST)


_INSTALLED = frozenset(["node_modules", "__pycache__"])
_OF_A_CHART = frozenset(["templates", "charts", "crds"])


def _is_foreign(door: Folder, folder: str, names: Collection[str]) -> bool:
    """Tell whether a folder is a nested workspace, or a Python virtual environment."""
    if "pyvenv.cfg" in names:
        return True
    return WORKSPACE_FILE in names and b"Workspace" in door.head(f"{folder}/{WORKSPACE_FILE}", 1 << 16)


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
