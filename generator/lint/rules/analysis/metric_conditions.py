"""The rule TP773, metric-conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.kubernetes.analysis_templates import metrics_of
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding
from generator.syntax import expressions
from generator.syntax.expressions.kinds import NUMBER, NUMBERS, UNKNOWN, Kind, kind

_SCALAR = re.compile(r"\b(?:scalar|time|pi)\s*\(|\A[\s0-9.()+*/%^-]*\Z|\A\s*\{\{")
"""A query of Prometheus that may be one number, or that is an argument as a whole."""

_RESULTS = {
    "graphite": NUMBERS,
    "influxdb": kind("list"),
    "cloudWatch": kind("list"),
    "newRelic": kind("map", "list"),
    "wavefront": kind("number", "list", inner="number"),
}
"""What a measurement of a provider is; it is unknown of all others."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The conditions of a metric must be expressions that can be evaluated to true or false.

    A condition is written in expr-lang, over `result`. Prometheus and Graphite measure a list of numbers, Datadog
    one number. A condition that does not parse, that uses an unknown name, or that compares a list with a number
    makes each measurement an error, and the analysis aborts the release when canary pods serve users.
    If the failure condition is true of every success, the metric never succeeds.
    Wrong:
        kind: AnalysisTemplate
        spec:
          metrics:
            - {name: rate, interval: 1m, successCondition: "result >= 0.95", provider: {prometheus: {query: up}}}
    Right:
        kind: AnalysisTemplate
        spec:
          metrics:
            - {name: rate, interval: 1m, successCondition: "result[0] >= 0.95", provider: {prometheus: {query: up}}}
    Source: argo-rollouts, utils/evaluate/evaluate.go; metricproviders/; github.com/expr-lang/expr, docs/language-definition.md
    """
    for pointer, metric in metrics_of(item):
        result = _result(table(metric, "provider"))
        wrong = False
        for field in ("successCondition", "failureCondition"):
            condition = metric.get(field)
            if not isinstance(condition, str) or not condition:
                continue
            try:
                expressions.check(condition, result)
            except expressions.ExpressionError as error:
                wrong = True
                yield Finding((*pointer, field), f"the condition cannot be evaluated: {error}", error.hint)
        if not wrong and _always_fails(metric.get("successCondition"), metric.get("failureCondition")):
            message = "the failure condition is true of every success, so the metric never succeeds"
            yield Finding((*pointer, "failureCondition"), message, "reverse the comparison, or remove this condition")


def _result(provider: dict[str, Any]) -> Kind:
    if "prometheus" in provider:
        query = at(provider, "prometheus", "query")
        return NUMBERS if isinstance(query, str) and not _SCALAR.search(query) else UNKNOWN
    datadog = table(provider, "datadog")
    if datadog and datadog.get("apiVersion") in (None, "", "v1") and not datadog.get("queries"):
        return NUMBER
    return next((_RESULTS[name] for name in provider if name in _RESULTS), UNKNOWN)


def _always_fails(success: Any, failure: Any) -> bool:
    """Tell whether two comparisons with numbers are such that every success is a failure, too."""
    if not (isinstance(success, str) and isinstance(failure, str)):
        return False
    wanted, fatal = expressions.comparison(success), expressions.comparison(failure)
    if wanted is None or fatal is None or wanted[0] != fatal[0] or wanted[1][0] != fatal[1][0]:
        return False
    if wanted[2] == fatal[2]:
        return fatal[1].endswith("=") or not wanted[1].endswith("=")
    return wanted[2] > fatal[2] if wanted[1].startswith(">") else wanted[2] < fatal[2]
