"""The rule MR642, pod-references-near."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects, at, maps
from generator.wording import closest
from generator.workloads import KINDS, pods_of

_VOLUMES = (("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret"))
_FROM = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_VALUE_FROM = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A ConfigMap, Secret or ServiceAccount should not be called nearly like one that is applied with it.

    What a pod refers to may come from anywhere, so an unknown name is fine. One that differs from a
    known one by a letter or two is most likely meant to be that: the pods would wait for it for ever.
    """
    pods = pods_of(item, objects)
    if pods is None or pods.holder is not item:
        return
    for pointer, kind, name in _references(pods.template):
        known = objects.names("", kind, item)
        if isinstance(name, str) and name and name not in known:
            near = closest(name, known)
            if near and _is_near(name, near):
                message = f"{item.title} refers to the {kind} `{name}`; there is a `{near}`"
                yield ObjectFinding((*pods.base, *pointer), message, f"did you mean `{near}`?")


def _is_near(first: str, second: str) -> bool:
    """Tell whether two names are a slip apart, rather than two names of one family."""
    same = abs(len(first) - len(second)) <= 2 and sum(a == b for a, b in zip(first, second, strict=False))
    backwards = sum(a == b for a, b in zip(first[::-1], second[::-1], strict=False))
    return bool(same) and max(same, backwards) + 2 >= min(len(first), len(second)) and first.count("-") == second.count("-")


def _references(template: dict[str, Any]) -> Iterator[tuple[Pointer, str, Any]]:
    spec = template.get("spec")
    yield ("spec", "serviceAccountName"), "ServiceAccount", at(spec, "serviceAccountName")
    for index, volume in maps(at(spec, "volumes")):
        for field, key, kind in _VOLUMES:
            yield ("spec", "volumes", index, field, key), kind, at(volume, field, key)
    for list_name in ("containers", "initContainers"):
        for index, container in maps(at(spec, list_name)):
            yield from _of_container(container, ("spec", list_name, index))


def _of_container(container: dict[str, Any], base: Pointer) -> Iterator[tuple[Pointer, str, Any]]:
    for number, source in maps(container.get("envFrom")):
        for field, kind in _FROM:
            yield (*base, "envFrom", number, field, "name"), kind, at(source, field, "name")
    for number, variable in maps(container.get("env")):
        for field, kind in _VALUE_FROM:
            yield (*base, "env", number, "valueFrom", field, "name"), kind, at(variable, "valueFrom", field, "name")


RULE = ObjectRule("MR642", "pod-references-near", Severity.WARNING, KINDS, check)
