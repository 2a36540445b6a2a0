"""Requests and limits of containers.

Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateContainerResourceRequirements
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import KEY
from generator.kubernetes.objects import at, maps
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import Fault
from generator.syntax.wording import suggestion

if TYPE_CHECKING:
    from fractions import Fraction

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE = "hugepages-"
_WRITE = "write a number with a unit, such as 250m or 128Mi"


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in the resources of a pod."""
    claims = {str(claim.get("name")) for _, claim in maps(pod.spec.get("resourceClaims"))}
    for _, _, container, here in pod.containers():
        resources: Pointer = (*here, "resources")
        yield from _of(container.get("resources"), resources)
        for index, claim in maps(at(container, "resources", "claims")):
            name = claim.get("name")
            if isinstance(name, str) and name not in claims:
                message = f"claim `{name}` is not in `resourceClaims` of the pod"
                yield Fault((*resources, "claims", index, "name"), message, suggestion(name, claims, "add it there"))
    yield from _of(pod.spec.get("resources"), (*pod.here, "resources"))
    overhead = pod.spec.get("overhead")
    yield from _amounts(overhead, (*pod.here, "overhead"), {})


def _of(resources: Any, here: Pointer) -> Iterator[Fault]:
    if not isinstance(resources, dict):
        return
    amounts: dict[str, dict[str, Fraction]] = {"limits": {}, "requests": {}}
    for which, read in amounts.items():
        yield from _amounts(resources.get(which), (*here, which), read)
        for name in ("memory", "ephemeral-storage"):
            size = read.get(name)
            if size and size < _LEAST and (which == "limits" or size.denominator != 1):
                yield _tiny(name, resources[which][name], (*here, which, name))
    limits, requests = amounts["limits"], amounts["requests"]
    for name, least in requests.items():
        yield from _fits(name, least, limits.get(name), (*here, "requests", name))
    huge = next((name for name in limits if name.startswith(_HUGE)), None)
    if huge and not any(name in read for name in ("cpu", "memory") for read in (limits, requests)):
        yield Fault((*here, "limits", huge), f"`{huge}` needs cpu or memory, too", "add a request for cpu or memory")


def _amounts(table: Any, here: Pointer, read: dict[str, Fraction]) -> Iterator[Fault]:
    """Yield the faults of names and quantities, and collect the amounts; null is zero, as for Go."""
    for name, value in table.items() if isinstance(table, dict) else ():
        from generator.syntax.quantities import quantity  # imported late: it imports fractions, which takes long

        pointer: Pointer = (*here, name)
        amount = quantity(0 if value is None else value)
        wrong_name = _wrong_name(str(name))
        if wrong_name:
            yield Fault(pointer, *wrong_name)
        elif amount is None:
            if isinstance(value, str | int | float):
                yield Fault(pointer, f"`{value}` is not a valid quantity", _WRITE)
        elif amount < 0:
            yield Fault(pointer, f"{name} is negative", "write 0 or more")
        elif "/" in str(name) and amount.denominator != 1:
            yield Fault(pointer, f"{name} must be an integer, not `{value}`", "write an integer")
        else:
            read[str(name)] = amount


def _tiny(name: str, value: Any, here: Pointer) -> Fault:
    written = str(value).strip()
    meant = f"did you mean {written[:-1]}M?" if written.endswith("m") else "write a unit, such as 128Mi"
    return Fault(here, f"{name} `{written}` is less than 1 KiB", meant)


_LEAST = 1024
"""Bytes: no container runs with less, so a unit is missing or is the m of thousandths."""


def _wrong_name(name: str) -> tuple[str, str] | None:
    if name in _STANDARD or name.startswith(_HUGE):
        return None
    if "/" in name and KEY.fits(name):
        return None
    hint = suggestion(name, _STANDARD, "use cpu, memory, ephemeral-storage, or a name with a domain, such as example.com/gpu")
    return f"`{name}` is not a resource of containers", hint


def _fits(name: str, least: Fraction, most: Fraction | None, here: Pointer) -> Iterator[Fault]:
    if name.startswith(_HUGE) or ("/" in name and "kubernetes.io/" not in name):
        if most is None:
            yield Fault(here, f"{name} has a request and no limit", f"set the same amount of {name} under `limits`")
        elif least != most:
            yield Fault(here, f"the {name} request differs from its limit", "set the same amount for both")
    elif most is not None and least > most:
        yield Fault(here, f"the {name} request is greater than its limit", "lower the request, or raise the limit")
