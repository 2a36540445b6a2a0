"""Run the rules over what was built."""

from __future__ import annotations

from collections.abc import Iterator

from generator.build import Built
from generator.diagnostics import Diagnostic, Pointer
from generator.examine import NO_NOTES, examine
from generator.model import Problem
from generator.objects import ROLLOUTS, KubeObject, Objects
from generator.place import place
from generator.resolve import origins
from generator.rules import RULES
from generator.rules.rule import About

_OURS = frozenset([(ROLLOUTS, "AnalysisTemplate")])
"""What a service brings all of along itself; Services and the rest may come out of its chart."""


_SAID_OF_SPECS = frozenset(["MR801", "MR820"])
"""Rules over objects whose matter a rule over specs has already, in the words of specs: MR401, MR403."""

_OBJECT_RULES = [rule for rule in NO_NOTES if rule.id not in _SAID_OF_SPECS]


def lint(built: Built) -> Iterator[Diagnostic]:
    """Yield what the rules find in one service and environment, placed in the files that say it."""
    resolved = built.resolved
    for about in _present(built):
        for rule in _BY_SUBJECT[about]:
            for finding in rule.check(built):
                problem = Problem(rule.id, finding.pointer, finding.message, finding.hint)
                yield place(problem, rule.severity, resolved.spec, resolved.environment, resolved.layers)
    for one, item, found in examine(Objects(_objects(built), known=_OURS), _OBJECT_RULES):
        pointer = _words(built, item, found.pointer)
        if item.source is None:
            problem = Problem(one.id, pointer, found.message, _hint(built, item, pointer, found.hint))
            yield place(problem, one.severity, resolved.spec, resolved.environment, resolved.layers)
        else:
            span, path = item.source.span_of(found.pointer), item.source.path
            where = (resolved.service, resolved.environment.name)
            yield Diagnostic(path, span, one.id, one.severity, found.message, found.hint, found.pointer, *where)


_BY_SUBJECT = {about: [rule for rule in RULES if rule.about is about] for about in About}


def _present(built: Built) -> Iterator[About]:
    """Yield what there is for rules to look at."""
    resolved = built.resolved
    yield About.SERVICE
    if "autoscaling" in resolved.data:
        yield About.AUTOSCALING
    if resolved.environment.policy:
        yield About.POLICY


def _objects(built: Built) -> Iterator[KubeObject]:
    """Yield the Kubernetes objects that are known before Helm: what is generated, and the strategy of the chart's Rollout."""
    files = {analysis.name: analysis.source for analysis in built.analyses}
    kinds = set()
    for document in built.documents:
        kind = document.data.get("kind")
        if isinstance(kind, str) and "apiVersion" in document.data:
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
    return {"apiVersion": f"{ROLLOUTS}/v1alpha1", "kind": "Rollout", "metadata": {"name": resolved.service}, "spec": spec}


_HOMES: dict[tuple[str, Pointer], Pointer] = {
    ("Rollout", ("spec", "strategy")): ("rollout", "strategy"),
    ("Rollout", ("spec", "rollbackWindow")): ("rollout", "rollbackWindow"),
    ("Rollout", ("spec", "replicas")): ("replicas",),
    ("Application", ("spec", "syncPolicy")): ("argocd", "syncPolicy"),
    ("Application", ("spec", "ignoreDifferences")): ("argocd", "ignoreDifferences"),
    ("Application", ("metadata", "annotations")): ("argocd", "annotations"),
    ("Application", ("metadata", "labels")): ("argocd", "labels"),
    ("Application", ("spec", "sources")): ("chart",),
}


def _words(built: Built, item: KubeObject, pointer: Pointer) -> Pointer:
    """Return the pointer, into the resolved service, of what a value of an object was made of."""
    if item.kind == "AnalysisTemplate":
        index = [analysis.name for analysis in built.analyses].index(item.name)
        return ("rollout", "analysisTemplates", index, *pointer)
    home = _HOMES.get((item.kind, pointer[:2]))
    if home is None:
        return ()
    return home if home == ("chart",) else (*home, *pointer[2:])


def _hint(built: Built, item: KubeObject, pointer: Pointer, hint: str) -> str:
    """Return a hint that also names the environment, where only it can have said what is wrong."""
    environment = built.resolved.environment
    if item.kind == "Application" and next(origins(built.resolved.layers, pointer), None) is None:
        return f"{hint}; see argocd in {environment.source.path}"
    return hint
