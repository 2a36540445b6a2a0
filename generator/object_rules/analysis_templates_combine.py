"""The rule MR641, analysis-templates-combine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Severity
from generator.measuring import Named, gathered, measurements
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, maps

_LISTS = {
    "metrics": ("name", "a metric"),
    "dryRun": ("metricName", "a dry run of"),
    "measurementRetention": ("metricName", "a retention of"),
}


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """The analysis templates of one analysis must combine: metrics of different names, arguments of one default.

    They are put together into one AnalysisRun. Two metrics of one name, or two defaults of one argument,
    make the Rollout InvalidSpec.
    Source: argo-rollouts, utils/analysis/helpers.go (FlattenTemplates)
    """

    def find(one: Named) -> KubeObject | None:
        return objects.find(ROLLOUTS, one.kind, one.name, None if one.cluster else item)

    for measurement in measurements(item.spec.get("strategy"), ("spec", "strategy")):
        found, _ = gathered(measurement.templates, find)
        if len(found) > 1:
            for message, hint in _clashes(found):
                yield ObjectFinding(measurement.templates_at, f"{item.title} combines {message}", hint)


def _clashes(templates: list[KubeObject]) -> Iterator[tuple[str, str]]:
    for field, (key, what) in _LISTS.items():
        first: dict[str, KubeObject] = {}
        for template in templates:
            for _, entry in maps(template.spec.get(field)):
                name = str(entry.get(key))
                other = first.setdefault(name, template)
                if other is not template:
                    yield f"{other.title} and {template.title}, and both have {what} `{name}`", "rename one of the two"
    yield from _defaults(templates)


def _defaults(templates: list[KubeObject]) -> Iterator[tuple[str, str]]:
    given: dict[str, tuple[KubeObject, Any]] = {}
    for template in templates:
        for _, argument in maps(template.spec.get("args")):
            name, value = str(argument.get("name")), argument.get("value")
            other, before = given.setdefault(name, (template, value)) if value is not None else (template, value)
            if before != value:
                message = f"{other.title} and {template.title}, which default the argument `{name}` to `{before}` and `{value}`"
                yield message, "give both one default, or none"


RULE = ObjectRule("MR641", "analysis-templates-combine", Severity.ERROR, ((ROLLOUTS, "Rollout"),), check)
