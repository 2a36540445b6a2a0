"""ValidatingAdmissionPolicies and their bindings: the kinds, and objects as admission sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.kubernetes.beside import CLUSTER_WIDE
from generator.kubernetes.objects import KubeObject, Objects

GROUP = "admissionregistration.k8s.io"
POLICY, BINDING = "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"
EXEMPT = (POLICY, BINDING)
"""Kinds that no policy is asked about."""
NAME_LABEL = "kubernetes.io/metadata.name"
_PLURALS = {"Endpoints": "endpoints"}
_VOWELS = "aeiou"


class Home:
    """A Namespace that is known, with the labels that it has in a cluster."""

    __slots__ = ("item", "labels")

    def __init__(self, item: KubeObject) -> None:
        self.item = item
        self.labels: dict[Any, Any] = {**item.labels, NAME_LABEL: item.name}


class Subject:
    """An object that is applied, as admission sees it.

    Many policies ask for the same properties, which may be as large as their file: each is worked out once.
    """

    __slots__ = ("group", "home", "is_namespaced", "item", "kind", "labels", "name", "namespace", "resource", "version")

    def __init__(self, item: KubeObject, namespace: str, home: Home | None) -> None:
        """Begin with its namespace, empty if it is not known, and the Namespace itself, if that is known."""
        self.item, self.kind, self.name, self.group = item, item.kind, item.name, item.group
        self.version = item.api_version.rpartition("/")[2]
        self.resource = plural(self.kind)
        self.is_namespaced = self.kind not in CLUSTER_WIDE
        self.labels = item.labels
        self.namespace = namespace
        self.home = Home(item) if self.kind == "Namespace" else home

    @property
    def is_exempt(self) -> bool:
        """Whether no policy is asked about it, or not yet."""
        return self.kind in EXEMPT or not self.item.whole


class Subjects:
    """The objects of a set as admission sees them, each made once."""

    __slots__ = ("_by_id", "_homes", "_known", "_objects")

    def __init__(self, objects: Objects, known: Mapping[str, KubeObject]) -> None:
        """Begin with a set, and with Namespaces that are known besides, by name."""
        self._objects, self._known = objects, known
        self._by_id: dict[int, Subject] = {}
        self._homes: dict[str, Home | None] = {}

    def of(self, item: KubeObject) -> Subject:
        """Return an object of the set as admission sees it."""
        found = self._by_id.get(id(item))
        if found is None or found.item is not item:
            namespace = self._objects.namespace_of(item)
            found = self._by_id[id(item)] = Subject(item, namespace, self._home(namespace))
        return found

    def _home(self, namespace: str) -> Home | None:
        if namespace and namespace not in self._homes:
            item = self._objects.find("", "Namespace", namespace) or self._known.get(namespace)
            self._homes[namespace] = Home(item) if item else None
        return self._homes.get(namespace)


def plural(kind: str) -> str:
    """Return the resource of a kind, as Kubernetes forms it: `networkpolicies`."""
    word = kind.lower()
    if kind in _PLURALS:
        return _PLURALS[kind]
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in _VOWELS else f"{word}s"


def bound(items: Iterable[KubeObject]) -> Iterator[tuple[KubeObject, list[KubeObject]]]:
    """Yield each policy with the bindings that name it."""
    known = [item for item in items if item.kind in EXEMPT and item.group == GROUP]
    bindings: dict[str, list[KubeObject]] = {}
    for item in known:
        name = item.spec.get("policyName")
        if item.kind == BINDING and isinstance(name, str):
            bindings.setdefault(name, []).append(item)
    for item in known:
        if item.kind == POLICY:
            yield item, bindings.get(item.name, [])
