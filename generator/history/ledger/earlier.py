"""Which images services had in other environments, and since when: what a promotion says is only believed if they had them."""

from __future__ import annotations

from generator.history.images import Images
from generator.history.ledger.story import Story
from generator.history.ledger.versions import UnreadableVersionError, Version, Versions

_Since = dict[tuple[str, str], dict[Images, tuple[int, Version]]]
"""By tag and digest, and by further images: the place in the history of the first commit that had them."""


class Earlier:
    """The images of a story, read once for each service and environment that is asked for."""

    def __init__(self, story: Story, versions: Versions) -> None:
        self._story, self._versions = story, versions
        self._known: dict[tuple[str, str], _Since] = {}

    def had(self, service: str, environment: str, version: Version, commit: str) -> bool:
        """Tell whether a service had the images of a version in an environment when a commit landed."""
        key = (service, environment)
        if key not in self._known:
            self._known[key] = self._read(service, environment)
        landed = self._story.when[commit]
        same = self._known[key].get((version.image_tag, version.digest), {})
        return any(since <= landed and known.has_images_of(version) for since, known in same.values())

    def _read(self, service: str, environment: str) -> _Since:
        found: _Since = {}
        for point in self._story.points(service, environment):
            try:
                version = self._versions.version(point.spec, environment, point.environment)
            except UnreadableVersionError:
                continue
            if version:
                same = found.setdefault((version.image_tag, version.digest), {})
                since = self._story.when[point.commit.id]
                if version.images not in same or since < same[version.images][0]:
                    same[version.images] = (since, version)
        return found
