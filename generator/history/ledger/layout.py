"""The layout of a workspace: which paths are specs, and which are environments."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import NamedTuple

from generator.errors import Rejected
from generator.syntax import globs
from generator.syntax.reader import parse
from generator.workspace.model import Workspace

WORKSPACE_FILE = "tiphys.yaml"
AMBIGUOUS = "ambiguous"
"""Used instead of an object id: it names no file, so it reads as an invalid one."""

_YAML = (".yaml", ".yml")


class Layout(NamedTuple):
    """The paths of a workspace, from tiphys.yaml at some commit."""

    specs: tuple[str, ...]
    environments: str
    output: str


_PLAIN = Workspace._field_defaults
USUAL = Layout(_PLAIN["specs"], _PLAIN["environments"], _PLAIN["output"])
"""The default layout."""


@lru_cache(maxsize=100_000)
def environment_of(path: str, folder: str) -> str:
    """Return the environment that a file describes; empty if it describes none."""
    name, suffix = posixpath.splitext(posixpath.basename(path))
    return name if suffix in _YAML and not name.startswith(".") and posixpath.dirname(path) == folder else ""


class Globs:
    """Which paths are specs, by the globs of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._globs: list[tuple[int, globs.Glob]] = []
        for glob in layout.specs:
            folder = globs.folder_of(glob)
            self._globs.append((len(folder) + 1 if folder else 0, globs.Glob(glob)))
        self._output = f"{layout.output}/"
        self._known: dict[str, bool] = {}

    def match(self, path: str) -> bool:
        """Tell whether a path is that of a spec; a history asks the same paths again and again."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._match(path)
        return known

    def _match(self, path: str) -> bool:
        if path.startswith(self._output):
            return False
        # folders whose name starts with a dot are skipped, unless the glob itself names them
        return any(
            pattern.match(path) and not any(part.startswith(".") for part in path[start:].split("/")[:-1])
            for start, pattern in self._globs
        )


def layout_in(raw: bytes, now: Layout) -> Layout:
    """Return the layout of a tiphys.yaml; the current layout if the file is invalid."""
    try:
        data = parse(WORKSPACE_FILE, raw).data
    except Rejected:
        return now
    spec = data.get("spec") if isinstance(data, dict) else None
    spec = spec if isinstance(spec, dict) else {}
    plain = Workspace._field_defaults
    specs = spec.get("specs") or plain["specs"]
    texts = [str(spec.get(key) or plain[key]) for key in ("environments", "output")]
    return Layout(tuple(map(str, specs)), *map(posixpath.normpath, texts)) if isinstance(specs, list | tuple) else now
