"""What a service claims for itself in its namespace: no other service there may have the same."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.helm_sources import helm_sources
from generator.service.build import Built
from generator.service.manifests import claims
from generator.syntax.merge import lookup

ANALYSIS = "AnalysisTemplate"
WORKLOAD = "workload"
RELEASE = "release"
"""A release of a chart that selects its pods by the release, and by nothing of the service."""


def claims_of(built: Built, namespace: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a service claims, as namespace, kind and name; a name that only the chart knows is not among it.

    A kind of the whole cluster is in no namespace.
    """
    yield from ((namespace, kind, name) for kind, name in _by_name(built))
    yield from claims([one.item for one in built.manifests], namespace)
    yield from claims(built.stock.objects if built.stock else (), namespace)


def _by_name(built: Built) -> Iterator[tuple[str, str]]:
    data, profile = built.resolved.data, built.profile.spec
    if "chart" not in data:  # what is in a folder is claimed object by object
        yield from ((ANALYSIS, analysis.name) for analysis in built.analyses)
        return
    if data["chart"].get("fullname", "") is not None or "own" in (profile.get("fullname") or {}):
        yield WORKLOAD, built.chart.workload
    yield from ((ANALYSIS, analysis.name) for analysis in built.analyses)
    if built.profile.selects_by_chart:
        values = data.get("values") or {}
        overrides = [lookup(values, at)[1] for at in (("nameOverride",), ("global", "nameOverride"))]
        name = next((str(other) for other in overrides if other), data["chart"]["name"])
        yield from ((RELEASE, f"{source.release}` of `{name}") for source in helm_sources(built.rendered_from)[:1])
