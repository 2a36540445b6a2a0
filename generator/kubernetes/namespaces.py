"""Things by the namespace that they are in, which may be unknown: they may then be in any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


def may_be_same(first: str, second: str) -> bool:
    """Tell whether two namespaces are one, or may be; an unknown one is empty."""
    return not first or not second or first == second


class ByNamespace(Generic[Thing]):
    """Things by namespace: to find those of one takes no look at the others."""

    __slots__ = ("_all", "_kept", "_places")

    def __init__(self, items: Iterable[tuple[str, Thing]] = ()) -> None:
        self._all: list[Thing] = []
        self._places: dict[str, list[int]] = {}
        """Where in that list those of a namespace are."""
        self._kept: dict[str, list[Thing]] = {}
        for namespace, item in items:
            self.add(namespace, item)

    def add(self, namespace: str, item: Thing) -> None:
        """Add a thing after the others."""
        self._places.setdefault(namespace, []).append(len(self._all))
        self._all.append(item)

    def surely(self, namespace: str) -> Thing | None:
        """Return the first thing that is known to be in a namespace; of an unknown one, the first of which it is unknown."""
        found = self._places.get(namespace)
        return self._all[found[0]] if found else None

    def best(self, namespace: str | None) -> Thing | None:
        """Return the thing that is surely in a namespace, or else the first that may be; the first of all for None."""
        return (self.surely(namespace) if namespace is not None else None) or self.first(namespace or "")

    def first(self, namespace: str) -> Thing | None:
        """Return the first thing that is, or may be, in a namespace; None without one."""
        if not namespace:
            return self._all[0] if self._all else None
        found = [self._places[one][0] for one in (namespace, "") if one in self._places]
        return self._all[min(found)] if found else None

    def within(self, namespace: str) -> list[Thing]:
        """Return what is known to be in a namespace, in its order."""
        return [self._all[place] for place in self._places.get(namespace, ())]

    def near(self, namespace: str) -> list[Thing]:
        """Return what is, or may be, in a namespace, in its order."""
        if not namespace:
            return self._all
        own, unknown = self._places.get(namespace), self._places.get("", [])
        if own and unknown:  # not kept: as many things may be in none as there are namespaces
            return [self._all[place] for place in sorted(own + unknown)]
        alone = namespace if own else ""
        if alone not in self._kept:
            self._kept[alone] = [self._all[place] for place in own or unknown]
        return self._kept[alone]
