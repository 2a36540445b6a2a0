"""A workspace rendered under other versions: another Helm, Kubernetes or Argo, or another version of a chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, dotted
from generator.diff.model import Where
from generator.diff.rendered.model import Cause, Cluster, Upgrade
from generator.diff.rendered.pairs import Pair
from generator.diff.rendered.run import Asked, compared
from generator.diff.rendered.upgrades import upgrades
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
    upgrades: tuple[Upgrade, ...]
    """Charts whose files differ."""


def under_both(
    root: str,
    built: tuple[Sequence[Built], Sequence[Built]],
    renderings: tuple[Renderings, Renderings],
    asked: Asked,
    *,
    with_noise: bool,
) -> Found:
    """Return what differs between two renderings of the same applications, as far as they are built on both sides."""
    real = production({one.resolved.environment.name: one.resolved.environment for one in built[0]})
    after = {_key(one): one for one in built[1]}
    pairs = [Pair(_where(one, real), one, after[_key(one)]) for one in built[0] if _key(one) in after]
    for pair in pairs:
        for side, one in zip(renderings, (pair.old, pair.new), strict=True):
            assert one is not None  # noqa: S101 - it is there on both sides
            side.begin(one)
    reports = [verify(root, one, asked.progress) for one in renderings]
    cluster = compared(pairs, (root, root), renderings, asked, with_noise=with_noise)
    rendered = zip([pair.where for pair in pairs], *renderings, strict=True)
    changed = upgrades(root, [(where, old, new) for where, old, new in rendered if _both(old, new)])  # type: ignore[misc]
    return Found(cluster, only_in(reports[1].diagnostics, reports[0].diagnostics), reports[1].unknown, changed)


def only_in(found: Sequence[Diagnostic], others: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the findings that others do not contain, whose words may name another version."""
    known = {_place(one) for one in others}
    return [one for one in found if _place(one) not in known]


def cause_of(products: Sequence[str], helms: Callable[[], tuple[Helm, Helm]] | None) -> Callable[[Rendered], Cause]:
    """Return what the differences of an application come from where neither its spec nor its chart differs.

    `products` are what else has another version than Helm; without `helms`, that is the same.
    """

    def cause(rendered: Rendered) -> Cause:
        if helms is None:
            return Cause(" and ".join(products))
        before, after = helms()
        nulls = list(_nulls_of(rendered)) if before.version < _DROPS_NULLS <= after.version else []
        shown = ", ".join(nulls[:_MOST_NULLS]) + (f" and {len(nulls) - _MOST_NULLS} more" if len(nulls) > _MOST_NULLS else "")
        what = f"Helm {after.release}"
        if nulls:
            what += f", which removes the nulls in values.yaml of the chart: {shown}"
        return Cause(", and ".join([what, *products]))

    return cause


def _both(old: object, new: object) -> bool:
    return isinstance(old, Rendered) and isinstance(new, Rendered)


def _key(built: Built) -> tuple[str, str]:
    return built.resolved.service, built.resolved.environment.label


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
