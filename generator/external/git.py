"""Git, as far as it is asked: its index, its history, its objects. Nothing here writes.

The only place that calls git. What a person has configured changes no output that is read here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from generator.errors import ConfigError
from generator.external import program
from generator.external.commits import FORMAT, Commit, read_log

NOT_CONFIGURED = (
    "core.quotepath=off",
    "core.fsmonitor=false",
    "color.ui=false",
    "diff.relative=false",
    "diff.renames=false",
    "log.diffMerges=first-parent",
    "log.follow=false",
    "log.showRoot=true",
    "log.showSignature=false",
)
"""Settings that would change what git prints, set to what is read here."""

_HOW_TO = "work in a clone of the config repository, or make it one: `git init && git add --all && git commit`"


def _environment() -> dict[str, str]:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    for name in ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"):
        environment.pop(name, None)  # every path here says itself how it is meant
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        if name in environment:  # set for hooks, and relative to where they start
            environment[name] = os.path.abspath(environment[name])
    return environment


def call(
    root: str, *arguments: str, stdin: bytes | None = None, variables: Mapping[str, str] = MappingProxyType({})
) -> program.Done:
    """Return what git says to these arguments; raises ConfigError where there is no git."""
    settings = [word for setting in NOT_CONFIGURED for word in ("-c", setting)]
    try:
        return program.run(["git", "-C", root, *settings, *arguments], environment={**_environment(), **variables}, stdin=stdin)
    except FileNotFoundError:
        raise ConfigError("git is not on the PATH", "install git: it is asked what is staged and what was released") from None


def said(done: program.Done) -> str:
    """Return what git complained about, as one line without its preamble, and without credentials in addresses."""
    words = " ".join(done.err.split()).removeprefix("fatal: ").removeprefix("error: ") or f"exit code {done.code}"
    return re.sub(r"(?<=://)[^/@\s]+@", "", words)


def _run(root: str, *arguments: str, stdin: bytes | None = None) -> bytes:
    done = call(root, *arguments, stdin=stdin)
    if not done.ok:
        raise _failed(root, arguments[0], done)
    return done.out


def _failed(root: str, what: str, done: program.Done) -> ConfigError:
    words = said(done)
    if "not a git repository" in words:
        return ConfigError(f"{root} is not in a Git repository", _HOW_TO)
    if "dubious ownership" in words:
        hint = f"if you trust it: `git config --global --add safe.directory {root}`"
        return ConfigError(f"git does not trust {root}, which belongs to somebody else", hint)
    return ConfigError(f"git {what} failed in {root}: {words}", "run the same by hand, and `git fsck`")


def index(root: str) -> dict[str, str]:
    """Return what is staged below a folder: path relative to it, with forward slashes, to object id.

    A path in conflict has several stages; it is left out, as it has no one content.
    """
    found: dict[str, str] = {}
    conflicts: set[str] = set()
    for entry in _run(root, "ls-files", "--stage", "-z", "--", ".").split(b"\0"):
        if not entry:
            continue
        meta, _, raw_path = entry.partition(b"\t")
        _, object_id, stage = meta.decode("ascii").split(" ")
        path = os.fsdecode(raw_path)
        if stage != "0":
            conflicts.add(path)
        found[path] = object_id
    return {path: object_id for path, object_id in found.items() if path not in conflicts}


def blob_id(content: bytes, like: str) -> str:
    """Return the object id of a file's content, by the hash that the repository uses for `like`."""
    import hashlib

    head = b"blob %d\0" % len(content)
    name = "sha256" if len(like) == 64 else "sha1"
    return hashlib.new(name, head + content, usedforsecurity=False).hexdigest()


def boundary(root: str) -> frozenset[str]:
    """Return the commits at which a shallow clone ends; empty for a whole one. Raises ConfigError outside of a repository."""
    said = os.fsdecode(_run(root, "rev-parse", "--is-shallow-repository", "--git-path", "shallow")).splitlines()
    if said[0] != "true":
        return frozenset()
    with open(os.path.join(root, said[1]), encoding="ascii") as file:
        return frozenset(file.read().split())


def glob_paths(globs: Iterable[str]) -> list[str]:
    """Return our globs as Git's pathspecs, relative to the workspace; they may match more, never less."""
    found = []
    for glob in globs:
        escaped = "".join(f"\\{letter}" if letter in "[]\\" else letter for letter in glob)
        found.append(f":(glob){escaped}")
    return found


def literal_paths(paths: Iterable[str]) -> list[str]:
    """Return paths as Git's pathspecs that match them, or what is below them, and nothing else."""
    return [f":(literal){path}" for path in paths]


