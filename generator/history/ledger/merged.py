"""Find the author of a merged release: the commit on the branch that was merged."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence

from generator.history.ledger.changes import Change
from generator.history.ledger.layout import environment_of
from generator.history.ledger.shapes import Shapes
from generator.history.ledger.story import Story
from generator.history.ledger.versions import UnreadableVersionError, Versions
from generator.syntax.reader.characters import MAX_BYTES
from generator.system.git import objects as git_objects
from generator.system.git import read as git
from generator.system.git.commits import Commit, FileChange


class Inner:
    """The commits of merged branches, read once for many services."""

    def __init__(self, root: str, story: Story, shapes: Shapes) -> None:
        """Read them, as far back as the story goes; nothing for a story without merges. `shapes` are those of the story."""
        found: list[Commit] = []
        if any(len(commit.parents) > 1 for commit in story.commits):
            specs = git.glob_paths(story.layout.specs)
            paths = [*git.literal_paths([story.layout.environments]), *specs]
            found = git.log(root, paths, "HEAD", *([f"^{story.base}"] if story.base else []), first_parent=False)
        direct = {commit.id for commit in story.commits}
        self._commits = [commit for commit in found if commit.id not in direct]
        more = git_objects.blobs(root, _contents(self._commits) - story.contents.keys(), MAX_BYTES)
        self.versions = Versions(story.contents | more, shapes)
        self._by_path: dict[str, list[int]] = {}
        for number, commit in enumerate(self._commits):
            for path in {change.path for change in commit.changes}:
                self._by_path.setdefault(path, []).append(number)
        folder = story.layout.environments
        self._of_all = {at for path, found_at in self._by_path.items() if posixpath.dirname(path) == folder for at in found_at}

    def of(self, paths: Collection[str]) -> list[Commit]:
        """Return those that changed one of the paths, or an environment, newest first."""
        numbers = self._of_all.union(*(self._by_path.get(path, ()) for path in paths))
        return [self._commits[number] for number in sorted(numbers)]


def _contents(commits: Iterable[Commit]) -> set[str]:
    return {name for commit in commits for change in commit.changes for name in (change.old, change.new) if name}


def makers(root: str, story: Story, found: Sequence[Change], environment: str, inner: Inner | None = None) -> dict[str, Commit]:
    """Return, by the id of a merge, the commit that made the merged release.

    `found` is newest first. `inner` has the commits of merged branches, if they are read already. A merge that made the release itself, for example to resolve a conflict, is left out.
    """
    merges = [change for change in found[::-1] if len(change.point.commit.parents) > 1 and change.after is not None]
    if not merges:
        return {}
    paths = {change.point.path for change in found}
    left, versions = (inner.of(paths), inner.versions) if inner else _within(root, story, merges, paths)
    made: dict[str, Commit] = {}
    for merge in merges:  # oldest first: a commit belongs to the first merge that contains it
        landed = merge.point.commit
        fitting = (commit for commit in left if (commit.committed or 0) <= (landed.committed or 0))
        maker = next((commit for commit in fitting if _makes(commit, merge, versions, story, environment)), None)
        if maker is not None:
            made[landed.id] = maker
            left.remove(maker)
    return made


def _within(root: str, story: Story, merges: Sequence[Change], paths: Collection[str]) -> tuple[list[Commit], Versions]:
    """Return the commits that merges of one service may have brought, newest first, and what reads their versions."""
    oldest, newest = merges[0].point.commit, merges[-1].point.commit
    wanted = git.literal_paths([*paths, story.layout.environments])
    inner = git.log(root, wanted, newest.id, f"^{oldest.parents[0]}", first_parent=False)
    direct = {commit.id for commit in story.commits}
    left = [commit for commit in inner if commit.id not in direct]
    more = git_objects.blobs(root, _contents(left) - story.contents.keys(), MAX_BYTES)
    return left, Versions(story.contents | more)


def _makes(commit: Commit, merge: Change, versions: Versions, story: Story, environment: str) -> bool:
    """Tell whether a commit changed one of the files to the version of the merge."""
    moved_from = next((change.old for change in commit.changes if not change.new), "")
    return any(_turns(change, moved_from, merge, versions, story, environment) for change in commit.changes)


def _turns(change: FileChange, moved_from: str, merge: Change, versions: Versions, story: Story, environment: str) -> bool:
    named = environment_of(change.path, story.layout.environments)
    point = merge.point
    if named and named != environment and " " not in point.environment:
        return False  # the environment consists of its own file
    sides = [(one, point.environment) for one in (change.old or moved_from, change.new)]
    if named:
        files = story.environments_at(point.commit.id)
        sides = [(point.spec, versions.chains.of({**files, named: one}, environment)) for one, _ in sides]
    try:
        before, after = (versions.version(spec, environment, files_of) for spec, files_of in sides)
    except UnreadableVersionError:
        return False
    return after == merge.after and before != after
