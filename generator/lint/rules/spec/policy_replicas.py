"""The rule TP112, policy-replicas."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.lint.rules.rule import Finding
from generator.service.build import Built


def check(built: Built) -> Iterator[Finding]:
    """The number of replicas must be in the range that the environment allows.

    With an autoscaler, `minReplicas` must be at least `policy.replicas.min`, and `maxReplicas` at most
    `policy.replicas.max`.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {replicas: {min: 2}}
        # services/web/pipeline.yaml
        spec:
          replicas: 1
    Right:
        # environments/prod.yaml
        spec:
          policy: {replicas: {min: 2}}
        # services/web/pipeline.yaml
        spec:
          replicas: 2
    Source: docs/spec.md, Layers
    """
    policy = built.resolved.environment.policy.get("replicas") or {}
    data = built.resolved.data
    scaling = data.get("autoscaling")
    least: Pointer = ("autoscaling", "minReplicas") if scaling else ("replicas",)
    most: Pointer = ("autoscaling", "maxReplicas") if scaling else ("replicas",)
    low = scaling["minReplicas"] if scaling else data.get("replicas")
    high = scaling["maxReplicas"] if scaling else data.get("replicas")
    where = built.resolved.environment.name
    if low is not None and policy.get("min") is not None and low < policy["min"]:
        yield Finding(
            least, f"`{least[-1]}` is {low}; {where} requires at least {policy['min']}", f"raise it to {policy['min']}"
        )
    if high is not None and policy.get("max") is not None and high > policy["max"]:
        yield Finding(most, f"`{most[-1]}` is {high}; {where} allows at most {policy['max']}", f"lower it to {policy['max']}")
