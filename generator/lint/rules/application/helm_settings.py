"""The rule TP806, helm-settings."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.applications import APPLICATION, sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Helm settings must be ones that Argo CD uses.

    It ignores `values` if valuesObject is set. The Helm version is v3 or v4: with any other, nothing is rendered, so
    this is an error. kubeVersion has no leading `v`.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/web.git", path: chart, helm: {version: v2}}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/web.git", path: chart, helm: {version: v3}}
    Source: argo-cd, util/helm/cmd.go; pkg/apis/application/v1alpha1/types.go, ValuesIsEmpty
    """
    dry = ("spec", "sourceHydrator", "drySource")
    hydrated = [(dry, table(item.data, *dry))] if "sourceHydrator" in item.spec else []
    for pointer, source in (*sources(item), *hydrated):
        helm = table(source, "helm")
        here: Pointer = (*pointer, "helm")
        if helm.get("values") and helm.get("valuesObject"):
            yield Finding((*here, "values"), "`values` is ignored because valuesObject is set", "merge it into valuesObject")
        version, kubernetes = helm.get("version"), helm.get("kubeVersion")
        if version not in (None, "", "v3", "v4"):
            message = f"Argo CD has no Helm version `{version}`"
            yield Finding((*here, "version"), message, "write v3 or v4, or remove it", severity=Severity.ERROR)
        if isinstance(kubernetes, str) and kubernetes.startswith("v"):
            yield Finding((*here, "kubeVersion"), "kubeVersion has a leading `v`", f"write {kubernetes[1:]}")


RULE = Rule("TP806", "helm-settings", Severity.WARNING, APPLICATION, check, needs=frozenset(["helm"]))
