"""The rule TP744, rollback-window."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.rollouts import number
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A rollback window must fit into the revision history.

    A rollback within the window skips the steps, but it cannot reach a revision that was already deleted.
    Wrong:
        kind: Rollout
        spec:
          revisionHistoryLimit: 3
          rollbackWindow: {revisions: 5}
    Right:
        kind: Rollout
        spec:
          revisionHistoryLimit: 5
          rollbackWindow: {revisions: 5}
    Source: argo-rollouts, docs/features/rollback.md
    """
    window = number(at(item.spec, "rollbackWindow", "revisions"))
    stated = number(item.spec.get("revisionHistoryLimit"))
    history = 10 if stated is None else stated
    # Without a stated limit, a chart that is not rendered yet may still set one.
    if window is not None and window > history and (item.whole or stated is not None):
        message = f"the rollback window is {window} revisions, but only {history} are kept"
        yield Finding(("spec", "rollbackWindow", "revisions"), message, "raise `revisionHistoryLimit`, or lower the window")
