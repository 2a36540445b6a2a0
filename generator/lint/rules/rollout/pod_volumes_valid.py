"""The rule TP747, pod-volumes-valid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.pods import volumes
from generator.kubernetes.pods.places import in_pods
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Each volume of a pod must have one complete source, and be mounted once at a path.

    Names, paths and modes must be valid: a path in a volume is relative and has no `..`, and a mode is at most
    0777. The controller marks a Rollout with an invalid volume InvalidSpec; the API server rejects any other
    workload.
    Wrong:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1"}]
              volumes: [{name: settings, configMap: {items: [{key: app.yaml, path: /app.yaml}]}}]
    Right:
        kind: Rollout
        spec:
          template:
            spec:
              containers: [{name: app, image: "web:1"}]
              volumes: [{name: settings, configMap: {name: web, items: [{key: app.yaml, path: app.yaml}]}}]
    Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateVolumes and ValidateVolumeMounts
    """
    yield from (Finding(*fault) for fault in in_pods(item, volumes.faults))
