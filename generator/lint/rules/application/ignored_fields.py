"""The rule TP814, ignored-fields."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps, texts
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An entry of ignoreDifferences must be written so that it can match.

    A group has no version, a JSON pointer starts with `/` and has no wildcard, and a name is not a pattern.
    Argo CD does not reject an entry that matches nothing: the difference stays.
    Wrong:
        kind: Application
        spec:
          ignoreDifferences: [{group: apps/v1, kind: Deployment, jsonPointers: [/spec/replicas]}]
    Right:
        kind: Application
        spec:
          ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]
    Source: argo-cd, docs/user-guide/diffing.md; issue 2463
    """
    for index, rule in maps(item.spec.get("ignoreDifferences")):
        here: Pointer = ("spec", "ignoreDifferences", index)
        group, name = rule.get("group"), rule.get("name")
        if isinstance(group, str) and "/" in group:
            hint = f"write {group.partition('/')[0]}"
            yield Finding((*here, "group"), f"the group `{group}` contains a version", hint)
        if isinstance(name, str) and "*" in name:
            yield Finding((*here, "name"), f"`{name}` is read as a name, not a pattern", "remove the name to match all")
        for number_, pointer in texts(rule.get("jsonPointers")):
            where: Pointer = (*here, "jsonPointers", number_)
            if not pointer.startswith("/"):
                yield Finding(where, f"`{pointer}` is not a JSON pointer", "start it with /")
            elif "*" in pointer.split("/"):
                yield Finding(where, f"`{pointer}` matches nothing: a JSON pointer has no wildcard", "use jqPathExpressions")
        if not any(rule.get(field) for field in ("jsonPointers", "jqPathExpressions", "managedFieldsManagers")):
            yield Finding(here, "the entry ignores nothing", "add jsonPointers or jqPathExpressions")
