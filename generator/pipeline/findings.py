"""Run the rules over built services."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from generator.diagnostics import Diagnostic, Pointer
from generator.kubernetes.applications import APPLICATION, PROJECT
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.lint.engine import Examined, dispatch, examine
from generator.lint.registry import BEFORE_HELM, SPEC_RULES
from generator.lint.rules.rule import About, Rule
from generator.pipeline.plain import Plain
from generator.service.build import Built
from generator.service.manifests import placed
from generator.service.origins import origins
from generator.service.place import place
from generator.syntax.merge import lookup
from generator.workspace.model import Problem

_OURS = frozenset([(ROLLOUTS, "AnalysisTemplate")])
"""Kinds whose objects are all known before Helm; Services and others may also come from the chart."""


class Linter:
    """Runs the rules, and remembers the last sets of objects without findings.

    A fleet has few strategies, so most services and environments have one that was already checked.
    """

    def __init__(self, projects: Sequence[KubeObject] = ()) -> None:
        self._projects = projects
        self._known = _OURS | {*PROJECT} if projects else _OURS
        permits = _permits() if projects else ()
        self._of_applications = dispatch([*_FOR_APPLICATIONS, *permits])
        self._rules = dispatch([*BEFORE_HELM, *permits])
        self._plain = Plain(projects)
        self._clean: deque[list[tuple[str, Any]]] = deque(maxlen=_REMEMBERED)

    def lint(self, built: Built) -> Iterator[Diagnostic]:
        """Yield the findings of one service and environment, placed in the files that cause them."""
        resolved = built.resolved
        for about in _present(built):
            for rule in _BY_SUBJECT[about]:
                for finding in rule.check(built):
                    problem = Problem(rule.id, finding.pointer, finding.message, finding.hint, finding.layer)
                    yield place(problem, rule.severity, resolved.spec, resolved.environment, resolved.layers)
        objects = Objects((*_objects(built), *self._projects), known=self._known)
        told = [(_name(item), item.data.get("spec")) for item in objects if item.kind not in ("Application", "AppProject")]
        told += [(one.path, one.item.data) for one in built.manifests]
        told += [("folder", id(built.stock))] if built.stock else []
        seen = told in self._clean
        found = list(examine(objects, self._of_applications if seen else self._rules))
        if not seen and all(one.object.kind == "Application" for one in found):
            self._clean.append(told)
        for one in found:
            yield _placed(built, one)
        yield from self._plain.problems(built)


def lint_projects(projects: Sequence[KubeObject]) -> Iterator[Diagnostic]:
    """Yield the findings in AppProjects themselves, at their own lines."""
    if projects:
        for one in examine(Objects(projects), dispatch(_of_projects())):
            source, found = one.object.source, one.finding
            if source is not None:
                span = source.span_of(found.pointer)
                yield Diagnostic(source.path, span, one.rule.id, one.severity, found.message, found.hint, found.pointer)


def rules_run(*, with_projects: bool) -> frozenset[str]:
    """Return the ids of all rules that run over services, and over AppProjects if the workspace has any."""
    rules = [*SPEC_RULES, *BEFORE_HELM]
    if with_projects:
        rules += [*_permits(), *_of_projects()]
    return frozenset(rule.id for rule in rules)


def _of_projects() -> Sequence[Rule]:
    """Return the rules over AppProjects themselves."""
    from generator.lint.rules.project import project_patterns, project_policies, project_windows

    return (project_patterns.RULE, project_windows.RULE, project_policies.RULE)


def _permits() -> Sequence[Rule]:
    """Return the rules that check Applications against their project; imported only if there are projects."""
    from generator.lint.rules.project import project_permits, project_permits_kinds, project_permits_namespace

    return (project_permits.RULE, project_permits_namespace.RULE, project_permits_kinds.RULE)


def _name(item: KubeObject) -> str:
    """Return how other objects refer to an object; none refers to a Rollout by its name."""
    return item.name if item.kind == "AnalysisTemplate" else item.kind


def _placed(built: Built, one: Examined) -> Diagnostic:
    resolved, rule, item, found = built.resolved, one.rule, one.object, one.finding
    if item.source is not None or item.at:
        return placed(resolved, item, found.pointer, rule.id, one.severity, found.message, found.hint)
    pointer = _words(built, item, found.pointer)
    problem = Problem(rule.id, pointer, found.message, _hint(built, item, pointer, found.hint))
    return place(problem, one.severity, resolved.spec, resolved.environment, resolved.layers)


_REMEMBERED = 12
_FOR_APPLICATIONS = [rule for rule in BEFORE_HELM if rule.kinds == APPLICATION]

_BY_SUBJECT = {about: [rule for rule in SPEC_RULES if rule.looks_at is about] for about in About}


def _present(built: Built) -> Iterator[About]:
    """Yield the subjects that rules can check."""
    resolved = built.resolved
    yield About.SERVICE
    if "autoscaling" in resolved.data:
        yield About.AUTOSCALING
    if resolved.environment.policy:
        yield About.POLICY


def _objects(built: Built) -> Iterator[KubeObject]:
    """Yield the Kubernetes objects that are known before Helm: the generated ones, and the chart's Rollout with its strategy."""
    files = {analysis.name: analysis.source for analysis in built.analyses}
    yield from (one.item for one in built.manifests)
    if built.stock and not built.stock.data:  # what kustomize builds of its files is not known yet
        yield from built.stock.objects
    plain = {one.path for one in built.manifests}
    kinds = set()
    for document in built.documents:
        kind = document.data.get("kind")
        if isinstance(kind, str) and "apiVersion" in document.data and document.path not in plain:
            kinds.add(kind)
            item = KubeObject(document.data)
            yield item._replace(source=files.get(item.name)) if kind == "AnalysisTemplate" else item
    if "rollout" in built.resolved.data and "Rollout" not in kinds:
        yield KubeObject(_skeleton(built), whole=False)


