"""When a difference reaches the pods that run: with the steps of a release, by a rolling update, or at the sync itself."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from generator.kubernetes.objects import ROLLOUTS, KubeObject
from generator.kubernetes.rollouts import table
from generator.syntax.leaves import Path

TEMPLATE: Path = ("spec", "template")


class Effect(StrEnum):
    """When a difference takes effect."""

    RELEASE = "release"
    """With the strategy of a Rollout: the stable pods keep the old value until the release is through."""
    UPDATE = "update"
    """By replacing pods, as the controller of the workload does."""
    AT_ONCE = "at-once"
    """At the sync, for the stable version as well."""


_REPLACED = (("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"))


class Releases(NamedTuple):
    """The workloads of one application that a Rollout releases step by step."""

    strategies: dict[tuple[str, str], str]
    """`canary` or `blueGreen` by kind and name."""

    def of(self, item: KubeObject) -> str:
        """Return the strategy that releases the pods of an object; empty without one."""
        return self.strategies.get((item.kind, item.name), "")

    def effect(self, item: KubeObject, path: Path) -> Effect | None:
        """Return when a difference at a path takes effect; None where nothing but its object changes with it.

        Without a Rollout in the application, only what replaces pods is worth saying.
        """
        if path[:2] == TEMPLATE:
            if self.of(item):
                return Effect.RELEASE
            return Effect.UPDATE if (item.group, item.kind) in _REPLACED else None
        return Effect.AT_ONCE if self.strategies else None


def releases_of(objects: Iterable[KubeObject]) -> Releases:
    """Return the workloads that the Rollouts among objects release: their own pods, or those of a referenced Deployment."""
    found: dict[tuple[str, str], str] = {}
    for item in objects:
        if (item.group, item.kind) != (ROLLOUTS, "Rollout"):
            continue
        strategy = next(iter(table(item.data, "spec", "strategy")), "")
        if strategy:
            found["Rollout", item.name] = strategy
            referenced = table(item.data, "spec", "workloadRef")
            found[str(referenced.get("kind")), str(referenced.get("name"))] = strategy
    return Releases(found)
