"""The rule TP766, placeholders-declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.analysis_templates import metrics_of
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_PLACEHOLDER = re.compile(r"\{\{\s*args\.([^\s{}]+)\s*\}\}")
_BRACES = re.compile(r"\{\{(?:(?!\}\}).)*(?:\}\})?", re.DOTALL)


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Each `{{args.x}}` in a metric must be an argument of its template, which has either a value or a source.

    The controller marks the Rollout InvalidSpec if an argument is not declared. Other double braces stop the
    AnalysisRun: they cannot be resolved. In a Helm chart, escape the braces, or Helm evaluates them itself.
    Wrong:
        kind: AnalysisTemplate
        spec:
          args: [{name: service}]
          metrics: [{name: rate, provider: {prometheus: {query: "up{job='{{args.servce}}'}"}}}]
    Right:
        kind: AnalysisTemplate
        spec:
          args: [{name: service}]
          metrics: [{name: rate, provider: {prometheus: {query: "up{job='{{args.service}}'}"}}}]
    Source: argo-rollouts, utils/analysis/helpers.go, ResolveArgs; utils/template/template.go
    """
    declared = {str(argument.get("name")) for _, argument in maps(item.spec.get("args"))}
    for index, argument in maps(item.spec.get("args")):
        value = argument.get("value")
        if value is not None and argument.get("valueFrom") is not None:
            yield Finding(
                ("spec", "args", index),
                f"argument `{argument.get('name')}` has both value and valueFrom",
                "keep one of the two",
            )
    included = any(maps(item.spec.get("templates")))
    for pointer, metric in metrics_of(item):
        for where, text in _texts(metric, pointer):
            for braces in _BRACES.findall(text):
                if not _PLACEHOLDER.fullmatch(braces):
                    message = f"`{braces}` is not an argument, so the AnalysisRun cannot resolve it"
                    yield Finding(where, message, "write `{{args.NAME}}`, or avoid double braces")
            if included:
                continue  # the templates that it includes may declare the rest
            for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
                if name not in declared:
                    hint = suggestion(name, declared, f"add `{{name: {name}}}` to spec.args")
                    yield Finding(where, f"{item.title} has no argument `{name}`", hint)


def _texts(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(node, str):
        yield pointer, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*pointer, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, (*pointer, index))
