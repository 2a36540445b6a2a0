"""The charts of Applications with their values, and with the best form that a spec has for nulls that remove defaults."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from generator.adopt import comments, merging
from generator.adopt.fitting import Release
from generator.adopt.grouping import Cell
from generator.adopt.model import Note, UnavailableError
from generator.adopt.parts import FromHelm
from generator.adopt.paths import Path, put
from generator.adopt.repositories import Repositories
from generator.diagnostics import dotted
from generator.kubernetes.objects import KubeObject
from generator.syntax.merge import lookup, null_in_list, without_nulls
from generator.system.files import Folder
from generator.verify.known_values import yaml_file
from generator.verify.values_files import Layer

_KEPT = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9_.]*(?:/[A-Za-z0-9_][-A-Za-z0-9_.]*)*\.ya?ml\Z")
_EMPTY: dict[type, Any] = {list: [], str: "", bool: False, int: 0, float: 0}
"""What templates read like null, most often."""
_INSTEAD = {**_EMPTY, dict: False}
"""The same with mappings: Helm merges an empty one with the default, and takes `false` instead of it."""
_WHY = "null removes a default of the chart, which values of a spec cannot do: set another value, or change the chart"
_PRINTED = "a spec has no null: where the chart prints it, set another value, or change the chart"
_HEADER = "null removes a default of the chart, which the values of a spec cannot do"


class Releases:
    """Makes releases of the charts of one tree."""

    def __init__(
        self,
        gives: Callable[[Release], bool],
        renders: Callable[[Release], Sequence[KubeObject] | None],
        repositories: Repositories,
    ) -> None:
        """Begin with who tells whether a release renders the objects that were there before, and who renders it."""
        self._gives = gives
        self._renders = renders
        self._repositories = repositories
        self.files: dict[str, bytes] = {}
        """Values files that are added to charts in the config repository, by path."""

    def of(self, cell: Cell, part: FromHelm, before: Sequence[KubeObject]) -> tuple[Release, list[Note]]:
        """Return the chart and the values of a cell, with the nulls that are not carried over; raises UnavailableError."""
        kept = kept_in_chart(part)
        rest = part._replace(layers=part.layers[kept:], files=part.files[kept:])
        own = yaml_file(part.chart.folder, "values.yaml") or {}
        defaults = merging.merged([own, *(layer.data for layer in part.layers[:kept])])
        values, removed, others = merging.without_nulls(rest.values(), defaults)
        inside = null_in_list(values)
        if inside is not None:
            raise UnavailableError(
                (*part.pointer, "helm"), f"the value `{dotted(inside)}` is null in a list, which a spec cannot hold"
            )
        release = Release(cell, rest, part.layers[:kept], values, without_nulls(defaults), before)
        if not (removed or others) or (not removed and self._gives(release)):
            return release, []
        emptied = self._emptied(release, removed, _EMPTY)
        if emptied is not None:
            return emptied, []
        if part.path and self._repositories.is_here(part.source.data):
            return self._with_file(release, [*removed, *others]), []
        emptied = self._emptied(release, removed, _INSTEAD)
        if emptied is not None:
            return emptied, []
        objects = self._renders(release)
        if objects is not None:  # what a profile can give at best: no reason to take it from all other services
            release = release._replace(before=objects)
        why = dict.fromkeys(removed, _WHY) | dict.fromkeys(others, _PRINTED)
        return release, [
            cell.found.note((*part.pointer, "helm"), f"value `{dotted(path)}`", said) for path, said in why.items()
        ]

    def _with_file(self, release: Release, removed: Sequence[Path]) -> Release:
        """Return a release of a chart in the config repository that gets the nulls from a file of the chart."""
        nulls: dict[str, Any] = {}
        for path in removed:
            nulls = put(nulls, path, None)
        text = comments.written(nulls, _HEADER, {})
        name, number = "removed.yaml", 1
        while self.files.get(f"{release.part.path}/{name}", text.encode()) != text.encode() or self._is_taken(release, name):
            number += 1
            name = f"removed-{number}.yaml"
        self.files[posixpath.join(release.part.path, name)] = text.encode()
        left = without_nulls(merging.merged([release.defaults, nulls]))
        return release._replace(kept=(*release.kept, Layer(name, text, nulls)), defaults=left)

    def _emptied(self, release: Release, removed: Sequence[Path], instead: Mapping[type, Any]) -> Release | None:
        """Return a release with other values in the place of nulls that renders the same; None without one."""
        values = release.values
        for path in removed:
            default = lookup(release.defaults, path)[1]
            if type(default) not in instead:
                return None
            values = put(values, path, instead[type(default)])
        found = release._replace(values=values)
        return found if removed and self._gives(found) else None

    @staticmethod
    def _is_taken(release: Release, name: str) -> bool:
        return Folder(release.part.chart.folder).exists(name)


def kept_in_chart(part: FromHelm) -> int:
    """Return how many values files stay in the chart: those that are packaged with it, up to the first that is elsewhere."""
    if part.path:
        return 0
    for number, ((root, _), layer) in enumerate(zip(part.files, part.layers, strict=True)):
        if root != part.chart.folder or not _KEPT.match(layer.name):
            return number
    return len(part.layers)
