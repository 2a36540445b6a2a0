"""Which fields Kubernetes refuses to change, so that no sync of the object succeeds any more.

Source: kubernetes, pkg/apis/*/validation, the Validate…Update of each kind
"""

from __future__ import annotations

from typing import Any

from generator.kubernetes.objects import KubeObject, at
from generator.syntax.quantities import quantity

Path = tuple[str | int, ...]

_FIELDS: dict[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "ReplicaSet"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("batch", "Job"): tuple(
        ("spec", name)
        for name in (
            *("selector", "template", "completionMode", "completions", "podFailurePolicy", "backoffLimitPerIndex"),
            *("managedBy", "successPolicy"),
        )
    ),
    ("", "Service"): (("spec", "clusterIP"), ("spec", "clusterIPs"), ("spec", "ipFamilies", 0), ("spec", "loadBalancerClass")),
    ("", "Secret"): (("type",),),
    ("", "ResourceQuota"): (("spec", "scopes"), ("spec", "scopeSelector")),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    ("storage.k8s.io", "VolumeAttributesClass"): (("driverName",), ("parameters",)),
    ("storage.k8s.io", "CSIDriver"): (("spec", "attachRequired"), ("spec", "volumeLifecycleModes")),
    ("scheduling.k8s.io", "PriorityClass"): (("value",), ("preemptionPolicy",)),
    ("node.k8s.io", "RuntimeClass"): (("handler",),),
    ("networking.k8s.io", "IngressClass"): (("spec", "controller"),),
    ("discovery.k8s.io", "EndpointSlice"): (("addressType",),),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        *(("spec", "group"), ("spec", "scope")),
        *(("spec", "names", "kind"), ("spec", "names", "plural")),
    ),
}

_CHANGEABLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "StatefulSet"): (
        *("replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"),
        "revisionHistoryLimit",
    ),
    ("", "PersistentVolumeClaim"): ("resources", "volumeAttributesClassName"),
    ("", "PersistentVolume"): (
        *("capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions"),
        *("nodeAffinity", "volumeAttributesClassName"),
    ),
    ("", "Pod"): ("containers", "initContainers", "activeDeadlineSeconds", "tolerations", "schedulingGates"),
    ("resource.k8s.io", "ResourceClaim"): (),
    ("certificates.k8s.io", "CertificateSigningRequest"): (),
}
"""Kinds of which only these fields of the spec can change."""

_DATA = ("data", "binaryData", "stringData", "immutable")
_HOOKS = ("argocd.argoproj.io/hook", "helm.sh/hook")
_OPTIONS = "argocd.argoproj.io/sync-options"


def is_refused(old: KubeObject, new: KubeObject, path: Path) -> bool:
    """Tell whether Kubernetes refuses to change the value at a path from what the old object says to what the new one says.

    An object that Argo CD deletes first, as a hook or by `Force=true`, may be anything.
    """
    if is_recreated(new):
        return False
    key = old.group, old.kind
    if key in _CHANGEABLE:
        return path[:1] == ("spec",) and not _is_changeable(key, old, new, path)
    if key == ("", "Service"):
        return _is_refused_service(old, new, path)
    if key in (("", "ConfigMap"), ("", "Secret")) and old.data.get("immutable") is True and path[:1] and path[0] in _DATA:
        return True
    if key == ("batch", "Job") and path[:2] == ("spec", "completions") and _is_elastic(old) and _is_elastic(new):
        return False
    return _is_below(path, _FIELDS.get(key, ()))


def is_recreated(item: KubeObject) -> bool:
    """Tell whether Argo CD deletes an object before it applies it again."""
    options = {option.strip() for option in str(item.annotations.get(_OPTIONS) or "").split(",")}
    return "Force=true" in options or any(item.annotations.get(hook) for hook in _HOOKS)


def _is_below(path: Path, fields: tuple[Path, ...]) -> bool:
    """Tell whether a path is one of fields, below one, or above one that goes with it."""
    return any(path[: len(field)] == field or field[: len(path)] == path for field in fields)


def _is_changeable(key: tuple[str, str], old: KubeObject, new: KubeObject, path: Path) -> bool:
    field = path[1] if len(path) > 1 else ""
    if field not in _CHANGEABLE[key]:
        return False
    if key == ("", "Pod") and field in ("containers", "initContainers"):
        return path[-1] == "image"
    if key == ("", "PersistentVolumeClaim") and field == "resources":
        sizes = [quantity(str(at(side.data, "spec", "resources", "requests", "storage") or "")) for side in (old, new)]
        return sizes[0] is None or sizes[1] is None or sizes[1] >= sizes[0]  # a volume can grow
    return True


def _is_refused_service(old: KubeObject, new: KubeObject, path: Path) -> bool:
    kinds = [at(side.data, "spec", "type") for side in (old, new)]
    if "ExternalName" in kinds or not _is_below(path, _FIELDS["", "Service"]):
        return False
    if path[:2] == ("spec", "loadBalancerClass"):
        return kinds == ["LoadBalancer", "LoadBalancer"]
    # An address that is no longer set is kept, and one that was not set was assigned.
    field = str(path[1]) if len(path) > 1 else "clusterIP"
    return bool(at(new.data, "spec", field)) and (field != "ipFamilies" or bool(at(old.data, "spec", field)))


def _is_elastic(item: KubeObject) -> bool:
    spec: dict[str, Any] = item.spec
    return spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
