"""Compare two sides, pair by pair."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from generator.diff.affected.files import Files
from generator.diff.affected.side import Key, Rendered, Side, render, render_past
from generator.diff.halves import folders_of, halves
from generator.diff.side import Scope
from generator.system.git import read as git


class Pair(NamedTuple):
    """One service in one environment, and the changed files because of which its output may differ."""

    service: str
    environment: str
    because: tuple[str, ...]
    destination: str = ""
    """The destination of the environment, if it is only about this one."""


class Affected(NamedTuple):
    """What a change can alter."""

    pairs: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    """Pairs that no longer exist, and destinations that a pair has left."""
    roots: tuple[Pair, ...]
    """Root Applications of environments; they belong to no service."""
    nameless: tuple[str, ...]
    """Changed specs whose service name cannot be read."""
    complaint: str = ""
    """Why the old side could not be rendered, so that everything counts as altered; empty where it could."""


def affected(root: str, since: str, until: str = "") -> Affected:
    """Return what can have been altered between a commit and the working tree, or between two commits.

    What the change can reach is rendered in memory on both sides. A pair that cannot be rendered counts as soon as any file that affects it
    has changed. Raises ConfigError, and Rejected for a workspace that cannot be read now.
    """
    first = git.commit_id(root, since)
    last = git.commit_id(root, until) if until else ""
    old, new, found = halves(root, first, last)
    with folders_of(root, old, new, found) as (before, after):
        scopes = [Scope(half.services(found), found.environments) for half in (old, new)]
        return compare(render_past(before, scopes[0]), render(after, scopes[1]))


def compare(old: Side, new: Side) -> Affected:
    """Return the changes on the new side, by service and environment."""
    comparison = _Comparison(old, new)
    pairs = [comparison.pair(key) for key in sorted(new.pairs) if comparison.differs(key)]
    removed = [one for key in sorted(old.pairs) for one in comparison.removed(key)]
    roots = []
    for environment, (origin, content) in sorted(new.roots.items()):
        if old.roots.get(environment, ("", b""))[1] != content:
            inputs = frozenset(["tiphys.yaml", *_environment_files(origin, environment, old, new)])
            because = comparison.changed(inputs, frozenset(["templates"]))
            roots.append(Pair("", environment, because or (origin,)))
    nameless = tuple(path for path in new.nameless if old.files.read(path) != new.files.read(path))
    return Affected(tuple(pairs), tuple(removed), tuple(roots), nameless, old.complaint)


def _environment_files(origin: str, environment: str, *sides: Side) -> Iterator[str]:
    """Yield the files that an environment is made of, on any side: its own, and those that it extends."""
    yield origin
    folder = posixpath.dirname(origin)
    for side in sides:
        for (_, name), one in side.pairs.items():
            if name == environment and one.output is not None:
                yield from (path for path in one.paths if posixpath.dirname(path) == folder)


class _Comparison:
    """Compares the pairs of two sides."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old = old
        self._new = new
        self._files = Files(old.files, new.files)

    def differs(self, key: Key) -> bool:
        """Tell whether the output of a pair can differ now."""
        old, new = self._old.pairs.get(key), self._new.pairs[key]
        if old is None or (old.output is None) is not (new.output is None):
            return True
        if old.output is None:
            return bool(self._because(key))
        if old.output != new.output or old.assumed != new.assumed:
            return True
        return any(self._files.chart(folder) for folder in new.charts)

    def removed(self, key: Key) -> Iterator[Pair]:
        """Yield a pair that the new side lacks, or the destinations that it has left."""
        new = self._new.pairs.get(key)
        if new is None:
            yield self.pair(key)
        elif new.output is not None:  # it is not known where one that cannot be rendered is deployed to
            for name in sorted(self._old.pairs[key].destinations - new.destinations):
                yield self.pair(key)._replace(destination=name)

    def pair(self, key: Key) -> Pair:
        """Return a pair with the changed files that have a say in it; its spec, where nothing else is known."""
        sides = [side.pairs[key] for side in (self._new, self._old) if key in side.pairs]
        return Pair(*key, self._because(key) or (sides[0].spec,))

    def _because(self, key: Key) -> tuple[str, ...]:
        sides: list[Rendered] = [side.pairs[key] for side in (self._old, self._new) if key in side.pairs]
        paths = frozenset().union(*(side.paths for side in sides))
        folders = frozenset().union(*(side.folders for side in sides))
        charts = {path for side in sides for folder in side.charts for path in self._files.chart(folder)}
        return tuple(sorted({*self.changed(paths, folders), *charts}))

    def changed(self, paths: frozenset[str], folders: frozenset[str]) -> tuple[str, ...]:
        """Return which of the files, and of the files in folders, are not the same on both sides, sorted."""
        found = {path for path in paths if self._files.file(path)}
        for folder in folders:
            found |= {path for path in self._files.folder(folder) if _has_a_say(path, folders)}
        return tuple(sorted(found))


def _has_a_say(path: str, folders: frozenset[str]) -> bool:
    """Tell whether a template is not that of another profile."""
    parts = path.split("/")
    if parts[:2] != ["templates", "profiles"] or not any(folder.startswith("templates/profiles/") for folder in folders):
        return True
    return "/".join(parts[:3]) in folders
