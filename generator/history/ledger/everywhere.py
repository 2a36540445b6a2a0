"""The releases of many services in many environments, newest first: what changed, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from generator.history.code import Code
from generator.history.ledger.changes import changes
from generator.history.ledger.earlier import Earlier
from generator.history.ledger.merged import Inner, makers
from generator.history.ledger.overrides import Override, Recorded
from generator.history.ledger.releases import source_of
from generator.history.ledger.story import Story
from generator.history.ledger.versions import Version, Versions
from generator.system.git import read as git
from generator.system.git.commits import Commit
from generator.workspace.model import Workspace

_PASSES = (300, 1_200, 5_000)
"""How many commits are read first, as long as they have fewer releases than are asked for."""


_WHOLE = 1_000
"""Commits of a history that is always read as a whole, which takes no longer than git takes to start."""


class Event(NamedTuple):
    """A release of a service in an environment, or its removal from there."""

    service: str
    environment: str
    version: Version | None
    """None for a removal."""
    before: Version | None
    landed: Commit
    made: Commit
    path: str
    promoted_from: str
    overrides: tuple[Override, ...]
    at_boundary: bool
    code: Code | None = None
    number: int | None = None
    """The number of the release; None for a removal, and where older commits were not read."""


class Events(NamedTuple):
    """Releases and removals, newest first."""

    found: tuple[Event, ...]
    complete: bool
    """False in a shallow clone."""
    more: bool
    """Whether there are older ones that were not asked for."""


def events(
    root: str,
    workspace: Workspace,
    services: Collection[str],
    environments: Collection[str],
    *,
    since: int | None = None,
    limit: int | None = None,
    numbers: bool = False,
) -> Events:
    """Return what happened to services in environments, all of them where none is named.

    `since` leaves out what landed before an instant, and `limit` all but the newest ones. Only as much of the history is
    read as that takes; with `numbers` it is all of it, as a release has its number from the first one. Raises
    ConfigError outside a Git repository.
    """
    bases: list[str] = []
    if not numbers and git.back(root, _WHOLE):
        bases = (
            [git.before(root, since - 1)] if since is not None else [git.back(root, one) for one in _PASSES] if limit else []
        )
    for base in dict.fromkeys([*bases, ""]):
        story = Story(root, workspace, base=base)
        recorded = Recorded(root, workspace.output, base)
        found = of_story(story, recorded, services, environments)
        found = [event for event in found if since is None or (event.landed.committed or 0) >= since]
        if since is not None or not base or (limit and len(found) >= limit):
            break
    return Events(tuple(found[:limit]), not story.boundary, bool(limit and len(found) > limit))


def _order(event: Event) -> tuple[int, str, str]:
    return event.landed.committed or 0, event.service, event.environment


def of_story(story: Story, recorded: Recorded, services: Collection[str], environments: Collection[str]) -> list[Event]:
    """Return what happened in a story, newest first; to all services where none is named."""
    return sorted(_of_story(story, services, environments, recorded), key=_order, reverse=True)


def _of_story(story: Story, services: Collection[str], environments: Collection[str], recorded: Recorded) -> Iterator[Event]:
    versions = Versions(story.contents)
    inner, earlier = Inner(story.root, story, versions.shapes), Earlier(story, versions)
    for service in story.services if not services else [name for name in story.services if name in services]:
        if story.base and not story.may_have_changed(service):
            continue
        for environment in environments:
            yield from _of_pair(story, versions, (inner, earlier), recorded, service, environment)


def _of_pair(
    story: Story, versions: Versions, known: tuple[Inner, Earlier], recorded: Recorded, service: str, environment: str
) -> Iterator[Event]:
    inner, earlier = known
    found = [one for one in changes(story, versions, service, environment) if one.point.commit.id != story.base]
    made = makers(story.root, story, found, environment, inner)
    later: Commit | None = None
    number = sum(change.after is not None for change in found)
    for change in found:
        landed = change.point.commit
        at_boundary = landed.id in story.boundary
        maker = made.get(landed.id, landed)
        before, after, path = change.before, change.after, change.point.path
        if after is None:
            yield Event(service, environment, None, before, landed, maker, path, "", (), at_boundary)
        else:
            source = source_of(earlier, service, environment, change, maker)
            skipped = recorded.of_release(service, environment, change, maker, later)
            code = recorded.code_of(service, environment, change, maker)
            numbered = None if story.base else number
            yield Event(service, environment, after, before, landed, maker, path, source, skipped, at_boundary, code, numbered)
            number -= 1
            later = landed