def _skeleton(built: Built) -> dict[str, object]:
    resolved = built.resolved
    spec: dict[str, object] = {"strategy": built.strategy}
    if "autoscaling" not in resolved.data and resolved.data.get("replicas") is not None:
        spec["replicas"] = resolved.data["replicas"]
    if resolved.rollout.get("rollbackWindow"):
        spec["rollbackWindow"] = resolved.rollout["rollbackWindow"]
    return {"apiVersion": f"{ROLLOUTS}/v1alpha1", "kind": "Rollout", "metadata": {"name": built.rollout_name}, "spec": spec}


_HOMES: dict[tuple[str, Pointer], Pointer] = {
    ("Rollout", ("spec", "strategy")): ("rollout", "strategy"),
    ("Rollout", ("spec", "rollbackWindow")): ("rollout", "rollbackWindow"),
    ("Rollout", ("spec", "replicas")): ("replicas",),
    ("Application", ("metadata", "name")): ("argocd", "applicationName"),
    ("Application", ("spec", "project")): ("argocd", "project"),
    ("Application", ("spec", "destination")): ("argocd", "destination"),
    ("Application", ("spec", "syncPolicy")): ("argocd", "syncPolicy"),
    ("Application", ("spec", "ignoreDifferences")): ("argocd", "ignoreDifferences"),
    ("Application", ("metadata", "annotations")): ("argocd", "annotations"),
    ("Application", ("metadata", "labels")): ("argocd", "labels"),
    ("Application", ("spec", "source")): ("chart",),
    ("Application", ("spec", "sources")): ("chart",),
}


def _words(built: Built, item: KubeObject, pointer: Pointer) -> Pointer:
    """Return the pointer, into the resolved service, that a value of an object comes from."""
    if item.kind == "AnalysisTemplate":
        names = [analysis.name for analysis in built.analyses]
        return ("rollout", "analysisTemplates", names.index(item.name), *pointer) if item.name in names else ()
    home = _HOMES.get((item.kind, pointer[:2]))
    if home is None:
        return ()
    if home == ("chart",) and pointer[-1:] in (("repoURL",), ("targetRevision",)):
        source = lookup(item.data, pointer[:-1])[1]
        git = built.origin.git
        if git and source.get("repoURL") == git:
            return ("chart", "repoURL" if pointer[-1] == "repoURL" else "revision")
        if "chart" not in source:
            return ()  # the config repository is set in tiphys.yaml
    if pointer[-2:] == ("helm", "releaseName"):
        return ("argocd", "releaseName")
    return home if home == ("chart",) else (*home, *pointer[2:])


def _hint(built: Built, item: KubeObject, pointer: Pointer, hint: str) -> str:
    """Return a hint that also names the environment, if only the environment can set the value."""
    environment = built.resolved.environment
    if item.kind == "Application" and next(origins(built.resolved.layers, pointer), None) is None:
        return f"{hint}; see argocd in {environment.part(('spec', *pointer)).path}"
    return hint
