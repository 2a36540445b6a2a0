"""The rule MR617, monitor-selects-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.backends import service_ports
from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, maps
from generator.selectors import matches
from generator.wording import suggestion
from generator.workloads import Pods, near_pods, selected, selected_by_service

MONITORING = "monitoring.coreos.com"


class _Seen(NamedTuple):
    """What a monitor selects."""

    what: str
    endpoints: str
    """The field that lists what is read."""
    number: int
    """How many Services or pods are selected."""
    names: set[str]
    """What their ports are called."""
    pods: list[Pods]
    judged: bool
    """Whether there are others here that it could have selected."""


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A ServiceMonitor or PodMonitor should select something, by a port that it has.

    Prometheus takes one that selects nothing without a word, and an analysis that asks for its numbers
    then has none.
    Source: prometheus-operator, Documentation/api.md
    """
    selector = item.spec.get("selector")
    if not isinstance(selector, dict) or item.spec.get("namespaceSelector"):
        return
    seen = (_services if item.kind == "ServiceMonitor" else _pods)(item, selector, objects)
    if not seen.number:
        if seen.judged:
            hint = f"select by labels that the {seen.what} has"
            yield ObjectFinding(("spec", "selector"), f"{item.title} selects no {seen.what}", hint)
        return
    for index, endpoint in maps(item.spec.get(seen.endpoints)):
        port = endpoint.get("port")
        if isinstance(port, str) and port not in seen.names:
            message = f"{item.title} reads the port `{port}`, which no {seen.what} that it selects has"
            hint = suggestion(port, seen.names, f"name a port of the {seen.what}")
            yield ObjectFinding(("spec", seen.endpoints, index, "port"), message, hint)
        target = endpoint.get("targetPort")
        known = {there.name for pods in seen.pods for there in pods.ports() if there.name}
        if port is None and isinstance(target, str) and seen.pods and target not in known:
            message = f"{item.title} reads the port `{target}`, which no container of the pods that it selects has"
            hint = suggestion(target, known, "name a port of a container")
            yield ObjectFinding(("spec", seen.endpoints, index, "targetPort"), message, hint)


def _services(item: KubeObject, selector: dict[str, object], objects: Objects) -> _Seen:
    near = [one for one in objects.of("", "Service") if objects.together(one, item)]
    found = [one for one in near if matches(selector, one.labels)]
    names = {name for one in found for _, name in service_ports(one) if name}
    pods = [pods for one in found for pods in selected_by_service(one, objects)]
    return _Seen("Service", "endpoints", len(found), names, pods, bool(near))


def _pods(item: KubeObject, selector: dict[str, object], objects: Objects) -> _Seen:
    found = selected(selector, item, objects)
    names = {port.name for pods in found for port in pods.ports() if port.name}
    return _Seen("pod", "podMetricsEndpoints", len(found), names, found, bool(near_pods(item, objects)))


RULE = ObjectRule(
    "MR617", "monitor-selects-port", Severity.WARNING, ((MONITORING, "ServiceMonitor"), (MONITORING, "PodMonitor")), check
)
