"""Which commits a history consists of, and how they follow each other: by parents, never by dates, which anyone can write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.system.git.call import call
from generator.system.git.commits import MOST_LOG

_Parents = Mapping[str, tuple[str, ...]]


def landed(root: str, *revisions: str) -> dict[str, int]:
    """Return for each commit of a history, HEAD by default, when it came to the branch.

    That is the place of a commit of the first-parent history, counted from the oldest: its own, or that of the merge which
    brought it. Empty in a repository without commits.
    """
    done = call(root, "rev-list", "--parents", "--end-of-options", *(revisions or ("HEAD",)), "--", most=MOST_LOG)
    lines = done.out.decode("ascii").splitlines() if done.ok else []
    parents = {commit: tuple(rest) for commit, *rest in map(str.split, lines)}
    head = call(root, "rev-parse", "--verify", "--end-of-options", f"{(revisions or ('HEAD',))[0]}^{{commit}}").out
    line = list(_first_parents(parents, head.decode("ascii").strip()))[::-1]
    found = {commit: place for place, commit in enumerate(line)}
    for place, commit in enumerate(line):
        left = [*parents[commit][1:]]
        while left:
            one = left.pop()
            if one not in found and one in parents:
                found[one] = place
                left += parents[one]
    return found


def dated(root: str) -> list[tuple[str, int]]:
    """Return the first-parent history of HEAD, newest first: each commit with its date, in seconds since 1970, as it says."""
    done = call(root, "rev-list", "--first-parent", "--timestamp", "HEAD", "--", most=MOST_LOG)
    lines = done.out.decode("ascii").splitlines() if done.ok else []
    return [(commit, int(when)) for when, commit in map(str.split, lines)]


def _first_parents(parents: _Parents, commit: str) -> Iterator[str]:
    while commit in parents:
        yield commit
        commit = next(iter(parents[commit]), "")
