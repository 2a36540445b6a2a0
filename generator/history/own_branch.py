"""Put the commit of a move onto a branch of its own, from which a pull request is made.

The move is made in a separate working tree at the commit that is checked out. So the user's files, index and current
branch are never touched, and the branch is moved in one step: a process that is killed leaves it as it was, or done.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from generator.errors import RefusedError
from generator.history import branch_contents
from generator.history.branch_contents import Scope
from generator.history.moves import Move
from generator.syntax.wording import listed
from generator.system.files import roots
from generator.system.git import commit as git_commit
from generator.system.git import names as git_names
from generator.system.git import read as git_read
from generator.system.git import remote as git_remote
from generator.system.git.push import MovedError, RefusedPushError, push

_TRIES = 5
_PAUSE = 0.2
"""Seconds before the first retry; each pause is longer than the previous one."""


class Asked(NamedTuple):
    """The branch that the user asks for."""

    name: str
    remote: str = ""
    """Where it is pushed to; empty if it is not."""


class Landed(NamedTuple):
    """Where a branch is after a move."""

    commit: str
    before: str
    """The commit that it was at; empty if it is new."""

    @property
    def is_unchanged(self) -> bool:
        """Whether the branch had this very change already."""
        return self.commit == self.before


class OwnBranch(NamedTuple):
    """A branch for one move, and the separate working tree in which the move is made."""

    asked: Asked
    workspace: str
    """The root of the user's workspace."""
    checkout: str
    """The root of the user's checkout."""
    tree: str
    """The separate working tree."""
    base: str
    """The commit that it begins at."""

    @property
    def root(self) -> str:
        """The root of the workspace in the separate working tree."""
        return posixpath.normpath(posixpath.join(self.tree, roots.inside(self.workspace, self.checkout)))

    def scope(self, moves: Sequence[Move], output: str, *, every: bool) -> Scope:
        """Return what moves are about, for the generated files in a folder of the workspace."""
        folder = posixpath.normpath(posixpath.join(roots.inside(self.workspace, self.checkout), output))
        return Scope(frozenset(move.service for move in moves), moves[0].environment, folder, every)

    def left_out(self) -> list[str]:
        """Return the YAML files of the workspace that differ from the commit, and that the branch will not have."""
        found = git_read.changed_since(self.workspace, "HEAD")
        return sorted(path for path in found if path.endswith((".yaml", ".yml")))

    def check_committed(self, specs: Sequence[str]) -> None:
        """Refuse specs with uncommitted changes: the branch would silently not have them."""
        dirty = git_commit.uncommitted(self.workspace, specs)
        if dirty:
            verb = "has" if len(dirty) == 1 else "have"
            raise RefusedError(
                f"{listed(dirty)} {verb} uncommitted changes, which branch {self.asked.name} would not have; nothing was written",
                "commit or stash them first",
            )

    def check_deployed(self, deployed: str) -> None:
        """Refuse the branch that Argo CD deploys: a pull request is merged into it."""
        if self.asked.name == deployed:
            raise RefusedError(
                f"Argo CD deploys branch {deployed}, the targetRevision in tiphys.yaml",
                "use a new name with --branch, or --commit without it",
            )

    def check_tips(self, scope: Scope) -> None:
        """Refuse a branch that exists, here or at the remote, and holds anything that the move would not make again."""
        self._check(self._heads(), scope)

    def _check(self, tips: Iterable[str], scope: Scope) -> None:
        for tip in filter(None, dict.fromkeys(tips)):
            branch_contents.check(self.checkout, self.asked.name, self.base, tip, scope)

    def commit(self, message: str) -> None:
        """Commit everything in the separate working tree. Raises ConfigError, and then nothing has changed."""
        git_remote.commit_all(self.tree, message=message)

    def land(self, scope: Scope) -> Landed:
        """Move the branch to the commit of the separate working tree, and push it if that is asked for.

        A branch that has this very change already stays as it is, so that reviews and approvals stay valid. Raises
        RefusedError or ConfigError.
        """
        made = git_remote.bring(self.checkout, self.tree)
        for attempt in range(_TRIES):
            here, there = self._heads()
            self._check((here, there), scope)
            same = (tip for tip in (there, here) if tip and branch_contents.same(self.checkout, self.base, made, tip))
            commit = next(same, made)
            if git_remote.move(self.checkout, self.asked.name, commit, here) and self._pushed(commit, there):
                return Landed(commit, there or here)
            time.sleep(_PAUSE * (attempt + 1))
        raise RefusedError(f"branch {self.asked.name} was moved by another process {_TRIES} times", "try again later")

    def _heads(self) -> tuple[str, str]:
        """Return the commits that the branch is at here and at the remote, with their objects; empty where it does not exist."""
        name, remote = self.asked
        here = git_remote.tip(self.checkout, name)
        return here, git_remote.fetch(self.checkout, remote, name) if remote else ""

    def _pushed(self, commit: str, there: str) -> bool:
        """Push the branch if that is asked for; tell whether the remote has it, and not what another process pushed."""
        name, remote = self.asked
        if not remote or there == commit:
            return True
        try:
            push(self.checkout, remote, commit, name, there, replaces=True)
        except RefusedPushError as error:
            raise RefusedError(
                f"{remote} does not accept branch {name}: {error}; the commit is in branch {name} of this clone",
                "allow this account to push to it, or use a different name with --branch",
            ) from None
        except MovedError:
            return False
        return True


@contextmanager
def opened(workspace: str, asked: Asked) -> Iterator[OwnBranch]:
    """Yield the branch with its working tree; raises ConfigError or RefusedError for a name that cannot be used."""
    checkout = git_remote.top(workspace)
    git_names.check_branch(checkout, asked.name)
    if asked.remote:
        git_names.check_remote(checkout, asked.remote)
    _refuse_in_use(checkout, asked)
    base = git_remote.head(checkout)
    with git_remote.worktree(checkout, base) as tree:
        yield OwnBranch(asked, workspace, checkout, tree, base)


def _refuse_in_use(checkout: str, asked: Asked) -> None:
    """Refuse a branch that is checked out somewhere, or that is the remote's main one."""
    folder = git_remote.checked_out_in(checkout, asked.name)
    if folder:
        raise RefusedError(
            f"branch {asked.name} is checked out in {folder}", "use a new name with --branch, or --commit without it"
        )
    if asked.remote and git_remote.main_branch(checkout, asked.remote) == asked.name:
        raise RefusedError(
            f"{asked.name} is the default branch of {asked.remote}, into which pull requests are merged",
            "use a new name with --branch; `tiphys publish --push` pushes to it directly",
        )
