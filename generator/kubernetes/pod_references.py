"""What pods refer to: ConfigMaps, Secrets, claims and ServiceAccounts, with the keys that they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.namespaces import ByNamespace
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.workloads import Pods

_PROJECTED = {"configMap": "ConfigMap", "secret": "Secret"}
_VOLUMES = {"configMap": ("name", "ConfigMap"), "secret": ("secretName", "Secret")}
_FROM = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
_VALUE_FROM = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}

_MAKERS = {
    "external-secrets.io/ExternalSecret": ("spec", "target", "name"),
    "bitnami.com/SealedSecret": ("spec", "template", "metadata", "name"),
    "cert-manager.io/Certificate": ("spec", "secretName"),
}
"""Kinds that create a Secret in the cluster, and the field with its name; the default is their own name."""


class PodReference(NamedTuple):
    """One object that pods refer to."""

    pointer: Pointer
    """Where its name stands, in the object that holds the template."""
    kind: str
    """A kind of the core group."""
    name: str
    keys: tuple[tuple[Pointer, str], ...] = ()
    """The keys of it that must be there, each with where it is named."""


def references(pods: Pods) -> Iterator[PodReference]:
    """Yield what the template of pods refers to, in the order of its parts."""
    spec, base = at(pods.template, "spec"), (*pods.base, "spec")
    yield from _named(spec, base, "ServiceAccount", "serviceAccountName")
    for index, secret in maps(at(spec, "imagePullSecrets")):
        yield from _named(secret, (*base, "imagePullSecrets", index), "Secret")
    for index, volume in maps(at(spec, "volumes")):
        yield from _of_volume(volume, (*base, "volumes", index))
    for field in ("containers", "initContainers"):
        for index, container in maps(at(spec, field)):
            yield from _of_container(container, (*base, field, index))


def _named(part: Any, pointer: Pointer, kind: str, field: str = "name") -> Iterator[PodReference]:
    name = at(part, field)
    if isinstance(name, str) and name:
        yield PodReference((*pointer, field), kind, name, tuple(_keys(part, pointer)))


def _keys(part: dict[str, Any], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if part.get("optional") is True:
        return
    if isinstance(part.get("key"), str):
        yield (*pointer, "key"), part["key"]
    for index, entry in maps(part.get("items")):
        if isinstance(entry.get("key"), str):
            yield (*pointer, "items", index, "key"), entry["key"]


def _of_volume(volume: dict[str, Any], pointer: Pointer) -> Iterator[PodReference]:
    for field, (name, kind) in _VOLUMES.items():
        yield from _named(volume.get(field), (*pointer, field), kind, name)
    claim: Pointer = (*pointer, "persistentVolumeClaim")
    yield from _named(volume.get("persistentVolumeClaim"), claim, "PersistentVolumeClaim", "claimName")
    for number, source in maps(at(volume, "projected", "sources")):
        for field, kind in _PROJECTED.items():
            yield from _named(source.get(field), (*pointer, "projected", "sources", number, field), kind)


def _of_container(container: dict[str, Any], pointer: Pointer) -> Iterator[PodReference]:
    for number, source in maps(container.get("envFrom")):
        for field, kind in _FROM.items():
            yield from _named(source.get(field), (*pointer, "envFrom", number, field), kind)
    for number, variable in maps(container.get("env")):
        for field, kind in _VALUE_FROM.items():
            here: Pointer = (*pointer, "env", number, "valueFrom", field)
            yield from _named(at(variable, "valueFrom", field), here, kind)


def maker_of(secret: str, near: KubeObject, objects: Objects) -> KubeObject | None:
    """Return what creates a Secret of a name in the cluster, in the namespace of an object; None if nothing does."""
    found = objects.once("makers of secrets", _makers).get(secret)
    return found.first(objects.namespace_of(near)) if found is not None else None


def made_secrets(near: KubeObject, objects: Objects) -> list[str]:
    """Return the names of the Secrets that are created in the cluster, in the namespace of an object."""
    return objects.once("made secrets", _made_secrets).near(objects.namespace_of(near))


def _makers(objects: Objects) -> dict[str, ByNamespace[KubeObject]]:
    found: dict[str, ByNamespace[KubeObject]] = {}
    for maker, name in _made(objects):
        found.setdefault(name, ByNamespace()).add(objects.namespace_of(maker), maker)
    return found


def _made_secrets(objects: Objects) -> ByNamespace[str]:
    return ByNamespace((objects.namespace_of(maker), name) for maker, name in _made(objects))


def _made(objects: Objects) -> Iterator[tuple[KubeObject, str]]:
    for key, path in _MAKERS.items():
        group, _, kind = key.partition("/")
        for maker in objects.of(group, kind):
            yield maker, str(at(maker.data, *path) or maker.name)
