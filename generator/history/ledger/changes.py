"""Find the commits at which a version changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.history.ledger.story import Point, Story
from generator.history.ledger.versions import UnreadableVersionError, Version, Versions


class Change(NamedTuple):
    """A change of a service's version in an environment; None means that it is not deployed there."""

    point: Point
    before: Version | None
    after: Version | None


def changes(story: Story, versions: Versions, service: str, environment: str) -> Iterator[Change]:
    """Yield the changes of a service's version, newest first; history is read lazily.

    Commits with invalid files are skipped: nothing was generated from them.
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
