"""Names that the files of a chart in this repository give to its objects, where something must refer to these.

A profile derives the names from the values of the spec. What a values file of the chart sets is not among them, so a
Rollout for the chart's Deployment, or an autoscaler, would refer to an object that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.service.build import Built
from generator.service.naming import forced_name
from generator.syntax.merge import lookup
from generator.system.files import Folder, UnreadableFileError, roots
from generator.system.files.once import Once
from generator.workspace.model import Problem

_READ = re.compile(r"values \| at\('([^']+)'\s*[,)]")
"""A value that a profile reads."""
_MOST = 5 * 1024 * 1024


class ChartNames:
    """Finds these names; each file is read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._files = Once[str, Mapping[str, Any]]()

    def problems(self, built: Built) -> Iterator[Problem]:
        """Yield the values that only a file of the chart sets, and that decide what its objects are called."""
        folder, own = built.origin.folder, built.resolved.data.get("values") or {}
        if not folder or not (built.referenced or "autoscaling" in built.resolved.data):
            return
        for key in _deciding(built):
            path = tuple(key.split("."))
            files = _files(built) if not lookup(own, path)[0] else ()
            setting = [one for one in files if lookup(self._data(f"{folder}/{one[0]}"), path)[1]]
            for name, at in setting[-1:]:  # the highest wins
                message = f"{folder}/{name} sets `{key}`, on which the names or labels of the chart's objects depend"
                hint = f"set `values.{key}` to the same: Tiphys has to know it, and does not read this file for it"
                yield Problem("TP313", at, message, hint)

    def _data(self, path: str) -> Mapping[str, Any]:
        """Return the values in a file of this repository; nothing of one that cannot be read: Helm says why."""
        return self._files(path, lambda: self._read(path))

    def _read(self, path: str) -> Mapping[str, Any]:
        from generator.syntax.reader.foreign import yaml_data  # few services need it

        found = next((one for one in map(Folder, roots.up_to(self._root, ".git")) if one.is_file(path)), None)
        try:
            data = yaml_data(found.read(path, _MOST)) if found else None
        except (UnreadableFileError, ValueError):
            data = None
        return data if isinstance(data, dict) else {}


def _deciding(built: Built) -> list[str]:
    """Return the values from which the profile derives names and labels that something outside of the chart needs."""
    spec = built.profile.spec
    fields = [spec.get("selector") if built.referenced else None]
    if forced_name(built.resolved) is None or not (spec.get("fullname") or {}).get("override", True):
        fields += [spec.get("fullname"), (spec.get("workload") or {}).get("name")]
    return list(dict.fromkeys(key for field in fields for key in _READ.findall(str(field or ""))))


def _files(built: Built) -> Iterator[tuple[str, Pointer]]:
    """Yield the values files of a chart, lowest first, each with the field of the spec that names it."""
    yield "values.yaml", ("chart", "path")
    for index, name in enumerate(built.origin.value_files):
        yield name, ("chart", "valueFiles", index)
