"""Names and risks of differences in chart values and plain objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.diagnostics import Named, dotted
from generator.diff.model import Change, change
from generator.syntax.leaves import ABSENT, Leaf, differences
from generator.syntax.quantities import quantity

_SECURITY = frozenset({"securityContext", "podSecurityContext", "containerSecurityContext"})
_HOST = frozenset(
    {"hostNetwork", "hostPID", "hostIPC", "privileged", "allowPrivilegeEscalation", "automountServiceAccountToken"}
)
_MUST = frozenset({"runAsNonRoot", "readOnlyRootFilesystem"})
"""Fields that hold the container back while they are true."""
_OF_WORKLOAD = {
    "kind": "workload-replaced",
    **dict.fromkeys(("serviceName", "volumeClaimTemplates", "podManagementPolicy"), "immutable-field"),
}
"""What a change of the shipped chart's `workload` means for one that runs."""
_NAMES = frozenset({"fullnameOverride", "nameOverride", "releaseName"})
_SELECTORS = frozenset({"selector", "selectorLabels", "matchLabels", "matchExpressions"})
_PROBES = re.compile(r"(?:readiness|liveness|startup)(?:Probe)?\Z")
_EXPOSING = frozenset(
    {"hosts", "host", "hostnames", "hostname", "ingress", "httpRoute", "gateways", "nodePort", "loadBalancerIP"}
)
_RESOURCES = {"requests": "request", "limits": "limit"}


def value_changes(part: str, old: Any, new: Any, explained: Callable[[Leaf], bool] = lambda _leaf: False) -> Iterator[Change]:
    """Yield what changed in the values of a chart or in an object, but for what another sentence has said."""
    for leaf in differences(old, new):
        for one in _spread(leaf):
            if not explained(one):
                yield one_change(part, one)


def one_change(part: str, leaf: Leaf, title: str = "", risk: str = "") -> Change:
    """Return one difference as a sentence."""
    title = title or _title(part, leaf)
    if leaf.order:
        return change(part, leaf.path, leaf.old, leaf.new, f"{title}: order", risk=risk)
    return change(part, leaf.path, leaf.old, leaf.new, title, risk=risk or _risk(part, leaf))


def _spread(leaf: Leaf) -> Iterator[Leaf]:
    """Yield a difference by its parts where a whole map came or went of which each part is a thing of its own."""
    whole = leaf.new if leaf.old is ABSENT else leaf.old if leaf.new is ABSENT else None
    name = leaf.path[-1] if leaf.path else ""
    if (
        isinstance(whole, dict)
        and whole
        and (name in ("env", "values", "requests", "limits") or name in _SECURITY or not leaf.path)
    ):
        for key in whole:
            path = (*leaf.path, key)
            yield from _spread(Leaf(path, ABSENT, whole[key]) if leaf.old is ABSENT else Leaf(path, whole[key], ABSENT))
    else:
        yield leaf


def _title(part: str, leaf: Leaf) -> str:
    path = leaf.path
    prefix = "" if part in ("values", "rollout") else f"{part} "
    if len(path) >= 2 and path[-2] in _RESOURCES and "resources" in path:
        at = path[: path.index("resources")]
        return f"{prefix}{dotted(at)} {path[-1]} {_RESOURCES[str(path[-2])]}".replace("  ", " ").strip()
    if part == "values" and len(path) == 2 and path[0] == "env" and not isinstance(path[1], int):
        return f"env {path[1]}"
    if part == "values" and len(path) == 3 and path[0] == "env" and isinstance(path[1], Named) and path[2] == "value":
        return f"env {path[1]}"
    return f"{prefix}{dotted(path)}" if path else part


def _risk(part: str, leaf: Leaf) -> str:
    keys = [key for key in leaf.path if isinstance(key, str) and not isinstance(key, Named)]
    last = keys[-1] if keys else ""
    if not leaf.path and " " in part:
        return _of_object(part, leaf)
    if part == "values" and len(keys) > 1 and keys[0] == "workload" and keys[1] in _OF_WORKLOAD:
        return _OF_WORKLOAD[keys[1]]
    if last in _NAMES or keys in (["metadata", "name"], ["metadata", "namespace"]):
        return "name-changed"
    if part.startswith("AnalysisTemplate "):
        return "analysis-changed"
    if _SELECTORS & set(keys):
        return "selector-changed"
    if _is_about_security(keys):
        return "security-loosened" if loosens(last, leaf.old, leaf.new, keys) else "security-changed"
    return _of_pod(keys, last, leaf)


def _of_object(part: str, leaf: Leaf) -> str:
    if leaf.new is ABSENT:
        return "analysis-removed" if part.startswith("AnalysisTemplate ") else "object-removed"
    return "object-added"


def _of_pod(keys: list[str], last: str, leaf: Leaf) -> str:
    gone = leaf.new is ABSENT
    if any(_PROBES.match(key) for key in keys):
        return "probe-removed" if gone and _PROBES.match(last) else ""
    if "resources" in keys:
        return "limits-removed" if gone else ""
    if _EXPOSING & set(keys) or (last == "type" and "service" in keys[-2].lower() if len(keys) > 1 else False):
        return "" if gone else "exposure"
    if last in ("replicaCount", "replicas", "minReplicas"):
        return "replicas-lowered" if _is_less(leaf.new, leaf.old) else ""
    return "removed" if gone and isinstance(leaf.old, dict) else ""


def _is_about_security(keys: list[str]) -> bool:
    return bool(_SECURITY & set(keys)) or bool(keys and keys[-1] in _HOST)


def loosens(field: str, old: Any, new: Any, keys: list[str]) -> bool:
    """Tell whether a container may do more with the new value of a field of its security context."""
    if field in _MUST:
        return old is True and new is not True
    if field in _HOST:
        may = field in ("allowPrivilegeEscalation", "automountServiceAccountToken")  # what nobody says is granted
        return _granted(new, may) and not _granted(old, may)
    if field in ("runAsUser", "runAsGroup", "fsGroup"):
        return new == 0 or (new is ABSENT and field == "runAsUser")
    if "capabilities" in keys:
        return _loosens_capabilities(field, old, new, keys)
    if "seccompProfile" in keys or "appArmorProfile" in keys or "seLinuxOptions" in keys:
        return new is ABSENT or "Unconfined" in str(new)
    return new is ABSENT and isinstance(old, dict)


def _granted(value: Any, default: bool) -> bool:
    return default if value is ABSENT else value is True


def _loosens_capabilities(field: str, old: Any, new: Any, keys: list[str]) -> bool:
    if "add" in keys:
        return new is not ABSENT
    if "drop" in keys:
        return new is ABSENT or old is not ABSENT
    if field != "capabilities":
        return False
    wanted: Mapping[str, Any] = new if isinstance(new, dict) else {}
    return new is ABSENT or bool(wanted.get("add"))


def _is_less(new: Any, old: Any) -> bool:
    try:
        return quantity(str(new)) < quantity(str(old))  # type: ignore[operator]
    except (TypeError, ValueError):
        return False
