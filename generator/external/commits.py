"""What `git log -z --raw` prints, as commits and what they changed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import NamedTuple

FORMAT = "%H%x00%P%x00%at%x00%an%x00%ae%x00%ct%x00%cn%x00%ce%x00%s%x00%(trailers:only,unfold)"
"""Fields end in NUL, which neither a name nor a message can hold: nobody can forge a field."""

_FIELDS = FORMAT.count("%x00") + 1
NO_OBJECT = "0"


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
    authored: int
    """Seconds since 1970, as are all times here."""
    author: Person
    committed: int
    committer: Person
    subject: str
    trailers: tuple[tuple[str, str], ...]
    changes: tuple[FileChange, ...]

    @property
    def landed_at(self) -> datetime:
        """When it was committed, in UTC, by the clock of who did it."""
        return datetime.fromtimestamp(self.committed, UTC)

    def values(self, key: str) -> list[str]:
        """Return the values of a trailer in the order in which they stand."""
        return [value for name, value in self.trailers if name.lower() == key.lower()]


def read_log(out: bytes) -> list[Commit]:
    """Return the commits in the output of `git log -z --raw --no-abbrev --no-renames` with FORMAT."""
    tokens = out.split(b"\0")
    commits = []
    at = 0
    while at + _FIELDS <= len(tokens):
        fields = [token.decode("utf-8", "replace") for token in tokens[at : at + _FIELDS]]
        at += _FIELDS
        changes = []
        while at + 1 < len(tokens) and tokens[at].lstrip(b"\n").startswith(b":"):
            changes.append(_change(tokens[at], tokens[at + 1]))
            at += 2
        commits.append(_commit(fields, tuple(changes)))
    return commits


def _change(meta: bytes, path: bytes) -> FileChange:
    _, mode, old, new, _ = meta.decode("ascii").split(" ")
    return FileChange(os.fsdecode(path), old.strip(NO_OBJECT) and old, new.strip(NO_OBJECT) and new, mode)


def _commit(fields: list[str], changes: tuple[FileChange, ...]) -> Commit:
    name, parents, authored, author, author_email, committed, committer, committer_email, subject, trailers = fields
    return Commit(
        name.strip(),
        tuple(parents.split()),
        int(authored or 0),
        Person(author, author_email),
        int(committed or 0),
        Person(committer, committer_email),
        subject,
        tuple(_trailers(trailers)),
        changes,
    )


def _trailers(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            found.append((key.strip(), value.strip()))
    return found
