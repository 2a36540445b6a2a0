"""The rule TP742, auto-promotion-counts."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import BLUE_GREEN, blue_green, number
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`autoPromotionSeconds` must not be set if `autoPromotionEnabled` is false.

    With `autoPromotionEnabled: false`, every release waits for a manual promotion, whatever the seconds are.
    Wrong:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, autoPromotionEnabled: false, autoPromotionSeconds: 60}}
    Right:
        kind: Rollout
        spec:
          strategy: {blueGreen: {activeService: web, autoPromotionSeconds: 60}}
    Source: argo-rollouts, rollout/bluegreen.go
    """
    given = blue_green(item)
    if given.get("autoPromotionEnabled") is False and number(given.get("autoPromotionSeconds")):
        message = "autoPromotionSeconds has no effect: autoPromotionEnabled is false"
        yield Finding((*BLUE_GREEN, "autoPromotionSeconds"), message, "remove one of the two")
