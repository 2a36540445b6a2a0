"""Admission policies among manifests: what each set of objects is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from generator.kubernetes.admission import BINDING, GROUP, POLICY
from generator.kubernetes.objects import KubeObject, at
from generator.lint.users import NONE, OwnRules

if TYPE_CHECKING:
    from generator.kubernetes.admission_parameters import Beside
    from generator.syntax.budget import Budget

Key = tuple[str, str]

_MANY = 2
"""With this number of forms, none of them is for all sets."""


class Policies:
    """The policies of all sets; nothing is imported, and nothing done, without any.

    A policy is for all objects of a run, whichever folder it is applied from, but for one that a repository has in
    several forms, as for several clusters: each of these is for its own set alone.
    """

    def __init__(self, sets: Iterable[Sequence[KubeObject]], beside: Sequence[KubeObject], together: Budget) -> None:
        every = [*beside, *(item for objects in sets for item in objects)]
        ours = [item for item in every if _is_ours(item)]
        kinds = {("v1", "Namespace"), *(_parameters(item) for item in ours)}
        self._together = together
        self._own: dict[Key, list[KubeObject]] = {}
        for item in ours:
            if len(self._own.get(_key(item), ())) < _MANY and all(
                item.data != other.data for other in self._own.setdefault(_key(item), [])
            ):
                self._own[_key(item)].append(item)
        self._shared = [(key, several[0]) for key, several in self._own.items() if len(several) == 1]
        others = (item for item in every if (item.api_version, item.kind) in kinds) if ours else ()
        self._others = {id(item.data): item for item in others}

    @property
    def names(self) -> frozenset[str]:
        """The names of all policies."""
        return frozenset(name for kind, name in self._own if kind == POLICY)

    def of(self, objects: Sequence[KubeObject]) -> OwnRules:
        """Return the rules that a set of objects must pass."""
        if not self._own:
            return NONE
        from generator.lint import policies

        own = {_key(item): item for item in objects if _is_ours(item)}
        shared = [item for key, item in self._shared if key not in own]
        return policies.of([*own.values(), *shared], self._together, self._beside)

    @cached_property
    def _beside(self) -> Beside:
        """The parameters and Namespaces of all sets."""
        from generator.kubernetes.admission_parameters import Beside

        return Beside(self._others.values())


def _parameters(policy: KubeObject) -> Key:
    """Return the kind of the parameters of a policy, which may be anything in a manifest."""
    version, kind = (at(policy.spec, "paramKind", field) for field in ("apiVersion", "kind"))
    return (version, kind) if isinstance(version, str) and isinstance(kind, str) else ("", "")


def _is_ours(item: KubeObject) -> bool:
    return item.kind in (POLICY, BINDING) and item.group == GROUP


def _key(item: KubeObject) -> Key:
    return item.kind, item.name
