"""Convert fields of a spec to the form that third-party charts and Argo CD expect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.syntax.versions import satisfies
from generator.workspace.model import Profile, Resolved

SHIPPED = "service"
"""The profile of the chart that ships with Tiphys."""

_AT_DELETION = (
    ("PreDelete", "pre-delete-finalizer.argocd.argoproj.io"),
    ("PostDelete", "post-delete-finalizer.argocd.argoproj.io"),
)
_PRE_DELETE_SINCE = ">=3.3"
_RESOURCES = (("cpu", "targetCPUUtilizationPercentage"), ("memory", "targetMemoryUtilizationPercentage"))


def by_tag(image: Mapping[str, str]) -> dict[str, str]:
    """Return an image as a repository and a tag, for charts that only join the two with a colon.

    A digest becomes part of the tag, as in `1.8.0@sha256:…`; without a tag, the repository ends in the
    digest's algorithm and its digits are the tag, which together give `repository@sha256:…`.
    """
    repository, tag, digest = image["repository"], image.get("tag"), image.get("digest")
    if digest and not tag:
        algorithm, _, digits = digest.partition(":")
        return {"repository": f"{repository}@{algorithm}", "tag": digits}
    said = tag and f"{tag}@{digest}" if digest else tag
    return {"repository": repository, **({"tag": said} if said else {})}


def metrics(autoscaling: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the `spec.metrics` of a HorizontalPodAutoscaler (autoscaling/v2) for the targets of a spec."""
    return [
        {
            "type": "Resource",
            "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": autoscaling[field]}},
        }
        for name, field in _RESOURCES
        if field in autoscaling
    ]


def deletion_finalizers(resolved: Resolved, profile: Profile) -> list[str]:
    """Return the finalizers that Argo CD adds to an Application for jobs of the shipped chart that run at its deletion.

    Without them in Git, the root Application shows a difference, and each of its syncs removes them, so that the
    jobs never run. An Argo CD that does not know one would never remove it, so those for PreDelete need a target.
    Source: argo-cd issues 17433, 17117, 19728; controller/hook.go
    """
    jobs = (resolved.data.get("values") or {}).get("jobs")
    if profile.name != SHIPPED or not isinstance(jobs, Mapping):
        return []
    argocd = (resolved.environment.spec.get("target") or {}).get("argocd")
    hooks = [str(job.get("hook")) for job in jobs.values() if isinstance(job, Mapping)]
    known = [item for item in _AT_DELETION if item[0] != "PreDelete" or (argocd and satisfies(argocd, _PRE_DELETE_SINCE))]
    return [part for hook, name in known if hook in hooks for part in (name, f"{name}/cleanup")]
