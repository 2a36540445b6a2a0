"""The rule MR640, analysis-templates-exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.measuring import Measurement, Named, arguments, gathered, measurements, named, of_experiment, unanswered, untaken
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.objects import ROLLOUTS, KubeObject, Objects, Reference
from generator.wording import closest, listed, suggestion

_KINDS = tuple((ROLLOUTS, kind) for kind in ("Rollout", "Experiment", "AnalysisTemplate", "ClusterAnalysisTemplate"))


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """Every analysis template that is named must exist, and get a value for each of its arguments.

    Otherwise the Rollout is InvalidSpec, or its AnalysisRun fails when canary pods already serve. A value
    that no template takes is ignored without a word; it is told where the name is nearly one that they take.
    Templates that are named by templates count as well; those of the cluster are only judged where some are here.
    Source: argo-rollouts, rollout/controller.go (getReferencedRolloutAnalyses); utils/analysis/helpers.go
    """
    for reference in templates(item):
        if objects.referred(reference, item) is None and _is_judged(reference, item, objects):
            known = objects.names(ROLLOUTS, reference.kind, item if reference.near else None)
            hint = suggestion(reference.name, known, "add the template, or set clusterScope if it is the cluster's")
            message = f"there is no {reference.kind} `{reference.name}`, which {item.title} names"
            yield ObjectFinding(reference.pointer, message, hint)
    for measurement in _measured(item):
        found, known_all = gathered(measurement.templates, lambda one: objects.referred(_reference(one), item))
        if found and known_all:
            yield from _arguments(item, measurement, found)


def templates(item: KubeObject) -> Iterator[Reference]:
    """Yield the analysis templates that a Rollout, an experiment or a template names."""
    for one in _measured(item):
        yield from map(_reference, one.templates)
    yield from map(_reference, named(item.spec.get("templates"), ("spec", "templates")))


def _measured(item: KubeObject) -> Iterator[Measurement]:
    if item.kind == "Rollout":
        return measurements(item.spec.get("strategy"), ("spec", "strategy"))
    return of_experiment(item.spec, ("spec",)) if item.kind == "Experiment" else iter(())


def _reference(one: Named) -> Reference:
    return Reference(one.pointer, ROLLOUTS, one.kind, one.name, "templateName", near=not one.cluster)


def _is_judged(reference: Reference, item: KubeObject, objects: Objects) -> bool:
    """Tell whether a template that is not here does not exist; what the cluster has is in no application's set."""
    return objects.judges(reference, item) and (reference.near or bool(objects.of(ROLLOUTS, reference.kind)))


def _arguments(item: KubeObject, measurement: Measurement, found: list[KubeObject]) -> Iterator[ObjectFinding]:
    specs = [template.spec for template in found]
    titles = listed(template.title for template in found)
    for name in unanswered(measurement, specs):
        message = f"{item.title} gives {titles} no value for `{name}`"
        yield ObjectFinding(measurement.templates_at, message, f"add `{{name: {name}, value: …}}` to args")
    given = {argument.name for argument in arguments(measurement.args)}
    for pointer, name, names in untaken(measurement, specs):
        meant = closest(name, names - given)
        if meant:
            message = f"{titles} of {item.title} takes no argument `{name}`"
            yield ObjectFinding(pointer, message, f"did you mean `{meant}`?")


RULE = ObjectRule("MR640", "analysis-templates-exist", Severity.ERROR, _KINDS, check, templates)
