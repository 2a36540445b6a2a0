"""Other revisions of the config repository: their files, from the Git repository that the old tree is in."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from threading import Lock

from generator.errors import ConfigError
from generator.system.files import Folder, writing
from generator.system.git import objects, read

HEAD = "HEAD"
_PLAIN = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9_./]*")
_FILES = ("100644", "100755")


class Revisions:
    """Knows which revision the files at hand are, and writes those of others into a folder, each once."""

    def __init__(self, bases: Sequence[str], at_hand: str, folder: str) -> None:
        """Begin with the folders that may be the root of the repository, innermost first, and what is checked out there."""
        self.at_hand = at_hand
        self._bases = bases
        self._folder = folder
        self._commits: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._lock = Lock()

    def is_at_hand(self, revision: str) -> bool:
        """Tell whether the files at hand are those of a revision."""
        return self._plain(revision) == self._plain(self.at_hand)

    def has(self, revision: str) -> bool:
        """Tell whether the files of a revision can be read."""
        return self.is_at_hand(revision) or bool(self._commit(revision))

    def root_of(self, revision: str, path: str) -> str:
        """Return the root of the repository at another revision that has a path; at hand if Git does not have the revision."""
        with self._lock:
            commit = self._commit(revision)
            if commit and commit not in self._written:
                self._written[commit] = self._write(commit, len(self._written))
            top = self._written.get(commit, "")
        bases = [posixpath.normpath(f"{top}/{posixpath.relpath(base, self._bases[-1])}") for base in self._bases]
        candidates = bases if top else self._bases
        return next((base for base in candidates if Folder(base).exists(path)), candidates[0])

    def named(self, root: str) -> str:
        """Return the revision whose files are below a root; empty for the files at hand."""
        commits = {commit for commit, top in self._written.items() if f"{root}/".startswith(f"{top}/")}
        return next((name for name, commit in self._commits.items() if commit in commits), "")

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

    def _commit(self, revision: str) -> str:
        """Return the commit of a revision, first as the server had it; empty if Git does not have it."""
        if revision not in self._commits:
            self._commits[revision] = next(filter(None, map(self._resolved, (f"refs/remotes/origin/{revision}", revision))), "")
        return self._commits[revision]

    def _resolved(self, name: str) -> str:
        top = self._bases[-1]
        if not _PLAIN.fullmatch(name) or not Folder(top).exists(".git"):
            return ""
        try:
            return read.commit_id(top, name)
        except ConfigError:
            return ""

    def _write(self, commit: str, number: int) -> str:
        top = posixpath.join(self._folder, f"revision-{number}")
        files = {path: name for path, (mode, name) in objects.tree(self._bases[-1], commit).items() if mode in _FILES}
        contents = objects.blobs(self._bases[-1], files.values())
        for path, name in files.items():
            if name in contents:
                writing.create(Folder(top), path, contents[name])
        return top


def most(revisions: Iterable[str]) -> str:
    """Return the revision that most Applications read of the config repository; the files at hand are taken as those of it."""
    found = Counter(revision or HEAD for revision in revisions if "{" not in revision)
    return found.most_common(1)[0][0] if found else ""
