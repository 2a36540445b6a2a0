"""The releases of one service in one environment."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from generator.history.code import Code
from generator.history.ledger import merged
from generator.history.ledger.changes import Change, changes
from generator.history.ledger.earlier import Earlier
from generator.history.ledger.overrides import Override, Recorded
from generator.history.ledger.story import Story
from generator.history.ledger.versions import Version, Versions
from generator.system.git.commits import Commit
from generator.workspace.model import Workspace

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Release(NamedTuple):
    """One version of a service in an environment, from the commit that landed it on this branch."""

    number: int
    """1 is the oldest in this clone; see Ledger.complete."""
    version: Version
    before: Version | None
    """The previous version; None for the first release, and after the service was removed."""
    landed: Commit
    """The commit on the first-parent history: for a merged pull request, the merge."""
    made: Commit
    """The commit that was merged, or the same one: its author made the release."""
    path: str
    """The path of the spec at that time."""
    promoted_from: str
    """The environment it was promoted from, by the commit's trailer, if the image was there; else empty."""
    ended: Commit | None = None
    """The commit that removed the service from the environment, if this is its last release."""
    at_boundary: bool = False
    """Whether the clone's history ends here, so that the release may be older than its commit."""
    overrides: tuple[Override, ...] = ()
    """The gates that were skipped for it, as far as commits record them."""
    code: Code | None = None
    """The commit of the source code that it was built from, as far as its commit records it."""

    @property
    def commit(self) -> str:
        """The id of the commit that landed it."""
        return self.landed.id

    @property
    def when(self) -> datetime | None:
        """When it landed, in UTC, by the committer's clock; None if the commit has no date."""
        return self.landed.landed_at

    @property
    def author(self) -> str:
        """The author of the release."""
        return self.made.author.name

    @property
    def committer(self) -> str:
        """The committer of the landing commit: for a merge, the one who merged."""
        return self.landed.committer.name

    @property
    def image_tag(self) -> str:
        """The tag of the image; empty without one."""
        return self.version.image_tag

    @property
    def digest(self) -> str:
        """The digest of the image; empty without one."""
        return self.version.digest

    @property
    def chart_name(self) -> str:
        """The name of the chart."""
        return self.version.chart_name

    @property
    def chart_version(self) -> str:
        """The version of the chart, or the range; empty without one."""
        return self.version.chart_version


class Ledger(NamedTuple):
    """All releases of a service in an environment, newest first."""

    service: str
    environment: str
    releases: tuple[Release, ...]
    complete: bool
    """False in a shallow clone: older releases may exist, and would shift the numbers."""

    @property
    def current(self) -> Release | None:
        """The release declared in HEAD; None if the service is not, or no longer, in the environment."""
        newest = self.releases[0] if self.releases else None
        return newest if newest and newest.ended is None else None

    def find(self, wanted: str) -> Release | None:
        """Return a release by its number or by a prefix of its commit id; None if none or several match."""
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7:
            return next((release for release in self.releases if release.number == int(wanted)), None)
        ids = [release for release in self.releases if len(wanted) >= 4 and wanted.lower() in _starts(release, len(wanted))]
        return ids[0] if len(ids) == 1 else None


def _starts(release: Release, length: int) -> tuple[str, str]:
    return release.landed.id[:length], release.made.id[:length]


def releases(
    root: str,
    workspace: Workspace,
    service: str,
    environment: str,
    recorded: Recorded | None = None,
    story: Story | None = None,
) -> Ledger:
    """Return the ledger of a service in an environment, as far as this clone goes back; without overrides unless given.

    `story` is that of all services, if it is read already. Raises ConfigError outside a Git repository. A renamed service counts as a new one; a moved spec does not.
    Uncommitted changes are ignored.
    """
    story = story or Story(root, workspace, service)
    versions = Versions(story.contents)
    earlier = Earlier(story, versions)
    found = list(changes(story, versions, service, environment))
    made = merged.makers(root, story, found, environment)
    number = sum(change.after is not None for change in found)
    result: list[Release] = []
    ended: Commit | None = None
    later: Commit | None = None
    for change in found:
        landed = change.point.commit
        if change.after is None:
            ended = landed
            continue
        maker = made.get(landed.id, landed)
        source = source_of(earlier, service, environment, change, maker)
        at_boundary = landed.id in story.boundary
        path = change.point.path
        skipped = recorded.of_release(service, environment, change, maker, later) if recorded else ()
        code = recorded.code_of(service, environment, change, maker) if recorded else None
        result.append(
            Release(number, change.after, change.before, landed, maker, path, source, ended, at_boundary, skipped, code)
        )
        number -= 1
        ended, later = None, landed
    return Ledger(service, environment, tuple(result), complete=not story.boundary)


def source_of(earlier: Earlier, service: str, environment: str, change: Change, maker: Commit) -> str:
    """Return the environment that a release was promoted from; empty if it was not, or never ran there."""
    landed = change.point.commit
    source = promoted_from(landed, service, environment)
    if not source and maker is not landed:
        source = promoted_from(maker, service, environment)
    is_true = change.after and _NAME.fullmatch(source) and earlier.had(service, source, change.after, landed.id)
    return source if is_true else ""


def promoted_from(commit: Commit, service: str, environment: str) -> str:
    """Return the environment that a release was promoted from, by the commit's trailers; empty without one.

    One commit can promote many services: its trailers are then in the same order, or there is one for all.
    """
    sources = commit.values("Tiphys-From")
    if not sources:
        return ""
    services, environments = commit.values("Tiphys-Service"), commit.values("Tiphys-Environment")
    if (services and service not in services) or (environments and environment not in environments):
        return ""
    return sources[services.index(service)] if len(sources) == len(services) else sources[-1]
