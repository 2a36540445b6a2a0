"""Things with labels, found by what selectors ask for.

An answer is a set of bits, one for each thing: to combine two answers takes one operation, however many things there are.
Files hold thousands of selectors and as many things, and each selector asks of each thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from generator.kubernetes.objects import maps

Labelled = TypeVar("Labelled")
Bits = int
"""A set of things: the bit at the place of each is 1."""

_FEW = 16
"""Places from which on their bits are kept: those of fewer are made in a moment."""


def places(bits: Bits) -> Iterator[int]:
    """Yield the places in a set, in their order."""
    digits = f"{bits:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def first_place(bits: Bits) -> int:
    """Return the first place in a set, which has one."""
    return (bits & -bits).bit_length() - 1


class ByValue:
    """Which things have a value, by this value."""

    __slots__ = ("_among", "_bits", "_places")

    def __init__(self, values: Iterable[Iterable[Any]] = ()) -> None:
        self._places: dict[Any, list[int]] = {}
        self._bits: dict[Any, Bits] = {}
        self._among: tuple[Bits, list[Any]] = (0, [])
        """What was asked for last, and the answer: an object asks for the same things at each of its ports."""
        for place, of_one in enumerate(values):
            for value in of_one:
                self.add(value, place)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the values, in the order in which they were met."""
        return iter(self._places)

    def add(self, value: Any, place: int) -> None:
        """Note that the thing at a place, which is not before that of the call before, has a value."""
        known = self._places.setdefault(value, [])
        if not known or known[-1] != place:
            known.append(place)

    def of(self, value: Any) -> Bits:
        """Return the things that have a value."""
        known = self._places.get(value)
        if known is None:
            return 0
        if value in self._bits:
            return self._bits[value]
        bits = _bits(known)
        if len(known) >= _FEW:
            self._bits[value] = bits
        return bits

    def among(self, bits: Bits) -> Iterator[Any]:
        """Yield the values that some of a set of things have; nothing is looked at before the first is asked for."""
        if bits != self._among[0]:
            chosen = set(places(bits))
            found = [value for value, known in self._places.items() if self._is_in(value, known, bits, chosen)]
            self._among = bits, found
        yield from self._among[1]

    def _is_in(self, value: Any, known: list[int], bits: Bits, chosen: set[int]) -> bool:
        return not chosen.isdisjoint(known) if len(known) < _FEW else bool(self.of(value) & bits)


def _bits(known: list[int]) -> Bits:
    made = bytearray(known[-1] // 8 + 1)
    for place in known:
        made[place // 8] |= 1 << place % 8
    return int.from_bytes(made, "little")


class LabelIndex(Generic[Labelled]):
    """Things that have labels and are in a namespace; one whose namespace is unknown may be in any."""

    def __init__(
        self,
        items: Iterable[Labelled],
        labels: Callable[[Labelled], dict[str, Any]],
        namespace: Callable[[Labelled], str],
    ) -> None:
        self.items = list(items)
        self.all: Bits = (1 << len(self.items)) - 1
        self._namespaces = ByValue([namespace(item)] for item in self.items)
        self._by_key, self._by_pair = ByValue(), ByValue()
        self._values: dict[Any, dict[Any, None]] = {}
        """The values that each label has."""
        self._of_lists: dict[tuple[Any, int], tuple[list[Any], Bits]] = {}
        """What has one of the listed values, by the label and the identity of the list, which is kept for that."""
        self._by: dict[str, ByValue] = {}
        for place, item in enumerate(self.items):
            for key, value in labels(item).items():
                self._by_key.add(key, place)
                if _is_simple(value):
                    self._by_pair.add((key, value), place)
                    self._values.setdefault(key, {})[value] = None

    def by(self, name: str, values: Callable[[Labelled], Iterable[Any]]) -> ByValue:
        """Return which things have a value, of values that are worked out once under a name."""
        if name not in self._by:
            self._by[name] = ByValue(map(values, self.items))
        return self._by[name]

    def of(self, bits: Bits) -> list[Labelled]:
        """Return the things in a set, in their order."""
        return [self.items[place] for place in places(bits)]

    def first(self, bits: Bits) -> Labelled:
        """Return the first thing in a set, which has one."""
        return self.items[first_place(bits)]

    def near(self, namespace: str) -> Bits:
        """Return what is, or may be, in a namespace; an unknown one may be any."""
        return self._namespaces.of(namespace) | self._namespaces.of("") if namespace else self.all

    def labelled(self, keys: Iterable[Any]) -> Bits:
        """Return what has one of some labels, with any value."""
        found = 0
        for key in keys:
            found |= self._by_key.of(key)
        return found

    def matching(self, selector: Any) -> Bits:
        """Return what a selector of matchLabels and matchExpressions matches; an empty one takes all."""
        if not isinstance(selector, dict):
            return 0
        found, wanted = self.all, selector.get("matchLabels")
        for pair in wanted.items() if isinstance(wanted, dict) else ():
            found &= self._paired(pair)
            if not found:
                return 0
        for _, expression in maps(selector.get("matchExpressions")):
            found &= self._meeting(expression)
        return found

    def closest(self, labels: dict[Any, Any], among: Bits) -> Labelled:
        """Return the first thing of a set, which has one, that has the most of some labels.

        The number of labels that each thing has is counted for all things at the same time: `digits` are the binary
        digits of these numbers, the lowest first.
        """
        digits: list[Bits] = []
        for pair in labels.items():
            carried = self._paired(pair) & among
            for at, digit in enumerate(digits):
                digits[at], carried = digit ^ carried, digit & carried
                if not carried:
                    break
            if carried:
                digits.append(carried)
        for digit in reversed(digits):
            among = (among & digit) or among
        return self.first(among)

    def _paired(self, pair: tuple[Any, Any]) -> Bits:
        return self._by_pair.of(pair) if _is_simple(pair[1]) else 0

    def _meeting(self, expression: dict[str, Any]) -> Bits:
        key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values")
        has = self._by_key.of(key) if isinstance(key, str) else 0
        if operator in ("In", "NotIn"):
            listed = self._listed(key, values) if has and isinstance(values, list) else 0
            return listed if operator == "In" else self.all & ~listed
        return self.all & ~has if operator == "DoesNotExist" else has

    def _listed(self, key: Any, values: list[Any]) -> Bits:
        kept = self._of_lists.get((key, id(values)))
        if kept is not None:
            return kept[1]
        found = 0
        for value in self._known_of(key, values):
            found |= self._by_pair.of((key, value))
        self._of_lists[key, id(values)] = values, found
        return found

    def _known_of(self, key: Any, values: list[Any]) -> Iterable[Any]:
        """Return the listed values that a label has, and maybe others; the shorter list is gone through."""
        simple, known = filter(_is_simple, values), self._values.get(key, {})
        return simple if len(values) <= len(known) else known.keys() & set(simple)


def _is_simple(value: Any) -> bool:
    return not isinstance(value, dict | list)
