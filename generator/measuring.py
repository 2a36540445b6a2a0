"""What a strategy has measured: the analysis templates that it names, and the arguments that it gives them.

Used for the strategy of a spec and for that of any Rollout, so everything here takes any data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from generator.diagnostics import Pointer
from generator.objects import at, maps

_BLOCKS: tuple[Pointer, ...] = (
    ("canary", "analysis"),
    ("blueGreen", "prePromotionAnalysis"),
    ("blueGreen", "postPromotionAnalysis"),
)


class Named(NamedTuple):
    """An analysis template that is named somewhere."""

    pointer: Pointer
    """Where the name stands."""
    name: str
    cluster: bool
    """Whether it is one of the whole cluster."""

    @property
    def kind(self) -> str:
        """Return the kind of the object that is meant."""
        return "ClusterAnalysisTemplate" if self.cluster else "AnalysisTemplate"


class Measurement(NamedTuple):
    """A place where a strategy has something measured."""

    pointer: Pointer
    templates: tuple[Named, ...]
    templates_at: Pointer
    """Where the templates are named."""
    args: Any
    """The arguments that it gives, as they stand there."""

    @property
    def is_background(self) -> bool:
        """Return whether it runs beside the steps, not in one of them."""
        return self.pointer[-2:] == ("canary", "analysis")


class Argument(NamedTuple):
    """An argument that is given, or wanted."""

    name: str
    position: int
    has_value: bool


class Template(Protocol):
    """What has the spec of an analysis template."""

    @property
    def spec(self) -> dict[str, Any]:
        """Return the spec."""


Found = TypeVar("Found", bound=Template)


def measurements(strategy: Any, base: Pointer = ()) -> Iterator[Measurement]:
    """Yield every analysis of a strategy, those of experiments in its steps too; pointers start with a base."""
    for block in _BLOCKS:
        yield from _analysis(at(strategy, *block), (*base, *block))
    for index, step in maps(at(strategy, "canary", "steps")):
        pointer: Pointer = (*base, "canary", "steps", index)
        yield from _analysis(step.get("analysis"), (*pointer, "analysis"))
        yield from of_experiment(step.get("experiment"), (*pointer, "experiment"))


def of_experiment(experiment: Any, base: Pointer) -> Iterator[Measurement]:
    """Yield every analysis of an experiment, which names one template each."""
    for index, analysis in maps(at(experiment, "analyses")):
        here: Pointer = (*base, "analyses", index)
        templates = tuple(_reference(analysis, here))
        yield Measurement(here, templates, (*here, "templateName"), analysis.get("args"))


def _analysis(analysis: Any, pointer: Pointer) -> Iterator[Measurement]:
    if isinstance(analysis, dict):
        templates = tuple(named(analysis.get("templates"), (*pointer, "templates")))
        yield Measurement(pointer, templates, (*pointer, "templates"), analysis.get("args"))


def named(references: Any, pointer: Pointer) -> Iterator[Named]:
    """Yield the templates that a list of references at a pointer names."""
    for index, reference in maps(references):
        yield from _reference(reference, (*pointer, index))


def _reference(reference: dict[str, Any], pointer: Pointer) -> Iterator[Named]:
    name = reference.get("templateName")
    if isinstance(name, str) and name:
        yield Named((*pointer, "templateName"), name, reference.get("clusterScope") is True)


def gathered(templates: Iterable[Named], find: Callable[[Named], Found | None]) -> tuple[list[Found], bool]:
    """Return the templates that are named, with those that these name in turn, each once; and whether all are known.

    Source: argo-rollouts, rollout/controller.go (getReferencedAnalysisTemplates)
    """
    found: list[Found] = []
    known, waiting, seen = True, list(templates), set[tuple[str, bool]]()
    while waiting:
        one = waiting.pop(0)
        if (one.name, one.cluster) in seen:
            continue
        seen.add((one.name, one.cluster))
        template = find(one)
        if template is None:
            known = False
        else:
            found.append(template)
            waiting += named(template.spec.get("templates"), ("spec", "templates"))
    return found, known


def arguments(args: Any) -> list[Argument]:
    """Return the arguments of a list of them."""
    found = ((index, argument) for index, argument in maps(args) if isinstance(argument.get("name"), str))
    return [
        Argument(argument["name"], index, argument.get("value") is not None or argument.get("valueFrom") is not None)
        for index, argument in found
    ]


def unanswered(measurement: Measurement, specs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the arguments that templates want and nobody gives a value, each once.

    What one template has a default for is given to all of them, except in the background, where each must be
    given what it has no default for itself.
    Source: argo-rollouts, utils/analysis/helpers.go (MergeArgs); validation_references.go (ValidateAnalysisTemplateWithType)
    """
    wanted = [argument for spec in specs for argument in arguments(spec.get("args"))]
    given = {argument.name for argument in arguments(measurement.args)}
    if not measurement.is_background:
        given |= {argument.name for argument in wanted if argument.has_value}
    return list(dict.fromkeys(argument.name for argument in wanted if not argument.has_value and argument.name not in given))


def untaken(measurement: Measurement, specs: Iterable[Mapping[str, Any]]) -> list[tuple[Pointer, str, set[str]]]:
    """Return the arguments that are given and no template takes: the pointer, the name, and the names that they take."""
    names = {argument.name for spec in specs for argument in arguments(spec.get("args"))}
    given = arguments(measurement.args)
    return [
        ((*measurement.pointer, "args", argument.position, "name"), argument.name, names)
        for argument in given
        if argument.name not in names
    ]
