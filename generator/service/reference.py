"""The objects of a Rollout that takes over a Deployment which Tiphys does not generate itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from generator.diagnostics import Pointer
from generator.kubernetes import strategy as strategies
from generator.service.chart_objects import ChartObjects, reference_problems
from generator.service.folder_source import FolderSource, rollout_problems
from generator.workspace.model import Problem, Profile, Resolved

if TYPE_CHECKING:
    from generator.workspace.folders import Stock


class Documents(Protocol):
    """The documents of one service."""

    def add_manifest(self, name: str, template: str, at: Pointer, **more: Any) -> None:
        """Add an object, in a file named after it."""


def add_reference(documents: Documents, chart: ChartObjects, resolved: Resolved, strategy: dict[str, Any]) -> None:
    """Add the Rollout that takes over the chart's Deployment, its autoscaler, and the Services that it switches.

    With an autoscaler the Deployment is not scaled down: the Rollout starts with one pod, and Argo Rollouts
    would scale the Deployment down to one as well, before the autoscaler reacts.
    Source: argo-rollouts issue 4110
    """
    scaling = "autoscaling" in resolved.data
    scale_down = "never" if scaling else "progressively"
    reference = {"name": chart.workload, "scaleDown": scale_down, **chart.settings, "selector": chart.selector}
    documents.add_manifest("rollout", "rollout.yaml", ("rollout",), reference=reference)
    if scaling:
        documents.add_manifest("horizontalpodautoscaler", "horizontalpodautoscaler.yaml", ("autoscaling",), reference=reference)
    for name in (*strategies.services(strategy), *strategies.roots(strategy)):
        if name not in chart.own_services:
            sibling = {"name": name, "selector": chart.selector, "ports": chart.ports}
            documents.add_manifest(f"service-{name}", "service.yaml", ("rollout", "strategy"), sibling=sibling)


def reference_lacks(
    source: FolderSource | None,
    stock: Stock | None,
    chart: ChartObjects,
    profile: Profile,
    resolved: Resolved,
    argocd: dict[str, Any],
    strategy: dict[str, Any],
) -> Iterator[Problem]:
    """Yield what is missing for a Rollout that takes over the Deployment of a chart, or of a folder in its place."""
    switches = bool(strategies.services(strategy))
    if source is None:
        return reference_problems(chart, profile, resolved, services=switches)
    namespace = str(argocd["destination"].get("namespace") or "")
    return rollout_problems(source, stock, chart, resolved, namespace, services=switches)
