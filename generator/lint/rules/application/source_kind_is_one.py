"""The rule TP803, source-kind-is-one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION, sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import listed


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A source must be of one type: helm, kustomize, directory or plugin.

    Argo CD rejects a source with settings for more than one.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/web.git", path: deploy, helm: {releaseName: web}, directory: {recurse: true}}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/web.git", path: deploy, directory: {recurse: true}}
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, ExplicitType
    """
    for pointer, source in sources(item):
        named = [name for name in ("helm", "kustomize", "directory", "plugin") if source.get(name)]
        if len(named) > 1:
            yield Finding((*pointer, named[1]), f"the source has settings for {listed(named)}", "keep the settings of one type")


RULE = Rule("TP803", "source-kind-is-one", Severity.ERROR, APPLICATION, check)
