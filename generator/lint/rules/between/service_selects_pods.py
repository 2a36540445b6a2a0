"""The rule TP612, service-selects-pods."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.pod_index import POD_HASH, is_slip_of, near_pods, pod_index, selected_by_service, service_selector
from generator.kubernetes.workloads import Pods
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The selector of a Service must match existing pods.

    A Service that selects nothing has no endpoints, and every request to it fails. Argo Rollouts adds
    `rollouts-pod-template-hash` to the selector itself. The rule does not apply if something runs pods that
    are not known here: a custom resource of an operator, or a Rollout with its template elsewhere. In a set that
    may be a part, some pods must have a label that the selector asks for, with another value.
    Wrong:
        kind: Service
        spec: {selector: {app: wep}, ports: [{port: 80}]}
        ---
        kind: Deployment
        spec:
          template: {metadata: {labels: {app: web}}}
    Right:
        kind: Service
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        kind: Deployment
        spec:
          template: {metadata: {labels: {app: web}}}
    Source: kubernetes.io/docs/concepts/services-networking/service
    """
    if at(item.spec, "selector", POD_HASH) is not None:
        message = f"only Argo Rollouts may add `{POD_HASH}`"
        yield Finding(("spec", "selector", POD_HASH), message, "remove it from the selector")
    selector = service_selector(item)
    near = near_pods(item, objects) if selector and not selected_by_service(item, objects) else 0
    if not near or not is_slip_of(selector, near, objects):
        return
    closest = pod_index(objects).closest(selector, near)
    for key in unmet(selector, closest)[:1]:
        has = f"have `{closest.labels[key]}`" if key in closest.labels else "do not have that label"
        message = f"{item.title} selects no pods: it requires {key} `{selector[key]}`, but those of {closest.owner.title} {has}"
        yield Finding(("spec", "selector", key), message, "select by labels that the pods have")


def unmet(selector: dict[str, object], pods: Pods) -> list[str]:
    """Return the keys of a selector that pods do not have with that value."""
    labels = pods.labels
    return [key for key, value in selector.items() if key not in labels or labels[key] != value]
