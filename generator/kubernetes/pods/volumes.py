"""Volumes of pods, and where containers mount them.

Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateVolumes and ValidateVolumeMounts
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import DNS_LABEL, DNS_NAME
from generator.kubernetes.objects import at, maps
from generator.kubernetes.pods.environment import IN_VOLUMES, field_path, resource_field
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import (
    Check,
    Fault,
    between,
    both,
    choice,
    each,
    fields,
    filled,
    needs,
    one_of,
    text,
    unique,
)
from generator.syntax.wording import listed, suggestion


def _mode(value: Any, here: Pointer) -> Iterator[Fault]:
    if isinstance(value, int) and not isinstance(value, bool) and not 0 <= value <= _ALL:
        yield Fault(here, f"{here[-1]} is {value}; the maximum is 0777, which is {_ALL}", "write it in octal, such as 0640")


_ALL = 0o777
_WEEKS = 2**32


def _path(value: Any, here: Pointer, *, absolute: bool | None) -> Iterator[Fault]:
    if not isinstance(value, str) or not value:
        return
    if absolute is not None and value.startswith("/") is not absolute:
        kind = "an absolute" if absolute else "a relative"
        yield Fault(here, f"`{value}` is not {kind} path", f"write {kind} path")
    elif ".." in value.split("/"):
        yield Fault(here, f"`{value}` contains `..`", "write the path without `..`")


def _relative(value: Any, here: Pointer) -> Iterator[Fault]:
    yield from filled(value, here)
    yield from _path(value, here, absolute=False)
    if isinstance(value, str) and value.startswith("..") and ".." not in value.split("/"):
        yield Fault(here, f"`{value}` starts with `..`", "write a path that does not start with two dots")


_ITEM = fields(key=filled, path=_relative, mode=_mode)
_DOWNWARD = both(
    one_of("fieldRef", "resourceFieldRef", what="source"),
    fields(
        path=_relative,
        mode=_mode,
        fieldRef=field_path(IN_VOLUMES),
        resourceFieldRef=resource_field(frozenset()),
    ),
)
_TOKEN = fields(path=_relative, expirationSeconds=between(600, _WEEKS))
_BUNDLE = both(one_of("name", "signerName", what="source"), fields(path=_relative))


def _claim(template: Any, here: Pointer) -> Iterator[Fault]:
    spec = template.get("spec") if isinstance(template, dict) else None
    yield from needs("accessModes")(spec, (*here, "spec"))
    if isinstance(spec, dict) and at(spec, "resources", "requests", "storage") is None:
        yield Fault(
            (*here, "spec", "resources"), "the claim requests no storage", "add `resources: {requests: {storage: 1Gi}}`"
        )


_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_HOST_TYPES = ("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
_SOURCES: dict[str, Check] = {
    "configMap": both(needs("name"), fields(name=text(DNS_NAME, empty=True), defaultMode=_mode, items=each(_ITEM))),
    "secret": both(needs("secretName"), fields(defaultMode=_mode, items=each(_ITEM))),
    "persistentVolumeClaim": fields(claimName=both(filled, text(DNS_NAME, empty=True))),
    "hostPath": fields(
        path=both(filled, lambda value, here: _path(value, here, absolute=None)), type=choice(*_HOST_TYPES, empty=True)
    ),
    "nfs": fields(server=filled, path=both(filled, lambda value, here: _path(value, here, absolute=True))),
    "csi": fields(driver=both(filled, text(DNS_NAME, empty=True))),
    "downwardAPI": fields(defaultMode=_mode, items=each(_DOWNWARD)),
    "projected": fields(
        defaultMode=_mode,
        sources=each(
            fields(
                configMap=both(needs("name"), fields(items=each(_ITEM))),
                secret=both(needs("name"), fields(items=each(_ITEM))),
                downwardAPI=fields(items=each(_DOWNWARD)),
                serviceAccountToken=_TOKEN,
                clusterTrustBundle=_BUNDLE,
            )
        ),
    ),
    "ephemeral": both(
        needs("volumeClaimTemplate"),
        fields(volumeClaimTemplate=both(_claim, fields(spec=fields(accessModes=each(choice(*_MODES)))))),
    ),
    "emptyDir": lambda value, here: _size(value, here),
    "image": fields(pullPolicy=choice("Always", "IfNotPresent", "Never")),
}
_VOLUME = fields(**_SOURCES)


def _size(value: Any, here: Pointer) -> Iterator[Fault]:
    limit = value.get("sizeLimit") if isinstance(value, dict) else None
    if limit is not None and not isinstance(limit, bool | list | dict):
        from generator.syntax.quantities import quantity  # imported late: it imports fractions, which takes long

        amount = quantity(limit)
        if amount is None or amount < 0:
            yield Fault((*here, "sizeLimit"), f"`{limit}` is not a valid size", "write a number with a unit, such as 128Mi")


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in the volumes of a pod, and in what its containers do with them."""
    here: Pointer = (*pod.here, "volumes")
    yield from unique("name")(pod.spec.get("volumes"), here)
    for index, volume in maps(pod.spec.get("volumes")):
        yield from fields(name=both(filled, text(DNS_LABEL, empty=True)))(volume, (*here, index))
        given = [field for field, value in volume.items() if field != "name" and value is not None]
        if len(given) > 1:
            message = f"volume `{volume.get('name')}` must have one source, not {listed(given)}"
            yield Fault((*here, index), message, "keep one of them")
        yield from _VOLUME(volume, (*here, index))
        yield from _projected(volume, (*here, index))
        if pod.kind == "Rollout":  # Argo Rollouts does not know the default
            yield from fields(image=needs("pullPolicy"))(volume, (*here, index))
    known = {str(volume.get("name")): volume for _, volume in maps(pod.spec.get("volumes"))} | dict.fromkeys(pod.claims)
    for _, _, container, pointer in pod.containers():
        yield from _mounts(container, pointer)
        yield from _devices(container, pointer, known)


