"""The rule TP853, template-options."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects, texts
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed, suggestion

_KNOWN = tuple(f"missingkey={value}" for value in ("default", "invalid", "zero", "error"))


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`goTemplateOptions` must be options that Go templates have, and need `goTemplate`.

    With an unknown option the controller of ApplicationSets stops with a panic, and generates nothing. Without
    `goTemplate: true` the options have no effect, which is a warning; so is `applyNestedSelectors`, which Argo CD
    ignores since 3.0.
    Wrong:
        kind: ApplicationSet
        spec:
          goTemplate: true
          goTemplateOptions: [missingkey=fail]
    Right:
        kind: ApplicationSet
        spec:
          goTemplate: true
          goTemplateOptions: [missingkey=error]
    Source: argo-cd, applicationset/utils/utils.go, issue 20935; text/template, Option
    """
    go = item.spec.get("goTemplate") is True
    for index, option in texts(item.spec.get("goTemplateOptions")):
        if option not in _KNOWN and go:
            hint = suggestion(option, _KNOWN, f"use {listed(_KNOWN, last='or')}")
            yield Finding(("spec", "goTemplateOptions", index), f"Go templates have no option `{option}`", hint)
    if item.spec.get("goTemplateOptions") and not go:
        message = "goTemplateOptions has no effect without `goTemplate: true`"
        yield Finding(("spec", "goTemplateOptions"), message, "set `goTemplate: true`, or remove it", severity=Severity.WARNING)
    if item.spec.get("applyNestedSelectors") is not None:
        message = "Argo CD ignores applyNestedSelectors since 3.0: selectors of nested generators always apply"
        yield Finding(("spec", "applyNestedSelectors"), message, "remove it", severity=Severity.WARNING)
