"""The rule TP617, monitor-selects-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.kubernetes.backends import service_ports
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.selectors import ByLabel
from generator.kubernetes.workloads import Pods, near_pods, selected, selected_by_service
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion


class _Seen(NamedTuple):
    """The Services or pods that a monitor selects."""

    what: str
    endpoints: str
    """The field that lists the endpoints to scrape."""
    names: set[str]
    """The names of the ports of the Services or pods."""
    pods: list[Pods]


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A ServiceMonitor or PodMonitor should select something, and a port that it has.

    Prometheus silently accepts a monitor that selects nothing, and an analysis that queries its metrics then
    gets no data.
    Wrong:
        kind: ServiceMonitor
        spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metric}]}
        ---
        kind: Service
        metadata: {name: web, labels: {app: web}}
        spec: {ports: [{name: metrics, port: 9090}]}
    Right:
        kind: ServiceMonitor
        spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}
        ---
        kind: Service
        metadata: {name: web, labels: {app: web}}
        spec: {ports: [{name: metrics, port: 9090}]}
    Source: prometheus-operator, Documentation/api.md
    """
    selector = item.spec.get("selector")
    if not isinstance(selector, dict) or item.spec.get("namespaceSelector"):
        return
    seen = (_services if item.kind == "ServiceMonitor" else _pods)(item, selector, objects)
    if isinstance(seen, str):
        if seen:
            yield Finding(("spec", "selector"), f"{item.title} selects no {seen}", f"select by labels that the {seen} has")
        return
    for index, endpoint in maps(item.spec.get(seen.endpoints)):
        port = endpoint.get("port")
        if isinstance(port, str) and port not in seen.names:
            message = f"{item.title} scrapes port `{port}`, which no selected {seen.what} has"
            hint = suggestion(port, seen.names, f"use the name of a port of the {seen.what}")
            yield Finding(("spec", seen.endpoints, index, "port"), message, hint)
        target = endpoint.get("targetPort")
        known = {there.name for pods in seen.pods for there in pods.ports() if there.name}
        if port is None and isinstance(target, str) and seen.pods and target not in known:
            message = f"{item.title} scrapes port `{target}`, which no container of the selected pods has"
            hint = suggestion(target, known, "use the name of a container's port")
            yield Finding(("spec", seen.endpoints, index, "targetPort"), message, hint)


def _services(item: KubeObject, selector: dict[str, object], objects: Objects) -> _Seen | str:
    """Return the selected Services; if there are none, the missing kind, or an empty string if it may be elsewhere."""
    by_label = objects.once("services by label", _by_label)
    found = [one for one in by_label.matching(selector) if objects.together(one, item)]
    if not found:
        return "Service" if any(objects.together(one, item) for one in objects.of("", "Service")) else ""
    names = {name for one in found for _, name in service_ports(one) if name}
    return _Seen("Service", "endpoints", names, [pods for one in found for pods in selected_by_service(one, objects)])


def _by_label(objects: Objects) -> ByLabel[KubeObject]:
    return ByLabel(objects.of("", "Service"), lambda service: service.labels)


def _pods(item: KubeObject, selector: dict[str, object], objects: Objects) -> _Seen | str:
    """Return the selected pods; if there are none, the missing kind, or an empty string if they may be elsewhere."""
    found = selected(selector, item, objects)
    if not found:
        return "pod" if near_pods(item, objects) else ""
    names = {port.name for pods in found for port in pods.ports() if port.name}
    return _Seen("pod", "podMetricsEndpoints", names, found)
