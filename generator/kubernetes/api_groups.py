"""The API groups of Kubernetes."""

from __future__ import annotations

BUILT_IN = frozenset(
    ["", "apps", "autoscaling", "batch", "extensions", "policy"]
    + [
        f"{name}.k8s.io"
        for name in (
            *("admissionregistration", "apiextensions", "apiregistration", "authentication", "authorization", "certificates"),
            *("coordination", "discovery", "events", "flowcontrol.apiserver", "networking", "node", "rbac.authorization"),
            *("resource", "scheduling", "storage", "storagemigration"),
        )
    ]
)
"""The API groups of Kubernetes itself: if a version has no schema for a kind in these groups, it does not have the kind."""
