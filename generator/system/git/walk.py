"""The first-parent history of a branch in a repository with thousands of commits.

`git log` with pathspecs compares each commit with its parent twice, once to decide whether to show it and once to
show it, and `git diff-tree` once. What it reads is a list of commits, so several of them share a long history.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from generator.system.git.call import call, failed, place_of
from generator.system.git.commits import FORMAT, MOST_CHANGES, MOST_LOG, Commit, read_log, too_many_changes
from generator.system.git.read import from_top
from generator.system.parallel import processors
from generator.system.program import Done

_PIECE = 2_000
"""The most commits that one process compares."""


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
    parents = dict(line.partition(b" ")[::2] for line in lines)
    pieces = [lines[at : at + _PIECE] for at in range(0, len(lines), _PIECE)]
    return [commit.with_parents(parents.get(commit.id.encode("ascii"), b"")) for commit in _compared(root, pieces, wanted)]


def is_along(root: str, base: str, tip: str) -> bool:
    """Tell whether a commit is among the first parents of another one; not if this clone lacks one of the two."""
    done = call(root, "rev-list", "--first-parent", "--parents", "--end-of-options", tip, f"^{base}", "--")
    return done.ok and done.out.rstrip(b"\n").rpartition(b"\n")[2].split(b" ")[1:2] == [base.encode("ascii", "replace")]


def _compared(root: str, pieces: Sequence[Sequence[bytes]], wanted: Sequence[str]) -> list[Commit]:
    """Return the commits of pieces of a history that changed one of the paths; what git printed of one is parsed next to it."""
    found: dict[int, list[Commit]] = {}
    errors: list[BaseException] = []
    left = iter(range(len(pieces)))  # two threads never get the same number from it

    def work() -> None:
        for number in left:
            try:
                found[number] = _commits(root, pieces[number], wanted)
            except BaseException as error:
                errors.append(error)  # raised below, in the thread that asked
                return

    beside = [threading.Thread(target=work) for _ in range(min(processors(), len(pieces)) - 1)]
    for thread in beside:
        thread.start()
    work()
    for thread in beside:
        thread.join()
    if errors:
        raise errors[0]
    commits = [commit for number in range(len(pieces)) for commit in found[number]]
    if sum(len(commit.changes) for commit in commits) > MOST_CHANGES:
        raise too_many_changes("the commits that changed specs or environments")
    return commits


def _commits(root: str, lines: Sequence[bytes], wanted: Sequence[str]) -> list[Commit]:
    done = _diff_tree(root, lines, wanted)
    if not done.ok:
        raise failed(root, "diff-tree", done)
    return read_log(done.out)


def _diff_tree(root: str, lines: Sequence[bytes], wanted: Sequence[str]) -> Done:
    how = ["--raw", "-r", "-z", "--root", "--no-abbrev", "--no-renames", "-O/dev/null", "--encoding=UTF-8"]
    prefix = place_of(root).prefix
    how += [f"--relative={prefix}"] if prefix else []
    given = b"".join(b"%b\n" % b" ".join(line.split(b" ", 2)[:2]) for line in lines)
    return call(root, "diff-tree", "--stdin", *how, f"--format={FORMAT}", "--", *wanted, stdin=given, most=MOST_LOG)
