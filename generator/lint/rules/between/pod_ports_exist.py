"""The rule TP616, pod-ports-exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.workloads import SELECTING, Port, pods_held_by, ports_of
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_PROBES: tuple[Pointer, ...] = (
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A probe must use a port that its container has, and the port names of a container must be unique.

    A readiness probe of an unknown port never succeeds, so the new version never becomes ready.
    Wrong:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - name: app
                  ports: [{name: http, containerPort: 8080}]
                  readinessProbe: {httpGet: {path: /ready, port: web}}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - name: app
                  ports: [{name: http, containerPort: 8080}]
                  readinessProbe: {httpGet: {path: /ready, port: http}}
    Source: kubernetes, pkg/probe/util.go (ResolveContainerPort), pkg/apis/core/validation/validation.go (validateContainerPorts)
    """
    pods = pods_held_by(item, objects)
    if pods is None:
        return
    for pointer, container in pods.containers():
        title = str(container.get("name") or "")
        ports = list(ports_of(container, pointer))
        if (item.group, item.kind) not in SELECTING:  # pod-template-runs reports it for those
            yield from _twice(ports, title)
        known = {port.name for port in ports if port.name}
        for probe in _PROBES:
            yield from _probe(at(container, *probe), (*pointer, *probe), known, title)


def _twice(ports: list[Port], container: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for port in ports:
        if port.name and port.name in seen:
            message = f"container {container} has two ports named `{port.name}`"
            yield Finding((*port.pointer, "name"), message, "rename one of the two")
        seen.add(port.name)


def _probe(probe: Any, pointer: Pointer, known: set[str], container: str) -> Iterator[Finding]:
    for way in ("httpGet", "tcpSocket"):
        port, here = at(probe, way, "port"), (*pointer, way, "port")
        if not isinstance(port, str) or port in known:
            continue
        if port.isdecimal():
            message = f'the {pointer[-1]} of container {container} uses the port name "{port}", but a name cannot be a number'
            yield Finding(here, message, f"write {port} without quotes")
        else:
            message = f"the {pointer[-1]} uses port `{port}`, which container {container} does not have"
            hint = suggestion(port, known, "use the name or number of a port of the container")
            yield Finding(here, message, hint)
