"""The rule MR617, monitor-selects-port."""

from __future__ import annotations

from collections.abc import Iterator

from generator.backends import service_ports
from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, maps
from generator.wording import suggestion
from generator.workloads import matches, same_namespace, selected

MONITORING = "monitoring.coreos.com"


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A ServiceMonitor or PodMonitor should select something, by a port that it has.

    Prometheus takes one that selects nothing without a word, and an analysis that asks for its numbers
    then has none.
    Source: prometheus-operator, Documentation/api.md
    """
    selector = item.spec.get("selector")
    if not isinstance(selector, dict) or item.spec.get("namespaceSelector"):
        return
    if item.kind == "ServiceMonitor":
        services = [one for one in objects.of("", "Service") if same_namespace(one, item) and matches(selector, one.labels)]
        found, field, what = bool(services), "endpoints", "Service"
        names = {name for one in services for _, name in service_ports(one) if name}
        judged = bool(objects.of("", "Service"))
    else:
        pods = selected(selector, item, objects)
        found, field, what = bool(pods), "podMetricsEndpoints", "pod"
        names = {port.name for one in pods for port in one.ports() if port.name}
        judged = bool(objects.once("any pods", lambda all_: selected({}, item, all_)))
    if judged and not found:
        yield ObjectFinding(("spec", "selector"), f"{item.title} selects no {what}", f"select by labels that the {what} has")
        return
    for index, endpoint in maps(item.spec.get(field)):
        port = endpoint.get("port")
        if found and isinstance(port, str) and port not in names:
            hint = suggestion(port, names, f"name a port of the {what}")
            yield ObjectFinding(
                ("spec", field, index, "port"),
                f"{item.title} reads the port `{port}`, which no {what} that it selects has",
                hint,
            )


RULE = ObjectRule(
    "MR617", "monitor-selects-port", Severity.WARNING, ((MONITORING, "ServiceMonitor"), (MONITORING, "PodMonitor")), check
)
