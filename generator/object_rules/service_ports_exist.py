"""The rule MR615, service-ports-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, maps
from generator.wording import suggestion
from generator.workloads import selected_by_service


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A Service must send to ports that its pods have, and must not have a port twice.

    A targetPort by name that no container has leaves the Service without endpoints; nothing is reported
    in the cluster. Several ports need names to be told apart.
    Source: kubernetes, pkg/apis/core/validation/validation.go (ValidateService)
    """
    ports = list(maps(item.spec.get("ports")))
    numbers: set[str] = set()
    names: set[str] = set()
    for index, port in ports:
        pointer: Pointer = ("spec", "ports", index)
        number, name = port.get("port"), port.get("name")
        key = f"{number}/{port.get('protocol') or 'TCP'}"
        if key in numbers:
            yield ObjectFinding((*pointer, "port"), f"{item.title} has port {number} twice", "remove one of the two")
        if len(ports) > 1 and not name:
            yield ObjectFinding((*pointer, "port"), f"port {number} of {item.title} has no name", "name each of several ports")
        if name and str(name) in names:
            yield ObjectFinding((*pointer, "name"), f"{item.title} has two ports called `{name}`", "rename one of the two")
        numbers.add(key)
        names.add(str(name))
    yield from _targets(item, objects)


def _targets(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    found = selected_by_service(item, objects)
    for index, port in maps(item.spec.get("ports")):
        target = port.get("targetPort")
        if not isinstance(target, str) or target.isdigit() or not found:
            continue
        known = {there.name for pods in found for there in pods.ports() if there.name}
        if target not in known:
            owner = found[0].owner.title
            message = f"{item.title} sends to the port `{target}`, which no container of {owner} has"
            hint = suggestion(target, known, "name the port of a container, or use its number")
            yield ObjectFinding(("spec", "ports", index, "targetPort"), message, hint)


RULE = ObjectRule("MR615", "service-ports-exist", Severity.ERROR, (("", "Service"),), check)
