"""The revisions to compare, written as for git."""

from __future__ import annotations

from typing import NamedTuple

from generator.syntax.commit_ids import short_id
from generator.system.git import read as git

WORK_TREE = "the working tree"


class Range(NamedTuple):
    """Two sides: commits, or the working tree, whose id is empty."""

    base: str
    head: str
    base_name: str
    head_name: str


def range_of(root: str, text: str) -> Range:
    """Return the two sides that `BASE`, `BASE..HEAD` or `BASE...HEAD` name.

    BASE alone is compared with the working tree, uncommitted changes included. Without anything, BASE is where
    the working tree left the default branch. Raises ConfigError for what is not in this clone.
    """
    if not text:
        branch, name = git.default_branch(root)
        return _against_work_tree(git.merge_base(root, branch, "HEAD"), name)
    for dots in ("...", ".."):
        first, found, last = text.partition(dots)
        if found:
            first, last = first or "HEAD", last or "HEAD"
            base = git.merge_base(root, first, last) if dots == "..." else git.commit_id(root, first)
            head = git.commit_id(root, last)
            return Range(base, head, _named(first, base), _named(last, head))
    return _against_work_tree(git.commit_id(root, text), text)


def _against_work_tree(base: str, name: str) -> Range:
    return Range(base, "", _named(name, base), WORK_TREE)


def _named(name: str, commit: str) -> str:
    return short_id(commit) if commit.startswith(name) else f"{name} ({short_id(commit)})"
