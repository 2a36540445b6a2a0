"""Read the index and the history of Git. Nothing here writes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from generator.errors import ConfigError
from generator.syntax.commit_ids import short_id
from generator.syntax.globs import widened
from generator.system.git.call import TooMuchOutputError, call, failed, place_of, run
from generator.system.git.commits import FORMAT, MOST_LOG, Commit, read_log
from generator.system.git.place import Place

_MOST_MESSAGE = 4 * 1024 * 1024
_GLOB_LETTERS = re.compile(r"[*?\[\]\\]")


def _here(root: str) -> list[str]:
    """Return the arguments that limit git to what is below a folder."""
    return ["--", *literal_paths([place_of(root).prefix or "."])]


def below(root: str, raw_paths: Iterable[bytes]) -> list[str]:
    """Return those paths of the repository that are below a folder, relative to it."""
    prefix = os.fsencode(place_of(root).prefix)
    return [os.fsdecode(path[len(prefix) :]) for path in raw_paths if path.startswith(prefix) and path != prefix]


def index(root: str) -> dict[str, str]:
    """Return what is staged below a folder: path relative to it, with forward slashes, to object id.

    A path in conflict has several stages; it is left out, as it has no one content.
    """
    found: dict[str, str] = {}
    conflicts: set[str] = set()
    prefix = os.fsencode(place_of(root).prefix)
    for entry in run(root, "ls-files", "--stage", "-z", *_here(root)).split(b"\0"):
        meta, _, raw_path = entry.partition(b"\t")
        if not raw_path.startswith(prefix) or not meta:
            continue
        _, object_id, stage = meta.decode("ascii").split(" ")
        path = os.fsdecode(raw_path[len(prefix) :])
        if stage != "0":
            conflicts.add(path)
        found[path] = object_id
    return {path: object_id for path, object_id in found.items() if path not in conflicts}


def boundary(root: str) -> frozenset[str]:
    """Return the commits at which a shallow clone ends; empty for a whole one. Raises ConfigError outside of a repository."""
    lines = os.fsdecode(run(root, "rev-parse", "--is-shallow-repository", "--git-path", "shallow")).splitlines()
    if lines[0] != "true":
        return frozenset()
    with open(os.path.join(place_of(root).top, lines[1]), encoding="ascii") as file:
        return frozenset(file.read().split())


def notes_of_commits(root: str) -> list[str]:
    """Return the paths of Git's own files that change with a commit, a checkout, or what is staged; raises ConfigError."""
    names = ("HEAD", "logs/HEAD", "index")
    found = os.fsdecode(run(root, "rev-parse", *(word for name in names for word in ("--git-path", name))))
    return [os.path.join(place_of(root).top, path) for path in found.splitlines()]


def glob_paths(globs: Iterable[str]) -> list[str]:
    """Return our globs as Git's pathspecs, relative to the workspace; they may match more, never less."""
    found = []
    for glob in map(widened, globs):
        escaped = "".join(f"\\{letter}" if letter in "[]\\" else letter for letter in glob)
        found.append(f":(glob){escaped}")
    return found


def literal_paths(paths: Iterable[str]) -> list[str]:
    """Return paths as Git's pathspecs that match them, or what is below them, and nothing else."""
    return [f":(literal){path}" for path in paths]


def from_top(place: Place, pathspecs: Iterable[str]) -> list[str]:
    """Return pathspecs of a workspace as those of its repository; those that lead out of the workspace are left out."""
    found = []
    for pathspec in pathspecs:
        magic, _, path = pathspec.partition(")")
        prefix = _GLOB_LETTERS.sub(r"\\\g<0>", place.prefix) if magic == ":(glob" else place.prefix
        if not path.startswith("/") and ".." not in path.split("/"):
            found.append(f"{magic}){prefix}{path}")
    return found


def log(root: str, paths: Sequence[str], *revisions: str, first_parent: bool = True) -> list[Commit]:
    """Return the commits that changed one of the paths, newest first, with what they changed below the root.

    Along first parents a merge is one commit, which brings all that was merged: the moment at which
    it landed. Without, every commit except merges is returned. Empty in a repository without commits.
    """
    place = place_of(root)
    wanted = from_top(place, paths)
    if not wanted:
        return []
    walk = ["--first-parent", "-m"] if first_parent else ["--full-history", "--no-merges"]
    done = call(root, "log", *walk, *_raw(place), "--end-of-options", *(revisions or ("HEAD",)), "--", *wanted, most=MOST_LOG)
    if not done.ok:
        if not revisions and not call(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}").ok:
            return []
        raise failed(root, "log", done)
    return read_log(done.out)


def _raw(place: Place) -> list[str]:
    """Return the options that make `git log` print commits and their changes below a folder for `read_log`."""
    how = ["--raw", "-z", "--no-abbrev", "--no-renames", "-O/dev/null", "--encoding=UTF-8", f"--format={FORMAT}"]
    return [*how, f"--relative={place.prefix}"] if place.prefix else how


def between(root: str, base: str, tip: str) -> list[Commit]:
    """Return the commits of `tip` that `base` does not have, newest first; merges without what they changed."""
    return read_log(run(root, "log", *_raw(place_of(root)), "--end-of-options", tip, f"^{base}", "--"))


def commit(root: str, name: str) -> Commit:
    """Return one commit, by its id."""
    return read_log(run(root, "log", "--max-count=1", *_raw(place_of(root)), "--end-of-options", name, "--"))[0]


def message(root: str, commit: str) -> str:
    """Return the message of a commit; raises ConfigError for one that is too long."""
    try:
        out = run(root, "log", "--max-count=1", "--format=%B", "--end-of-options", commit, "--", most=_MOST_MESSAGE)
    except TooMuchOutputError:
        words = f"the message of commit {short_id(commit)} has more than {_MOST_MESSAGE:,} bytes"
        raise ConfigError(words, "replace the commit by one with a shorter message") from None
    return out.decode("utf-8", "replace").strip()


