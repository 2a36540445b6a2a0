"""Git across repositories: what a remote has, and a separate working tree to prepare a push in."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory

from generator.errors import ConfigError
from generator.system.git.call import init, said
from generator.system.git.commit import run

_TRIES = 8
_TREES = "tiphys-publish-"
"""The names of directories of working trees, with the id of the process that made them."""


def _output(root: str, *arguments: str) -> str:
    done = run(root, *arguments)
    if not done.ok:
        raise ConfigError(f"git {arguments[0]} failed in {root}: {said(done)}", "fix the cause, then run it again")
    return done.out.decode("utf-8", "replace").strip()


def head(root: str) -> str:
    """Return the commit that is checked out; raises ConfigError if absent."""
    return _output(root, "rev-parse", "--verify", "HEAD^{commit}")


def branch(root: str) -> str:
    """Return the branch that is checked out; raises ConfigError for a detached HEAD."""
    name = checked_out(root)
    if not name:
        raise ConfigError("no branch is checked out", "switch to one, or set one with --branch")
    return name


def checked_out(root: str) -> str:
    """Return the branch that is checked out; empty for a detached HEAD."""
    full = os.fsdecode(run(root, "symbolic-ref", "--quiet", "HEAD").out).rstrip("\n")
    return full.removeprefix("refs/heads/")


def address(root: str, remote: str) -> str:
    """Return the address of a remote; empty without the remote, a repository, or Git."""
    try:
        done = run(root, "remote", "get-url", "--", remote)
    except ConfigError:
        return ""
    return done.out.decode("utf-8", "replace").strip() if done.ok else ""


def top(root: str) -> str:
    """Return the root of the working tree that a folder is in."""
    return _output(root, "rev-parse", "--show-toplevel")


def fetch(root: str, remote: str, name: str) -> str:
    """Return the commit that a remote's branch is at, with its objects fetched; empty if it does not exist."""
    for _ in range(_TRIES):
        there = branch_at(root, remote, name)
        if not there:
            return ""
        _output(root, "fetch", "--quiet", "--no-tags", "--end-of-options", remote, f"refs/heads/{name}")
        if run(root, "cat-file", "-e", there).ok:
            return there
    raise ConfigError(f"{remote}/{name} was moved {_TRIES} times while it was fetched", "run it again")


def branch_at(root: str, remote: str, name: str) -> str:
    """Return the commit that a remote's branch is at; empty if it does not exist."""
    ref = f"refs/heads/{name}"  # git also lists refs that only end like it
    for line in _output(root, "ls-remote", "--heads", "--end-of-options", remote, ref).splitlines():
        commit, _, found = line.partition("\t")
        if found == ref:
            return commit
    return ""


def is_ancestor(root: str, first: str, second: str) -> bool:
    """Tell whether a commit is part of the history of another."""
    return run(root, "merge-base", "--is-ancestor", "--end-of-options", first, second).ok


def commits(root: str, since: str, until: str) -> list[str]:
    """Return the commits of `until` that `since` does not have, oldest first, without merges."""
    return _output(root, "rev-list", "--reverse", "--no-merges", "--end-of-options", f"{since}..{until}").split()


@contextmanager
def worktree(root: str, commit: str) -> Iterator[str]:
    """Yield a temporary working tree at a commit, so that no existing files are touched.

    It is a repository of its own, which only borrows the objects: whenever it is killed, nothing in the
    other one is half made. It is on the same disk, which has room for its files if it has room for the user's.
    What is committed in it is brought over by `bring`.
    """
    common = _output(root, "rev-parse", "--path-format=absolute", "--git-common-dir")
    _clear_left_over(common)
    with TemporaryDirectory(prefix=f"{_TREES}{os.getpid()}-", dir=common) as folder:
        path = os.path.join(folder, "tree")
        os.mkdir(path)
        _made(path)
        own = os.path.join(path, ".git")
        with open(os.path.join(own, "objects", "info", "alternates"), "w", encoding="utf-8") as file:
            file.write(f"{os.path.join(common, 'objects')}\n")
        with suppress(FileNotFoundError):
            shutil.copyfile(os.path.join(common, "shallow"), os.path.join(own, "shallow"))
        _configure(path, os.path.join(common, "config"))
        _output(path, "checkout", "--quiet", "--detach", commit)
        yield path


def _made(path: str) -> None:
    done = init(path)
    if not done.ok:
        raise ConfigError(f"git init failed in {path}: {said(done)}", "fix the cause, then run it again")


