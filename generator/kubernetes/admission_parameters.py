"""The parameters that a binding gives a policy: paramKind and paramRef, among the objects that are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.kubernetes.admission_constraints import UnknownMatchError
from generator.kubernetes.objects import KubeObject
from generator.kubernetes.rollouts import table
from generator.kubernetes.selectors import Requirements
from generator.syntax.budget import ITEM, Budget

_Kind = tuple[str, str]


class Beside:
    """Objects that policies may need, and that need not be those which are judged: the same for all sets of a run."""

    __slots__ = ("_by_kind", "_parameters", "namespaces")

    def __init__(self, items: Iterable[KubeObject]) -> None:
        self._parameters: dict[tuple[int, int], Parameters | None] = {}
        self._by_kind: dict[_Kind, list[KubeObject]] = {}
        for item in items:
            self._by_kind.setdefault((item.api_version, item.kind), []).append(item)
        self.namespaces = {one.name: one for one in self._by_kind.get(("v1", "Namespace"), ())}

    def parameters(self, policy: KubeObject, binding: KubeObject, budget: Budget) -> Parameters | None:
        """Return the parameters of a policy by its binding; None if it has none. Raises SpentError.

        They are looked for once, so both must live as long as this.
        """
        key = (id(policy.data), id(binding.data))
        if key not in self._parameters:
            self._parameters[key] = self._found(policy, binding, budget)
        return self._parameters[key]

    def _found(self, policy: KubeObject, binding: KubeObject, budget: Budget) -> Parameters | None:
        kind, reference = table(policy.spec, "paramKind"), table(binding.spec, "paramRef")
        if not kind or not reference:
            return None
        version, name = kind.get("apiVersion"), kind.get("kind")
        if not isinstance(version, str) or not isinstance(name, str):
            return Parameters([], reference, budget)
        return Parameters(self._by_kind.get((version, name), []), reference, budget)


class Parameters:
    """The parameters of one binding, by the namespace that they are in."""

    __slots__ = ("_by_namespace", "_found", "_name", "_namespace")

    def __init__(self, items: list[KubeObject], reference: dict[str, Any], budget: Budget) -> None:
        """Begin with all objects of the kind; each is asked once, and paid for."""
        name, namespace = reference.get("name"), reference.get("namespace")
        selector = Requirements(table(reference, "selector"))
        budget.spend(len(items) * (2 * ITEM if name else selector.cost))
        self._name = name if isinstance(name, str) else ""
        self._namespace = namespace if isinstance(namespace, str) else ""
        self._found = [one for one in items if (one.name == name if name else selector.are_met(one.labels))]
        self._by_namespace: dict[str, list[int]] = {}
        for index, one in enumerate(self._found):
            self._by_namespace.setdefault(one.namespace, []).append(index)

    def of(self, namespace: str) -> list[KubeObject]:
        """Return those for objects of a namespace, empty if it is not known; raises UnknownMatchError if there are none."""
        near = self._namespace or namespace
        found = self._found
        if near:
            found = [found[at] for at in sorted({at for key in ("", near) for at in self._by_namespace.get(key, ())})]
        if not found:
            named = f" {self._name}" if self._name else ""
            raise UnknownMatchError(f"its parameter{named} is not among the manifests")
        return found
