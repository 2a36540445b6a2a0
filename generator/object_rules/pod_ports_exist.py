"""The rule MR616, pod-ports-exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, at
from generator.wording import suggestion
from generator.workloads import KINDS, pods_of

_PROBES: tuple[Pointer, ...] = (
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A probe must name a port that its container has, and no pod may have two ports of one name.

    A readiness probe on a port by a name that is nowhere never succeeds, so the new version never
    becomes ready.
    Source: kubernetes, pkg/probe and pkg/apis/core/validation/validation.go (accumulateUniqueHostPorts)
    """
    pods = pods_of(item, objects)
    if pods is None or pods.holder is not item:
        return
    seen: set[str] = set()
    for port in pods.ports():
        if port.name and port.name in seen:
            message = f"two container ports of {item.title} are called `{port.name}`"
            yield ObjectFinding((*port.pointer, "name"), message, "rename one of the two")
        seen.add(port.name)
    for pointer, container in pods.containers():
        known = {port.name for port in pods.ports() if port.name and port.pointer[: len(pointer)] == pointer}
        for probe in _PROBES:
            yield from _probe(at(container, *probe), (*pointer, *probe), known, str(container.get("name") or ""))


def _probe(probe: Any, pointer: Pointer, known: set[str], container: str) -> Iterator[ObjectFinding]:
    for way in ("httpGet", "tcpSocket"):
        port = at(probe, way, "port")
        if isinstance(port, str) and not port.isdigit() and port not in known:
            message = f"the {pointer[-1]} asks the port `{port}`, which the container {container} does not have"
            yield ObjectFinding(
                (*pointer, way, "port"), message, suggestion(port, known, "name a port of the container, or use its number")
            )


RULE = ObjectRule("MR616", "pod-ports-exist", Severity.ERROR, KINDS, check)
