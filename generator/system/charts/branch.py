"""An HTTP chart repository that is kept in a branch of Git.

Commits are made of objects alone: no working tree, and not the user's index. The branch is moved only if
it has not moved, here and at the remote; otherwise the release is repeated on top of the new tip.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import NamedTuple

from generator.errors import ConfigError
from generator.system.charts.failures import ChartRepositoryError
from generator.system.charts.package import Package
from generator.system.charts.shelf import INDEX, Shelf
from generator.system.git import call as git_call
from generator.system.git import names as git_names
from generator.system.git import objects as git_objects
from generator.system.git import remote as git_remote
from generator.system.git.push import MovedError, RefusedPushError, push
from generator.system.helm import Helm
from generator.system.program import Done

ATTEMPTS = 8
"""How often a release is retried when another process moved the branch."""


class Heads(NamedTuple):
    """Where the branch is; empty if absent."""

    here: str
    there: str


class Branch:
    """The branch that serves a chart repository."""

    def __init__(self, helm: Helm, root: str, name: str, *, path: str = "", remote: str = "origin", push: bool = False) -> None:
        self.title = f"the branch {name}" + (f", {path}/" if path else "")
        self.left_to_do = "" if push else f"git push {remote} {name}"
        self._push = push
        self._helm = helm
        self._root = root
        self._name = name
        self._prefix = f"{path}/" if path else ""
        self._remote = remote
        self._fetched = False

    def find(self, name: str, version: str) -> Package | None:
        """Return a package of the branch; None if it is not there, which is the remote where it is pushed to."""
        heads = self._heads(anew=False)
        for commit in (heads.there,) if self._push else (heads.there, heads.here):
            found = self._shelf(commit).find(name, version) if commit else None
            if found is not None:
                return found
        return None

    def put(self, packages: Sequence[Package]) -> list[Package]:
        """Return the packages, which are in the branch now; raises TakenError or ChartRepositoryError."""
        self._refuse_checked_out()
        for attempt in range(ATTEMPTS):
            heads = self._heads(anew=attempt > 0)
            base, unpushed = self._base(heads)
            files = self._shelf(base).additions(self._helm, [*unpushed, *packages])
            commit = self._commit(base, files, _message(packages)) if files else base
            if self._publish(commit, heads):
                return list(packages)
        raise ChartRepositoryError(
            f"another process moved {self.title} {ATTEMPTS} times in a row", "run it again: nothing was lost"
        )

    def _heads(self, *, anew: bool) -> Heads:
        tracked = f"refs/remotes/{self._remote}/{self._name}"
        self._check_names()
        if self._push and (anew or not self._fetched):
            done = self._git(
                "fetch", "-q", "--no-tags", "--end-of-options", self._remote, f"+refs/heads/{self._name}:{tracked}"
            )
            if not done.ok and "couldn't find remote ref" in done.err:
                return Heads(self._commit_of(f"refs/heads/{self._name}"), "")
            if not done.ok:
                raise ChartRepositoryError(
                    f"git fetch {self._remote}: {git_call.said(done)}", "check the remote and the access to it"
                )
            self._fetched = True
        return Heads(self._commit_of(f"refs/heads/{self._name}"), self._commit_of(tracked))

    def _check_names(self) -> None:
        """Refuse names that git would read as something else; the environment's file, which gives them, anybody may write."""
        git_names.check_branch(self._root, self._name)
        if self._push:
            try:
                git_names.check_remote(self._root, self._remote, configured=True)
            except ConfigError as error:
                raise ChartRepositoryError(f"git fetch {self._remote}: {error.message}", error.hint) from None

    def _base(self, heads: Heads) -> tuple[str, list[Package]]:
        """Return the commit to build on, and the packages of the local branch that it lacks."""
        here, there = heads
        if not here or not there or here == there:
            return there or here, []
        if self._git("merge-base", "--is-ancestor", here, there).ok:
            return there, []
        if self._git("merge-base", "--is-ancestor", there, here).ok:
            return here, []
        return there, self._unpushed(here, there)

    def _unpushed(self, here: str, there: str) -> list[Package]:
        """Return the packages that the local branch alone has; refuses if that is not all it has."""
        fork = self._git("merge-base", here, there)
        base = fork.out.decode().strip()
        changed = self._git("diff", "--name-status", "--no-renames", "-z", base, here) if fork.ok else fork
        words = changed.out.decode("utf-8", "surrogateescape").split("\0")
        changes = dict(zip(words[1::2], words[0::2], strict=False))
        index = f"{self._prefix}{INDEX}"
        packages = [path for path in changes if path.endswith((".tgz", ".prov"))]
        ours = all(changes[path] == "A" for path in packages) and set(changes) == {*packages, index}
        if not fork.ok or not ours:
            raise ConfigError(
                f"the branches {self._name} and {self._remote}/{self._name} have diverged by more than releases",
                f"reconcile them first: git switch {self._name} && git rebase {self._remote}/{self._name}",
            )
        shelf = self._shelf(here)
        new = [key for key in shelf.listed() if f"{self._prefix}{Package(*key, b'').file}" in packages]
        return [found for key in new if (found := shelf.find(*key)) is not None]

    def _shelf(self, commit: str) -> Shelf:
        def read(path: str) -> bytes | None:
            known = self._git("rev-parse", "-q", "--verify", f"{commit}:{self._prefix}{path}") if commit else None
            if known is None or not known.ok:
                return None
            return next(iter(git_objects.blobs(self._root, [known.out.decode().strip()]).values()), None)

        return Shelf(self.title, read)

    def _commit(self, base: str, files: dict[str, bytes], message: str) -> str:
        """Return a new commit: the one to build on, with the files added."""
        with tempfile.TemporaryDirectory(prefix="tiphys-branch-") as folder:
            variables = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
            self._must("read-tree", base or "--empty", variables=variables)
            lines = []
            for path, content in files.items():
                blob = self._must("hash-object", "-w", "--stdin", stdin=content)
                lines.append(f"100644 {blob}\t{self._prefix}{path}\n")
            self._must("update-index", "--index-info", stdin="".join(lines).encode(), variables=variables)
            tree = self._must("write-tree", variables=variables)
        parent = ["-p", base] if base else []
        return self._must("commit-tree", tree, *parent, stdin=message.encode())

    def _publish(self, commit: str, heads: Heads) -> bool:
        """Move the branch to a commit, at the remote first; False if it is not where it was."""
        if self._push and commit != heads.there:
            try:
                push(self._root, self._remote, commit, self._name, heads.there)
            except MovedError:
                return False
            except RefusedPushError as error:
                raise ChartRepositoryError(
                    f"{self._remote} does not accept a push to {self._name}: {error}",
                    "allow this account to push to the branch, or release to a directory",
                ) from None
        if commit == heads.here:
            return True
        return self._git("update-ref", f"refs/heads/{self._name}", commit, heads.here or "0" * len(commit)).ok

    def _refuse_checked_out(self) -> None:
        folder = git_remote.checked_out_in(self._root, self._name)
        if folder:
            message = f"the branch {self._name} is checked out in {folder}; releasing would change that working tree"
            raise ConfigError(message, "check out another branch there")

    def _commit_of(self, ref: str) -> str:
        done = self._git("rev-parse", "-q", "--verify", f"{ref}^{{commit}}")
        return done.out.decode().strip() if done.ok else ""

    def _git(self, *arguments: str) -> Done:
        return git_call.call(self._root, *arguments)

    def _must(self, *arguments: str, stdin: bytes | None = None, variables: dict[str, str] | None = None) -> str:
        done = git_call.call(self._root, *arguments, stdin=stdin, variables=variables or {})
        if not done.ok:
            raise ConfigError(
                f"git {arguments[0]}: {git_call.said(done)}", "run it in a Git repository, or release to a directory"
            )
        return done.out.decode().strip()


def _message(packages: Sequence[Package]) -> str:
    lines = [f"{package.name} {package.version}\n{package.digest}" for package in packages]
    if len(packages) == 1:
        head, _, digest = lines[0].partition("\n")
        return f"Release {head}\n\n{digest}\n"
    return f"Release {len(packages)} charts\n\n" + "".join(f"{line.replace(chr(10), ' ')}\n" for line in lines)
