"""The gates that releases skipped, and the code that they were built from, from the trailers of commits.

A trailer is text that anyone can write. One is believed only in a commit that looks as Tiphys makes it: no merge, and
the trailers name the service, the environment, and the version that the release brought. Where a commit belongs is known
by its parents, never by its date. All commands ask `Recorded`: what opens a gate for one is what the others show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from generator.history.code import COMMIT, Code, recorded
from generator.history.gates import GATES, MOST, TRAILER
from generator.history.ledger.changes import Change
from generator.history.ledger.versions import Version
from generator.system.git import graph
from generator.system.git import read as git
from generator.system.git.commits import Commit

_MOST_GROUPS = 20_000
"""The most services of one commit that are looked at."""


class Override(NamedTuple):
    """One gate that was skipped."""

    gate: str
    reason: str
    commit: str
    """The id of the commit that records it."""


class Group(NamedTuple):
    """What a commit says of one service: its trailers from one Tiphys-Service to the next."""

    service: str
    values: tuple[tuple[str, str], ...]

    def of(self, key: str) -> list[str]:
        """Return the values of a trailer."""
        return [value for name, value in self.values if name == key.lower()]

    def is_about(self, service: str, environment: str) -> bool:
        """Tell whether it names a service and an environment."""
        return self.service == service and self.of("Tiphys-Environment") == [environment]

    @property
    def names_version(self) -> bool:
        """Whether it says which version the service has from then on."""
        return any(self.of(key) for key in _VERSIONS)

    def is_of(self, before: Version | None, after: Version) -> bool:
        """Tell whether it names the version that a release has, and at least one part of it that the release brought."""
        named = {(key, value) for key in _VERSIONS for value in self.of(key)}
        has, had = _parts(after), _parts(before) if before else set()
        return named <= has and not named <= had


_VERSIONS = ("Tiphys-Image-Tag", "Tiphys-Image-Digest", "Tiphys-Chart-Version", "Tiphys-Image")


def _parts(version: Version) -> set[tuple[str, str]]:
    """Return the parts of a version as trailers name them."""
    parts = zip(_VERSIONS, (version.image_tag, version.digest, version.chart_version), strict=False)
    return {*parts, *((_VERSIONS[-1], str(image)) for image in version.images)}


def groups(commit: Commit) -> Iterator[Group]:
    """Yield what a commit says of each service; nothing of a merge, which Tiphys never makes."""
    values: list[tuple[str, str]] = []
    service, number = "", 0
    for key, value in commit.trailers if len(commit.parents) < 2 else ():
        if key.lower() == "tiphys-service":
            if service:
                yield Group(service, tuple(values))
            service, values, number = value, [], number + 1
            if number > _MOST_GROUPS:
                return
        else:
            values.append((key.lower(), value))
    if service:
        yield Group(service, tuple(values))


def only_generated(commit: Commit, output: str) -> bool:
    """Tell whether a commit changes nothing but generated files, as one that publishes them does."""
    return all(change.path.startswith(f"{output}/") for change in commit.changes)


def overrides(commit: Commit, found: Iterable[Group]) -> tuple[Override, ...]:
    """Return the gates that groups of a commit record with a reason, each once."""
    known: dict[str, Override] = {}
    for group in found:
        for text in group.of(TRAILER):
            gate, colon, reason = text.partition(":")
            if colon and gate in GATES and reason.strip():
                known.setdefault(gate, Override(gate, reason.strip()[:MOST], commit.id))
    return tuple(known[gate] for gate in GATES if gate in known)


class Recorded:
    """What the commits of a branch record of releases: the gates that were skipped, and the code."""

    def __init__(self, root: str, output: str, base: str = "") -> None:
        """Read all commits with such trailers, or those since one; `output` is the folder of generated files."""
        self._releases: dict[tuple[str, str], list[tuple[Commit, Group]]] = {}
        self._by_commit: dict[tuple[str, str, str], list[tuple[Commit, Group]]] = {}
        """The same, by the id of the commit as well."""
        self._publications: dict[tuple[str, str], list[tuple[Commit, Group]]] = {}
        self._root = root
        self._since = since = ("HEAD", f"^{base}") if base else ()
        may_publish = False
        for commit in git.with_trailer(root, (TRAILER, COMMIT), *since, changes=False):
            for group in groups(commit):
                is_told = group.of(TRAILER) or group.of(COMMIT)
                if is_told and group.names_version:
                    self._add(self._releases, commit, group)
                    for environment in group.of("Tiphys-Environment"):
                        self._by_commit.setdefault((commit.id, group.service, environment), []).append((commit, group))
                may_publish |= bool(is_told) and not group.names_version
        # what commits changed takes most of the time, and only publications are known by it
        for commit in git.with_trailer(root, (TRAILER,), *since) if may_publish else ():
            for group in groups(commit) if only_generated(commit, output) else ():
                if group.of(TRAILER) and not group.names_version:
                    self._add(self._publications, commit, group)

    @staticmethod
    def _add(known: dict[tuple[str, str], list[tuple[Commit, Group]]], commit: Commit, group: Group) -> None:
        for environment in group.of("Tiphys-Environment"):
            known.setdefault((group.service, environment), []).append((commit, group))

    def of_release(
        self, service: str, environment: str, change: Change, made: Commit | None, ended: Commit | None
    ) -> tuple[Override, ...]:
        """Return what was skipped for a release; `change` has its version.

        `made` is the commit that was merged, if it is known: by the trailers of any other commit that names the same
        version, none is believed. `ended` is the commit that brought the next release. What a publication skipped belongs
        to the release that was current.
        """
        commit, group = self._record(service, environment, change, made)
        found = [*overrides(commit, [group])] if commit and group else []
        since = self._place(change.point.commit)
        until = self._place(ended) if ended is not None else None
        for commit, group in self._publications.get((service, environment), ()):
            when = self._place(commit)
            if since <= when and (until is None or when < until) and group.is_about(service, environment):
                found += [one for one in overrides(commit, [group]) if one not in found]
        return tuple(found)

    def code_of(self, service: str, environment: str, change: Change, made: Commit | None) -> Code | None:
        """Return the code that a release was built from; believed where `of_release` believes an override."""
        commit, group = self._record(service, environment, change, made)
        if commit is None or group is None or not group.of(COMMIT):
            return None
        return recorded([*group.values, *((key.lower(), value) for key, value in commit.trailers)])

    def has_code(self, service: str, environment: str) -> bool:
        """Tell whether any commit records the code of a release of a service in an environment."""
        return any(group.of(COMMIT) for _, group in self._releases.get((service, environment), ()))

    def _record(
        self, service: str, environment: str, change: Change, made: Commit | None
    ) -> tuple[Commit, Group] | tuple[None, None]:
        """Return the commit that made a release, with what it says of it; nothing if it does not look as Tiphys makes it."""
        landed, version = change.point.commit, change.after
        found = [
            pair
            for one in (landed, made)
            if one is not None
            for pair in self._by_commit.get((one.id, service, environment), ())
        ]
        if made is None and len(landed.parents) > 1:
            known = self._releases.get((service, environment), ())
            found += [pair for pair in known if self._place(pair[0]) == self._place(landed)]
        for commit, group in found:
            if version is not None and group.is_about(service, environment) and group.is_of(change.before, version):
                return commit, group
        return None, None

    def _place(self, commit: Commit) -> int:
        """Return when a commit came to the branch; before all others if it is older than what was read."""
        return self._places.get(commit.id, -1)

    @cached_property
    def _places(self) -> dict[str, int]:
        return graph.landed(self._root, *self._since)
