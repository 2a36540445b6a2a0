"""Variables of containers.

Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateEnv and ValidateEnvFrom
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import CONFIG_KEY, DNS_LABEL, DNS_NAME, KEY, VARIABLE, Format
from generator.kubernetes.objects import maps
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import Check, Fault, both, each, fields, filled, needs, one_of, text
from generator.syntax.wording import listed, suggestion

_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_RELAXED = Format("variable name", "use printable ASCII characters without `=`", lambda text: re.fullmatch(r"[ -<>-~]+", text))
"""What the API server permits since 1.32; Argo Rollouts does not yet."""

_IN_VARIABLES = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"),
    *("status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
)
IN_VOLUMES = ("metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations")
"""The fields of a pod that a volume can have."""

_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['(.*)'\]\Z", re.DOTALL)
_AMOUNTS = ("cpu", "memory", "ephemeral-storage")


def field_path(known: tuple[str, ...]) -> Check:
    """Return a check of a reference to a field of the pod."""

    def check(reference: Any, here: Pointer) -> Iterator[Fault]:
        if not isinstance(reference, dict):
            return
        yield from fields(fieldPath=filled)(reference, here)
        if reference.get("apiVersion") not in (None, "", "v1"):
            yield Fault((*here, "apiVersion"), f"pods have no API version `{reference['apiVersion']}`", "remove it")
        path = reference.get("fieldPath")
        match = _SUBSCRIPT.match(path) if isinstance(path, str) else None
        if match:
            key = match[2].lower() if match[1] == "annotations" else match[2]
            yield from text(KEY)(key, (*here, "fieldPath"))
        elif isinstance(path, str) and path and path not in known:
            hint = suggestion(path, known, f"use {listed(known, last='or')}, or metadata.labels['KEY']")
            yield Fault((*here, "fieldPath"), f"field `{path}` of a pod cannot be used here", hint)

    return check


def _resource_field(reference: Any, here: Pointer, containers: frozenset[str] | None) -> Iterator[Fault]:
    """Yield the faults of a reference to a request or limit; in a volume it must name the container."""
    yield from needs(*(() if containers is None else ("containerName",)))(reference, here)
    yield from fields(resource=filled)(reference, here)
    if not isinstance(reference, dict):
        return
    wanted = reference.get("resource")
    which, _, name = wanted.partition(".") if isinstance(wanted, str) else ("", "", "")
    if wanted and (which not in ("limits", "requests") or not (name in _AMOUNTS or name.startswith("hugepages-"))):
        known = [f"{which}.{name}" for which in ("limits", "requests") for name in _AMOUNTS]
        hint = suggestion(str(wanted), known, f"use {listed(known, last='or')}")
        yield Fault((*here, "resource"), f"`{wanted}` is not a request or a limit", hint)
    elif reference.get("divisor") is not None:
        units = _OF_CPU if name == "cpu" else _OF_OTHERS
        if str(reference["divisor"]) not in (*units, "0"):
            message = f"`{reference['divisor']}` is not a divisor of {name or 'it'}"
            yield Fault((*here, "divisor"), message, f"use {listed(units, last='or')}")


_OF_CPU = ("1", "1m")
_OF_OTHERS = ("1", *(f"1{unit}" for unit in (*"kMGTPE", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")))
"""The divisors of a request or a limit."""


def resource_field(containers: frozenset[str] | None) -> Check:
    """Return a check of a reference to a request or limit; in a volume, which is given containers, it must name one."""
    return lambda reference, here: _resource_field(reference, here, containers)


def _named_key(value: Any, here: Pointer) -> Iterator[Fault]:
    yield from needs("name")(value, here)
    yield from fields(name=text(DNS_NAME, empty=True), key=text(CONFIG_KEY))(value, here)


_FILE = fields(path=filled, volumeName=both(filled, text(DNS_LABEL, empty=True)), key=filled)
_FROM = both(
    one_of(*_SOURCES, what="source"),
    fields(
        fieldRef=field_path(_IN_VARIABLES),
        resourceFieldRef=resource_field(None),
        configMapKeyRef=_named_key,
        secretKeyRef=_named_key,
        fileKeyRef=_FILE,
    ),
)
_OBJECT = both(needs("name"), fields(name=text(DNS_NAME, empty=True)))
_ALL_OF = both(one_of("configMapRef", "secretRef", what="source"), fields(configMapRef=_OBJECT, secretRef=_OBJECT))


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in the variables of a pod."""
    name = VARIABLE if pod.kind == "Rollout" else _RELAXED
    one = fields(name=both(filled, text(name, empty=True)), valueFrom=_FROM)
    all_of = both(_ALL_OF, fields(prefix=text(name, empty=True)))
    volumes = {str(volume.get("name")) for _, volume in maps(pod.spec.get("volumes"))}
    for _, _, container, here in pod.containers():
        yield from each(one)(container.get("env"), (*here, "env"))
        yield from each(all_of)(container.get("envFrom"), (*here, "envFrom"))
        for index, variable in maps(container.get("env")):
            yield from _value(variable, (*here, "env", index), volumes)


def _value(variable: dict[str, Any], here: Pointer, volumes: set[str]) -> Iterator[Fault]:
    source = variable.get("valueFrom")
    if source is not None and variable.get("value"):
        yield Fault(here, f"variable `{variable.get('name')}` has both value and valueFrom", "keep one of the two")
    file = source.get("fileKeyRef") if isinstance(source, dict) else None
    volume = file.get("volumeName") if isinstance(file, dict) else None
    if isinstance(volume, str) and volume and DNS_LABEL.fits(volume) and volume not in volumes:
        pointer: Pointer = (*here, "valueFrom", "fileKeyRef", "volumeName")
        yield Fault(pointer, f"volume `{volume}` does not exist", suggestion(volume, volumes, "add it to `volumes`"))
