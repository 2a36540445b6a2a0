"""The releases of one service in one environment."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from generator.history.ledger import merged
from generator.history.ledger.changes import Change, changes
from generator.history.ledger.story import Story
from generator.history.ledger.versions import UnreadableVersionError, Version, Versions
from generator.system.git.commits import Commit
from generator.workspace.model import Workspace

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Release(NamedTuple):
    """One version of a service in an environment, from the commit by which it landed on this branch."""

    number: int
    """1 is the oldest that this clone knows; see Ledger.complete."""
    version: Version
    before: Version | None
    """What was there until then; None for the first, and after the service was gone."""
    landed: Commit
    """The commit on the way along first parents: for a pull request that was merged, the merge."""
    made: Commit
    """The commit that was merged, or the same one: its author is who made the release."""
    path: str
    """The path of the spec at that time."""
    promoted_from: str
    """The environment that a promotion noted as its source, if the image was there; empty where none did."""
    ended: Commit | None = None
    """The commit by which the service left the environment, if nothing came after this release."""
    at_boundary: bool = False
    """Whether history ends here, so that the release may be older than its commit."""

    @property
    def commit(self) -> str:
        """The id of the commit by which it landed."""
        return self.landed.id

    @property
    def when(self) -> datetime | None:
        """When it landed, in UTC, by the clock of who committed it; None where the commit has no date."""
        return self.landed.landed_at

    @property
    def author(self) -> str:
        """Who made it."""
        return self.made.author.name

    @property
    def committer(self) -> str:
        """Who let it land: for a merge, who merged."""
        return self.landed.committer.name

    @property
    def image_tag(self) -> str:
        """The tag of the image; empty where there is none."""
        return self.version.image_tag

    @property
    def digest(self) -> str:
        """The digest of the image; empty where there is none."""
        return self.version.digest

    @property
    def chart_name(self) -> str:
        """The name of the chart."""
        return self.version.chart_name

    @property
    def chart_version(self) -> str:
        """The version of the chart, or the range; empty where there is none."""
        return self.version.chart_version


class Ledger(NamedTuple):
    """All releases of a service in an environment, newest first."""

    service: str
    environment: str
    releases: tuple[Release, ...]
    complete: bool
    """False in a shallow clone: there may be older releases, and their numbers would come first."""

    @property
    def current(self) -> Release | None:
        """What is declared in HEAD; None where the service is not in the environment any more, or never was."""
        newest = self.releases[0] if self.releases else None
        return newest if newest and newest.ended is None else None

    def find(self, wanted: str) -> Release | None:
        """Return the release of a number, or of a commit by the start of its id; None if there is none, or several."""
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7:
            return next((release for release in self.releases if release.number == int(wanted)), None)
        ids = [release for release in self.releases if len(wanted) >= 4 and wanted.lower() in _starts(release, len(wanted))]
        return ids[0] if len(ids) == 1 else None


def _starts(release: Release, length: int) -> tuple[str, str]:
    return release.landed.id[:length], release.made.id[:length]


def releases(root: str, workspace: Workspace, service: str, environment: str) -> Ledger:
    """Return the ledger of a service in an environment, as far as this clone goes back.

    Raises ConfigError outside of a Git repository. A service that was renamed is another one; a spec that was
    moved is not. What is not committed has no say.
    """
    story = Story(root, workspace, service)
    versions = Versions(story.contents)
    found = list(changes(story, versions, service, environment))
    made = merged.makers(root, story, found, environment)
    number = sum(change.after is not None for change in found)
    result: list[Release] = []
    ended: Commit | None = None
    for change in found:
        landed = change.point.commit
        if change.after is None:
            ended = landed
            continue
        maker = made.get(landed.id, landed)
        source = promoted_from(landed, service, environment) or promoted_from(maker, service, environment)
        source = source if _NAME.fullmatch(source) and _ran_in(story, versions, service, source, change) else ""
        at_boundary = landed.id in story.boundary
        path = change.point.path
        result.append(Release(number, change.after, change.before, landed, maker, path, source, ended, at_boundary))
        number -= 1
        ended = None
    return Ledger(service, environment, tuple(result), complete=not story.boundary)


def promoted_from(commit: Commit, service: str, environment: str) -> str:
    """Return what the trailers of a commit say of where a release was promoted from; empty where nothing.

    One commit can promote many services: trailers stand in the same order then, or once for all.
    """
    services, sources = commit.values("Tiphys-Service"), commit.values("Tiphys-From")
    environments = commit.values("Tiphys-Environment")
    if not sources or (services and service not in services) or (environments and environment not in environments):
        return ""
    return sources[services.index(service)] if len(sources) == len(services) else sources[-1]


def _ran_in(story: Story, versions: Versions, service: str, source: str, change: Change) -> bool:
    """Tell whether the image of a release was in another environment when it landed: anybody can write a trailer."""
    when = {commit.id: index for index, commit in enumerate(story.commits)}
    landed = when[change.point.commit.id]
    for point in story.points(service, source):
        if when[point.commit.id] > landed:
            continue
        try:
            version = versions.version(point.spec, source, point.environment)
        except UnreadableVersionError:
            continue
        if version and change.after and version[:2] == change.after[:2]:
            return True
    return False
