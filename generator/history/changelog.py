"""What changed in the code from one release to the next, read from a checkout of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.history.ledger import Release
from generator.system.git.code import CodeChange, between

MOST = 50
"""Commits that are listed for one release."""
_MOST_RELEASES = 50


class Changelog(NamedTuple):
    """The commits that a release brought."""

    older: str
    """The commit of the code of the release before."""
    found: tuple[CodeChange, ...] = ()
    """Newest first."""
    more: int = 0
    """How many older ones are left out."""
    is_known: bool = True
    """False where the checkout lacks one of the two commits."""


def changelogs(checkout: str, releases: Sequence[Release], shown: Sequence[Release]) -> Mapping[int, Changelog]:
    """Return what releases brought, by their numbers; those are left out that, or whose predecessors, record no code.

    `releases` are all of a ledger, newest first, and `shown` the first of them. Raises ConfigError outside of a repository.
    """
    found = {}
    for at, release in enumerate(shown[:_MOST_RELEASES]):
        before = next((one for one in releases[at + 1 : at + 2] if one.ended is None), None)
        if release.code and before and before.code:
            older, newer = before.code.commit, release.code.commit
            read = ([], 0) if older == newer else between(checkout, older, newer, MOST)
            found[release.number] = Changelog(older, tuple(read[0]), read[1]) if read else Changelog(older, is_known=False)
    return found
