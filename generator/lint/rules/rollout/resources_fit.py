"""The rule TP704, resources-fit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pods.places import in_pods
from generator.kubernetes.pods.resources import faults
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Requests and limits must be quantities of known resources, and no request may exceed its limit.

    A schema accepts any name and string here. The resources of a container are cpu, memory, ephemeral-storage,
    hugepages, and names with a domain; of the last two, request and limit must be equal. `512m` of memory is half a
    byte. The controller marks a Rollout with an invalid quantity InvalidSpec, and the API server rejects every other
    workload.
    Wrong:
        kind: Deployment
        spec:
          template: {spec: {containers: [{name: app, resources: {requests: {memory: 1Gi}, limits: {memory: 512Mi}}}]}}
    Right:
        kind: Deployment
        spec:
          template: {spec: {containers: [{name: app, resources: {requests: {memory: 512Mi}, limits: {memory: 1Gi}}}]}}
    Source: kubernetes, pkg/apis/core/validation/validation.go; k8s.io/apimachinery, pkg/api/resource
    """
    yield from (Finding(*fault) for fault in in_pods(item, faults))
