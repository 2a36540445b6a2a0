"""Read from Git what a story needs: the relevant commits, and the file contents they introduced."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache

from generator.history.ledger.layout import WORKSPACE_FILE, Globs, Layout, layout_in
from generator.history.ledger.versions import service_of
from generator.syntax.globs import folder_of
from generator.syntax.reader.characters import MAX_BYTES
from generator.syntax.reader.words import may_be_named
from generator.system import disk
from generator.system.files import Folder, UnreadableFileError
from generator.system.git import objects as git_objects
from generator.system.git import read as git
from generator.system.git import walk as git_walk
from generator.system.git.commits import Commit, FileChange
from generator.workspace.model import Workspace

_FILE = "100"
"""How the modes of files begin: links and submodules have different ones."""
NOT_HERE = "this clone is shallow and lacks older history; run: git fetch --unshallow"


class Records:
    """Reads commits and contents from Git, and caches both."""

    def __init__(self, root: str, workspace: Workspace, service: str = "", base: str = "") -> None:
        """Create it; with `base`, only what is later than that commit is read, and the state that it left."""
        self.root = root
        self.base = base
        self.layout = Layout(workspace.specs, workspace.environments, workspace.output)
        self.boundary = git.boundary(root)
        self.contents: dict[str, bytes] = {}
        self._layouts: dict[str, Layout] = {}
        self._service = service
        self._names: dict[str, str] = {}

    def read_all(self) -> list[Commit]:
        """Return the commits that changed any spec or environment, oldest first, with contents."""
        while True:
            known = self._all_layouts()
            commits = self._read(_folders(known), git_walk.first_parents)
            if self._all_layouts() == known:
                return commits

    def read_paths(self, paths: Sequence[str]) -> list[Commit]:
        """Return the commits that changed one of the specs at these paths, or an environment, oldest first."""
        while True:
            known = self._all_layouts()
            commits = self._read(git.literal_paths(paths), git.log)
            if self._all_layouts() == known:
                return commits

    def _read(self, specs: Sequence[str], read: Callable[..., list[Commit]]) -> list[Commit]:
        folders = [layout.environments for layout in self._all_layouts()]
        paths = [*git.literal_paths(dict.fromkeys([WORKSPACE_FILE, *folders])), *dict.fromkeys(specs)]
        found = read(self.root, paths, *(["HEAD", f"^{self.base}"] if self.base else []))[::-1]
        if self.base:
            found.insert(0, self._snapshot())
        is_described = self._describes()
        commits = [commit for commit in found if commit.keep(is_described)]
        self._fetch(change.new for commit in commits for change in commit.changes)
        for commit in commits:
            for change in commit.changes:
                if change.path == WORKSPACE_FILE and change.new:
                    self.layout_at(change.new)
        return commits

    def _describes(self) -> Callable[[str], bool]:
        """Return what tells whether a path is that of a file that can describe a service or an environment."""
        globs = [Globs(layout) for layout in self._all_layouts()]
        folders = {layout.environments for layout in self._all_layouts()}

        @cache
        def tell(path: str) -> bool:
            return path == WORKSPACE_FILE or posixpath.dirname(path) in folders or any(glob.match(path) for glob in globs)

        return tell

    def _snapshot(self) -> Commit:
        """Return the base as a commit without a past, which brings all files that describe services and environments."""
        is_described = self._describes()
        held = git_objects.tree(self.root, self.base)
        changes = [
            FileChange(path, "", object_id, mode)
            for path, (mode, object_id) in sorted(held.items())
            if mode.startswith(_FILE) and is_described(path)
        ]
        return Commit.snapshot(self.base, tuple(changes))

    def _fetch(self, ids: Iterator[str]) -> None:
        wanted = [name for name in ids if name and name not in self.contents]
        self.contents.update(git_objects.blobs(self.root, wanted, MAX_BYTES))

    def _all_layouts(self) -> list[Layout]:
        return sorted({self.layout, *self._layouts.values()})

    def layout_at(self, object_id: str) -> Layout:
        """Return the layout of an earlier tiphys.yaml."""
        if object_id not in self._layouts:
            self._layouts[object_id] = layout_in(self.contents.get(object_id, b""), self.layout)
        return self._layouts[object_id]

    def service_of(self, object_id: str) -> str:
        """Return the service that a spec describes, by its object id; empty for a service that is not wanted."""
        if object_id not in self._names:
            raw = self.contents.get(object_id, b"")
            asked = not self._service or may_be_named(raw, self._service)
            self._names[object_id] = service_of(raw) if asked else ""
        return self._names[object_id]

    def changes_after(self, base: str, head: str) -> Iterator[FileChange]:
        """Yield what later commits than `base` changed of the files that describe services and environments now."""
        paths = [*git.literal_paths([WORKSPACE_FILE, self.layout.environments]), *_folders([self.layout])]
        for commit in git_walk.first_parents(self.root, paths, head, f"^{base}"):
            yield from commit.changes

    def services_in(self, ids: Collection[str]) -> set[str] | None:
        """Return the services that specs describe, by their object ids; None if one is too large to be read."""
        self._fetch(iter(ids))
        if not self.contents.keys() >= set(ids):
            return None
        return {service for name in ids if (service := self.service_of(name))}

    def paths_within(self, service: str, newest: str, after: str) -> set[str]:
        """Return the paths of a service before or after any commit in `after..newest`; `newest` defaults to HEAD."""
        globs = [path for layout in self._all_layouts() for path in git.glob_paths(layout.specs)]
        revisions = [newest or "HEAD", f"^{after}"] if after else [newest] if newest else []
        commits = git.log(self.root, globs, *revisions)
        changes = [change for commit in commits for change in commit.changes]
        self._fetch(name for change in changes for name in (change.old, change.new))
        return {change.path for change in changes if service in (self.service_of(change.old), self.service_of(change.new))}


def _folders(layouts: Iterable[Layout]) -> list[str]:
    """Return pathspecs of everything below the folders of specs: git compares whole folders faster than it matches globs."""
    globs = [glob for layout in layouts for glob in layout.specs]
    folders = [folder for glob in globs if (folder := folder_of(glob))]
    return git.literal_paths(folders) if len(folders) == len(globs) else git.glob_paths(globs)


def read_one(records: Records, service: str) -> list[Commit]:
    """Return the commits that affect one service, wherever its spec was, oldest first.

    Git walks one path several times faster than all of them. So the walk follows the known paths, and reads all
    specs only for the periods in which the service was at none of them: it must have been elsewhere then.
    """
    paths = set(_paths_on_disk(records, service))
    if not paths:
        return records.read_all()
    while True:
        commits = records.read_paths(sorted(paths))
        more = next((found for found in _elsewhere(records, service, commits) if found - paths), None)
        if not more:
            return commits
        paths |= more


def _elsewhere(records: Records, service: str, commits: Sequence[Commit]) -> Iterator[set[str]]:
    """Yield other paths of the service: first from the commits that introduced it, then from the gaps."""
    gaps = list(_gaps(records, service, commits))
    for _, end in gaps:
        if end is not None and end.parents:
            yield records.paths_within(service, end.id, end.parents[0])
    for after, end in gaps:
        if end is None or end.parents:
            yield records.paths_within(service, end.id if end else "", after)


def _gaps(records: Records, service: str, commits: Sequence[Commit]) -> Iterator[tuple[str, Commit | None]]:
    """Yield the gaps in which the service is at no known path: the commit id before, and the commit that ends it."""
    globs = Globs(records.layout)
    holders: set[str] = set()
    left, here = "", False
    for commit in commits:
        for change in commit.changes:
            if change.path == WORKSPACE_FILE and change.new:
                globs = Globs(records.layout_at(change.new))
            (holders.add if service == records.service_of(change.new) else holders.discard)(change.path)
        was_here, here = here, any(map(globs.match, holders))
        if here and not was_here:
            yield left, commit
        if was_here and not here:
            left = commit.id
    if not here:
        yield left, None


def _paths_on_disk(records: Records, service: str) -> Iterator[str]:
    layout = records.layout
    globs = Globs(layout)
    for path in disk.matching(records.root, layout.specs, lambda path: path == layout.output):
        try:
            raw = Folder(records.root).read(path)
        except UnreadableFileError:
            continue
        if globs.match(path) and may_be_named(raw, service) and service_of(raw) == service:
            yield path
