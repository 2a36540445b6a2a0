"""The rule TP733, router-object-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import ROUTING, routing
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed

_FIELDS = {
    "nginx": ("stableIngress", "stableIngresses"),
    "alb": ("ingress", "ingresses"),
    "istio": ("virtualService", "virtualServices"),
}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A router must name the objects that it changes in one field: the single field or the list.

    nginx has `stableIngress` and `stableIngresses`, ALB `ingress` and `ingresses`, Istio `virtualService` and
    `virtualServices`; App Mesh needs its `virtualService`. With neither or both the controller stops, and
    `kubectl argo rollouts lint` does not report it.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {trafficRouting: {nginx: {stableIngress: web, stableIngresses: [web-internal]}}}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {trafficRouting: {nginx: {stableIngresses: [web, web-internal]}}}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go
    """
    for router, names in _FIELDS.items():
        given = routing(item).get(router)
        if isinstance(given, dict):
            named = [name for name in names if given.get(name)]
            if router == "nginx" and named and isinstance(given.get(names[1]), list):
                named = [name for name in names if given.get(name) is not None]  # an empty list counts as well
            if len(named) != 1:
                message = f"{router} has both {listed(named)}" if named else f"{router} names no object"
                yield Finding((*ROUTING, router), message, f"set one of {listed(names, last='or')}")
    mesh = routing(item).get("appMesh")
    if isinstance(mesh, dict) and not mesh.get("virtualService"):
        yield Finding((*ROUTING, "appMesh"), "appMesh names no virtualService", "add `virtualService`")
    path: Pointer = (*ROUTING, "istio", "virtualService", "name")
    if at(item.data, *path) == "":
        yield Finding(path, "the name of the VirtualService is empty", "write its name")
