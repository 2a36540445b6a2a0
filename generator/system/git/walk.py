"""The first-parent history of a branch in a repository with thousands of commits.

`git log` with pathspecs compares each commit with its parent twice, once to decide whether to show it and once to
show it, and `git diff-tree` once. What it reads is a list of commits, so two of them share a long history.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import chain

from generator.system.git.call import call, failed, place_of
from generator.system.git.commits import FORMAT, Commit, read_log
from generator.system.git.read import from_top
from generator.system.program import Done

_WORTH_A_PROCESS = 2_000
"""Commits that are worth one more process."""


def first_parents(root: str, paths: Sequence[str], *revisions: str) -> list[Commit]:
    """Return the commits along first parents that changed one of the paths, newest first, as `read.log` does.

    Empty in a repository without commits; raises ConfigError where git fails.
    """
    wanted = from_top(place_of(root), paths)
    if not wanted:
        return []
    done = call(root, "rev-list", "--first-parent", "--parents", "--end-of-options", *(revisions or ("HEAD",)), "--")
    if not done.ok:
        if not revisions and not call(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}").ok:
            return []
        raise failed(root, "rev-list", done)
    lines = done.out.split(b"\n")[:-1]
    half = (len(lines) + 1) // 2 if len(lines) > _WORTH_A_PROCESS else len(lines)
    parents = {line[: line.find(b" ")] if b" " in line else line: line.partition(b" ")[2] for line in lines}
    return [_with_parents(commit, parents) for commit in _compared(root, [lines[:half], lines[half:]], wanted)]


def _compared(root: str, pieces: Sequence[Sequence[bytes]], wanted: Sequence[str]) -> list[Commit]:
    """Return the commits of pieces of a history that changed one of the paths; each piece has its own process."""
    done: dict[int, Done | BaseException] = {}

    def compare(number: int) -> None:
        try:
            done[number] = _diff_tree(root, pieces[number], wanted)
        except BaseException as error:
            done[number] = error  # raised below, in the thread that asked

    beside = [threading.Thread(target=compare, args=(number,)) for number in range(1, len(pieces)) if pieces[number]]
    for thread in beside:
        thread.start()
    compare(0)
    for thread in beside:
        thread.join()
    found = []
    for number in sorted(done):
        one = done[number]
        if isinstance(one, BaseException):
            raise one
        if not one.ok:
            raise failed(root, "diff-tree", one)
        found.append(read_log(one.out))
    return list(chain.from_iterable(found))


def _diff_tree(root: str, lines: Sequence[bytes], wanted: Sequence[str]) -> Done:
    how = ["--raw", "-r", "-z", "--root", "--no-abbrev", "--no-renames", "-O/dev/null", "--encoding=UTF-8"]
    prefix = place_of(root).prefix
    how += [f"--relative={prefix}"] if prefix else []
    given = b"".join(b"%b\n" % b" ".join(line.split(b" ", 2)[:2]) for line in lines)
    return call(root, "diff-tree", "--stdin", *how, f"--format={FORMAT}", "--", *wanted, stdin=given)


def _with_parents(commit: Commit, parents: dict[bytes, bytes]) -> Commit:
    """Return a commit with all its parents: `diff-tree` knows only the one that it was given."""
    return commit.with_parents(parents.get(commit.id.encode("ascii"), b""))