def _configure(path: str, shared: str) -> None:
    """Take over what the user has configured, but for what is about their own working tree, and for hooks.

    Hooks can be a folder of the tree, and then these are those of whatever the remote has.
    """
    config = os.path.join(path, ".git", "config")
    with open(config, encoding="utf-8") as file:
        made = file.read()
    escaped = shared.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    with open(config, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f'[include]\n\tpath = "{escaped}"\n{made}')  # first, as the last word counts
    own = {"core.worktree": path, "core.bare": "false", "core.hooksPath": os.devnull, "core.sparseCheckout": "false"}
    for name, value in {**own, "gc.auto": "0"}.items():
        _output(path, "config", name, value)


def bring(root: str, tree: str) -> str:
    """Return the commit that a working tree is at, with its objects in the repository that it borrowed from."""
    _output(root, "fetch", "--quiet", "--no-tags", "--end-of-options", tree, "HEAD")
    return head(tree)


def _clear_left_over(folder: str) -> None:
    """Remove the working trees of runs that were killed: their process is gone."""
    for name in os.listdir(folder):
        match = re.match(rf"{_TREES}(\d+)-", name)
        if match and not _is_alive(int(match[1])):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    return True


def pick(tree: str, commit: str) -> list[str]:
    """Apply a commit to a working tree and its index, without committing; return the paths that are in conflict."""
    run(tree, "cherry-pick", "--no-commit", "--allow-empty", commit)
    listed = run(tree, "diff", "--name-only", "--diff-filter=U", "-z").out
    return [os.fsdecode(path) for path in listed.split(b"\0") if path]


def commit_all(tree: str, *, like: str = "", message: str = "") -> bool:
    """Commit everything in a working tree of our own; tell whether there was anything to commit.

    `like` takes message and author of another commit, so that it stays that person's work; one that was made for its
    message alone is kept.
    """
    _output(tree, "add", "--all")
    how = ["--reuse-message", like] if like else ["--message", message]
    if run(tree, "diff", "--cached", "--quiet").ok:
        if not like or not _changes_nothing(tree, like):
            return False
        how.append("--allow-empty")
    _output(tree, "commit", "--quiet", "--no-verify", *how)
    return True


def _changes_nothing(root: str, commit: str) -> bool:
    done = run(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{commit}^^{{tree}}")
    return done.ok and done.out == run(root, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").out


def commit_nothing(tree: str, message: str) -> None:
    """Make a commit without changes in a working tree of our own, for its message."""
    _output(tree, "commit", "--quiet", "--no-verify", "--allow-empty", "--only", "--message", message)


def tip(root: str, name: str) -> str:
    """Return the commit that a branch of this repository is at; empty if it does not exist."""
    done = run(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"refs/heads/{name}^{{commit}}")
    return done.out.decode("ascii").split()[-1] if done.ok else ""


def move(root: str, name: str, commit: str, was: str) -> bool:
    """Move a branch that is at a commit, or that does not exist if that is empty; tell whether it still was there."""
    ref = f"refs/heads/{name}"
    if run(root, "update-ref", "-m", "tiphys", ref, commit, was or "0" * len(commit)).ok:
        return True
    if tip(root, name) == was:  # not another process: a lock that was left, or a branch `a` where `a/b` is wanted
        _output(root, "update-ref", "-m", "tiphys", ref, commit, was or "0" * len(commit))
    return False


def checked_out_in(root: str, name: str) -> str:
    """Return the working tree in which a branch is checked out; empty if it is in none."""
    folder = ""
    for line in _output(root, "worktree", "list", "--porcelain").splitlines():
        folder = line.removeprefix("worktree ") if line.startswith("worktree ") else folder
        if line == f"branch refs/heads/{name}":
            return folder
    return ""


def main_branch(root: str, remote: str) -> str:
    """Return the branch that a remote's HEAD is; empty if it has none, or does not say."""
    for line in _output(root, "ls-remote", "--symref", "--end-of-options", remote, "HEAD").splitlines():
        if line.startswith("ref: refs/heads/") and line.endswith("\tHEAD"):
            return line.removeprefix("ref: refs/heads/").removesuffix("\tHEAD")
    return ""


def point(root: str, name: str, commit: str) -> None:
    """Make a branch that is not checked out point to a commit."""
    _output(root, "update-ref", f"refs/heads/{name}", commit)
