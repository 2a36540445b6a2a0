"""The rule TP741, scale-down-limit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import BLUE_GREEN, blue_green, number
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`scaleDownDelayRevisionLimit` must not exceed `revisionHistoryLimit`.

    Only revisions in the history can keep their pods. `revisionHistoryLimit` defaults to 10; if it is exceeded,
    the controller marks the Rollout InvalidSpec.
    Wrong:
        kind: Rollout
        spec:
          revisionHistoryLimit: 2
          strategy: {blueGreen: {activeService: web, scaleDownDelayRevisionLimit: 3}}
    Right:
        kind: Rollout
        spec:
          revisionHistoryLimit: 3
          strategy: {blueGreen: {activeService: web, scaleDownDelayRevisionLimit: 3}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, ValidateRolloutStrategyBlueGreen
    """
    limit = number(blue_green(item).get("scaleDownDelayRevisionLimit"))
    stated = number(item.spec.get("revisionHistoryLimit"))
    history = 10 if stated is None else stated
    # Without a stated limit, a chart that is not rendered yet may still set one.
    if limit is not None and limit > history and (item.whole or stated is not None):
        message = f"scaleDownDelayRevisionLimit {limit} is greater than revisionHistoryLimit {history}"
        yield Finding((*BLUE_GREEN, "scaleDownDelayRevisionLimit"), message, "lower it, or raise `revisionHistoryLimit`")
