"""Deal what a change affects out to several runners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.diff.affected.comparison import Pair


class Batch(NamedTuple):
    """The affected services of one runner, each in all environments in which it is affected."""

    pairs: tuple[Pair, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services, sorted."""
        return tuple(sorted({pair.service for pair in self.pairs}))

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments, sorted."""
        return tuple(sorted({pair.environment for pair in self.pairs}))

    @property
    def arguments(self) -> tuple[str, ...]:
        """What to pass to `check` or `verify`: at least the pairs, as each service is meant in each environment."""
        return (*self.services, *(word for name in self.environments for word in ("--env", name)))


def batches(pairs: Sequence[Pair], most: int) -> list[Batch]:
    """Return at most `most` batches with about the same number of pairs; none of them is empty.

    All pairs of a service are in one. Services that are affected in the same environments are next to each other, so that
    most batches name no pair that is not affected.
    """
    of_service: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_service.setdefault(pair.service, []).append(pair)
    groups = sorted(of_service.values(), key=lambda group: ([pair.environment for pair in group], group[0].service))
    number = min(most, len(groups))
    found: list[list[Pair]] = [[] for _ in range(number)]
    index, left = 0, len(pairs)
    for position, group in enumerate(groups):
        groups_left, batches_left = len(groups) - position, number - index
        share = (left + len(found[index])) / batches_left
        is_full = bool(found[index]) and len(found[index]) + len(group) / 2 > share
        if index < number - 1 and found[index] and (is_full or groups_left < batches_left):
            index += 1
        found[index] += group
        left -= len(group)
    return [Batch(tuple(batch)) for batch in found]
