"""The rule TP617, monitor-selects-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.kubernetes.backends import service_ports
from generator.kubernetes.label_index import Bits, ByValue, LabelIndex
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.pod_index import near_pods, ports_by_name, selected, selected_by_service
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion


class _Seen(NamedTuple):
    """The Services or pods that a monitor selects."""

    what: str
    endpoints: str
    """The field that lists the endpoints to scrape."""
    names: ByValue
    """The Services or pods by the names of their ports."""
    chosen: Bits
    """Which of these it selects."""
    pods: Bits


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
    names = ports_by_name(objects)
    for index, endpoint in maps(item.spec.get(seen.endpoints)):
        port = endpoint.get("port")
        if isinstance(port, str) and not seen.names.of(port) & seen.chosen:
            message = f"{item.title} scrapes port `{port}`, which no selected {seen.what} has"
            hint = suggestion(port, seen.names.among(seen.chosen), f"use the name of a port of the {seen.what}")
            yield Finding(("spec", seen.endpoints, index, "port"), message, hint)
        target = endpoint.get("targetPort")
        if port is None and isinstance(target, str) and seen.pods and not names.of(target) & seen.pods:
            message = f"{item.title} scrapes port `{target}`, which no container of the selected pods has"
            hint = suggestion(target, names.among(seen.pods), "use the name of a container's port")
            yield Finding(("spec", seen.endpoints, index, "targetPort"), message, hint)


def _services(item: KubeObject, selector: dict[str, object], objects: Objects) -> _Seen | str:
    """Return the selected Services; if there are none, the missing kind, or an empty string if it may be elsewhere."""
    services, namespace = objects.once("services by label", _by_label), objects.namespace_of(item)
    found = services.matching(selector) & services.near(namespace)
    if not found:
        return "Service" if services.near(namespace) else ""
    pods = 0
    for service in services.of(found):
        pods |= selected_by_service(service, objects)
    return _Seen("Service", "endpoints", services.by("port names", _port_names), found, pods)


def _by_label(objects: Objects) -> LabelIndex[KubeObject]:
    return LabelIndex(objects.of("", "Service"), lambda service: service.labels, objects.namespace_of)


def _port_names(service: KubeObject) -> Iterator[str]:
    return (name for _, name in service_ports(service) if name)


def _pods(item: KubeObject, selector: dict[str, object], objects: Objects) -> _Seen | str:
    """Return the selected pods; if there are none, the missing kind, or an empty string if they may be elsewhere."""
    found = selected(selector, item, objects)
    if not found:
        return "pod" if near_pods(item, objects) else ""
    return _Seen("pod", "podMetricsEndpoints", ports_by_name(objects), found, found)
