"""The rule TP673, retired-parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import ROUTING, routing
from generator.lint.rules.rule import Finding

_NGINX = "nginx.ingress.kubernetes.io/"


class _Retired(NamedTuple):
    what: str
    since: str
    instead: str


_INGRESS_NGINX = _Retired(
    "ingress-nginx", "has had no fixes, not even for security, since March 2026", "move to a controller of the Gateway API"
)
_ROUTERS = {
    "nginx": _INGRESS_NGINX,
    "smi": _Retired("the Service Mesh Interface", "has been archived since October 2023", "move to the Gateway API"),
    "appMesh": _Retired("AWS App Mesh", "no longer runs since 30 September 2026", "move to another traffic router"),
}


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A canary or an Ingress should not depend on what is retired.

    ingress-nginx, the controller of the Kubernetes project, gets no fixes any more; the one of F5, which reads
    other annotations, does. The Service Mesh Interface is archived, and AWS has ended App Mesh.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary: {trafficRouting: {nginx: {stableIngress: web}}}
    Right:
        kind: Rollout
        spec:
          strategy:
            canary: {trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoute: web, namespace: web}}}}
    Source: kubernetes.io/blog/2025/11/11/ingress-nginx-retirement; cncf.io/blog/2023/10/03; aws.amazon.com/blogs/containers,
    Migrating from AWS App Mesh
    """
    pointer, retired = _used(item)
    if retired is not None:
        yield Finding(pointer, f"{item.title} depends on {retired.what}, which {retired.since}", retired.instead)


def _used(item: KubeObject) -> tuple[Pointer, _Retired | None]:
    if item.kind == "Rollout":
        router = next((name for name in _ROUTERS if routing(item).get(name) is not None), "")
        return (*ROUTING, router), _ROUTERS.get(router)
    key = next((key for key in item.annotations if str(key).startswith(_NGINX)), "")
    return ("metadata", "annotations", key), _INGRESS_NGINX if key else None
