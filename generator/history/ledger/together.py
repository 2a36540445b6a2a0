"""The versions that stood together in an environment at a commit, and for how long each did."""

from __future__ import annotations

from typing import NamedTuple

from generator.errors import RefusedError
from generator.history.ledger.changes import Change, changes
from generator.history.ledger.records import NOT_HERE
from generator.history.ledger.story import Story
from generator.history.ledger.versions import Version, Versions
from generator.syntax.commit_ids import short_id
from generator.system.git import read as git
from generator.system.git.commits import Commit
from generator.workspace.model import Workspace


class Member(NamedTuple):
    """A version of a service in an environment, as it was at a commit."""

    service: str
    version: Version
    landed: Commit
    """The commit that brought the version."""
    replaced: Commit | None
    """The first later commit with a different version, or without the service; None if it is still in HEAD."""
    later: int
    """How many releases followed it."""
    at_boundary: bool = False
    """Whether the clone's history ends at `landed`, so that the version may be older."""


class Together(NamedTuple):
    """What stood in an environment at a commit."""

    environment: str
    commit: str
    """The id of the commit."""
    members: dict[str, Member]
    """By the name of the service."""

    @property
    def short(self) -> str:
        """The commit for people."""
        return short_id(self.commit)

    def since(self) -> int | None:
        """Return when the last of its versions landed, as seconds since 1970; None if a commit has no date."""
        return _most([member.landed.committed for member in self.members.values()], last=True)

    def until(self, now: int) -> int | None:
        """Return when the first of its versions was replaced; `now` if none was, None if a commit has no date.

        A date in the future counts as `now`.
        """
        ended = [member.replaced.committed for member in self.members.values() if member.replaced]
        first = _most(ended, last=False) if ended else now
        return None if first is None else min(first, now)


def _most(times: list[int | None], *, last: bool) -> int | None:
    known = [time for time in times if time is not None]
    return None if len(known) < len(times) or not known else max(known) if last else min(known)


def together(root: str, workspace: Workspace, environment: str, revision: str) -> Together:
    """Return what stood in an environment at a commit of the first-parent history of HEAD.

    Raises ConfigError for a revision that names no commit, and RefusedError for a commit that this branch never was at.
    """
    commit = git.commit_id(root, revision)
    line = git.first_parents(root)
    if commit not in line:
        raise _elsewhere(root, revision)
    past = set(line[line.index(commit) :])
    story = Story(root, workspace)
    versions = Versions(story.contents)
    found = {service: member for service in story.services if (member := _member(story, versions, service, environment, past))}
    return Together(environment, commit, found)


def _member(story: Story, versions: Versions, service: str, environment: str, past: set[str]) -> Member | None:
    """Return the version of a service at a commit, of which `past` is the history; None if it was not deployed."""
    later: list[Change] = []
    for change in changes(story, versions, service, environment):
        landed = change.point.commit
        if landed.id in past:
            if change.after is None:
                return None
            number = sum(one.after is not None for one in later)
            replaced = later[-1].point.commit if later else None
            return Member(service, change.after, landed, replaced, number, landed.id in story.boundary)
        later.append(change)
    return None


def _elsewhere(root: str, revision: str) -> RefusedError:
    message = f"commit `{revision}` is not in the first-parent history of HEAD: this branch never was at it"
    hint = "use a commit that `tiphys history` names; of a merged branch, that is the merge"
    return RefusedError(message, f"{hint}; {NOT_HERE}" if git.boundary(root) else hint)
