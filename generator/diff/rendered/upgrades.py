"""What another version of a chart asks of those who use it: defaults that are new, gone or different, values that die."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import dotted
from generator.diff.model import Where, change
from generator.diff.rendered.causes import cause_at
from generator.diff.rendered.model import Cause, Dead, Default, Upgrade
from generator.service.build import Built
from generator.syntax.leaves import differences
from generator.syntax.merge import lookup
from generator.syntax.secrets.masking import hidden
from generator.verify.known_values import known_of, yaml_file
from generator.verify.provenance import provenance_of
from generator.verify.rendering import chart_digest
from generator.verify.renderings import Part, Rendered
from generator.workspace.templates import Templates


class _Use(NamedTuple):
    """One service that uses a chart, and how."""

    where: Where
    built: Built
    part: Part


def upgrades(root: str, rendered: Sequence[tuple[Where, Rendered, Rendered]]) -> tuple[Upgrade, ...]:
    """Return each chart whose files differ, with all who use it."""
    templates = Templates(root)
    users: dict[tuple[str, str], list[_Use]] = {}
    for where, old, new in rendered:
        for before, after in zip(old.parts, new.parts, strict=False):
            folders = before.job.chart.folder, after.job.chart.folder
            if all(folders) and chart_digest(folders[0]) != chart_digest(folders[1]):
                users.setdefault(folders, []).append(_Use(where, new.built, after))
    return tuple(_upgrade(before, uses, templates) for (before, _), uses in users.items())


def _upgrade(before: str, uses: Sequence[_Use], templates: Templates) -> Upgrade:
    chart = uses[0].part.job.chart
    was = yaml_file(before, "Chart.yaml").get("version") or ""
    places = tuple(dict.fromkeys(use.where for use in uses))
    return Upgrade(
        chart.name,
        str(was),
        chart.version,
        places,
        tuple(_defaults(before, chart.folder, uses)),
        tuple(_dead(before, chart.folder, uses, templates)),
    )


def _defaults(before: str, after: str, uses: Sequence[_Use]) -> Iterator[Default]:
    sides = [hidden(yaml_file(folder, "values.yaml")) for folder in (before, after)]
    for leaf in differences(*sides):
        given = [use.where for use in uses if lookup(use.part.values, leaf.path)[0]]
        yield Default(change("values", leaf.path, leaf.old, leaf.new), tuple(dict.fromkeys(given)))


def _dead(before: str, after: str, uses: Sequence[_Use], templates: Templates) -> Iterator[Dead]:
    """Yield the values that a spec sets, the old chart used and the new one does not."""
    known = known_of(before), known_of(after)
    found: dict[str, tuple[list[Where], list[Cause]]] = {}
    for use in uses:
        own = use.built.resolved.data.get("values") or {}
        used = {one.path for one in known[0].unknown(use.part.values)}
        for unknown in known[1].unknown(use.part.values):
            if unknown.path in used or not lookup(own, unknown.path)[0]:
                continue
            pointer = provenance_of(use.built, templates).of_value(unknown.path)
            places, causes = found.setdefault(dotted(unknown.path), ([], []))
            places.append(use.where)
            causes.append(cause_at("", pointer, use.built))
    for name, (places, causes) in found.items():
        yield Dead(name, tuple(dict.fromkeys(places)), tuple(dict.fromkeys(causes)))
