"""The rule TP610, object-twice."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Two objects of one kind must not have the same name in one namespace.

    They are applied one after the other, so the last one wins, and the order is not defined. Argo CD warns
    of a RepeatedResource and then syncs the Application repeatedly.
    Wrong:
        kind: ConfigMap
        metadata: {name: settings}
        data: {level: info}
        ---
        kind: ConfigMap
        metadata: {name: settings}
        data: {level: debug}
    Right:
        kind: ConfigMap
        metadata: {name: settings}
        data: {level: info}
        ---
        kind: ConfigMap
        metadata: {name: settings-debug}
        data: {level: debug}
    Source: argo-cd, controller/state.go (DeduplicateTargetObjects)
    """
    if not item.name or not item.kind:
        return
    first = objects.once("first by name", _first_by_name)[_key(item, objects)]
    if first is not item and not _by_one_twice(item, first, objects):
        where = first.origin or (f"{first.source.path}:{first.source.span_of_key(first.at).line}" if first.source else "")
        message = f"{item.title} is defined twice" + (f"; the first is in {where}" if where else "")
        yield Finding(("metadata", "name"), message, "rename one of the two, or remove it")


def _by_one_twice(item: KubeObject, first: KubeObject, objects: Objects) -> bool:
    """Tell whether two Applications are made by one ApplicationSet that is defined twice itself."""
    makers = [one.made.by for one in (item, first) if one.made is not None]
    return len(makers) == 2 and _key(makers[0], objects) == _key(makers[1], objects)


def _first_by_name(objects: Objects) -> dict[tuple[str, ...], KubeObject]:
    found: dict[tuple[str, ...], KubeObject] = {}
    for item in objects:
        found.setdefault(_key(item, objects), item)
    return found


def _key(item: KubeObject, objects: Objects) -> tuple[str, ...]:
    return (item.group, item.kind, objects.namespace_of(item), item.name)
