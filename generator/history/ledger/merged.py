"""Find the author of a merged release: the commit on the branch that was merged."""

from __future__ import annotations

from collections.abc import Sequence

from generator.history.ledger.changes import Change
from generator.history.ledger.layout import environment_of
from generator.history.ledger.story import Story
from generator.history.ledger.versions import UnreadableVersionError, Versions
from generator.syntax.reader.characters import MAX_BYTES
from generator.system.git import objects as git_objects
from generator.system.git import read as git
from generator.system.git.commits import Commit, FileChange


def makers(root: str, story: Story, found: Sequence[Change], environment: str) -> dict[str, Commit]:
    """Return, by the id of a merge, the commit that made the merged release.

    `found` is newest first. A merge that made the release itself, for example to resolve a conflict, is left out.
    """
    merges = [change for change in found[::-1] if len(change.point.commit.parents) > 1 and change.after is not None]
    if not merges:
        return {}
    paths = [*{change.point.path for change in found}, story.layout.environments]
    oldest, newest = merges[0].point.commit, merges[-1].point.commit
    inner = git.log(root, git.literal_paths(paths), newest.id, f"^{oldest.parents[0]}", first_parent=False)
    direct = {commit.id for commit in story.commits}
    left = [commit for commit in inner if commit.id not in direct]
    ids = {name for commit in left for change in commit.changes for name in (change.old, change.new) if name}
    more = git_objects.blobs(root, ids - story.contents.keys(), MAX_BYTES)
    versions = Versions(story.contents | more)
    made: dict[str, Commit] = {}
    for merge in merges:  # oldest first: a commit belongs to the first merge that contains it
        landed = merge.point.commit
        fitting = (commit for commit in left if (commit.committed or 0) <= (landed.committed or 0))
        maker = next((commit for commit in fitting if _makes(commit, merge, versions, story, environment)), None)
        if maker is not None:
            made[landed.id] = maker
            left.remove(maker)
    return made


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
