"""The gates that releases skipped, and the code that they were built from, from the trailers of commits.

A trailer is text that anyone can write. One is believed only in a commit that looks as Tiphys makes it: no merge, and
the trailers name the service, the environment, and the version that the release has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.history.code import COMMIT, Code, recorded
from generator.history.gates import GATES, MOST, TRAILER
from generator.history.ledger.versions import Version
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

    def agrees_with(self, version: Version) -> bool:
        """Tell whether a version is the one that it names."""
        images = {str(image) for image in version.images}
        known = dict(zip(_VERSIONS, (version.image_tag, version.digest, version.chart_version), strict=False))
        return all(value == known[key] for key in known for value in self.of(key)) and images.issuperset(
            self.of("Tiphys-Image")
        )


_VERSIONS = ("Tiphys-Image-Tag", "Tiphys-Image-Digest", "Tiphys-Chart-Version", "Tiphys-Image")


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
        since = ("HEAD", f"^{base}") if base else ()
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
        self, service: str, environment: str, version: Version, landed: Commit, made: Commit | None, ended: int | None
    ) -> tuple[Override, ...]:
        """Return what was skipped for a release.

        `made` is the commit that was merged, if it is known: by the trailers of any other commit that names the same
        version, none is believed. `ended` is when the next release landed. What a publication skipped belongs to the
        release that was current.
        """
        commit, group = self._record(service, environment, version, landed, made)
        found = [*overrides(commit, [group])] if commit and group else []
        for commit, group in self._publications.get((service, environment), ()):
            when = commit.committed or 0
            if (landed.committed or 0) <= when and (ended is None or when < ended) and group.is_about(service, environment):
                found += [one for one in overrides(commit, [group]) if one not in found]
        return tuple(found)

    def code_of(self, service: str, environment: str, version: Version, landed: Commit, made: Commit | None) -> Code | None:
        """Return the code that a release was built from; believed where `of_release` believes an override."""
        commit, group = self._record(service, environment, version, landed, made)
        if commit is None or group is None or not group.of(COMMIT):
            return None
        return recorded([*group.values, *((key.lower(), value) for key, value in commit.trailers)])

    def has_code(self, service: str, environment: str) -> bool:
        """Tell whether any commit records the code of a release of a service in an environment."""
        return any(group.of(COMMIT) for _, group in self._releases.get((service, environment), ()))

    def _record(
        self, service: str, environment: str, version: Version, landed: Commit, made: Commit | None
    ) -> tuple[Commit, Group] | tuple[None, None]:
        """Return the commit that made a release, with what it says of it; nothing if it does not look as Tiphys makes it."""
        found = [
            pair
            for one in (landed, made)
            if one is not None
            for pair in self._by_commit.get((one.id, service, environment), ())
        ]
        if made is None and len(landed.parents) > 1:
            known = self._releases.get((service, environment), ())
            found += [pair for pair in known if (pair[0].committed or 0) <= (landed.committed or 0)]
        for commit, group in found:
            if group.is_about(service, environment) and group.agrees_with(version):
                return commit, group
        return None, None
