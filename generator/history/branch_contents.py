"""What a branch holds, and whether a move may replace it: nothing that people wrote is lost.

Not the commits decide but what they add up to: a forge merges the main branch into that of a pull request, and anyone
can copy a message. A branch may be replaced if it differs from where it began in nothing but generated files and the
versions of the services that the move is about, and if every commit names these services and the environment.
"""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.errors import ConfigError, RefusedError
from generator.history.ledger.overrides import groups
from generator.pipeline.drift import origin_of
from generator.syntax.commit_ids import short_id
from generator.syntax.merge import lookup
from generator.syntax.reader import try_parse
from generator.syntax.wording import listed
from generator.system.files.folder import MAX_FILE
from generator.system.git import objects as git_objects
from generator.system.git import read as git_read
from generator.system.git.commits import Commit

Entry = tuple[str, str]
"""Mode and object id of a file."""
Sides = tuple[Entry | None, Entry | None]
"""A file before and after; None where it is not there."""


class Scope(NamedTuple):
    """What a move is about."""

    services: frozenset[str]
    environment: str
    output: str
    """The folder of generated files, as a path of the checkout."""
    every: bool = False
    """Whether the move is about whichever services have something to move, and not about named ones."""

    def includes(self, service: str) -> bool:
        """Tell whether a service is part of the move."""
        return self.every or service in self.services


def check(root: str, name: str, base: str, tip: str, scope: Scope) -> None:
    """Refuse to replace a branch that holds more than a move to the same environment; raises RefusedError."""
    found = _foreign(root, base, tip, scope)
    if found:
        raise RefusedError(
            f"branch {name} exists already, at {short_id(tip)}, and {found}; it is left as it is",
            "use a different name with --branch, or delete the branch",
        )


def same(root: str, base: str, made: str, tip: str) -> bool:
    """Tell whether a branch already has the change that was made: the same files, to the same content, in the same words."""
    own = [one for one in git_read.between(root, base, tip) if len(one.parents) < 2]
    if len(own) != 1 or git_read.message(root, own[0].id) != git_read.message(root, made):
        return False
    fork = git_read.merge_base(root, base, tip)
    return _changed(root, fork, tip) == _changed(root, base, made)


def _foreign(root: str, base: str, tip: str, scope: Scope) -> str:
    """Return what a branch holds that the move would not make again, as the end of a sentence; empty if nothing."""
    try:
        fork = git_read.merge_base(root, base, tip)
    except ConfigError:
        if git_read.boundary(root):
            raise  # a shallow clone: what the branch holds is not known, and the hint says how to fetch it
        return "has no commit in common with the current one"
    commits = git_read.between(root, fork, tip) or [git_read.commit(root, tip)]  # of a branch that is merged, the last one
    own = [one for one in commits if len(one.parents) < 2]
    if not own:
        return "has no commit of such a move"
    for commit in own:
        words = _not_of(commit, scope)
        if words:
            return f"its commit {short_id(commit.id)} {words}"
    changed = _changed(root, fork, tip)
    contents = git_objects.blobs(root, (entry[1] for sides in changed.values() for entry in sides if entry), MAX_FILE)
    paths = sorted(path for path, sides in changed.items() if not _is_ours(path, sides, contents, scope))
    return f"changes {listed(paths, most=3)} by more than versions" if paths else ""


def _not_of(commit: Commit, scope: Scope) -> str:
    """Return why a commit is not one of this move."""
    found = list(groups(commit))
    if not found:
        return "was not made by Tiphys"
    other = sorted({one.service for one in found if not scope.includes(one.service)})
    if other:
        return f"is about {listed(other, most=3)}"
    environments = sorted({name for one in found for name in one.of("Tiphys-Environment")})
    return "" if environments == [scope.environment] else f"is about {listed(environments, most=3) or 'no environment'}"


def _changed(root: str, old: str, new: str) -> dict[str, Sides]:
    """Return the entries of all files that differ between two commits, before and after; None where a file is not there."""
    before, after = git_objects.tree(root, old), git_objects.tree(root, new)
    paths = {path for path in (*before, *after) if before.get(path) != after.get(path)}
    return {path: (before.get(path), after.get(path)) for path in paths}


def _is_ours(path: str, sides: Sides, contents: Mapping[str, bytes], scope: Scope) -> bool:
    """Tell whether a move changes a file in this way: a generated file, or the versions in a spec."""
    old, new = (contents.get(entry[1]) if entry else b"" for entry in sides)
    if old is None or new is None:
        return False  # too large, and so not a file of ours
    if path.startswith(f"{scope.output}/"):
        return all(bool(origin_of(raw)) for entry, raw in zip(sides, (old, new), strict=True) if entry)
    modes = {entry[0] if entry else "" for entry in sides}
    if len(modes) != 1 or posixpath.splitext(path)[1] not in (".yaml", ".yml"):
        return False
    first, second = _without_versions(old, scope), _without_versions(new, scope)
    return first is not None and first == second


def _without_versions(raw: bytes, scope: Scope) -> Any:
    """Return the data of a spec without the versions that a move writes; None for what is not a spec of the move."""
    source, problems = try_parse("", raw)
    if source is None or problems or not isinstance(source.data, dict):
        return None
    data = copy.deepcopy(source.data)
    is_found, name = lookup(data, ("metadata", "name"))
    is_there, overlay = lookup(data, ("spec", "environments", scope.environment))
    is_of_move = is_found and isinstance(name, str) and scope.includes(name)
    if not (is_of_move and is_there and isinstance(overlay, dict)):
        return None
    for holder, key, fields in _versioned(overlay):
        kept = {field: value for field, value in holder[key].items() if field not in fields}
        if kept:
            holder[key] = kept
        else:
            del holder[key]
    if not overlay.get("images", True):
        del overlay["images"]
    return data


def _versioned(overlay: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, tuple[str, ...]]]:
    """Yield where versions are: the map, the key in it, and the fields below that."""
    if isinstance(overlay.get("image"), dict):
        yield overlay, "image", ("tag", "digest")
    if isinstance(overlay.get("chart"), dict):
        yield overlay, "chart", ("version", "revision")
    images = overlay.get("images")
    images = images if isinstance(images, dict) else {}
    for name, image in list(images.items()):
        if isinstance(image, dict):
            yield images, name, ("tag", "digest")
