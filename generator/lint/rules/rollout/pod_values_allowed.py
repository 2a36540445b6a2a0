"""The rule TP706, pod-values-allowed."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pods import containers, probes
from generator.kubernetes.pods.places import pods_in
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The values of a pod must be ones that Kubernetes allows.

    A schema checks types, but not which strings and numbers are allowed: pull policies, ports from 1 to 65535
    with short names, probes with one handler, names of hosts and addresses. The controller marks a Rollout with
    a wrong value InvalidSpec; the API server rejects any other workload.
    Wrong:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - {name: app, image: "web:1", imagePullPolicy: Sometimes}
    Right:
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - {name: app, image: "web:1", imagePullPolicy: IfNotPresent}
    Source: kubernetes, pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec
    """
    for pod in pods_in(item):
        for fault in (*containers.faults(pod), *probes.faults(pod)):
            yield Finding(*fault)
