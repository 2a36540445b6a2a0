"""Security contexts, and what pods of Windows cannot have.

Source: kubernetes, pkg/apis/core/validation/validation.go, ValidatePodSpecificAnnotations,
validatePodSpecSecurityContext, ValidateSecurityContext and validateWindows
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.names import DNS_NAME, SYSCTL, Format
from generator.kubernetes.objects import at
from generator.kubernetes.pods.places import Pod
from generator.kubernetes.pods.shapes import Check, Fault, between, both, choice, each, fields, filled, text, unique
from generator.kubernetes.rollouts import table

_ID = between(0, 2**31 - 1)
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")


def _relative(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith("/") and ".." not in value.split("/")


def _profile(value: Any, here: Pointer) -> Iterator[Fault]:
    if not isinstance(value, dict):
        return
    kind, path = value.get("type"), value.get("localhostProfile")
    pointer: Pointer = (*here, "localhostProfile")
    if kind == "Localhost" and not path:
        yield Fault(pointer, "type Localhost needs a localhostProfile", "add `localhostProfile`")
    elif kind in _PROFILES and kind != "Localhost" and path is not None:
        yield Fault(pointer, f"type {kind} takes no localhostProfile", "remove it, or set `type: Localhost`")
    elif path and not _relative(path):
        yield Fault(pointer, f"`{path}` is not a relative path", "write a path below the folder of profiles, without `..`")


_PROFILE: Check = both(fields(type=choice(*_PROFILES)), _profile)
_USER = Format(
    "Windows user name", "write DOMAIN\\USER or USER, without control characters", re.compile(r"[^\x00-\x1f\x7f]+\Z").match
)
_WINDOWS = fields(
    gmsaCredentialSpecName=text(DNS_NAME),
    gmsaCredentialSpec=filled,
    runAsUserName=both(filled, text(_USER, empty=True)),
)
_COMMON = fields(
    runAsUser=_ID,
    runAsGroup=_ID,
    seccompProfile=_PROFILE,
    appArmorProfile=_PROFILE,
    windowsOptions=_WINDOWS,
)
_OF_POD = both(
    _COMMON,
    fields(
        fsGroup=_ID,
        supplementalGroups=each(_ID),
        fsGroupChangePolicy=choice("OnRootMismatch", "Always"),
        seLinuxChangePolicy=choice("Recursive", "MountOption"),
        supplementalGroupsPolicy=choice("Merge", "Strict"),
        sysctls=both(each(fields(name=both(filled, text(SYSCTL, empty=True)))), unique("name")),
    ),
)
_OF_CONTAINER = both(_COMMON, fields(procMount=choice("Default", "Unmasked")))


def faults(pod: Pod) -> Iterator[Fault]:
    """Yield what the API server refuses in the security contexts of a pod."""
    whole, here = pod.spec.get("securityContext"), (*pod.here, "securityContext")
    yield from _OF_POD(whole, here)
    for _, _, container, pointer in pod.containers():
        context = container.get("securityContext")
        yield from _OF_CONTAINER(context, (*pointer, "securityContext"))
        yield from _escalation(context, (*pointer, "securityContext"))
    system = at(pod.spec, "os", "name")
    yield from choice("linux", "windows")(system, (*pod.here, "os", "name"))
    yield from _host_process(pod)
    yield from _of_system(pod, str(system or ""))
    yield from _annotations(pod)


def _escalation(context: Any, here: Pointer) -> Iterator[Fault]:
    """Yield the fault of a container that has all rights and forbids to gain any."""
    added = at(context, "capabilities", "add")
    named = isinstance(added, list) and "CAP_SYS_ADMIN" in added
    if at(context, "allowPrivilegeEscalation") is False and (at(context, "privileged") is True or named):
        cause = "privileged" if at(context, "privileged") is True else "capability CAP_SYS_ADMIN"
        message = f"allowPrivilegeEscalation cannot be false for a container with {cause}"
        yield Fault((*here, "allowPrivilegeEscalation"), message, "remove one of the two")


def _host_process(pod: Pod) -> Iterator[Fault]:
    path = ("securityContext", "windowsOptions", "hostProcess")
    whole = at(pod.spec, *path)
    found = [(at(container, *path), pointer) for _, _, container, pointer in pod.containers()]
    effective = [whole if own is None else own for own, _ in found]
    if True not in effective:
        return
    where: Pointer = next(((*pointer, *path) for own, pointer in found if own is True), (*pod.here, *path))
    if not all(one is True for one in effective):
        yield Fault(where, "only some containers have hostProcess", "set it for all containers of the pod, or for none")
    elif pod.spec.get("hostNetwork") is not True:
        yield Fault(where, "hostProcess needs `hostNetwork: true`", "set `hostNetwork: true`, or remove hostProcess")


_ONLY_LINUX = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser"),
    *("runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "shareProcessNamespace", "privileged", "procMount"),
    *("allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"),
)


def _of_system(pod: Pod, system: str) -> Iterator[Fault]:
    """Yield the fields that pods of an operating system cannot have."""
    refused = {"windows": _ONLY_LINUX, "linux": ("windowsOptions",)}.get(system, ())
    contexts = [((*pod.here, "securityContext"), table(pod.spec, "securityContext"))]
    contexts += [((*here, "securityContext"), table(one, "securityContext")) for _, _, one, here in pod.containers()]
    for here, context in contexts:
        for field in refused:
            if context.get(field) is not None:
                yield Fault(
                    (*here, field), f"a {system} pod cannot have {field}", f"remove it, or change `os.name` from {system}"
                )
    for field in ("hostPID", "hostIPC", "hostUsers", "shareProcessNamespace") if system == "windows" else ():
        if pod.spec.get(field):
            yield Fault(
                (*pod.here, field), f"a {system} pod cannot have {field}", f"remove it, or change `os.name` from {system}"
            )


_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_OLD_PROFILE = re.compile(r"runtime/default|docker/default|unconfined|localhost/.+")


def _annotations(pod: Pod) -> Iterator[Fault]:
    names = {str(container.get("name")) for _, _, container, _ in pod.containers()}
    for key, value in table(pod.template, "metadata", "annotations").items():
        pointer: Pointer = (*pod.base, "metadata", "annotations", key)
        hint = "write runtime/default, unconfined or localhost/PATH, or use the field of securityContext"
        known = isinstance(value, str) and _OLD_PROFILE.fullmatch(value)
        if key == _SECCOMP and not known:
            yield Fault(pointer, f"`{value}` is not a valid seccomp profile", hint)
        elif str(key).startswith(_APP_ARMOR):
            name = str(key).removeprefix(_APP_ARMOR)
            if name not in names:
                yield Fault(
                    pointer, f"the pod has no container `{name}`", "use the name of a container, or remove the annotation"
                )
            elif value != "" and not known:
                yield Fault(pointer, f"`{value}` is not a valid AppArmor profile", hint)
