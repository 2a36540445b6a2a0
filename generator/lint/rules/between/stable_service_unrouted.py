"""The rule TP628, stable-service-unrouted."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes import backends
from generator.kubernetes.namespaces import ByNamespace, may_be_same
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.rollouts import canary, routing, steps
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Without a traffic router, routes must not send to the stableService.

    The controller makes that Service select only the old pods, and removes them step by step: requests
    reach fewer and fewer pods, and never the new version until it is promoted. Without a router, the traffic
    of a canary must go to a Service that selects all pods.
    Wrong:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {canary: {stableService: web-stable, steps: [{setWeight: 50}, {pause: {}}]}}
        ---
        kind: HTTPRoute
        metadata: {name: web}
        spec: {rules: [{backendRefs: [{name: web-stable, port: 80}]}]}
    Right:
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}
        ---
        kind: HTTPRoute
        metadata: {name: web}
        spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
    Source: argo-rollouts, docs/features/canary.md; issue 1760
    """
    unrouted = objects.once("stable services without a router", _unrouted)
    own = objects.namespace_of(item)
    for backend in backends.of(item) if unrouted else ():
        by_namespace = unrouted.get(backend.name) if backend.kind == backends.SERVICE else None
        if by_namespace is None or not may_be_same(own, backend.namespace):
            continue
        for rollout in by_namespace.within(backend.namespace) if backend.namespace else by_namespace.near(own):
            if backend.namespace in ("", rollout.namespace):
                message = f"{item.title} sends to `{backend.name}`, from which {rollout.title} removes pods step by step"
                yield Finding(backend.pointer, message, "send to a Service that selects all pods, or add trafficRouting")


def _unrouted(objects: Objects) -> dict[str, ByNamespace[KubeObject]]:
    """Return the Rollouts without a traffic router, by the name of their stable Service."""
    found: dict[str, ByNamespace[KubeObject]] = {}
    for rollout in objects.of(ROLLOUTS, "Rollout"):
        name = canary(rollout).get("stableService")
        if isinstance(name, str) and name and not routing(rollout) and any(steps(rollout)):
            found.setdefault(name, ByNamespace()).add(objects.namespace_of(rollout), rollout)
    return found
