"""The rule TP615, service-ports-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.kubernetes.pod_index import pod_index, ports_by_name, protocols_of, selected_by_service
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A Service must send to ports that its pods have, and must not have a port twice.

    A targetPort name that no container has leaves the Service without endpoints, and the cluster reports
    nothing. Several ports need unique names, and a nodePort belongs to one Service.
    Wrong:
        kind: Service
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: web}]}
        ---
        kind: Deployment
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, ports: [{name: http, containerPort: 8080}]}]}
    Right:
        kind: Service
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
        ---
        kind: Deployment
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, ports: [{name: http, containerPort: 8080}]}]}
    Source: kubernetes, pkg/apis/core/validation/validation.go (ValidateService)
    """
    ports = list(maps(item.spec.get("ports")))
    numbers: set[str] = set()
    names: set[str] = set()
    for index, port in ports:
        pointer: Pointer = ("spec", "ports", index)
        number, name = port.get("port"), port.get("name")
        key = f"{number}/{_protocol(port)}"
        if key in numbers:
            yield Finding((*pointer, "port"), f"{item.title} has port {number} twice", "remove one of the two")
        if len(ports) > 1 and not name:
            yield Finding((*pointer, "port"), f"port {number} of {item.title} has no name", "give each of the ports a name")
        if name and str(name) in names:
            yield Finding((*pointer, "name"), f"{item.title} has two ports named `{name}`", "rename one of the two")
        numbers.add(key)
        names.add(str(name))
    yield from _targets(item, objects)
    yield from _node_ports(item, objects)


def _protocol(port: dict[str, object]) -> str:
    return str(port.get("protocol") or "TCP")


def _targets(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    found = selected_by_service(item, objects)
    for index, port in maps(item.spec.get("ports")):
        target, pointer = port.get("targetPort"), ("spec", "ports", index, "targetPort")
        if isinstance(target, str) and target.isdecimal():
            message = f'{item.title} sends to the port name "{target}", but a name cannot be a number'
            yield Finding(pointer, message, f"write {target} without quotes")
            continue
        if not isinstance(target, str) or not found:
            continue
        names, protocols = ports_by_name(objects), protocols_of(target, objects)
        named = names.of(target) & found
        owner = pod_index(objects).first(found).owner.title
        if not named:
            message = f"{item.title} sends to port `{target}`, which no container of {owner} has"
            hint = suggestion(target, names.among(found), "use the name or number of a container's port")
            yield Finding(pointer, message, hint)
        elif not protocols.of(_protocol(port)) & named:
            other = next(protocols.among(named & -named))
            message = f"{item.title} sends {_protocol(port)} to port `{target}`, which is {other} in {owner}"
            yield Finding(pointer, message, "use the same protocol in both")


def _node_ports(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    taken = objects.once("services by node port", _by_node_port)
    for index, port in maps(item.spec.get("ports")):
        first = taken.get(_node_port(item, port, objects), item)
        if first is not item:
            message = f"{item.title} requests nodePort {port['nodePort']}, which {first.title} already has"
            yield Finding(("spec", "ports", index, "nodePort"), message, "choose a different one, or let Kubernetes choose")


def _node_port(service: KubeObject, port: dict[str, object], objects: Objects) -> tuple[str, ...]:
    """Return the key of a nodePort. It is unique in a cluster, but two namespaces may be in two clusters."""
    return objects.namespace_of(service), str(port.get("nodePort") or ""), _protocol(port)


def _by_node_port(objects: Objects) -> dict[tuple[str, ...], KubeObject]:
    found: dict[tuple[str, ...], KubeObject] = {}
    for service in objects.of("", "Service"):
        for _, port in maps(service.spec.get("ports")):
            if port.get("nodePort"):
                found.setdefault(_node_port(service, port, objects), service)
    return found
