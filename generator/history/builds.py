"""When builds landed in the first environment of a chain: each version of it is looked up, not searched for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from generator.history.images import Images, agree
from generator.history.ledger.everywhere import Event
from generator.history.ledger.versions import Version

_MOST_SETS = 100
"""The most sets of further images that are looked at for one image, the newest ones: which of them agree, no table knows."""

_Build = tuple[str, ...]
"""The tag and the digest of an image; the version of a chart that owns the tag."""
_Times = tuple[list[int], list[int]]
"""When releases landed, in seconds since 1970 and in order, and their places."""


class Builds:
    """The releases of one service in one environment, by what they were built as."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Create it from releases and removals, oldest first."""
        self._places = {event.landed.id: place for place, event in enumerate(events)}
        self._known: dict[_Build, dict[Images, _Times]] = {}
        for place, event in enumerate(events):
            if event.version is not None and event.landed.committed is not None:
                sets = self._known.setdefault(_build(event.version), {})
                times, places = sets[event.version.images] = sets.pop(event.version.images, ([], []))  # the newest is the last
                times.append(event.landed.committed)
                places.append(place)

    def age(self, event: Event) -> int | None:
        """Return how long before a release its version last landed here, in seconds; None if it never did.

        Where one commit gives both environments the version, nothing was promoted: None as well.
        """
        landed = event.landed.committed
        if landed is None or event.version is None:
            return None
        found = [one for one in self._landings(event.version, landed) if one is not None]
        place, when = max(found, default=(-1, 0))
        return None if place <= self._places.get(event.landed.id, -1) else landed - when

    def _landings(self, version: Version, until: int) -> list[tuple[int, int] | None]:
        """Return the newest place and time of each build that may be that of a version."""
        sets = self._known.get((version.image_tag, version.digest), {})
        agreeing = [sets[one] for one in islice(reversed(sets), _MOST_SETS) if agree(one, version.images)]
        if not (version.image_tag or version.digest):
            agreeing += self._known.get((version.chart_version,), {}).values()
        return [_newest(times, until) for times in agreeing]


def _build(version: Version) -> _Build:
    """Return what a version was built as: the image, or the chart where it owns the tag."""
    has_images = version.image_tag or version.digest or version.images
    return (version.image_tag, version.digest) if has_images else (version.chart_version,)


def _newest(known: _Times, until: int) -> tuple[int, int] | None:
    times, places = known
    at = bisect_right(times, until) - 1
    return None if at < 0 else (places[at], times[at])
