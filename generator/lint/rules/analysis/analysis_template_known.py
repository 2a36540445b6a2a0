"""The rule TP221, analysis-template-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, Reference, maps
from generator.kubernetes.rollouts import analyses
from generator.lint.rules.rule import Finding
from generator.syntax.wording import closest, suggestion


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An analysis must name a template that exists, in the manifests or in the cluster.

    The controller marks the Rollout InvalidSpec if a template does not exist, but only once it is in the cluster.
    Templates that the platform team keeps in the cluster are named with `clusterScope: true`; they can be checked
    only if the manifests contain such templates. If only some templates are known, one that is missing is a
    warning, unless its name is nearly that of a known one. A template can include others with `spec.templates`.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {analysis: {templates: [{templateName: rates}]}}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {analysis: {templates: [{templateName: rate}]}}}
        ---
        kind: AnalysisTemplate
        metadata: {name: rate}
    Source: argo-rollouts, rollout/controller.go, getReferencedRolloutAnalyses
    """
    for reference, known in objects.missing(templates(item), item):
        # Manifests rarely contain all cluster-scoped templates, even if they contain everything else.
        if reference.near or objects.of(ROLLOUTS, reference.kind):
            hint = suggestion(
                reference.name, known, "add the template, or set `clusterScope: true` if it is a ClusterAnalysisTemplate"
            )
            message = f"{_TITLES[reference.kind]} `{reference.name}` does not exist"
            whole = objects.is_whole(ROLLOUTS, reference.kind) or bool(closest(reference.name, known))
            if not whole:
                message = message.replace("does not exist", "is not in this set")
            yield Finding(reference.pointer, message, hint, severity=None if whole else Severity.WARNING)
    yield from _unnamed(item)


def _unnamed(item: KubeObject) -> Iterator[Finding]:
    """Yield the templates of analyses that have no name, which nothing can find."""
    for pointer, analysis in analyses(item) if item.kind == "Rollout" else ():
        for index, one in maps(analysis.get("templates")) if "templateName" not in analysis else ():
            if one.get("templateName") in (None, ""):
                yield Finding((*pointer, "templates", index), "the analysis template has no name", "add `templateName`")


_TITLES = {"AnalysisTemplate": "analysis template", "ClusterAnalysisTemplate": "ClusterAnalysisTemplate"}


def templates(item: KubeObject) -> Iterator[Reference]:
    """Yield the references of a Rollout or a template to analysis templates."""
    named = [(("spec",), item.spec)] if item.kind != "Rollout" else analyses(item)
    for pointer, analysis in named:
        single = "templateName" in analysis
        for index, one in maps(analysis.get("templates")):
            name = one.get("templateName")
            if isinstance(name, str) and name:
                kind = "ClusterAnalysisTemplate" if one.get("clusterScope") else "AnalysisTemplate"
                here = (*pointer, "templateName") if single else (*pointer, "templates", index, "templateName")
                yield Reference(here, ROLLOUTS, kind, name, "templateName", near=kind == "AnalysisTemplate")
