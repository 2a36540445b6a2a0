"""The rule TP102, replicas-in-range."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.rules.rule import Finding
from generator.service.build import Built


def check(built: Built) -> Iterator[Finding]:
    """`minReplicas` of an autoscaler must not be greater than `maxReplicas`.

    Kubernetes rejects such a HorizontalPodAutoscaler, and the sync fails after the rest of the release
    was applied.
    Wrong:
        spec:
          autoscaling: {minReplicas: 5, maxReplicas: 3, targetCPUUtilizationPercentage: 70}
    Right:
        spec:
          autoscaling: {minReplicas: 3, maxReplicas: 5, targetCPUUtilizationPercentage: 70}
    Source: kubernetes, pkg/apis/autoscaling/validation/validation.go
    """
    scaling = built.resolved.data.get("autoscaling")
    if not scaling:
        return
    least, most = scaling["minReplicas"], scaling["maxReplicas"]
    if least > most:
        message = f"`minReplicas` is {least}, greater than `maxReplicas` {most}"
        yield Finding(("autoscaling", "minReplicas"), message, "lower minReplicas, or raise maxReplicas")
    own_metrics = not built.referenced and "metrics" in (built.resolved.data.get("values", {}).get("autoscaling") or {})
    if not own_metrics and not any(name.startswith("target") for name in scaling):
        yield Finding(("autoscaling",), "the autoscaler has no metric to scale on", "add targetCPUUtilizationPercentage")
