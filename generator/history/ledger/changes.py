"""From what files said at each moment to the moments at which it became something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.history.ledger.story import Point, Story
from generator.history.ledger.versions import UnreadableVersionError, Version, Versions


class Change(NamedTuple):
    """One moment at which a service became another version in an environment; None stands for not being there."""

    point: Point
    before: Version | None
    after: Version | None


def changes(story: Story, versions: Versions, service: str, environment: str) -> Iterator[Change]:
    """Yield when a service became another version, newest first; only as much is read as is asked for.

    A moment at which the files were at fault is passed over: nothing was generated from them.
    """
    later: tuple[Point, Version | None] | None = None
    for point in story.points(service, environment):
        try:
            version = versions.version(point.spec, environment, point.environment)
        except UnreadableVersionError:
            continue
        if later is not None and later[1] != version:
            yield Change(later[0], version, later[1])
        later = (point, version)
    if later is not None and later[1] is not None:
        yield Change(later[0], None, later[1])
