"""Run the rules over what was built."""

from __future__ import annotations

from collections.abc import Iterator

from generator.build import Built
from generator.diagnostics import Diagnostic
from generator.measuring import measurements
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
    if any(measurements(built.strategy)):
        yield About.ANALYSIS
