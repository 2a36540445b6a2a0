"""The rule TP803, source-kind-is-one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed

_NOT_COUNTED = (
    *("forceCommonLabels", "forceCommonAnnotations", "commonAnnotationsEnvsubst"),
    *("labelWithoutSelector", "labelIncludeTemplates"),
)
"""Switches of kustomize that do not make a source one of kustomize: ApplicationSourceKustomize.IsZero."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A source must be of one type: helm, kustomize, directory or plugin.

    Argo CD rejects a source with settings for more than one. An empty section does not count, except that of a
    plugin.
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
        named = [name for name in ("helm", "kustomize", "directory") if not _is_empty(source.get(name))]
        named += ["plugin"] if source.get("plugin") is not None else []
        if len(named) > 1:
            yield Finding((*pointer, named[1]), f"the source has settings for {listed(named)}", "keep the settings of one type")


def _is_empty(section: Any) -> bool:
    """Tell whether Argo CD drops a section when it normalises an Application: nothing in it has a value that counts."""
    if isinstance(section, dict):
        return all(_is_empty(value) for name, value in section.items() if name not in _NOT_COUNTED)
    return not section
