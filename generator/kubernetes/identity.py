"""What identifies an object in a cluster."""

from __future__ import annotations

from generator.kubernetes.beside import CLUSTER_WIDE
from generator.kubernetes.objects import KubeObject

Key = tuple[str, str, str, str]
"""Group, kind, namespace and name."""


def key_of(item: KubeObject, namespace: str) -> Key:
    """Return what identifies an object in its cluster; a name that the cluster completes counts as far as it is known.

    Objects without a namespace of their own go to `namespace`.
    """
    name = item.name or str(item.metadata.get("generateName") or "")
    return item.group, item.kind, "" if item.kind in CLUSTER_WIDE else item.namespace or namespace, name