def log(root: str, paths: Sequence[str], *revisions: str, first_parent: bool = True) -> list[Commit]:
    """Return the commits that changed one of the paths, newest first, with what they changed below the root.

    Along first parents a merge is one commit, which brings all that was merged: the moment at which
    it landed. Without, every commit that is no merge is returned. Empty in a repository without commits.
    """
    walk = ("--first-parent", "-m") if first_parent else ("--full-history", "--no-merges")
    how = ("--raw", "-z", "--no-abbrev", "--no-renames", "--relative", "-O/dev/null", "--encoding=UTF-8", "--no-ext-diff")
    done = call(root, "log", *walk, *how, f"--format={FORMAT}", "--end-of-options", *(revisions or ("HEAD",)), "--", *paths)
    if not done.ok:
        if not revisions and not call(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}").ok:
            return []
        raise _failed(root, "log", done)
    return read_log(done.out)


def blobs(root: str, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the content of objects by id, in one go; those that are not there are left out."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    out = _run(root, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode("ascii"))
    found: dict[str, bytes] = {}
    at = 0
    for name in wanted:
        end = out.index(b"\n", at)
        words = out[at:end].split(b" ")
        at = end + 1
        if len(words) == 3:  # id, type, size; else: id, `missing`
            size = int(words[2])
            found[name] = out[at : at + size]
            at += size + 1
    return found


def commit_id(root: str, revision: str) -> str:
    """Return the id of the commit that a revision names; raises ConfigError for what names none."""
    done = call(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if not done.ok:
        boundary(root)  # outside of a repository it says so
        hint = "name a branch, a tag or a commit that is in this clone; `git fetch --unshallow origin` fetches all"
        raise ConfigError(f"there is no commit `{revision}`", hint)
    return done.out.decode("ascii").split()[-1]


def tree(root: str, commit: str) -> dict[str, tuple[str, str]]:
    """Return the files of a commit below the root: path relative to it to (mode, object id)."""
    found: dict[str, tuple[str, str]] = {}
    for entry in _run(root, "ls-tree", "-r", "-z", commit, "--", ".").split(b"\0"):
        meta, _, raw_path = entry.partition(b"\t")
        if meta:
            mode, _, object_id = meta.decode("ascii").split(" ")
            found[os.fsdecode(raw_path)] = (mode, object_id)
    return found


def default_branch(root: str) -> str:
    """Return what the main line of a repository is called: what the remote says, or the usual names; HEAD where none is there."""
    said = call(root, "rev-parse", "--quiet", "--verify", "--symbolic-full-name", "origin/HEAD")
    named = said.out.decode("utf-8", "replace").strip().removeprefix("refs/remotes/") if said.ok else ""
    for name in (named, "origin/main", "origin/master", "main", "master"):
        if name and call(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}").ok:
            return name
    return "HEAD"


def merge_base(root: str, one: str, other: str) -> str:
    """Return the id of the commit at which two lines parted; raises ConfigError where this clone does not have it."""
    commits = [commit_id(root, name) for name in (one, other)]
    done = call(root, "merge-base", *commits)
    if done.ok:
        return done.out.decode("ascii").split()[0]
    if boundary(root):
        message = f"this clone is shallow, and does not reach back to where `{other}` left `{one}`"
        raise ConfigError(message, "fetch all of it: `git fetch --unshallow`, or `fetch-depth: 0` where CI checks out")
    raise ConfigError(f"`{one}` and `{other}` have no commit in common", "name the commit to compare with")


def changed_since(root: str, commit: str) -> set[str]:
    """Return the files below the root that the work tree has otherwise than a commit, new ones included, ignored ones not."""
    how = ("--name-only", "-z", "--no-renames", "--relative", "--no-ext-diff", "--ignore-submodules=all")
    out = _run(root, "diff", *how, commit, "--", ".") + _run(
        root, "ls-files", "--others", "--exclude-standard", "-z", "--", "."
    )
    return {os.fsdecode(path) for path in out.split(b"\0") if path}


def unstaged(root: str) -> set[str]:
    """Return the tracked files below the root that the work tree has otherwise than the index, or not at all."""
    how = ("--name-only", "-z", "--no-renames", "--relative", "--no-ext-diff", "--ignore-submodules=dirty")
    return {os.fsdecode(path) for path in _run(root, "diff", *how, "--", ".").split(b"\0") if path}


def untracked(root: str, folders: Iterable[str]) -> list[str]:
    """Return the files in folders that git does not track, ignored ones left out."""
    paths = literal_paths(folders)
    if not paths:
        return []
    out = _run(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *paths)
    return [os.fsdecode(path) for path in out.split(b"\0") if path]


def known_files(root: str) -> list[str]:
    """Return the files of the work tree below the root that git knows, or that it would take if asked to add all."""
    out = _run(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted({os.fsdecode(path) for path in out.split(b"\0") if path})
