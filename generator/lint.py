"""Run the rules over what was built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Diagnostic, Severity, Span
from generator.model import Problem
from generator.place import place
from generator.rules import RULES
from generator.rules.rule import About


def lint(built: Built) -> Iterator[Diagnostic]:
    """Yield what the rules find in one service and environment, placed in the files that say it."""
    resolved = built.resolved
    for about in _present(built):
        for rule in _BY_SUBJECT[about]:
            for finding in rule.check(built):
                problem = Problem(rule.id, finding.pointer, finding.message, finding.hint)
                yield place(problem, rule.severity, resolved.spec, resolved.environment, resolved.layers)


_BY_SUBJECT = {about: [rule for rule in RULES if rule.about is about] for about in About}


def _present(built: Built) -> Iterator[About]:
    """Yield what there is for rules to look at."""
    resolved = built.resolved
    yield About.SERVICE
    if "rollout" in resolved.data:
        yield About.ROLLOUT
    if "autoscaling" in resolved.data:
        yield About.AUTOSCALING
    if resolved.environment.policy:
        yield About.POLICY
    if next(strategies.analyses(built.strategy), None) is not None:
        yield About.ANALYSIS


def lint_together(services: Iterable[Built]) -> Iterator[Diagnostic]:
    """Yield what is wrong between services: things of one name that only one of them can own."""
    applications: dict[tuple[str, str], Built] = {}
    templates: dict[tuple[str, str, str], Built] = {}
    for built in services:
        facts = built.application
        first = applications.setdefault((facts["namespace"], facts["name"]), built)
        if first is not built:
            message = f"the Application `{facts['name']}` is also that of {_owner(first)}"
            yield _clash(
                built, "MR501", message, "make argocd.applicationName of the environment hold {service} and {environment}"
            )
        destination = facts["destination"]
        cluster = str(destination.get("server") or destination.get("name"))
        for analysis in built.analyses:
            key = (cluster, str(destination.get("namespace")), analysis.name)
            other = templates.setdefault(key, built)
            if other is not built and other.resolved.service != built.resolved.service:
                message = f"the AnalysisTemplate `{analysis.name}` is also brought by {_owner(other)} into namespace `{key[1]}`"
                yield _clash(built, "MR502", message, f"name it after the service: `{built.resolved.service}-{analysis.name}`")


def _owner(built: Built) -> str:
    return f"{built.resolved.service} in {built.resolved.environment.name}"


def _clash(built: Built, rule: str, message: str, hint: str) -> Diagnostic:
    resolved = built.resolved
    source = resolved.spec.source
    at = ("metadata", "name")
    span: Span = source.span_of(at)
    return Diagnostic(source.path, span, rule, Severity.ERROR, message, hint, at, resolved.service, resolved.environment.name)
