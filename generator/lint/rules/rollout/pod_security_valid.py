"""The rule TP749, pod-security-valid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pods import security
from generator.kubernetes.pods.places import in_pods
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Security contexts of a pod must be ones that Kubernetes accepts for its operating system.

    Users and groups are from 0 to 2147483647, and a profile of type Localhost has a path. Pods of Windows cannot
    have the settings of Linux, nor the reverse. The controller marks a Rollout with an invalid one InvalidSpec;
    the API server rejects any other workload.
    Wrong:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1"}]
              securityContext: {seccompProfile: {type: Localhost}}
    Right:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1"}]
              securityContext: {seccompProfile: {type: RuntimeDefault}}
    Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateSecurityContext and validateWindows
    """
    yield from (Finding(*fault) for fault in in_pods(item, security.faults))
