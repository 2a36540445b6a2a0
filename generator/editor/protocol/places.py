"""The files and folders that a spec can name by their paths, looked for only where a path is about to be written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import islice

from generator.editor.names import Name, Thing
from generator.errors import TiphysError
from generator.kubernetes.kustomization import FILES
from generator.system.files import Folder, Kind
from generator.workspace.model import Workspace

_MOST = 20_000
"""Files that are looked at, so that an answer never takes long."""
_OWN = ("environments", "strategies", "templates", "projects")
_YAML = (".yaml", ".yml")


def files_near(root: str, path: str) -> tuple[Name, ...]:
    """Return the other YAML files in the folder of a file and below it, as that file names them."""
    folder = posixpath.dirname(path)
    found = (there for there in _walk(root, folder, ()) if there.endswith(_YAML) and there != path)
    return tuple(Name(posixpath.relpath(there, folder or "."), there, there) for there in sorted(found))


def folders(root: str, thing: Thing, workspace: Workspace | None) -> tuple[Name, ...]:
    """Return the kustomizations, or else the directories of manifests, that a service can have in the place of a chart."""
    output = workspace.output if workspace else "generated"
    files: dict[str, list[str]] = {}
    for path in _walk(root, "", (output, *_OWN)):
        folder, name = posixpath.split(path)
        files.setdefault(folder, []).append(name)
    charts = {folder for folder, names in files.items() if "Chart.yaml" in names}
    found = {}
    for folder, names in sorted(files.items()):
        file = next((name for name in names if name in FILES), "")
        is_ours = not folder or "pipeline.yaml" in names or any(above in charts for above in _with_above(folder))
        if thing is Thing.KUSTOMIZATION and file:
            found[folder] = f"{folder}/{file}"
        elif thing is Thing.DIRECTORY and not file and not is_ours and any(name.endswith(_YAML) for name in names):
            found[folder] = ""
    return tuple(Name(folder, path or thing.value, path) for folder, path in found.items())


def _with_above(folder: str) -> Iterable[str]:
    parts = folder.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def _walk(root: str, below: str, skipped: Iterable[str]) -> Iterator[str]:
    known = frozenset(skipped)

    def skip(path: str) -> bool:
        return path in known or posixpath.basename(path).startswith(".")

    try:
        found = islice(Folder(root).walk_kinds(below, skip), _MOST)
        yield from (path for path, kind in found if kind is Kind.FILE)
    except TiphysError:
        return  # a folder that cannot be read is told by the run
