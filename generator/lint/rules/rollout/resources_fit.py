"""The rule TP704, resources-fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import table
from generator.kubernetes.workloads import SELECTING, pods_held_by
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Requests and limits must be quantities, and no request may exceed its limit.

    A schema accepts any string here. The controller marks a Rollout with an invalid quantity InvalidSpec, and
    the API server rejects every pod whose request exceeds its limit.
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
    pods = pods_held_by(item, objects)
    if pods is None:
        return
    for field in ("containers", "initContainers"):
        for index, container in maps(at(pods.template, "spec", field)):
            pointer: Pointer = (*pods.base, "spec", field, index, "resources")
            read = {which: _quantities(table(container, "resources", which)) for which in ("requests", "limits")}
            for which, values in read.items():
                for name, value in values.items():
                    if value is None:
                        text = at(container, "resources", which, name)
                        message = f"`{text}` is not a valid quantity"
                        yield Finding((*pointer, which, name), message, "write a number with a unit, such as 250m or 128Mi")
            for name, least in read["requests"].items():
                most = read["limits"].get(name)
                if least is not None and most is not None and least > most:
                    message = f"the {name} request is greater than its limit"
                    yield Finding((*pointer, "requests", name), message, "lower the request, or raise the limit")


def _quantities(values: dict[str, Any]) -> dict[str, Any]:
    from generator.syntax.quantities import (
        quantity,
    )  # imported late: few manifests have quantities, and reading one imports fractions

    return {name: quantity(value) for name, value in values.items() if value is not None}


RULE = Rule("TP704", "resources-fit", Severity.ERROR, SELECTING, check, needs=frozenset(["resources"]), before_helm=True)
