"""Other revisions of the config repository: their files, from the Git repository that the old tree is in."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from threading import Lock

from generator.adopt import words
from generator.errors import ConfigError
from generator.system.files import Folder
from generator.system.git import read
from generator.verify.clones import Clones, NoCloneError

HEAD = "HEAD"
_DEFAULTS = (HEAD, "main", "master")
_HERE = "this repository"


class Revisions:
    """Knows which revision the files at hand are, and where those of others are."""

    def __init__(self, bases: Sequence[str], at_hand: str) -> None:
        """Begin with the folders that may be the root of the repository, innermost first, and what is checked out there."""
        self.at_hand = at_hand
        self._bases = bases
        self._clones = Clones({_HERE: bases[-1]})
        self._tops: dict[str, str] = {}
        self._lock = Lock()

    def is_at_hand(self, revision: str) -> bool:
        """Tell whether the files at hand are those of a revision."""
        return self._plain(revision) == self._plain(self.at_hand)

    def has(self, revision: str) -> bool:
        """Tell whether the files of a revision can be read."""
        return self.is_at_hand(revision) or bool(self._top(revision))

    def moves(self, revision: str) -> bool:
        """Tell whether a revision is a branch, which commits change, and no tag or commit."""
        return not self._is("tags", revision) and any(self._is(kind, revision) for kind in ("heads", "remotes/origin"))

    def _is(self, kind: str, revision: str) -> bool:
        try:
            return bool(read.commit_id(self._bases[-1], f"refs/{kind}/{revision}"))
        except ConfigError:
            return False

    def root_of(self, revision: str, path: str) -> str:
        """Return the root of the repository at another revision that has a path; at hand if Git does not have the revision."""
        top = self._top(revision)
        bases = [posixpath.normpath(f"{top}/{posixpath.relpath(base, self._bases[-1])}") for base in self._bases]
        candidates = bases if top else self._bases
        return next((base for base in candidates if Folder(base).exists(path)), candidates[0])

    def named(self, root: str) -> str:
        """Return the revision whose files are below a root; empty for the files at hand."""
        return next((name for name, top in self._tops.items() if top and f"{root}/".startswith(f"{top}/")), "")

    def _top(self, revision: str) -> str:
        """Return the folder with the files of another revision; empty if Git does not have it."""
        with self._lock:
            if revision not in self._tops:
                try:
                    found = self._clones.at("", _HERE, revision)
                except (NoCloneError, ConfigError):
                    found = self._bases[-1]
                self._tops[revision] = found if found != self._bases[-1] else ""
            return self._tops[revision]

    def _plain(self, revision: str) -> str:
        """Return a revision by one name: HEAD is the default branch."""
        return HEAD if revision in ("", self._default) else revision

    @cached_property
    def _default(self) -> str:
        if not Folder(self._bases[-1]).exists(".git"):
            return ""
        try:
            return read.default_branch(self._bases[-1])[1].removeprefix("origin/")
        except ConfigError:
            return ""


def most(revisions: Iterable[str]) -> str:
    """Return the revision that most Applications read of the config repository; the files at hand are taken as those of it.

    Of several that equally many read, it is a default branch, or else the one nearest to production.
    """
    found = Counter(revision or HEAD for revision in revisions if "{" not in revision)

    def weight(revision: str) -> tuple[int, bool, int]:
        rank = words.rank(revision)
        return found[revision], revision in _DEFAULTS, -1 if rank is None else rank

    return max(found, key=weight, default="")
