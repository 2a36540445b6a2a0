"""What the values of the shipped chart say of pods in Kubernetes' own words, known before Helm.

The chart hands these blocks on as they are. So what the API server refuses in them is told where they are written, by
the rules that check the pods that Helm renders. What the chart adds is not known here, so only these blocks are checked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.engine import dispatch, examine
from generator.lint.registry import between
from generator.lint.rules import rollout
from generator.service.place import place
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import SHIPPED, Problem

if TYPE_CHECKING:
    from generator.service.build import Built

_OF_CONTAINER = ("startupProbe", "livenessProbe", "readinessProbe", "lifecycle", "resources", "securityContext", "envFrom")
_OF_POD = ("nodeSelector", "affinity", "tolerations", "hostAliases", "dnsPolicy", "dnsConfig", "volumes", "priorityClassName")
_PORTS = "containerPorts"
DEFAULT_PORTS = [{"name": "http", "containerPort": 8080}]
"""The ports that the chart gives the service by default."""
_WAY_OUT = "give containerPorts one, or use its number"
_SECURITY = "podSecurityContext"
_KEYS = (*_OF_CONTAINER, *_OF_POD, _SECURITY)
_COMPONENTS = ("workers", "jobs", "cronJobs")
_RULES = ("TP704", "TP706", "TP747", "TP748", "TP749")
"""Rules that need nothing but the block that they check."""
_REMEMBERED = 24

_POD: Pointer = ("spec", "template", "spec")
_CONTAINER: Pointer = (*_POD, "containers", 0)


class ShippedPods:
    """Checks the blocks, and remembers the last ones without findings: services of a fleet have few different ones."""

    def __init__(self) -> None:
        self._rules = dispatch([*(rule for rule in rollout.RULES if rule.id in _RULES), between("pod-ports-exist")])
        self._clean: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)

    def problems(self, built: Built) -> Iterator[Diagnostic]:
        """Yield the findings in the values of a service in an environment, placed in the files that cause them."""
        if built.profile.name != SHIPPED:
            return
        resolved, values = built.resolved, built.resolved.data.get("values") or {}
        for severity, problem in (*self._in_blocks(built.rollout_name, values), *_target(values)):
            yield place(problem, severity, resolved.spec, resolved.environment, resolved.layers)

    def _in_blocks(self, name: str, values: dict[str, Any]) -> Iterator[tuple[Severity, Problem]]:
        for base, blocks in _blocks(values):
            if blocks in self._clean:
                continue
            found = examine(Objects([_workload(name, blocks)]), self._rules)
            for one in found:
                at = (*base, *_written(one.finding.pointer))
                yield one.severity, Problem(one.rule.id, at, one.finding.message, one.finding.hint)
            if not found:
                self._clean.appendleft(blocks)


def _target(values: dict[str, Any]) -> Iterator[tuple[Severity, Problem]]:
    """Yield the problem of a Service whose port leads to a port of the pods by a name that none has."""
    service = values.get("service")
    target = service.get("targetPort") if isinstance(service, dict) and service.get("enabled", True) else None
    if not isinstance(target, str):
        return
    names = [str(port.get("name")) for _, port in maps(values.get(_PORTS, DEFAULT_PORTS))]
    for field in ("initContainers", "extraContainers"):
        names += [str(port.get("name")) for _, one in maps(values.get(field)) for _, port in maps(one.get("ports"))]
    if target not in names:
        fault = (
            f'service.targetPort is "{target}", but no container port has that name: {_WAY_OUT}'  # in the words of the chart
        )
        hint = suggestion(target, names, f"use {listed(names, last='or')}" if names else "use the number of the port")
        yield Severity.ERROR, Problem("TP601", ("values", "service", "targetPort"), f"the chart fails: {fault}", hint)


def _blocks(values: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the blocks of the service and of what runs besides it, with where they are, and the names of their ports.

    The numbers are left to the schema: they differ in each service, and so would each of its pods.
    """
    places: list[tuple[Pointer, Any]] = [(("values",), values)]
    for kind in _COMPONENTS:
        components = values.get(kind)
        places += [(("values", kind, name), one) for name, one in components.items()] if isinstance(components, dict) else []
    for base, one in places:
        blocks = {key: one[key] for key in _KEYS if key in one} if isinstance(one, dict) else {}
        if blocks:
            ports = maps(one.get(_PORTS, () if base[1:] else DEFAULT_PORTS))
            yield base, {**blocks, "name": one.get("containerName") or "app", _PORTS: [port.get("name") for _, port in ports]}


def _workload(name: str, blocks: dict[str, Any]) -> KubeObject:
    ports = [{"name": port, "containerPort": number} for number, port in enumerate(blocks[_PORTS], start=1)]
    container = {"name": blocks["name"], "ports": ports} | {key: blocks[key] for key in _OF_CONTAINER if key in blocks}
    pod: dict[str, Any] = {**{key: blocks[key] for key in _OF_POD if key in blocks}, "containers": [container]}
    if _SECURITY in blocks:
        pod["securityContext"] = blocks[_SECURITY]
    data = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {"template": {"spec": pod}}}
    return KubeObject(data)


def _written(pointer: Pointer) -> Pointer:
    """Return where the values have what is at a pointer of the workload."""
    if pointer[: len(_CONTAINER)] == _CONTAINER:
        inside = pointer[len(_CONTAINER) :]
        return (_PORTS, *inside[1:]) if inside[:1] == ("ports",) else inside
    inside = pointer[len(_POD) :]
    return (_SECURITY, *inside[1:]) if inside[:1] == ("securityContext",) else inside
