"""Read a checkout of the source code, in a repository of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.errors import ConfigError
from generator.syntax.commit_ids import short_id
from generator.system.git import objects as git_objects
from generator.system.git.call import call, place_of, said
from generator.system.program import Done

_MOST_FIELD = 64 * 1024
"""Bytes of a part of a commit that are read."""
_MOST_COMMIT = 256 * 1024
"""Bytes of a commit, which are those of its message but for a few."""
_FIELDS = "%H%x00%an%x00%ae%x00%aI%x00%s%x00%b%x00"


class CodeChange(NamedTuple):
    """A commit of the code; all but its id is text that its author wrote."""

    commit: str
    author: str
    email: str
    date: str
    """When it was written, as ISO 8601."""
    subject: str
    body: str


def commit_in(root: str, commit: str) -> CodeChange:
    """Return a commit of a checkout, by its id or the start of it; raises ConfigError where it does not have it."""
    _check(root)
    done = call(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{commit}^{{commit}}")
    if not done.ok:
        raise ConfigError(
            f"{root} has no commit {short_id(commit)}",
            "fetch it there; a checkout in CI needs the history, as with `fetch-depth: 0`",
        )
    return _changes(root, done.out.decode("ascii").split()[-1:])[0]


def between(root: str, older: str, newer: str, most: int) -> tuple[list[CodeChange], int] | None:
    """Return the newest commits that the newer of two has and the older one has not, and how many more there are.

    Merges are left out. None where the checkout does not have both. Raises ConfigError outside of a repository.
    """
    _check(root)
    revisions = ("--no-merges", "--end-of-options", newer, f"^{older}", "--")
    if not all(call(root, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}").ok for name in (older, newer)):
        return None
    done = call(root, "rev-list", f"--max-count={most}", *revisions)
    if not done.ok:
        raise _failed(root, done)
    found = _changes(root, done.out.decode("ascii").split())
    if len(found) < most:
        return found, 0
    total = call(root, "rev-list", "--count", *revisions)
    return found, max(0, int(total.out) - most) if total.ok else 0


def _check(root: str) -> None:
    if not place_of(root).top:
        raise ConfigError(f"{root} is not in a Git repository", "pass a checkout of the code, with its history")


def _failed(root: str, done: Done) -> ConfigError:
    return ConfigError(f"git failed in {root}: {said(done)}", "check the checkout with `git fsck`")


def _changes(root: str, ids: Sequence[str]) -> list[CodeChange]:
    """Return commits by their ids; of one with a message of megabytes, nothing but its id and how long it is."""
    sizes = git_objects.sizes(root, ids, "commit")
    small = [name for name in ids if sizes.get(name, 0) <= _MOST_COMMIT]
    known = {change.commit: change for change in _read(root, small)} if small else {}
    return [known.get(name) or _unread(name, sizes.get(name, 0)) for name in ids]


def _unread(commit: str, size: int) -> CodeChange:
    return CodeChange(commit, "", "", "", f"(a commit of {size:,} bytes, more than is read)", "")


def _read(root: str, ids: Sequence[str]) -> list[CodeChange]:
    how = ["-z", "--no-patch", "--no-walk=unsorted", "--encoding=UTF-8", f"--format={_FIELDS}"]
    done = call(root, "log", *how, "--end-of-options", *ids, "--")
    if not done.ok:
        raise _failed(root, done)
    fields = [field[:_MOST_FIELD].decode("utf-8", "replace") for field in done.out.split(b"\0")]
    width = len(CodeChange._fields) + 1  # `-z` ends each commit with one more
    return [CodeChange(*fields[at : at + width - 1]) for at in range(0, len(fields) - width + 1, width)]
