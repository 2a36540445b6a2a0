"""The rule MR203, strategy-services-differ."""

from __future__ import annotations

from collections.abc import Iterator

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Severity
from generator.rules.rule import About, Finding, Rule

PAIRS = (("stableService", "canaryService"), ("activeService", "previewService"))


def check(built: Built) -> Iterator[Finding]:
    """The two Services of a strategy must be different ones.

    The controller points one at the old pods and the other at the new ones. With one name for both it
    marks the Rollout InvalidSpec.
    Wrong:
        spec:
          rollout:
            strategy: {blueGreen: {activeService: web, previewService: web}}
    Right:
        spec:
          rollout:
            strategy: {blueGreen: {activeService: web, previewService: web-preview}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    which = strategies.kind(built.strategy)
    given = strategies.body(built.strategy)
    for first, second in PAIRS:
        if given.get(first) and given.get(first) == given.get(second):
            message = f"{first} and {second} are both `{given[first]}`"
            yield Finding(
                ("rollout", "strategy", which, second), message, "name another Service, or leave both out to get the chart's"
            )
    ping_pong = given.get("pingPong") or {}
    if ping_pong and ping_pong.get("pingService") == ping_pong.get("pongService"):
        pointer = ("rollout", "strategy", which, "pingPong", "pongService")
        yield Finding(pointer, "pingService and pongService are the same", "name two Services")


RULE = Rule("MR203", "strategy-services-differ", Severity.ERROR, check, About.ROLLOUT)
