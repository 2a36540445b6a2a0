"""Which objects can be deployed next to the chart of a service."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.kubernetes.objects import ROLLOUTS, KubeObject

UNUSABLE = "TP057"

_OF_ARGO_CD = ("Application", "ApplicationSet", "AppProject")
_TIPHYS = "tiphys"
_KUSTOMIZE = "kustomize.config.k8s.io"


def unusable(item: KubeObject) -> tuple[str, str] | None:
    """Return why an object cannot be deployed with a service, and what to do; None if it can be."""
    if not (isinstance(item.data, dict) and item.api_version and item.kind):
        return "this is not a Kubernetes object: it needs `apiVersion` and `kind`", "write both"
    foreign = foreign_kind(item)
    if foreign:
        return foreign
    if item.group == _KUSTOMIZE:
        return f"{item.kind} is an input of kustomize; no cluster has this kind", "list the manifests that it names"
    if not (item.name or item.metadata.get("generateName")):
        return f"this {item.kind} has no name", "set metadata.name"
    empty = _null_item(item.data, ())
    return (f"`{dotted(empty)}` is null, which a list of Kubernetes cannot contain", "remove it") if empty else None


def foreign_kind(item: KubeObject) -> tuple[str, str] | None:
    """Return why no service may deploy an object of this kind, and what to do; None if it may.

    An Application in a service is not subject to the project, the destination and the policy of its environment.
    """
    if item.group == ROLLOUTS and item.kind in _OF_ARGO_CD:
        hint = "manage it where Argo CD itself is managed; services are deployed by environments"
        return f"{item.kind} belongs to Argo CD and is not deployed with a service", hint
    if item.group == _TIPHYS:
        return f"{item.kind} is an input of Tiphys; no cluster has this kind", "move the manifests to a folder of their own"
    return None


def _null_item(node: Any, at: Pointer) -> Pointer:
    """Return the pointer of the first null in a list; () without one."""
    if isinstance(node, list) and None in node:
        return (*at, node.index(None))
    items: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return next((found for key, value in items if (found := _null_item(value, (*at, key)))), ())


CLUSTER_WIDE = frozenset(
    (
        "APIService",
        "CSIDriver",
        "ClusterAnalysisTemplate",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    )
)
"""Kinds that are in no namespace."""
