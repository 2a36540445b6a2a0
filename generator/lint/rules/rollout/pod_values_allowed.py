"""The rule TP706, pod-values-allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.rollouts import number, table
from generator.kubernetes.workloads import SELECTING, pods_held_by
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import listed, suggestion

_OF_POD: dict[str, tuple[str, ...]] = {"dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")}
_OF_CONTAINER = {
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
}
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_PROBE_WAYS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_WAYS = ("exec", "httpGet", "tcpSocket", "sleep")
_SECONDS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The values of a pod template must be ones that Kubernetes allows.

    A schema checks types, but not which strings and numbers are allowed: pull policies, ports from 1 to 65535
    with short names, probes with one handler, variables with one source, one mount per path. The controller
    marks a Rollout with a wrong value InvalidSpec; the API server rejects any other workload.
    Wrong:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - {name: app, image: "web:1", imagePullPolicy: Sometimes}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - {name: app, image: "web:1", imagePullPolicy: IfNotPresent}
    Source: kubernetes, pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec
    """
    pods = pods_held_by(item, objects)
    if pods is None:
        return
    spec, base = table(pods.template, "spec"), (*pods.base, "spec")
    yield from _choices(spec, base, _OF_POD)
    yield from _at_least(spec, base, ("terminationGracePeriodSeconds",))
    yield from _volumes(spec, base)
    for field in ("initContainers", "containers"):
        for index, container in maps(spec.get(field)):
            here: Pointer = (*base, field, index)
            yield from _choices(container, here, _OF_CONTAINER)
            yield from _ports(container, here)
            yield from _probes(container, here, ends=field == "initContainers" and container.get("restartPolicy") != "Always")
            yield from _variables(container, here)
            yield from _mounts(container, here)


def _choices(part: dict[str, Any], here: Pointer, choices: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    for field, known in choices.items():
        value = part.get(field)
        if isinstance(value, str) and value not in known:
            hint = suggestion(value, known, f"use {listed(known, last='or')}")
            yield Finding((*here, field), f"unknown {field} `{value}`", hint)


def _at_least(part: dict[str, Any], here: Pointer, fields: tuple[str, ...]) -> Iterator[Finding]:
    for field in fields:
        value = number(part.get(field))
        if value is not None and value < 0:
            yield Finding((*here, field), f"{field} is {value}; the minimum is 0", "set 0 or more")


def _volumes(spec: dict[str, Any], base: Pointer) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, volume in maps(spec.get("volumes")):
        here: Pointer = (*base, "volumes", index)
        name = str(volume.get("name"))
        if name in seen:
            yield Finding((*here, "name"), f"two volumes are named `{name}`", "rename one of the two")
        seen.add(name)
        given = [field for field, value in volume.items() if field != "name" and value is not None]
        if len(given) > 1:
            yield Finding(here, f"volume `{name}` must have one source, not {listed(given)}", "keep one of them")


def _ports(container: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    for index, port in maps(container.get("ports")):
        at: Pointer = (*here, "ports", index)
        yield from _choices(port, at, {"protocol": _PROTOCOLS})
        for field in ("containerPort", "hostPort"):
            value = number(port.get(field))
            # hostPort 0 means none: kubernetes, pkg/apis/core/validation/validation.go, validateContainerPorts.
            if value is not None and not 1 <= value <= 65535 and (field, value) != ("hostPort", 0):
                yield Finding((*at, field), f"{value} is not a valid port", "use a port from 1 to 65535")
        name = port.get("name")
        if isinstance(name, str) and name and not _PORT_NAME.match(name):
            hint = "use up to 15 lowercase letters, digits and single hyphens, with at least one letter"
            yield Finding((*at, "name"), f"`{name}` is not a valid port name", hint)


def _probes(container: dict[str, Any], here: Pointer, *, ends: bool) -> Iterator[Finding]:
    """Yield the problems of the probes and hooks of a container; a container that ends cannot have any."""
    for field in (*_PROBES, "lifecycle"):
        if ends and container.get(field) is not None:
            message = f"an init container cannot have a {field}"
            yield Finding((*here, field), message, "remove it, or make the container a sidecar with `restartPolicy: Always`")
    for field in _PROBES:
        probe = container.get(field)
        if isinstance(probe, dict) and not ends:
            yield from _one_way(probe, (*here, field), _PROBE_WAYS)
            yield from _at_least(probe, (*here, field), _SECONDS)
            if field != "readinessProbe" and (number(probe.get("successThreshold")) or 1) > 1:
                message = f"successThreshold of a {field} must be 1"
                yield Finding((*here, field, "successThreshold"), message, "remove it")
    for field, hook in table(container, "lifecycle").items():
        if isinstance(hook, dict) and not ends:
            yield from _one_way(hook, (*here, "lifecycle", field), _HOOK_WAYS)


def _one_way(asked: dict[str, Any], here: Pointer, ways: tuple[str, ...]) -> Iterator[Finding]:
    given = [way for way in ways if asked.get(way) is not None]
    if len(given) != 1:
        message = f"{here[-1]} must have one handler, not {listed(given)}" if given else f"{here[-1]} has no handler"
        yield Finding(here, message, f"set one of {listed(ways, last='or')}")
    for way in given:
        port = number(table(asked, way).get("port"))
        if port is not None and not 1 <= port <= 65535:
            yield Finding((*here, way, "port"), f"{port} is not a valid port", "use a port from 1 to 65535")


def _variables(container: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    for index, variable in maps(container.get("env")):
        at: Pointer = (*here, "env", index)
        name, source = variable.get("name"), variable.get("valueFrom")
        if not isinstance(name, str) or not name or "=" in name:
            yield Finding((*at, "name"), f"`{name or ''}` is not a valid variable name", "use letters, digits and _")
        if source is not None and variable.get("value"):
            yield Finding(at, f"variable `{name}` has both value and valueFrom", "keep one of the two")
        given = [field for field in _SOURCES if isinstance(source, dict) and source.get(field) is not None]
        if isinstance(source, dict) and len(given) != 1:
            message = f"variable `{name}` must have one source, not {listed(given)}"
            yield Finding((*at, "valueFrom"), message, f"set one of {listed(_SOURCES, last='or')}")


def _mounts(container: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, mount in maps(container.get("volumeMounts")):
        at: Pointer = (*here, "volumeMounts", index)
        path = mount.get("mountPath")
        if path == "":
            yield Finding((*at, "mountPath"), "the mount has no path", "set the path to mount it at")
        elif isinstance(path, str) and path in seen:
            yield Finding((*at, "mountPath"), f"two volumes are mounted at `{path}`", "mount one of them at a different path")
        seen.add(str(path))


RULE = Rule("TP706", "pod-values-allowed", Severity.ERROR, SELECTING, check, needs=frozenset(["template"]))
