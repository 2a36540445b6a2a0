"""The two sides of a comparison before they are read: their files, and which of these a change can reach."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import NamedTuple

from generator.diff.reach import Reach, Snapshot, reach
from generator.history.ledger.past import read_from
from generator.history.ledger.versions import service_of
from generator.syntax.commit_ids import short_id
from generator.syntax.reader.characters import MAX_BYTES
from generator.system import verbose
from generator.system.files import Folder
from generator.system.git import objects as git_objects
from generator.system.git import read as git
from generator.system.git.written import write_files


class Half(NamedTuple):
    """One side before it is read: its files, and where they can be read as a workspace."""

    snapshot: Snapshot
    commit: str
    """Empty for the working tree."""
    tree: Mapping[str, tuple[str, str]] = MappingProxyType({})
    """The files of the commit, with mode and object id."""

    def write(self, root: str, found: Reach, target: str) -> None:
        """Write what a change can reach into an empty folder, to be read as a workspace of the past."""
        files = {path: file for path, file in self.tree.items() if found.wanted(path)}
        write_files(root, self.commit, read_from(files), target)

    def services(self, found: Reach) -> Collection[str] | None:
        """Return the services in reach that this side has a spec of; None for all."""
        paths = found.specs & self.snapshot.paths
        if found.services is None or not all(path.isprintable() for path in paths):  # such a path is refused by name
            return None
        raws = self.snapshot.read(paths)
        return {service_of(raw) for raw in raws.values()}


def halves(root: str, base: str, head: str) -> tuple[Half, Half, Reach]:
    """Return the sides of a comparison of two commits, or of one with the working tree, and what the change can reach."""
    old, new = _half(root, base), _half(root, head)
    return old, new, reach(old.snapshot, new.snapshot, _changed(root, old, new))


@contextmanager
def folders_of(root: str, old: Half, new: Half, found: Reach) -> Iterator[tuple[str, str]]:
    """Provide a folder for each side, with what a change can reach; that of the working tree is the workspace itself."""
    with tempfile.TemporaryDirectory(prefix="tiphys-") as before, tempfile.TemporaryDirectory(prefix="tiphys-") as after:
        for half, where in ((old, before), (new, after)):
            half.write(root, found, where)
        with verbose.calling(before, f"{short_id(old.commit)}:"), verbose.calling(after, f"{short_id(new.commit)}:"):
            yield before, after if new.commit else root


def _half(root: str, commit: str) -> Half:
    if commit:
        tree = git_objects.tree(root, commit)

        def of_commit(paths: Iterable[str]) -> dict[str, bytes]:
            ids = {path: tree[path][1] for path in paths if path in tree}
            contents = git_objects.blobs(root, ids.values(), MAX_BYTES)
            return {path: contents.get(name, b"") for path, name in ids.items()}  # too large for a spec, and refused as one

        return Half(Snapshot(frozenset(tree), of_commit), commit, tree)

    def on_disk(paths: Iterable[str]) -> dict[str, bytes]:
        found = (one for path in paths for one in Folder(root).read_files([path]).items())  # one in memory at a time
        return {path: raw if len(raw) <= MAX_BYTES else b"" for path, raw in found if raw is not None}

    return Half(Snapshot(frozenset([*git.known_files(root), *git.ignored_manifests(root)]), on_disk), "")


def _changed(root: str, old: Half, new: Half) -> set[str]:
    if not new.commit:
        return git.changed_since(root, old.commit) | set(git.ignored_manifests(root))  # a workspace is read with them
    return {path for path in old.tree.keys() | new.tree.keys() if old.tree.get(path) != new.tree.get(path)}
