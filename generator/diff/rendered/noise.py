"""Differences of rendered objects that mean nothing to who reviews them: counted, and left out unless they are asked for."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from generator.syntax.leaves import ABSENT, Leaf, Path
from generator.syntax.quantities import quantity


class Noise(NamedTuple):
    """One rule of what is left out."""

    id: str
    what: str
    follows: bool = False
    """Whether it is only noise next to a difference that is shown: alone, it says that something changed."""


NOISE = {
    one.id: one
    for one in (
        Noise("chart-label", "the label helm.sh/chart, which names the version of the chart"),
        Noise("version-label", "the label app.kubernetes.io/version, which repeats an image or a chart version", follows=True),
        Noise("checksum", "checksums in annotations", follows=True),
        Noise("order", "the order of containers, ports, volumes and other lists whose items have names"),
        Noise("default", "a value that is written out on one side and is the default of Kubernetes on the other"),
        Noise("same-quantity", "the same quantity, written differently: 1Gi and 1024Mi"),
        Noise("random", "a value that the chart makes up whenever it is rendered"),
    )
}
"""The rules by id, in the order in which they are asked."""

_LABELS = {"helm.sh/chart": "chart-label", "app.kubernetes.io/version": "version-label"}
_CHECKSUM = re.compile(r"(?:.*[/.-])?(?:checksum|sha256|config-hash|hash)(?:[/.-].*)?\Z", re.IGNORECASE)
_DIGEST = re.compile(r"(?:sha256[:-])?[0-9a-f]{8,128}\Z")
_UNORDERED = frozenset(
    (
        *("containers", "ports", "volumes", "volumeMounts", "volumeDevices", "imagePullSecrets", "hostAliases"),
        *("subjects", "metrics", "secrets", "tolerations", "topologySpreadConstraints"),
    )
)
"""Lists whose order Kubernetes ignores. That of env, initContainers and routes has a meaning."""

_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3, "initialDelaySeconds": 0}
_DEFAULTS: dict[str, tuple[tuple[str, Any], ...]] = {
    "protocol": (("ports", "TCP"),),
    "dnsPolicy": (("spec", "ClusterFirst"),),
    "restartPolicy": (("spec", "Always"),),
    "schedulerName": (("spec", "default-scheduler"),),
    "terminationGracePeriodSeconds": (("spec", 30),),
    "terminationMessagePath": (("containers", "/dev/termination-log"), ("initContainers", "/dev/termination-log")),
    "terminationMessagePolicy": (("containers", "File"), ("initContainers", "File")),
    "sessionAffinity": (("spec", "None"),),
    "internalTrafficPolicy": (("spec", "Cluster"),),
    "podManagementPolicy": (("spec", "OrderedReady"),),
    "defaultMode": tuple((name, 420) for name in ("configMap", "secret", "projected", "downwardAPI")),
    "scheme": (("httpGet", "HTTP"),),
    **{
        field: tuple((probe, value) for probe in ("readinessProbe", "livenessProbe", "startupProbe"))
        for field, value in _PROBE.items()
    },
}
"""What Kubernetes fills in, by field: where it is, and the value. Source: kubernetes, pkg/apis/*/v1/defaults.go"""


def noise(kind: str, leaf: Leaf, *, random: frozenset[Path] = frozenset()) -> str:
    """Return the id of the rule that a difference of an object is noise by; empty if it means something.

    `random` are the paths that differ between two renderings of the same.
    """
    last = str(leaf.path[-1]) if leaf.path else ""
    if any(leaf.path[: len(path)] == path for path in random):
        return "random"
    if len(leaf.path) > 1 and leaf.path[-2] == "labels" and last in _LABELS:
        return _LABELS[last]
    if len(leaf.path) > 1 and leaf.path[-2] == "annotations" and _is_checksum(last, leaf):
        return "checksum"
    if leaf.order and last in _UNORDERED:
        return "order"
    if _is_default(kind, leaf):
        return "default"
    return "same-quantity" if _same_quantity(leaf) else ""


def _is_checksum(name: str, leaf: Leaf) -> bool:
    sides = [side for side in (leaf.old, leaf.new) if side is not ABSENT]
    return bool(_CHECKSUM.match(name)) and all(isinstance(side, str) and _DIGEST.match(side) for side in sides)


def _is_default(kind: str, leaf: Leaf) -> bool:
    """Tell whether one side says nothing and the other what Kubernetes takes for that."""
    if len(leaf.path) < 2 or (leaf.old is ABSENT) == (leaf.new is ABSENT):
        return False
    above = next((part for part in reversed(leaf.path[:-1]) if isinstance(part, str) and type(part) is str), "")
    value = leaf.new if leaf.old is ABSENT else leaf.old
    if above == "spec" and leaf.path[-1] in ("sessionAffinity", "internalTrafficPolicy") and kind != "Service":
        return False
    return any(
        above == place and value == usual and type(value) is type(usual)
        for place, usual in _DEFAULTS.get(str(leaf.path[-1]), ())
    )


def _same_quantity(leaf: Leaf) -> bool:
    if not {"requests", "limits", "storage"} & {part for part in leaf.path if isinstance(part, str)}:
        return False
    sides = [quantity(side) if side is not ABSENT else None for side in (leaf.old, leaf.new)]
    return sides[0] is not None and sides[0] == sides[1]
