"""Probes and lifecycle hooks of containers.

Source: kubernetes, pkg/apis/core/validation/validation.go, validateProbe and validateLifecycle
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import HEADER, PORT_NAME
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import Fault, at_least, both, choice, each, fields, needs, one_of, text
from generator.kubernetes.rollouts import number, table

_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_SECONDS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_LARGEST = 65535


def port(value: Any, here: Pointer) -> Iterator[Fault]:
    """Yield the fault of a port, by number or by name."""
    known = number(value)
    if known is not None and not 1 <= known <= _LARGEST:
        yield Fault(here, f"{known} is not a valid port", "use a port from 1 to 65535")
    yield from text(PORT_NAME)(value, here)


_COMMAND = needs("command")
_HTTP = fields(
    port=port,
    scheme=choice("HTTP", "HTTPS", empty=True),
    httpHeaders=each(fields(name=text(HEADER))),
)
_WAYS = fields(exec=_COMMAND, httpGet=_HTTP, tcpSocket=fields(port=port), grpc=fields(port=port))
_PROBE = both(
    one_of("exec", "httpGet", "tcpSocket", "grpc", what="handler"),
    _WAYS,
    fields(**dict.fromkeys(_SECONDS, at_least(0)), terminationGracePeriodSeconds=at_least(1)),
)
_HOOK = both(one_of("exec", "httpGet", "tcpSocket", "sleep", what="handler"), _WAYS)


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in the probes and hooks of a pod."""
    given = number(pod.spec.get("terminationGracePeriodSeconds"))
    grace = 30 if given is None else given
    for field, _, container, here in pod.containers():
        if field == "initContainers" and container.get("restartPolicy") != "Always":
            for name in (*_PROBES, "lifecycle"):
                if container.get(name) is not None:
                    hint = "remove it, or make the container a sidecar with `restartPolicy: Always`"
                    yield Fault((*here, name), f"an init container cannot have a {name}", hint)
            continue
        for name in _PROBES:
            if isinstance(container.get(name), dict):
                yield from _PROBE(container[name], (*here, name))
                yield from _of_probe(container[name], (*here, name))
        yield from _lifecycle(pod, table(container, "lifecycle"), (*here, "lifecycle"), grace)


def _of_probe(probe: dict[str, Any], here: Pointer) -> Iterator[Fault]:
    name = here[-1]
    if name != "readinessProbe" and (number(probe.get("successThreshold")) or 1) > 1:
        yield Fault((*here, "successThreshold"), f"successThreshold of a {name} must be 1", "remove it")
    if name == "readinessProbe" and probe.get("terminationGracePeriodSeconds") is not None:
        message = "a readinessProbe cannot have terminationGracePeriodSeconds"
        yield Fault((*here, "terminationGracePeriodSeconds"), message, "remove it: a failing readiness probe ends no container")


def _lifecycle(pod: Pod, hooks: dict[str, Any], here: Pointer, grace: int) -> Iterator[Fault]:
    for name in ("postStart", "preStop"):
        if isinstance(hooks.get(name), dict):
            yield from _HOOK(hooks[name], (*here, name))
            pointer: Pointer = (*here, name, "sleep", "seconds")
            seconds = number(table(hooks[name], "sleep").get("seconds"))
            if seconds is not None and not 0 <= seconds <= grace:
                message = f"the hook sleeps {seconds} seconds, not between 0 and terminationGracePeriodSeconds {grace}"
                yield Fault(pointer, message, "sleep less, or raise terminationGracePeriodSeconds")
    if hooks.get("stopSignal") is not None and not table(pod.spec, "os").get("name"):
        yield Fault((*here, "stopSignal"), "stopSignal needs `os.name` of the pod", "set spec.os.name, or remove it")