def before(root: str, instant: int) -> str:
    """Return the newest commit of the first-parent history of HEAD up to an instant; empty if all are later."""
    done = call(root, "rev-list", "--first-parent", "--max-count=1", f"--before={max(0, instant)} +0000", "HEAD", "--")
    return done.out.decode("ascii").strip() if done.ok else ""


def head(root: str) -> Commit | None:
    """Return the commit that is checked out, without what it changed; None in a repository without commits."""
    done = call(root, "log", "-z", "--no-patch", "--max-count=1", "--encoding=UTF-8", f"--format={FORMAT}", "HEAD", "--")
    found = read_log(done.out) if done.ok else []
    return found[0] if found else None


def back(root: str, number: int) -> str:
    """Return the commit that is a number of first parents before HEAD; empty if the history is shorter."""
    done = call(root, "rev-parse", "--quiet", "--verify", f"HEAD~{number}^{{commit}}")
    return done.out.decode("ascii").strip() if done.ok else ""


def first_parents(root: str) -> list[str]:
    """Return the ids of the commits of the first-parent history of HEAD, newest first; empty without commits."""
    done = call(root, "rev-list", "--first-parent", "HEAD", "--")
    return done.out.decode("ascii").split() if done.ok else []


def with_trailer(root: str, keys: Sequence[str], *revisions: str, changes: bool = True) -> list[Commit]:
    """Return all commits, of merged branches as well, whose message has a line that begins with one of the trailers.

    Newest first. What a merge changed is left out; without `changes`, which take most of the time, so is what all
    others changed. Empty in a repository without commits.
    """
    how = _raw(place_of(root)) if changes else ["-z", "--encoding=UTF-8", f"--format={FORMAT}", "--no-patch"]
    lines = [f"--grep=^{key}: " for key in keys]
    done = call(root, "log", *lines, *how, "--end-of-options", *(revisions or ("HEAD",)), "--", most=MOST_LOG)
    if not done.ok:
        if not revisions and not call(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}").ok:
            return []
        raise failed(root, "log", done)
    return [commit for commit in read_log(done.out) if any(map(commit.values, keys))]


def commit_id(root: str, revision: str) -> str:
    """Return the id of the commit that a revision names; raises ConfigError for what names none."""
    done = call(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if not done.ok:
        is_shallow = bool(boundary(root))  # outside of a repository it says so
        hint = "use a branch, tag or commit in this clone"
        hint += (
            "; `git fetch --unshallow origin` fetches all of them" if is_shallow else "; `git fetch origin` fetches new ones"
        )
        raise ConfigError(f"commit `{revision}` does not exist", hint)
    return done.out.decode("ascii").split()[-1]


def default_branch(root: str) -> tuple[str, str]:
    """Return the main line of a repository, as a full and a short name: the remote's HEAD, or the usual names.

    HEAD where none is there. A tag of the same name is never meant.
    """
    said = call(root, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    named = os.fsdecode(said.out).rstrip("\n") if said.ok else ""
    usual = [f"{space}/{name}" for space in ("refs/remotes/origin", "refs/heads") for name in ("main", "master")]
    for name in (named, *usual):
        if name and call(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}").ok:
            return name, name.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    return "HEAD", "HEAD"


def merge_base(root: str, one: str, other: str) -> str:
    """Return the id of the commit at which two lines parted; raises ConfigError where this clone does not have it."""
    commits = [commit_id(root, name) for name in (one, other)]
    done = call(root, "merge-base", *commits)
    if done.ok:
        return done.out.decode("ascii").split()[0]
    if boundary(root):
        message = f"this clone is shallow: it does not contain the merge base of `{one}` and `{other}`"
        raise ConfigError(
            message, "fetch the whole history: `git fetch --unshallow`, or `fetch-depth: 0` in the checkout step of CI"
        )
    raise ConfigError(f"`{one}` and `{other}` have no commit in common", "give the commit to compare with")


def changed_since(root: str, commit: str) -> set[str]:
    """Return the files below the root that differ between the working tree and a commit, new ones included, ignored ones not."""
    changed = run(root, "diff", "--name-only", "-z", "--no-renames", "--end-of-options", commit, *_here(root))
    new = run(root, "ls-files", "--others", "--exclude-standard", "-z", *_here(root))
    return {path for path in below(root, (changed + new).split(b"\0")) if path}


def unstaged(root: str) -> set[str]:
    """Return the tracked files below the root that differ from the index in the working tree, or are missing there."""
    out = run(root, "diff", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty", *_here(root))
    return {path for path in below(root, out.split(b"\0")) if path}


def untracked(root: str, folders: Iterable[str]) -> list[str]:
    """Return the files in folders that git does not track, ignored ones left out."""
    prefix = place_of(root).prefix
    paths = literal_paths(f"{prefix}{folder}" for folder in folders)
    if not paths:
        return []
    out = run(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *paths)
    return [path for path in below(root, out.split(b"\0")) if path]


def ignored_manifests(root: str) -> list[str]:
    """Return the YAML files of the working tree below the root that git ignores, but for hidden folders: a workspace is read with them."""
    paths = from_top(place_of(root), [":(glob)**/*.yaml", ":(glob)**/*.yml"])
    out = run(root, "ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *paths)
    return [path for path in below(root, out.split(b"\0")) if path and not f"/{path}".count("/.")]


def known_files(root: str) -> list[str]:
    """Return the files of the working tree below the root that are tracked, or that `git add --all` would add."""
    out = run(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z", *_here(root))
    return sorted({path for path in below(root, out.split(b"\0")) if path})
