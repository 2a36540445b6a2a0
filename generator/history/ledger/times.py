"""When commits landed, as far as their dates can be believed.

The date of a commit is whatever its author writes. What is known without it: a commit is not older than its parents, and
none is from the future.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.syntax import calendar
from generator.syntax.commit_ids import short_id
from generator.system.git import graph
from generator.system.git.commits import LAST_SECOND, Commit

_SKEW = 300
"""Seconds that clocks may differ."""


class Landed(NamedTuple):
    """A time, and why it is not the one that a commit says."""

    at: int
    """Seconds since 1970."""
    doubt: str = ""
    """A sentence that names the commit whose date is not believed; empty where it is."""
    is_future: bool = False
    """Whether the commit says that it is from the future, so that waiting does not help."""


class Times:
    """Bounds the dates of the commits of a branch by those around them."""

    def __init__(self, root: str, now: int) -> None:
        """Read the first-parent history of HEAD; `now` is in seconds since 1970."""
        self._now = now
        self._line = graph.dated(root)[::-1]
        self._places = {name: place for place, (name, _) in enumerate(self._line)}
        self._floors = list(_floors(self._line, now))

    def began(self, commit: Commit) -> Landed:
        """Return since when a commit is on the branch, at the earliest: its parents were there before."""
        said = commit.committed or 0
        if said > self._now + _SKEW:
            return self._from_future(commit)
        place = self._places.get(commit.id)
        floor, parent = (said, commit.id) if place is None else self._floors[place]
        if said >= floor:
            return Landed(min(said, self._now))
        return Landed(floor, f"commit {_dated(commit.id, said)}, but its ancestor {_dated(parent, floor)}")

    def ended(self, commit: Commit, began: int) -> Landed:
        """Return when a commit came to the branch, at the latest: the commits on top of it came later.

        One of these with a date before `began` says nothing: it is wrong itself.
        """
        said = commit.committed or 0
        if said > self._now + _SKEW:
            return self._from_future(commit)
        place = self._places.get(commit.id, len(self._line))
        later = [(when, name) for name, when in self._line[place + 1 :] if began <= when < said]
        if not later:
            return Landed(min(said, self._now))
        when, name = min(later)
        return Landed(when, f"commit {_dated(commit.id, said)}, but its descendant {_dated(name, when)}")

    def _from_future(self, commit: Commit) -> Landed:
        doubt = f"commit {_dated(commit.id, commit.committed or 0)}, which is in the future"
        return Landed(self._now, doubt, is_future=True)


def _floors(line: Iterable[tuple[str, int]], now: int) -> Iterator[tuple[int, str]]:
    """Yield for each commit the newest of those before it, with its date; a date in the future bounds nothing."""
    floor = (0, "")
    for name, when in line:
        yield floor
        if floor[0] < when <= now:
            floor = when, name


def _dated(commit: str, seconds: int) -> str:
    """Return a commit with the date that it says."""
    when = calendar.iso(seconds) if seconds <= LAST_SECOND else "a year that no calendar has"
    return f"{short_id(commit)} is dated {when}"
