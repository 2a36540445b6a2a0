"""A workspace rendered under other versions: another Helm, another Kubernetes, or another version of a chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, dotted
from generator.diff.model import Where
from generator.diff.rendered.model import Cause, Cluster
from generator.diff.rendered.pairs import Pair
from generator.diff.rendered.run import Asked, compared
from generator.diff.state import production
from generator.service.build import Built
from generator.system.helm import Helm
from generator.verify.known_values import yaml_file
from generator.verify.renderings import Rendered, Renderings
from generator.verify.run import verify

_DROPS_NULLS = (4, 2)
"""From this Helm on, templates do not see the nulls in the values.yaml of a chart. Source: helm#32530"""
_MOST_NULLS = 5


class Found(NamedTuple):
    """What the other versions change."""

    cluster: Cluster
    """Objects that differ."""
    findings: list[Diagnostic]
    """What `verify` finds under the other versions alone."""
    unknown: list[str]
    """Kinds without a schema."""


def under_both(root: str, built: Sequence[Built], renderings: tuple[Renderings, Renderings], asked: Asked) -> Found:
    """Return what differs between two renderings of the same applications, which have begun."""
    reports = [verify(root, one, asked.progress) for one in renderings]
    known = {_place(one) for one in reports[0].diagnostics}
    findings = [one for one in reports[1].diagnostics if _place(one) not in known]
    real = production({one.resolved.environment.name: one.resolved.environment for one in built})
    pairs = [Pair(_where(one, real), one, one) for one in built]
    cluster = compared(pairs, (root, root), renderings, asked, with_noise=False)
    return Found(cluster, findings, reports[1].unknown)


def cause_of(kubernetes: str, helms: Callable[[], tuple[Helm, Helm]]) -> Callable[[Rendered], Cause]:
    """Return what the differences of an application come from where neither its spec nor its chart differs."""

    def cause(rendered: Rendered) -> Cause:
        before, after = helms()
        if before.path == after.path:
            return Cause(f"Kubernetes {kubernetes}")
        nulls = list(_nulls_of(rendered)) if before.version < _DROPS_NULLS <= after.version else []
        shown = ", ".join(nulls[:_MOST_NULLS]) + (f" and {len(nulls) - _MOST_NULLS} more" if len(nulls) > _MOST_NULLS else "")
        what = f"Helm {after.release}"
        if nulls:
            what += f", which removes the nulls in values.yaml of the chart: {shown}"
        return Cause(f"{what}, and Kubernetes {kubernetes}" if kubernetes else what)

    return cause


def _place(found: Diagnostic) -> tuple[object, ...]:
    """Return what tells findings apart whose words name a version."""
    return found.rule, found.path, found.span, found.service, found.environment


def _where(built: Built, real: frozenset[str]) -> Where:
    resolved = built.resolved
    return Where(resolved.service, resolved.environment.label, resolved.environment.name in real)


def _nulls_of(rendered: Rendered) -> Iterator[str]:
    for part in rendered.parts:
        if part.job.chart.folder:
            yield from map(dotted, _nulls(yaml_file(part.job.chart.folder, "values.yaml")))


def _nulls(values: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if values is None and at:
        yield at
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from _nulls(value, (*at, key))
