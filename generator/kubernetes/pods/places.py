"""Where pods are described: in workloads, in Experiments, and in the Jobs of analyses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, at, maps
from generator.kubernetes.workloads import KINDS, SELECTING
from generator.syntax.named_tuples import NamedTuple

Found = TypeVar("Found")

HOLDERS = (
    *KINDS,
    (ROLLOUTS, "Experiment"),
    (ROLLOUTS, "AnalysisTemplate"),
    (ROLLOUTS, "ClusterAnalysisTemplate"),
)
"""The kinds that describe pods."""

KEYS = frozenset(["template", "containers"])
"""Keys, one of which is in the spec of what describes pods."""

_ENDS = ("Job", "CronJob", "AnalysisTemplate", "ClusterAnalysisTemplate")


class Pod(NamedTuple):
    """The description of a pod."""

    template: dict[str, Any]
    """Its metadata and spec."""
    base: Pointer
    """Where the template is."""
    kind: str
    """What the pod is of, for people: Rollout, Job."""
    policies: tuple[str, ...]
    """The restart policies that it can have, the default first."""
    claims: frozenset[str] = frozenset()
    """The volumes that its StatefulSet adds."""

    @property
    def spec(self) -> dict[str, Any]:
        """The spec; empty where it has none."""
        spec = self.template.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def here(self) -> Pointer:
        """Where the spec is."""
        return (*self.base, "spec")

    def containers(self) -> Iterator[tuple[str, int, dict[str, Any], Pointer]]:
        """Yield all containers: their field, index, data and place."""
        for field in ("initContainers", "containers"):
            for index, container in maps(self.spec.get(field)):
                yield field, index, container, (*self.here, field, index)


def pods_in(item: KubeObject) -> list[Pod]:
    """Return the pods that an object describes itself."""
    if (item.group, item.kind) not in HOLDERS or not item.whole:
        return []
    return [pod for base in _bases(item) if (pod := _pod(item, base)) is not None]


def in_pods(item: KubeObject, find: Callable[[Pod], Iterable[Found]]) -> Iterator[Found]:
    """Yield what is found in the pods that an object describes itself."""
    for pod in pods_in(item):
        yield from find(pod)


def _bases(item: KubeObject) -> Iterator[Pointer]:
    if item.kind == "Pod":
        yield ()
    elif item.kind == "CronJob":
        yield ("spec", "jobTemplate", "spec", "template")
    elif item.kind == "Experiment":
        yield from (("spec", "templates", index, "template") for index, _ in maps(item.spec.get("templates")))
    elif item.group == ROLLOUTS and item.kind != "Rollout":
        for index, _ in maps(item.spec.get("metrics")):
            yield ("spec", "metrics", index, "provider", "job", "spec", "template")
    else:
        yield ("spec", "template")


def _pod(item: KubeObject, base: Pointer) -> Pod | None:
    template = at(item.data, *base)
    if not isinstance(template, dict) or (not template and item.spec.get("workloadRef") is not None):
        return None
    ends = item.kind in _ENDS
    policies: tuple[str, ...] = ("OnFailure", "Never") if ends else ("Always",)
    if item.kind == "Pod":
        policies = ("Always", "OnFailure", "Never")
    names = (at(claim, "metadata", "name") for _, claim in maps(item.spec.get("volumeClaimTemplates")))
    claims = frozenset(str(name) for name in names) if (item.group, item.kind) in SELECTING else frozenset[str]()
    return Pod(template, base, "Job" if ends else item.kind, policies, claims)
