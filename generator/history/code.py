"""From a release to its code: the commit of the source code that an image was built from, as trailers record it.

Argo CD reads trailers of its own, and shows the commit that they name next to the one that it deployed. Source:
argo-cd, docs/user-guide/source-hydrator.md, Commit Tracing
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from generator.errors import ConfigError
from generator.syntax.forges import remote_of
from generator.syntax.secrets.addresses import holds_credentials

COMMIT, REPOSITORY = "Tiphys-Code-Commit", "Tiphys-Code-Repository"
_REFERENCE = "Argocd-reference-commit-"
_ID = re.compile(r"[0-9a-f]{7,40}|[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")
"""A name that RFC 5322 takes without quotes."""
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,250}")
_MOST_SUBJECT, _MOST_BODY = 200, 4_000
"""Characters of a message that are recorded."""


class Code(NamedTuple):
    """A commit of the source code; what is empty is not known."""

    commit: str
    repository: str = ""
    author: str = ""
    """A name and an address, as RFC 5322 writes them."""
    date: str = ""
    """As ISO 8601, with a time zone."""
    subject: str = ""
    body: str = ""

    @property
    def committed(self) -> int | None:
        """When it was committed, as seconds since 1970."""
        try:
            when = datetime.fromisoformat(self.date)
            return int(when.timestamp()) if when.tzinfo else None
        except (ValueError, OverflowError, OSError):
            return None

    def trailers(self) -> list[str]:
        """Return the lines of a commit message about it."""
        return [f"{COMMIT}: {self.commit}", *([f"{REPOSITORY}: {self.repository}"] if self.repository else [])]


def checked_code(commit: str, repository: str) -> Code:
    """Return the code that options name; raises ConfigError."""
    name = commit.strip().lower()
    if not _ID.fullmatch(name):
        raise ConfigError(f"`{commit[:80]}` is not the id of a commit", "pass 7 to 40 hexadecimal digits, such as $GITHUB_SHA")
    if repository and holds_credentials(repository):
        raise ConfigError("the code repository is a URL that contains credentials", "pass it without user and password")
    if repository and remote_of(repository) is None:
        hint = "pass a URL such as https://github.com/acme/checkout or git@github.com:acme/checkout.git, without credentials"
        raise ConfigError(f"`{repository[:80]}` is not the URL of a repository", hint)
    return Code(name, repository)


def described(code: Code, author: tuple[str, str], date: str, message: tuple[str, str]) -> Code:
    """Return a code with what its repository says of the commit; `message` is its subject and its body."""
    subject, body = message
    return code._replace(
        author=_mailbox(*author),
        date=date,
        subject=_line(subject)[:_MOST_SUBJECT],
        body=body.strip()[:_MOST_BODY],
    )


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _mailbox(name: str, email: str) -> str:
    """Return a person as RFC 5322 writes one; empty for an address that it does not know."""
    if not _EMAIL.fullmatch(email):
        return ""
    shown = _line(name)[:_MOST_SUBJECT]
    if shown and not _NAME.fullmatch(shown):
        shown = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown} <{email}>".strip()


def references(codes: Iterable[Code | None]) -> list[str]:
    """Return Argo CD's trailers about the code of a commit; empty unless all of its releases are of one commit of code."""
    found = set(codes)
    code = found.pop() if len(found) == 1 else None
    if code is None or len(code.commit) > 40:  # Argo CD takes no longer name
        return []
    remote = remote_of(code.repository)
    body = json.dumps(f"{code.subject}\n\n{code.body}" if code.body else code.subject)
    values = {
        "author": code.author,
        "sha": code.commit,
        "subject": code.subject,
        "body": body if code.subject else "",
        "repourl": remote.url if remote else "",
        "date": code.date,
    }
    return [f"{_REFERENCE}{name}: {value}" for name, value in values.items() if value]


def recorded(values: Sequence[tuple[str, str]]) -> Code | None:
    """Return the code that the trailers of one service record; None without one, and for one that is malformed.

    `values` has the keys in lowercase. What Argo CD's trailers say is taken only if they are about the same commit.
    """
    said: Mapping[str, str] = dict(reversed(values))
    commit, repository = said.get(COMMIT.lower(), ""), said.get(REPOSITORY.lower(), "")
    if not _ID.fullmatch(commit) or (repository and (remote_of(repository) is None or holds_credentials(repository))):
        return None
    there = _REFERENCE.lower()
    if said.get(f"{there}sha") != commit:
        return Code(commit, repository)
    author, date, subject = (_line(said.get(f"{there}{name}", ""))[:_MOST_BODY] for name in ("author", "date", "subject"))
    return Code(commit, repository, author, date, subject[:_MOST_SUBJECT], _body(said.get(f"{there}body", ""), subject))


def _body(text: str, subject: str) -> str:
    """Return the body of a message from the whole of it, which is a string of JSON."""
    try:
        message = json.loads(text) if len(text) <= 8 * _MOST_BODY else ""
    except (ValueError, RecursionError):
        return ""
    return message.removeprefix(subject).strip()[:_MOST_BODY] if isinstance(message, str) else ""
