"""How long an analysis takes, and how soon it can fail.

Source: argo-rollouts, pkg/apis/rollouts/v1alpha1/analysis_types.go, Metric.EffectiveCount, and analysis/analysis.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from generator.plan.model import Run, Wait
from generator.syntax.durations import seconds
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.patterns import PatternError, compiled

Templates = Mapping[str, Mapping[str, Any]]

_PLACEHOLDER = re.compile(r"\{\{\s*args\.([^\s{}]+)\s*\}\}")
_NESTING = 32
_SLOW = ("job", "kayenta")
"""Providers that run a job to get an answer, which takes time."""


class _Metric(NamedTuple):
    """One metric, in seconds; `most` has no value if it measures indefinitely."""

    name: str
    least: float
    most: float | None
    fails_after: float | None
    endless: bool
    template: str = ""


def run_of(analysis: Mapping[str, Any], templates: Templates) -> Run:
    """Return what is known of the run that an `analysis` makes: its templates, with its arguments."""
    refs = analysis.get("templates") or []
    given = _values(analysis.get("args"))
    dry = analysis.get("dryRun") or []
    names = tuple(str(ref.get("templateName")) for ref in refs)
    unknown: list[str] = []
    metrics = [
        _timing(
            metric, {**_values(spec.get("args")), **given}, dry=_is_dry([*dry, *(spec.get("dryRun") or [])], metric)
        )._replace(template=name)
        for name, spec in _specs(refs, templates, unknown, 0)
        for metric in spec.get("metrics") or []
    ]
    endless = tuple((metric.template, metric.name) for metric in metrics if metric.endless)
    most = [metric.most for metric in metrics if metric.most is not None]
    known = not unknown and len(most) == len(metrics)
    wait = Wait(max((metric.least for metric in metrics), default=0), max(most, default=0) if known else None)
    fails = [metric.fails_after for metric in metrics if metric.fails_after is not None]
    return Run(names, wait, min(fails, default=None), tuple(unknown), endless)


def _specs(
    refs: Sequence[Mapping[str, Any]], templates: Templates, unknown: list[str], depth: int
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the templates that are referred to by name, with those that they refer to in turn."""
    for ref in refs:
        name = str(ref.get("templateName"))
        spec = None if ref.get("clusterScope") else templates.get(name)
        if spec is None or depth > _NESTING:
            unknown.append(name)
            continue
        yield name, spec
        yield from _specs(spec.get("templates") or [], templates, unknown, depth + 1)


def _values(args: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    return {str(arg.get("name")): str(arg["value"]) for arg in args or [] if arg.get("value") is not None}


def _is_dry(rules: Iterable[Mapping[str, Any]], metric: Mapping[str, Any]) -> bool:
    """Tell whether a metric is only a dry run that fails nothing: dryRun names metrics by unanchored patterns."""
    name = str(metric.get("name"))
    for rule in rules:
        try:
            if compiled(str(rule.get("metricName"))).search(name):
                return True
        except PatternError:
            continue
    return False


def _timing(metric: Mapping[str, Any], args: Mapping[str, str], *, dry: bool) -> _Metric:
    """Return how long a metric measures: `count` times, or once without an interval, or indefinitely.

    The first measurement comes after the delay, so a count of 1 takes no time. As many successes in a
    row as consecutiveSuccessLimit end it early, and the failure after failureLimit ends it at once.
    """
    interval, delay = _seconds(metric.get("interval"), args), _seconds(metric.get("initialDelay"), args)
    count, failures = _number(metric.get("count"), args), _number(metric.get("failureLimit"), args)
    successes = _number(metric.get("consecutiveSuccessLimit"), args)
    endless = count == 0 and metric.get("interval") is not None
    start, every = delay or 0, interval or 0
    last = None if endless or count is None else start + max(count - 1, 0) * every
    slow = any(name in (metric.get("provider") or {}) for name in _SLOW)
    most = None if slow or interval is None or delay is None else last
    early = start + max((successes or 1) - 1, 0) * every
    least = early if successes or last is None else last
    fails = None if failures is None or failures < 0 else start + failures * every
    if fails is not None and last is not None and fails > last:
        fails = None  # there are not that many measurements
    least = least if last is None else min(least, last)
    if dry and fails is not None:  # a failure ends the metric, and fails nothing
        least, fails = min(least, fails), None
    return _Metric(str(metric.get("name")), least, most, fails, endless)


def _resolved(value: Any, args: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: args.get(match[1], match[0]), str(value))


def _seconds(value: Any, args: Mapping[str, str]) -> float | None:
    """Return a metric's duration; 0 if absent, None if invalid."""
    if value is None:
        return 0
    try:
        return seconds(_resolved(value, args))
    except ValueError:
        return None


def _number(value: Any, args: Mapping[str, str]) -> int | None:
    """Return a metric's number; 0 if absent, None if invalid."""
    if value is None:
        return 0
    try:
        return int(_resolved(value, args))
    except ValueError:
        return None
