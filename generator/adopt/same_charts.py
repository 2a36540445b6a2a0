"""Which Applications deploy the same chart: charts next to the code of their services often have one name, such as `app`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.adopt.fitting import Release
from generator.system.files import Folder

_RELEASED = ("released",)
"""Charts of one name in chart repositories are versions of one."""


class SameChart(NamedTuple):
    """A chart, wherever it is, with what deploys it."""

    name: str
    releases: Sequence[Release]
    is_alone: bool
    """Whether no other chart has its name."""

    @property
    def title(self) -> str:
        """What a report calls it."""
        where = next((one.part.path for one in self.releases if one.part.path), "a chart repository")
        return self.name if self.is_alone else f"{self.name} in {where}"


def same_charts(releases: Sequence[Release]) -> Iterator[SameChart]:
    """Yield the charts of releases.

    Charts of one name are one where they are in one directory, have the same templates, or belong to one service.
    """
    for name in dict.fromkeys(one.part.chart.name for one in releases):
        of_name = [one for one in releases if one.part.chart.name == name]
        several = len({one.part.path for one in of_name}) > 1
        groups = _groups(of_name) if several else [of_name]
        for group in groups:
            yield SameChart(name, group, is_alone=len(groups) == 1)


def _groups(releases: Sequence[Release]) -> list[list[Release]]:
    templates: dict[str, str] = {}
    found: list[tuple[set[tuple[str, ...]], list[Release]]] = []
    for one in releases:
        marks: set[tuple[str, ...]] = {("service", one.cell.service), ("path", one.part.path) if one.part.path else _RELEASED}
        if one.part.path:
            if one.part.path not in templates:
                templates[one.part.path] = _templates(one.part.chart.folder)
            marks.add(("templates", templates[one.part.path]))
        joined = [group for group in found if group[0] & marks]
        found = [group for group in found if group not in joined]
        found.append((marks.union(*(group[0] for group in joined)), [*(item for group in joined for item in group[1]), one]))
    return [group for _, group in found]


def _templates(folder: str) -> str:
    """Return a digest of the templates of a chart."""
    digest = hashlib.sha256()
    for path in sorted(Folder(folder).walk("templates")):
        digest.update(f"{path}\0".encode() + Folder(folder).read(path) + b"\0")
    return digest.hexdigest()
