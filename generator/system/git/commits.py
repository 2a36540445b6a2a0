"""Parse `git log -z --raw` into commits and their changes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import NamedTuple

FORMAT = "%H%x00%P%x00%at%x00%an%x00%ae%x00%ct%x00%cn%x00%ce%x00%s%x00%(trailers:only,unfold)"
"""Fields end in NUL, which neither a name nor a message can hold: a field cannot be forged."""

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""
_MOST_DIGITS = 18
_MOST_FIELD = 16 * 1024
_MOST_TRAILERS = 4 * 1024 * 1024
"""Bytes of a commit that are read: a message can be as long as its author likes."""

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


class Commit(NamedTuple):
    """One commit and what it changed, against its first parent."""

    id: str
    parents: tuple[str, ...]
    authored: int | None
    """Seconds since 1970, as are all times here; None where the commit has no date that Git can read."""
    author: Person
    committed: int | None
    committer: Person
    subject: str
    trailers: tuple[tuple[str, str], ...]
    changes: tuple[FileChange, ...]

    @property
    def landed_at(self) -> datetime | None:
        """When it was committed, in UTC, by the clock of who did it; None for no date, and for one that no calendar has."""
        if self.committed is None or self.committed > _LAST_SECOND:
            return None
        return datetime.fromtimestamp(self.committed, UTC)

    def date(self, form: str, otherwise: str = "") -> str:
        """Return when it was committed in a form of strftime; something else for an invalid date."""
        return self.landed_at.strftime(form) if self.landed_at else otherwise

    def values(self, key: str) -> list[str]:
        """Return the values of a trailer in order."""
        return [value for name, value in self.trailers if name.lower() == key.lower()]


def read_log(out: bytes) -> list[Commit]:
    """Return the commits in the output of `git log -z --raw --no-abbrev --no-renames` with FORMAT."""
    tokens = out.split(b"\0")
    commits = []
    at = 0
    while at + _FIELDS <= len(tokens):
        fields = [token[:_MOST_FIELD].decode("utf-8", "replace") for token in tokens[at : at + _FIELDS - 1]]
        fields.append(tokens[at + _FIELDS - 1][:_MOST_TRAILERS].decode("utf-8", "replace"))
        at += _FIELDS
        changes = []
        while at + 1 < len(tokens) and tokens[at].lstrip(b"\n").startswith(b":"):
            changes.append(_change(tokens[at], tokens[at + 1]))
            at += 2
        commits.append(_commit(fields, tuple(changes)))
    return commits


def _change(meta: bytes, path: bytes) -> FileChange:
    before, mode, old, new, _ = meta.decode("ascii").split(" ")
    return FileChange(os.fsdecode(path), _file(before.lstrip(":\n"), old), _file(mode, new), mode)


def _file(mode: str, object_id: str) -> str:
    """Return the object of a file; empty for a link, for a submodule and where there is nothing."""
    return object_id if mode.startswith(_FILE) and object_id.strip(NO_OBJECT) else ""


def _commit(fields: list[str], changes: tuple[FileChange, ...]) -> Commit:
    name, parents, authored, author, author_email, committed, committer, committer_email, subject, trailers = fields
    return Commit(
        name.strip(),
        tuple(parents.split()),
        _seconds(authored),
        Person(author, author_email),
        _seconds(committed),
        Person(committer, committer_email),
        subject,
        tuple(_trailers(trailers)),
        changes,
    )


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
