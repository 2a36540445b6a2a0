"""Parse `git log -z --raw` into commits and their changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from generator.errors import ConfigError

FORMAT = "%H%x00%P%x00%at%x00%an%x00%ae%x00%ct%x00%cn%x00%ce%x00%s%x00%(trailers:only,unfold)"
"""Fields end in NUL, which neither a name nor a message can hold: a field cannot be forged."""

LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""
_MOST_DIGITS = 18
_MOST_FIELD = 16 * 1024
MOST_LOG = 128 * 1024 * 1024
"""Bytes that `git log` may print; the history of 100,000 commits takes half of it."""
MOST_CHANGES = 500_000
"""Files that the commits of a log may have changed together: a tree of some kilobytes can hold millions of them."""
MOST_TRAILERS = 8 * 1024 * 1024
"""Bytes of trailers that are read of a log, but for the first `_USUAL` of each commit: a message can be of any length."""
_USUAL = 2 * 1024

_FIELDS = FORMAT.count("%x00") + 1
NO_OBJECT = "0"
_FILE = "100"
"""How the modes of files begin: links and submodules have different ones."""


class Person(NamedTuple):
    """Who did something; name and address are text that anybody can write."""

    name: str
    email: str


class FileChange(NamedTuple):
    """One file that a commit changed; `new` is empty where it was deleted, `mode` is the one it has now."""

    path: str
    old: str
    new: str
    mode: str


class Commit:
    """One commit and what it changed, against its first parent.

    Its fields are decoded when they are asked for: of the thousands that a story reads, few are shown.
    """

    def __init__(self, fields: Sequence[bytes], changes: tuple[FileChange, ...]) -> None:
        """Create it from the fields of FORMAT."""
        self._fields = fields
        self.changes = changes
        self.id = fields[0].strip().decode("ascii", "replace")

    def __eq__(self, other: object) -> bool:
        """Tell whether all of it is the same, and not only its id: what it changed depends on how it was asked for."""
        return isinstance(other, Commit) and (self._fields, self.changes) == (other._fields, other.changes)

    def __hash__(self) -> int:
        """Return the hash of its id."""
        return hash(self.id)

    @classmethod
    def snapshot(cls, name: str, changes: tuple[FileChange, ...]) -> Commit:
        """Return a commit without a past, which brings all its files."""
        return cls([name.encode("ascii"), *[b""] * (_FIELDS - 1)], changes)

    @property
    def data(self) -> list[str]:
        """Its fields as text that can be kept, without what it changed."""
        return [field.decode("latin-1") for field in self._fields]

    @classmethod
    def of_data(cls, data: Sequence[str]) -> Commit:
        """Return the commit of such text; raises ValueError for anything else."""
        fields = [field.encode("latin-1") for field in data]
        if len(fields) != _FIELDS:
            raise ValueError(f"a commit has {_FIELDS} fields")
        return cls(fields, ())

    def with_parents(self, ids: bytes) -> Commit:
        """Return it with the ids of its parents, separated by spaces."""
        return Commit([self._fields[0], ids, *self._fields[2:]], self.changes)

    def keep(self, wanted: Callable[[str], bool]) -> bool:
        """Forget the changes of paths that are not wanted; tell whether any is left."""
        self.changes = tuple(change for change in self.changes if wanted(change.path))
        return bool(self.changes)

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The ids of its parents."""
        return tuple(self._text(1).split())

    @cached_property
    def authored(self) -> int | None:
        """Seconds since 1970, as are all times here; None where the commit has no date that Git can read."""
        return _seconds(self._text(2))

    @cached_property
    def author(self) -> Person:
        """Who wrote it."""
        return Person(self._text(3), self._text(4))

    @cached_property
    def committed(self) -> int | None:
        """When it was committed."""
        return _seconds(self._text(5))

    @cached_property
    def committer(self) -> Person:
        """Who committed it."""
        return Person(self._text(6), self._text(7))

    @property
    def subject(self) -> str:
        """The first paragraph of its message, on one line."""
        return self._text(8)

    @cached_property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        """The trailers of its message, in order."""
        return tuple(_trailers(self._text(9)))

    def _text(self, field: int) -> str:
        return self._fields[field].decode("utf-8", "replace")

    @property
    def landed_at(self) -> datetime | None:
        """When it was committed, in UTC, by the clock of who did it; None for no date, and for one that no calendar has."""
        if self.committed is None or self.committed > LAST_SECOND:
            return None
        return datetime.fromtimestamp(self.committed, UTC)

    def date(self, form: str, otherwise: str = "") -> str:
        """Return when it was committed in a form of strftime; something else for an invalid date."""
        return self.landed_at.strftime(form) if self.landed_at else otherwise

    def values(self, key: str) -> list[str]:
        """Return the values of a trailer in order."""
        return [value for name, value in self.trailers if name.lower() == key.lower()]


def read_log(out: bytes) -> list[Commit]:
    """Return the commits in the output of `git log -z --raw --no-abbrev --no-renames` with FORMAT.

    Raises ConfigError where they change too many files.
    """
    tokens = _tokens(out)
    commits: list[Commit] = []
    left, paid = MOST_CHANGES, MOST_TRAILERS
    ahead = next(tokens, None)
    while ahead is not None:
        fields = [ahead[:_MOST_FIELD], *(token[:_MOST_FIELD] for token in islice(tokens, _FIELDS - 2))]
        trailers = next(tokens, None)
        if trailers is None:
            break
        kept = min(len(trailers), _USUAL + paid)
        paid -= max(0, kept - _USUAL)
        changes = []
        ahead = next(tokens, None)
        while ahead is not None and ahead.lstrip(b"\n").startswith(b":"):
            path = next(tokens, None)
            if path is None:
                break
            changes.append(_change(ahead, path))
            ahead = next(tokens, None)
        left -= len(changes)
        if left < 0:
            commit = fields[0].strip().decode("ascii", "replace")[:10]
            raise too_many_changes(f"the commits down to {commit}")
        commits.append(Commit([*fields, trailers[:kept]], tuple(changes)))
    return commits


def too_many_changes(which: str) -> ConfigError:
    """Return the error for commits that change more files than are read."""
    return ConfigError(f"{which} change more than {MOST_CHANGES:,} files", "use a shallow clone: `git clone --depth N`")


def _tokens(out: bytes) -> Iterator[bytes]:
    """Yield what is before each NUL; one after the other, as all of them together take several times the memory."""
    at = 0
    while (end := out.find(b"\0", at)) >= 0:
        yield out[at:end]
        at = end + 1
    yield out[at:]


def _change(meta: bytes, path: bytes) -> FileChange:
    before, mode, old, new, _ = meta.lstrip(b":\n").decode("ascii").split(" ")
    return FileChange(os.fsdecode(path), _file(before, old), _file(mode, new), mode)


def _file(mode: str, object_id: str) -> str:
    """Return the object of a file; empty for a link, for a submodule and where there is nothing."""
    return object_id if mode.startswith(_FILE) and object_id.strip(NO_OBJECT) else ""


def _seconds(text: str) -> int | None:
    """Return a date as Git tells it; None for what is empty, or too large for any clock."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _trailers(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            found.append((key.strip(), value.strip()))
    return found
