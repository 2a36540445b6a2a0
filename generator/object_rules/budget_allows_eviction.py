"""The rule MR633, budget-allows-eviction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Severity
from generator.object_rules.rule import ObjectFinding, ObjectRule
from generator.object_rules.scaler_target_exists import SCALERS, target_of
from generator.objects import KubeObject, Objects, at
from generator.workloads import Pods, selected


def check(item: KubeObject, objects: Objects) -> Iterator[ObjectFinding]:
    """A PodDisruptionBudget should let at least one pod go.

    One that never does blocks every drain of a node, and so every upgrade of the cluster.
    Source: kubernetes.io/docs/tasks/run-application/configure-pdb
    """
    if item.spec.get("maxUnavailable") in (0, "0", "0%"):
        yield ObjectFinding(("spec", "maxUnavailable"), f"{item.title} lets no pod go, ever", "allow at least 1")
        return
    least = item.spec.get("minAvailable")
    if least == "100%":
        yield ObjectFinding(("spec", "minAvailable"), f"{item.title} lets no pod go, ever", "ask for less than 100%")
        return
    found = selected(item.spec.get("selector"), item, objects)
    pods = _least_pods(found[0], objects) if len(found) == 1 else None
    if isinstance(least, int) and isinstance(pods, int) and not isinstance(least, bool) and least >= pods > 0:
        message = f"{item.title} wants {least} pods to stay, and {found[0].owner.title} has {pods}"
        yield ObjectFinding(("spec", "minAvailable"), message, "ask for fewer, use maxUnavailable, or run more pods")


def _least_pods(pods: Pods, objects: Objects) -> Any:
    owner = pods.owner
    for scaler in [one for group, kind in SCALERS for one in objects.of(group, kind)]:
        if target_of(scaler) == (owner.group, owner.kind, owner.name):
            return at(scaler.spec, "minReplicas") or 1
    return owner.spec.get("replicas", 1) if owner.kind != "DaemonSet" else None


RULE = ObjectRule("MR633", "budget-allows-eviction", Severity.WARNING, (("policy", "PodDisruptionBudget"),), check)
