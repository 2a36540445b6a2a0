"""Run the rules over built services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer
from generator.kubernetes.applications import PROJECT
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.target import Target
from generator.lint.engine import Examined, dispatch, examine
from generator.lint.registry import BEFORE_HELM, SPEC_RULES
from generator.lint.rules.rule import EVERY_KIND, About, Rule
from generator.pipeline import applications, object_sets
from generator.pipeline.plain import Plain
from generator.pipeline.shipped_pods import ShippedPods
from generator.service.manifests import placed
from generator.service.place import place
from generator.workspace.model import Document, Environment, Problem

if TYPE_CHECKING:
    from generator.pipeline.release_windows import Agreement
    from generator.service.build import Built

AGREE = "TP844"
"""The id of what an environment and an AppProject say differently about windows."""


class Linter:
    """Runs the rules over services, and over the root Applications of environments."""

    def __init__(self, projects: Sequence[KubeObject] = (), own: Sequence[Rule] = (), crds: Sequence[KubeObject] = ()) -> None:
        self._objects = object_sets.ObjectSets(projects, own)
        self._pods = ShippedPods()
        self._plain = Plain(projects, crds)
        self._agreement = _agreement(projects)

    def begin(self) -> None:
        """Begin with the next service."""
        self._objects.begin()

    def lint(self, built: Built) -> Iterator[Diagnostic]:
        """Yield the findings of one service and environment, placed in the files that cause them."""
        resolved = built.resolved
        for rule in _of_present(built):
            for finding in rule.check(built):
                problem = Problem(rule.id, finding.pointer, finding.message, finding.hint, finding.layer)
                yield place(problem, rule.severity, resolved.spec, resolved.environment, resolved.layers)
        for one in self._objects.in_service(built):
            yield one.attributed(_placed(built, one))
        yield from self._pods.problems(built)
        yield from self._plain.problems(built)
        if self._agreement is not None:
            yield from self._agreement.problems(built)

    def lint_root(self, root: Document, environment: Environment) -> Iterator[Diagnostic]:
        """Yield the findings in the root Application of an environment, placed in the files that cause them.

        Whether its project permits the repository is told at the services.
        """
        for one in self._objects.in_root(root, environment):
            if one.finding.pointer[:2] != ("spec", "source") or root.by_own_template:
                yield applications.of_root(root, environment, one)


def _agreement(projects: Sequence[KubeObject]) -> Agreement | None:
    """Return what compares windows with those of projects; None, and nothing imported, if no project has any."""
    if not any(one.spec.get("syncWindows") for one in projects):
        return None
    from generator.pipeline.release_windows import Agreement

    return Agreement(projects)


def lint_projects(projects: Sequence[KubeObject], target: Target) -> Iterator[Diagnostic]:
    """Yield the findings in AppProjects themselves, at their own lines."""
    if projects:
        for one in examine(Objects(projects, target=target), dispatch(_of_projects())):
            source, found = one.object.source, one.finding
            if source is not None:
                span = source.span_of(found.pointer)
                yield Diagnostic(source.path, span, one.rule.id, one.severity, found.message, found.hint, found.pointer)


def rules_run(*, with_projects: bool) -> frozenset[str]:
    """Return the ids of all rules that run over services, and over AppProjects if the workspace has any."""
    rules = [*SPEC_RULES, *BEFORE_HELM]
    if with_projects:
        rules += [*object_sets.permits(), *_of_projects()]
    return frozenset(rule.id for rule in rules) | (frozenset([AGREE]) if with_projects else frozenset())


def _of_projects() -> Sequence[Rule]:
    """Return the rules over AppProjects themselves."""
    from generator.lint.rules import project

    return [
        *(rule for rule in project.RULES if rule.kinds == PROJECT),
        *(rule for rule in BEFORE_HELM if rule.kinds == EVERY_KIND),
    ]


def _placed(built: Built, one: Examined) -> Diagnostic:
    resolved, rule, item, found = built.resolved, one.rule, one.object, one.finding
    if item.source is not None or item.at:
        return placed(resolved, item, found.pointer, rule.id, one.severity, found.message, found.hint)
    if item.kind == "Application":
        return applications.of_service(built, one)
    problem = Problem(rule.id, _words(built, item, found.pointer), found.message, found.hint)
    return place(problem, one.severity, resolved.spec, resolved.environment, resolved.layers)


_OF_SERVICE, _OF_AUTOSCALING, _OF_POLICY = ([rule for rule in SPEC_RULES if rule.looks_at is about] for about in About)


def _of_present(built: Built) -> list[Rule]:
    """Return the rules about what a service has."""
    resolved = built.resolved
    autoscaling = _OF_AUTOSCALING if "autoscaling" in resolved.data else []
    return [*_OF_SERVICE, *autoscaling, *(_OF_POLICY if resolved.environment.policy else [])]


_HOMES: dict[Pointer, Pointer] = {
    ("spec", "strategy"): ("rollout", "strategy"),
    ("spec", "rollbackWindow"): ("rollout", "rollbackWindow"),
    ("spec", "replicas"): ("replicas",),
}
"""Of a Rollout."""


def _words(built: Built, item: KubeObject, pointer: Pointer) -> Pointer:
    """Return the pointer, into the resolved service, that a value of an object comes from."""
    if item.kind == "AnalysisTemplate":
        names = [analysis.name for analysis in built.analyses]
        return ("rollout", "analysisTemplates", names.index(item.name), *pointer) if item.name in names else ()
    if item.kind == "CronJob":
        return ("values", "cronJobs", item.name, *pointer[1:])
    home = _HOMES.get(pointer[:2]) if item.kind == "Rollout" else None
    return (*home, *pointer[2:]) if home else ()
