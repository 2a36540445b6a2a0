"""What releases are known to do wrong, or no longer do, where it depends on what is in a manifest.

Source: issues and release notes of argo-rollouts and argo-cd; argo-cd, docs/operator-manual/upgrading
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applications import APPLICATION, sources
from generator.kubernetes.objects import ROLLOUTS, KubeObject, at, maps
from generator.kubernetes.pods.places import HOLDERS, pods_in
from generator.kubernetes.rollouts import (
    BLUE_GREEN,
    CANARY,
    ROLLOUT,
    ROUTING,
    TEMPLATES,
    blue_green,
    canary,
    routing,
    table,
)
from generator.kubernetes.target import Target, first_of
from generator.syntax.named_tuples import NamedTuple

Kinds = tuple[tuple[str, str], ...]

_SET: Kinds = ((ROLLOUTS, "ApplicationSet"),)
_NOT_APPLIED: Kinds = (
    ("", "Endpoints"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("coordination.k8s.io", "Lease"),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("cert-manager.io", "CertificateRequest"),
)
_CLUSTER_VERSION = "argocd.argoproj.io/kubernetes-version"


class Issue(NamedTuple):
    """What some releases of a product do wrong, or no longer do."""

    product: str
    since: str
    """The first release that it holds for; empty for all before `fixed`."""
    fixed: str
    """The first release that it no longer holds for; empty if it still does."""
    kinds: Kinds
    find: Callable[[KubeObject], Iterator[Pointer]]
    """Yields where an object runs into it."""
    message: str
    hint: str
    source: str
    """The issue or manual that says so."""

    def holds(self, target: Target) -> bool:
        """Tell whether it holds for the version that is stated."""
        stated = target.release(self.product)
        if stated is None or (self.since and stated < first_of(self.since)):
            return False
        return not self.fixed or stated < first_of(self.fixed)


def _stable_scale(item: KubeObject) -> Iterator[Pointer]:
    if canary(item).get("dynamicStableScale") is True and canary(item).get("abortScaleDownDelaySeconds"):
        yield (*CANARY, "abortScaleDownDelaySeconds")


def _background(item: KubeObject) -> Iterator[Pointer]:
    if canary(item).get("analysis") is not None:
        yield (*CANARY, "analysis")


def _promotion(item: KubeObject) -> Iterator[Pointer]:
    for field in ("prePromotionAnalysis", "postPromotionAnalysis"):
        if blue_green(item).get(field) is not None:
            yield (*BLUE_GREEN, field)


def _subsets(item: KubeObject) -> Iterator[Pointer]:
    if at(routing(item), "istio", "destinationRule") is not None:
        yield (*ROUTING, "istio", "destinationRule")


def _plain_answers(item: KubeObject) -> Iterator[Pointer]:
    for index, metric in maps(item.spec.get("metrics")):
        web = at(metric, "provider", "web")
        if (
            isinstance(web, dict)
            and not web.get("jsonPath")
            and (metric.get("successCondition") or metric.get("failureCondition"))
        ):
            yield ("spec", "metrics", index, "provider", "web")


def _kind(_item: KubeObject) -> Iterator[Pointer]:
    yield ("kind",)


def _repositories(item: KubeObject) -> Iterator[Pointer]:
    if item.name == "argocd-cm":
        data = table(item.data, "data")
        yield from (("data", key) for key in ("repositories", "repository.credentials", "helm.repositories") if key in data)


def _nested_selectors(item: KubeObject) -> Iterator[Pointer]:
    if item.spec.get("applyNestedSelectors") is False:
        yield ("spec", "applyNestedSelectors")


def _cluster_versions(item: KubeObject) -> Iterator[Pointer]:
    yield from _selected_versions(item.spec.get("generators"), ("spec", "generators"))


def _selected_versions(generators: Any, here: Pointer) -> Iterator[Pointer]:
    """Yield where cluster generators select by `Major.Minor`, those in a matrix or merge included."""
    for index, generator in maps(generators):
        base: Pointer = (*here, index, "clusters", "selector")
        selector = table(generator, "clusters", "selector")
        if _is_short(table(selector, "matchLabels").get(_CLUSTER_VERSION)):
            yield (*base, "matchLabels", _CLUSTER_VERSION)
        for number, wanted in maps(selector.get("matchExpressions")):
            values = wanted.get("values")
            if wanted.get("key") == _CLUSTER_VERSION and isinstance(values, list) and any(map(_is_short, values)):
                yield (*base, "matchExpressions", number, "values")
        for combined in ("matrix", "merge"):
            yield from _selected_versions(at(generator, combined, "generators"), (*here, index, combined, "generators"))


def _is_short(version: Any) -> bool:
    return isinstance(version, str) and re.fullmatch(r"[0-9]+\.[0-9]+", version) is not None


def _helm_version(item: KubeObject) -> Iterator[Pointer]:
    for pointer, source in sources(item):
        if at(source, "helm", "version") is not None:
            yield (*pointer, "helm", "version")


def _cloned_volumes(item: KubeObject) -> Iterator[Pointer]:
    for pod in pods_in(item):
        for index, volume in maps(pod.spec.get("volumes")):
            if volume.get("gitRepo") is not None:
                yield (*pod.here, "volumes", index, "gitRepo")


ISSUES = (
    Issue(
        "rollouts",
        "1.9",
        "1.10",
        ROLLOUT,
        _stable_scale,
        "an aborted release with dynamicStableScale and this delay never returns to the stable version",
        "remove `abortScaleDownDelaySeconds` or `dynamicStableScale`",
        "argo-rollouts#4898",
    ),
    Issue(
        "rollouts",
        "",
        "1.10",
        TEMPLATES,
        _plain_answers,
        "conditions are not evaluated if the answer is not JSON, so the metric is then always successful",
        "answer with JSON, and set `jsonPath`",
        "argo-rollouts#4535",
    ),
    Issue(
        "rollouts",
        "",
        "1.8.4",
        ROLLOUT,
        _promotion,
        "the analysis can count as successful too early, if a pod of the new version becomes unready",
        "upgrade to 1.8.4 or newer",
        "argo-rollouts#4604",
    ),
    Issue(
        "rollouts",
        "",
        "1.8.2",
        ROLLOUT,
        _background,
        "an inconclusive background analysis does not stop the promotion",
        "upgrade to 1.8.2 or newer",
        "argo-rollouts#3850",
    ),
    Issue(
        "rollouts",
        "",
        "1.8",
        ROLLOUT,
        _subsets,
        "the first deployment with subsets of a DestinationRule has a downtime",
        "upgrade to 1.8 or newer",
        "argo-rollouts#2507",
    ),
    Issue(
        "argocd",
        "3.0",
        "",
        _NOT_APPLIED,
        _kind,
        "objects of this kind are in the default `resource.exclusions`, so Argo CD does not apply them",
        "take the kind out of `resource.exclusions` in argocd-cm, or apply the object by other means",
        "argo-cd#25783",
    ),
    Issue(
        "argocd",
        "3.0",
        "",
        (("", "ConfigMap"),),
        _repositories,
        "repositories in argocd-cm are no longer read",
        "declare each repository as a Secret with the label argocd.argoproj.io/secret-type",
        "argo-cd, docs/operator-manual/upgrading/2.14-3.0.md",
    ),
    Issue(
        "argocd",
        "3.0",
        "",
        _SET,
        _nested_selectors,
        "`applyNestedSelectors` is ignored: selectors of nested generators always apply",
        "remove it, and the selectors that must not apply",
        "argo-cd, docs/operator-manual/upgrading/2.14-3.0.md",
    ),
    Issue(
        "argocd",
        "3.3.3",
        "",
        _SET,
        _cluster_versions,
        "the versions of clusters are written as v1.31.4, so this selects no cluster",
        "write the versions with `v` and the patch",
        "argo-cd, docs/operator-manual/upgrading/3.3-3.4.md",
    ),
    Issue(
        "argocd",
        "3.5",
        "",
        APPLICATION,
        _helm_version,
        "`helm.version` is ignored: Argo CD renders with Helm 4",
        "remove it, and check the chart with Helm 4: tiphys verify",
        "argo-cd, docs/operator-manual/upgrading/3.4-3.5.md",
    ),
    Issue(
        "kubernetes",
        "1.33",
        "",
        HOLDERS,
        _cloned_volumes,
        "volumes of type gitRepo are switched off by default, so the pod does not start",
        "clone in an init container, into an emptyDir",
        "kubernetes/enhancements#5040",
    ),
)

KINDS = tuple(dict.fromkeys(kind for issue in ISSUES for kind in issue.kinds))
"""The kinds of objects that issues are about."""
