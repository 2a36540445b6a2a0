"""The rule MR612, service-selects-pods."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import KubeObject, Objects
from generator.workloads import POD_HASH, Pods, all_pods, same_namespace, selected_by_service


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The selector of a Service must match pods that there are.

    A Service that selects nothing has no endpoints, and every request to it fails. For Argo Rollouts a
    selector that the pod template does not satisfy is InvalidSpec; labels that come from canaryMetadata
    or stableMetadata do not count. It adds `rollouts-pod-template-hash` itself.
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation_references.go (ValidateService)
    """
    selector = item.spec.get("selector")
    if not isinstance(selector, dict) or not selector or item.spec.get("type") == "ExternalName":
        return
    if POD_HASH in selector:
        message = f"`{POD_HASH}` is for Argo Rollouts to add"
        yield ObjectFinding(("spec", "selector", POD_HASH), message, "remove it from the selector")
    if selected_by_service(item, objects):
        return
    near = [pods for pods in all_pods(objects) if same_namespace(item, pods.owner)]
    if not near:
        return
    closest = min(near, key=lambda pods: len(_missing(selector, pods)))
    key = _missing(selector, closest)[0]
    has = f"have `{closest.labels[key]}`" if key in closest.labels else "have no such label"
    message = f"{item.title} selects no pods: it asks for {key} `{selector[key]}`, and those of {closest.owner.title} {has}"
    yield ObjectFinding(("spec", "selector", key), message, "select by labels that the pods have")


def _missing(selector: dict[str, object], pods: Pods) -> list[str]:
    return [key for key, value in selector.items() if key != POD_HASH and pods.labels.get(key) != value]


RULE = ObjectRule("MR612", "service-selects-pods", Severity.ERROR, (("", "Service"),), check)