def _projected(volume: dict[str, Any], here: Pointer) -> Iterator[Fault]:
    """Yield the paths that two sources of a projected volume write."""
    seen: set[str] = set()
    for index, source in maps(at(volume, "projected", "sources")):
        for pointer, path in _written(source):
            if path in seen:
                where = (*here, "projected", "sources", index, *pointer)
                yield Fault(where, f"another source of this volume has path `{path}`", "use a different path")
            seen.add(path)


def _written(source: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield the paths that a source of a projected volume writes, with their pointers in it."""
    places: list[Pointer] = [
        (kind, "items", number, "path")
        for kind in ("configMap", "secret", "downwardAPI")
        for number, _ in maps(at(source, kind, "items"))
    ]
    for pointer in (*places, ("serviceAccountToken", "path"), ("clusterTrustBundle", "path")):
        path = at(source, *pointer)
        if isinstance(path, str):
            yield pointer, path


_MOUNT = fields(
    mountPropagation=choice("Bidirectional", "HostToContainer", "None"),
    recursiveReadOnly=choice("Disabled", "Enabled", "IfPossible"),
    subPath=lambda value, here: _path(value, here, absolute=False),
    subPathExpr=lambda value, here: _path(value, here, absolute=False),
)


def _mounts(container: dict[str, Any], here: Pointer) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, mount in maps(container.get("volumeMounts")):
        pointer: Pointer = (*here, "volumeMounts", index)
        yield from _MOUNT(mount, pointer)
        path = mount.get("mountPath")
        if path == "":
            yield Fault((*pointer, "mountPath"), "the mount has no path", "set the path to mount it at")
        elif isinstance(path, str) and path in seen:
            yield Fault(
                (*pointer, "mountPath"), f"two volumes are mounted at `{path}`", "mount one of them at a different path"
            )
        seen.add(str(path))
        if mount.get("subPath") and mount.get("subPathExpr"):
            yield Fault((*pointer, "subPathExpr"), "a mount cannot have both subPath and subPathExpr", "keep one of the two")
        if mount.get("mountPropagation") == "Bidirectional" and at(container, "securityContext", "privileged") is not True:
            message = "Bidirectional mount propagation needs a privileged container"
            yield Fault((*pointer, "mountPropagation"), message, "use HostToContainer, or make the container privileged")
        if mount.get("recursiveReadOnly") in ("Enabled", "IfPossible"):
            if mount.get("readOnly") is not True:
                message = "recursiveReadOnly needs `readOnly: true`"
                yield Fault((*pointer, "recursiveReadOnly"), message, "set `readOnly: true`, or remove it")
            elif mount.get("mountPropagation") not in (None, "None"):
                message = "recursiveReadOnly needs mountPropagation None"
                yield Fault((*pointer, "recursiveReadOnly"), message, "remove one of the two")


def _devices(container: dict[str, Any], here: Pointer, known: dict[str, Any]) -> Iterator[Fault]:
    mounted = {str(mount.get("name")) for _, mount in maps(container.get("volumeMounts"))}
    devices = container.get("volumeDevices")
    yield from unique("devicePath")(devices, (*here, "volumeDevices"))
    yield from unique("name")(devices, (*here, "volumeDevices"))
    for index, device in maps(devices):
        pointer: Pointer = (*here, "volumeDevices", index)
        yield from fields(name=filled, devicePath=both(filled, lambda value, at: _path(value, at, absolute=None)))(
            device, pointer
        )
        name = device.get("name")
        if not isinstance(name, str) or not name:
            continue
        if name not in known:
            yield Fault((*pointer, "name"), f"volume `{name}` does not exist", suggestion(name, known, "add it to `volumes`"))
        elif known[name] is not None and not {"persistentVolumeClaim", "ephemeral"} & known[name].keys():
            message = f"volume `{name}` is not a claim, so it cannot be a device"
            yield Fault((*pointer, "name"), message, "use a persistentVolumeClaim or an ephemeral volume")
        elif name in mounted:
            yield Fault((*pointer, "name"), f"volume `{name}` is mounted, too", "use it as a device or as a mount")
