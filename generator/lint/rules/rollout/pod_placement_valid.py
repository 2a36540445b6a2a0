"""The rule TP748, pod-placement-valid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pods import scheduling
from generator.kubernetes.pods.places import in_pods
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Affinity, tolerations, spread constraints and node selectors must be ones that Kubernetes accepts.

    Operators, effects and label keys come from fixed lists or have fixed forms, weights are from 1 to 100, and a
    toleration without a key has operator Exists. The controller marks a Rollout with an invalid one InvalidSpec;
    the API server rejects any other workload.
    Wrong:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1"}]
              tolerations: [{key: dedicated, operator: Equals, value: web}]
    Right:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1"}]
              tolerations: [{key: dedicated, operator: Equal, value: web}]
    Source: kubernetes, pkg/apis/core/validation/validation.go, validateAffinity and ValidateTolerations
    """
    yield from (Finding(*fault) for fault in in_pods(item, scheduling.faults))
