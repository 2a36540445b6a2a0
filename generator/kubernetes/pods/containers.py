"""What containers and the network of a pod may say.

Source: kubernetes, pkg/apis/core/validation/validation.go, validateContainers and ValidatePodSpec
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import ADDRESS, DNS_LABEL, DNS_NAME, PORT_NAME
from generator.kubernetes.objects import maps
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import Fault, both, choice, each, fields, needs, one_of, text, unique
from generator.kubernetes.rollouts import number

_LARGEST = 65535


def _ports(port: Any, here: Pointer) -> Iterator[Fault]:
    for field in ("containerPort", "hostPort") if isinstance(port, dict) else ():
        value = number(port.get(field))
        # hostPort 0 means none: validateContainerPorts.
        if value is not None and not 1 <= value <= _LARGEST and (field, value) != ("hostPort", 0):
            yield Fault((*here, field), f"{value} is not a valid port", "use a port from 1 to 65535")


_CONTAINER = fields(
    imagePullPolicy=choice("Always", "IfNotPresent", "Never", empty=True),
    terminationMessagePolicy=choice("File", "FallbackToLogsOnError", empty=True),
    ports=each(both(fields(protocol=choice("TCP", "UDP", "SCTP", empty=True), name=text(PORT_NAME, empty=True)), _ports)),
    resizePolicy=both(
        each(
            fields(
                resourceName=choice("cpu", "memory"),
                restartPolicy=choice("NotRequired", "RestartContainer"),
            )
        ),
        unique("resourceName"),
    ),
)
_CLAIM = both(
    one_of("resourceClaimName", "resourceClaimTemplateName", what="source"),
    fields(name=text(DNS_LABEL), resourceClaimName=text(DNS_NAME), resourceClaimTemplateName=text(DNS_NAME)),
)
_OPTION = needs("name")
_SPEC = fields(
    dnsPolicy=choice("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None", empty=True),
    dnsConfig=fields(
        nameservers=each(text(ADDRESS)),
        searches=each(lambda value, here: text(DNS_NAME)(_search(value), here)),
        options=each(_OPTION),
    ),
    hostAliases=each(fields(ip=text(ADDRESS), hostnames=each(text(DNS_NAME)))),
    hostname=text(DNS_LABEL, empty=True),
    subdomain=text(DNS_LABEL, empty=True),
    hostnameOverride=text(DNS_NAME),
    serviceAccountName=text(DNS_NAME, empty=True),
    resourceClaims=both(each(_CLAIM), unique("name")),
)
_MOST_SERVERS = 3


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in the containers, the names and the network of a pod."""
    yield from _SPEC(pod.spec, pod.here)
    yield from _dns(pod)
    for field, _, container, here in pod.containers():
        yield from _CONTAINER(container, here)
        yield from _restart(field, container, here)
        for index, port in maps(container.get("ports")):
            host, own = number(port.get("hostPort")), number(port.get("containerPort"))
            if pod.spec.get("hostNetwork") is True and host and host != own:
                message = f"hostPort {host} differs from containerPort {own}"
                hint = "use the same port for both: the pod is in the network of its node"
                yield Fault((*here, "ports", index, "hostPort"), message, hint)


def _restart(field: str, container: dict[str, Any], here: Pointer) -> Iterator[Fault]:
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules")
    pointer: Pointer = (*here, "restartPolicy")
    if policy is not None and rules is None and policy != "Always" and isinstance(policy, str):
        if field == "initContainers":
            yield Fault(pointer, f"unknown restartPolicy `{policy}` of an init container", "write Always, or remove it")
        else:
            yield Fault(pointer, "a container cannot have restartPolicy by itself", "remove it")
    elif policy == "Always" and field == "containers" and rules is None:
        yield Fault(pointer, "a container cannot have restartPolicy by itself", "remove it, or make it an init container")


def _search(value: Any) -> Any:
    """Return a search domain as it is validated: a dot may end it, and alone is the root."""
    if not isinstance(value, str) or value == ".":
        return None
    return value.removesuffix(".").replace("_", "-")


def _dns(pod: Pod) -> Iterator[Fault]:
    config = pod.spec.get("dnsConfig")
    servers = config.get("nameservers") if isinstance(config, dict) else None
    if isinstance(servers, list) and len(servers) > _MOST_SERVERS:
        message = f"{len(servers)} nameservers; the maximum is {_MOST_SERVERS}"
        yield Fault((*pod.here, "dnsConfig", "nameservers"), message, f"keep {_MOST_SERVERS} of them")
    if pod.spec.get("dnsPolicy") == "None" and not servers:
        if isinstance(config, dict):
            yield Fault((*pod.here, "dnsConfig", "nameservers"), "dnsPolicy None needs a nameserver", "add `nameservers`")
        else:
            yield Fault((*pod.here, "dnsPolicy"), "dnsPolicy None needs `dnsConfig`", "add `dnsConfig` with nameservers")
