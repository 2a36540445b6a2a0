"""The rule TP746, pod-variables-valid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pods import environment
from generator.kubernetes.pods.places import in_pods
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The variables of a container must have valid names, and each one value or one source.

    A source names a key of a ConfigMap or a Secret, a field of the pod, or a request or limit. Argo Rollouts
    permits letters, digits, hyphens, dots and underscores in names. The controller marks a Rollout with an invalid
    variable InvalidSpec; the API server rejects any other workload.
    Wrong:
        kind: Rollout
        spec:
          template:
            spec:
              containers:
                - {name: app, image: "web:1", env: [{name: CPU, valueFrom: {resourceFieldRef: {resource: cpu}}}]}
    Right:
        kind: Rollout
        spec:
          template:
            spec:
              containers:
                - {name: app, image: "web:1", env: [{name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]}
    Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateEnv
    """
    yield from (Finding(*fault) for fault in in_pods(item, environment.faults))
