"""The rule TP745, blue-green-beside-alb."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes import backends
from generator.kubernetes.namespaces import ByNamespace
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import BLUE_GREEN, blue_green
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Blue-green should not switch a Service that an ALB routes to.

    The controller switches the selector of the Service, and the load balancer registers the new targets only
    afterwards. Until then it may have no targets and answer with errors. A canary that the ALB routes has no
    such gap.
    Wrong:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {blueGreen: {activeService: web}}
        ---
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: alb
          rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
    Right:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {blueGreen: {activeService: web}}
        ---
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: nginx
          rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
    Source: argo-rollouts, docs/features/bluegreen.md
    """
    active = blue_green(item).get("activeService")
    found = objects.once("albs by service", _albs).get(active) if isinstance(active, str) and active else None
    ingress = found.first(objects.namespace_of(item)) if found is not None else None
    if ingress is not None:
        message = f"{ingress.title} is an ALB, which may briefly have no targets when {item.title} switches `{active}`"
        yield Finding((*BLUE_GREEN, "activeService"), message, "use a canary with `trafficRouting.alb`")


def _albs(objects: Objects) -> dict[str, ByNamespace[KubeObject]]:
    """Return the Ingresses that are an ALB, by the names of the Services that they send to."""
    found: dict[str, ByNamespace[KubeObject]] = {}
    for ingress in objects.of("networking.k8s.io", "Ingress"):
        classes = (ingress.spec.get("ingressClassName"), ingress.annotations.get("kubernetes.io/ingress.class"))
        for name in {to.name for to in backends.of(ingress)} if "alb" in classes else ():
            found.setdefault(name, ByNamespace()).add(objects.namespace_of(ingress), ingress)
    return found
