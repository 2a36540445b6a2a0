"""The fields that controllers write although Git may set them as well, each with where that is said.

- cert-manager: docs/concepts/ca-injector.md
- service-ca of OpenShift: openshift/service-ca-operator, pull request 51
- istiod: istio, pilot/pkg/webhooks/validation/controller; argo-cd, issue 1487
- External Secrets: external-secrets, issue 1026
- Gatekeeper: open-policy-agent/cert-controller, pull requests 7 and 11
- ECK: elastic/cloud-on-k8s, issue 6641
- Capsule: projectcapsule/capsule, issue 266
- Argo CD Image Updater: argocd-image-updater, issue 132
- the autoscaler of Ray: kuberay, issue 4149
- the autoscaler of nodes: cluster-api, docs/book/src/tasks/automated-machine-management/autoscaling.md
- Crossplane: docs, Composite Resources, Composition revision policy
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, at, maps

_INJECTED = {
    "cert-manager": (
        "cert-manager.io/inject-ca-from",
        "cert-manager.io/inject-ca-from-secret",
        "cert-manager.io/inject-apiserver-ca",
    ),
    "service-ca": ("service.beta.openshift.io/inject-cabundle",),
}
_BUILT_IN = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "CustomResourceDefinition", "APIService")
"""The kinds of Kubernetes itself that have such fields."""
_UPDATED = "argocd-image-updater.argoproj.io/"
_SCALED = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size"
_BUNDLES: tuple[Pointer, ...] = (("spec", "conversion", "webhook", "clientConfig", "caBundle"), ("spec", "caBundle"))


class _Writer(NamedTuple):
    name: str
    """What it is called in a sentence."""
    writes: Callable[[KubeObject], bool]
    """Tells whether it writes an object."""
    places: Callable[[KubeObject], Iterator[Pointer]]
    """Returns the fields that it writes, where they may be."""


def written(item: KubeObject) -> Iterator[tuple[Pointer, str]]:
    """Yield the fields that an object sets and a controller writes, each with the controller."""
    if item.is_built_in and item.kind not in _BUILT_IN:
        return
    for writer in _WRITERS:
        if writer.writes(item):
            yield from ((pointer, writer.name) for pointer in writer.places(item) if at(item.data, *pointer) not in (None, ""))


def _bundles(item: KubeObject) -> Iterator[Pointer]:
    yield from (("webhooks", index, "clientConfig", "caBundle") for index, _ in maps(item.data.get("webhooks")))
    yield from _BUNDLES


def _of_istio(item: KubeObject) -> Iterator[Pointer]:
    yield from _bundles(item)
    if item.kind == "ValidatingWebhookConfiguration":
        yield from (("webhooks", index, "failurePolicy") for index, _ in maps(item.data.get("webhooks")))


def _overrides(item: KubeObject) -> Iterator[Pointer]:
    sources: list[Pointer] = [("spec", "source"), *(("spec", "sources", index) for index, _ in maps(item.spec.get("sources")))]
    for source in sources:
        yield (*source, "helm", "parameters")
        yield (*source, "kustomize", "images")


def _workers(item: KubeObject) -> Iterator[Pointer]:
    spec: Pointer = ("spec",) if item.kind == "RayCluster" else ("spec", "rayClusterConfig")
    for index, _ in maps(at(item.data, *spec, "workerGroupSpecs")):
        yield (*spec, "workerGroupSpecs", index, "replicas")


def _replicas(_item: KubeObject) -> Iterator[Pointer]:
    yield ("spec", "replicas")


def _revisions(_item: KubeObject) -> Iterator[Pointer]:
    yield ("spec", "compositionRevisionRef")
    yield ("spec", "crossplane", "compositionRevisionRef")


def _annotated(names: tuple[str, ...]) -> Callable[[KubeObject], bool]:
    return lambda item: any(name in item.annotations for name in names)


def _is_webhook(*names: str) -> Callable[[KubeObject], bool]:
    return lambda item: item.kind.endswith("WebhookConfiguration") and item.name.startswith(names)


def _is_updated(item: KubeObject) -> bool:
    method = str(item.annotations.get(f"{_UPDATED}write-back-method") or "argocd")
    is_named = f"{_UPDATED}image-list" in item.annotations
    return (item.group, item.kind) == (ROLLOUTS, "Application") and is_named and not method.startswith("git")


def _is_scaled_by_ray(item: KubeObject) -> bool:
    if item.group != "ray.io":
        return False
    return any(at(item.spec, *way, "enableInTreeAutoscaling") is True for way in ((), ("rayClusterConfig",)))


def _is_composed(item: KubeObject) -> bool:
    policies = (at(item.spec, *way, "compositionUpdatePolicy") for way in ((), ("crossplane",)))
    return "Manual" not in policies and item.group not in ("", "apps", ROLLOUTS)


def _of_external_secrets(item: KubeObject) -> bool:
    is_crd = item.kind == "CustomResourceDefinition" and item.name.endswith(".external-secrets.io")
    return is_crd or _is_webhook("secretstore-validate", "externalsecret-validate")(item)


_WRITERS = (
    *(_Writer(name, _annotated(names), _bundles) for name, names in _INJECTED.items()),
    _Writer("istiod", _is_webhook("istiod-", "istio-validator", "istio-sidecar-injector"), _of_istio),
    _Writer("External Secrets", _of_external_secrets, _bundles),
    _Writer("Gatekeeper", _is_webhook("gatekeeper-"), _bundles),
    _Writer("ECK", lambda item: item.kind.endswith("WebhookConfiguration") and item.name.endswith(".k8s.elastic.co"), _bundles),
    _Writer("Capsule", _is_webhook("capsule-"), _bundles),
    _Writer("Argo CD Image Updater", _is_updated, _overrides),
    _Writer("the autoscaler of Ray", _is_scaled_by_ray, _workers),
    _Writer("the autoscaler of nodes", _annotated((_SCALED,)), _replicas),
    _Writer("Crossplane", _is_composed, _revisions),
)
