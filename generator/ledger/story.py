"""The workspace through the commits of a branch: which file described which service, and which environment, when."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator import disk, resources
from generator.errors import Rejected
from generator.external import git
from generator.external.commits import Commit
from generator.ledger.versions import SHIPPED, service_of
from generator.model import Workspace
from generator.reader import parse

WORKSPACE_FILE = "mooring.yaml"
_YAML = (".yaml", ".yml")


class Layout(NamedTuple):
    """Where a workspace has its files: what mooring.yaml said at some moment."""

    specs: tuple[str, ...]
    environments: str
    output: str

    @property
    def paths(self) -> list[str]:
        """Git's pathspecs of all files that have a say in releases."""
        return [*git.glob_paths(self.specs), *git.literal_paths([self.environments])]


class Point(NamedTuple):
    """A commit after which a service may be another: which files spoke of it from then on."""

    commit: Commit
    path: str
    """The path of the spec; of the last one, where there is none any more."""
    spec: str
    """Object id; empty where there is no spec of the service."""
    environment: str
    """Object id of the environment's file, SHIPPED, or empty."""


def environment_of(path: str, folder: str) -> str:
    """Return the name of the environment that a path is the file of; empty if it is none."""
    name, suffix = posixpath.splitext(posixpath.basename(path))
    return name if suffix in _YAML and not name.startswith(".") and path.startswith(f"{folder}/") else ""


class _Globs:
    """Which paths are specs, by the globs of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._globs: list[tuple[int, re.Pattern[str]]] = []
        for glob in layout.specs:
            folder = disk.glob_folder(glob)
            self._globs.append((len(folder) + 1 if folder else 0, disk.glob_pattern(glob)))
        self._output = f"{layout.output}/"

    def match(self, path: str) -> bool:
        if path.startswith(self._output):
            return False
        # a folder whose name starts with a dot is not looked into, unless the glob itself names it
        return any(
            pattern.match(path) and not any(part.startswith(".") for part in path[start:].split("/")[:-1])
            for start, pattern in self._globs
        )


class Story:
    """All commits on the way to HEAD along first parents that have a say in releases, oldest first."""

    def __init__(self, root: str, workspace: Workspace, word: str = "") -> None:
        """Read it; with `word`, specs in which it does not occur are taken for nobody's."""
        now = Layout(workspace.specs, workspace.environments, workspace.output)
        self.layout = now
        self.boundary = git.boundary(root)
        self.contents: dict[str, bytes] = {}
        known = {now}
        while True:
            paths = [path for layout in sorted(known) for path in layout.paths]
            self.commits = git.log(root, [*git.literal_paths([WORKSPACE_FILE]), *dict.fromkeys(paths)])[::-1]
            wanted = [change.new for commit in self.commits for change in commit.changes if change.new]
            self.contents |= git.blobs(root, (name for name in wanted if name not in self.contents))
            layouts = self._layouts(now)
            if known >= set(layouts.values()):
                break
            known |= set(layouts.values())
        self._word = re.compile(rb"(?<![-a-z0-9])" + re.escape(word.encode()) + rb"(?![-a-z0-9])") if word else None
        self._names: dict[str, str] = {}
        self._specs: dict[str, list[tuple[int, str, str]]] = {}
        self._environments: list[tuple[int, dict[str, str]]] = []
        _Telling(self, now, layouts).tell(self._specs, self._environments)

    def _layouts(self, now: Layout) -> dict[str, Layout]:
        """Return what each mooring.yaml of the past said, by its object id."""
        found = {}
        for commit in self.commits:
            for change in commit.changes:
                if change.path == WORKSPACE_FILE and change.new:
                    found[change.new] = _layout(self.contents.get(change.new, b""), now)
        return found

    def service_of(self, object_id: str) -> str:
        """Return the service that the spec of this object id is of; empty if of none that is asked for."""
        if object_id not in self._names:
            raw = self.contents.get(object_id, b"")
            asked = self._word is None or self._word.search(raw)
            self._names[object_id] = service_of(raw) if asked else ""
        return self._names[object_id]

    @property
    def services(self) -> list[str]:
        """The names of all services that there ever were."""
        return sorted(self._specs)

    def environments(self) -> dict[str, str]:
        """Return the environments as they are now: name to object id."""
        return self._environments[-1][1] if self._environments else {}

    def now(self, service: str) -> str:
        """Return the object id of the spec of a service as it is in HEAD; empty if there is none."""
        events = self._specs.get(service)
        return events[-1][2] if events else ""

    def points(self, service: str, environment: str) -> Iterator[Point]:
        """Yield the moments at which a service may have changed in an environment, newest first."""
        specs = self._specs.get(service, [])
        environments = self._environments
        spec_at, environment_at = len(specs) - 1, len(environments) - 1
        while spec_at >= 0:
            index, path, spec = specs[spec_at]
            while environment_at >= 0 and environments[environment_at][0] > index:
                since, files = environments[environment_at]
                before = environments[environment_at - 1][1] if environment_at else {}
                if spec and _file(files, environment) != _file(before, environment):
                    yield Point(self.commits[since], path, spec, _file(files, environment))
                environment_at -= 1
            files = environments[environment_at][1] if environment_at >= 0 else {}
            yield Point(self.commits[index], path, spec, _file(files, environment))
            spec_at -= 1


def _file(files: Mapping[str, str], environment: str) -> str:
    """Return whose word holds in an environment: its file's, or the shipped one's where there are no files."""
    if files:
        return files.get(environment, "")
    return SHIPPED if environment and os.path.isfile(resources.path("environments", f"{environment}.yaml")) else ""


def _layout(raw: bytes, now: Layout) -> Layout:
    """Return what a mooring.yaml said; what cannot be made sense of is as it is now."""
    try:
        data = parse(WORKSPACE_FILE, raw).data
    except Rejected:
        return now
    spec = data.get("spec") if isinstance(data, dict) else None
    spec = spec if isinstance(spec, dict) else {}
    plain = Workspace._field_defaults
    specs = spec.get("specs") or plain["specs"]
    texts = [str(spec.get(key) or plain[key]) for key in ("environments", "output")]
    return Layout(tuple(map(str, specs)), *map(posixpath.normpath, texts)) if isinstance(specs, list | tuple) else now


class _Telling:
    """One walk from the oldest commit to the newest, with the files that are there at each."""

    def __init__(self, story: Story, layout: Layout, layouts: Mapping[str, Layout]) -> None:
        self._story = story
        self._layouts = layouts
        self._layout = layout
        self._globs = _Globs(layout)
        self._files: dict[str, str] = {}
        self._owner: dict[str, str] = {}
        self._holders: dict[str, dict[str, str]] = {}
        self._told: dict[str, str] = {}

    def tell(self, specs: dict[str, list[tuple[int, str, str]]], environments: list[tuple[int, dict[str, str]]]) -> None:
        """Fill in when the spec of each service, and the files of the environments, became what they were."""
        for index, commit in enumerate(self._story.commits):
            touched: set[str] = set()
            moved = False
            for change in commit.changes:
                if change.path == WORKSPACE_FILE and change.new in self._layouts:
                    moved |= self._layouts[change.new] != self._layout
                    self._layout = self._layouts[change.new]
                self._note(change.path, change.new)
            if moved:
                self._globs = _Globs(self._layout)
            for path in self._files.keys() | self._owner.keys() if moved else [change.path for change in commit.changes]:
                touched |= self._own(path)
            for service in touched:
                self._tell_spec(index, service, specs)
            self._tell_environments(index, commit, environments, moved=moved)

    def _tell_environments(
        self, index: int, commit: Commit, environments: list[tuple[int, dict[str, str]]], *, moved: bool
    ) -> None:
        folder = self._layout.environments
        last = environments[-1][1] if environments else {}
        changed = self._files.items() if moved else [(change.path, change.new) for change in commit.changes]
        files = {} if moved else dict(last)
        for path, object_id in sorted(changed):
            name = environment_of(path, folder)
            if name and object_id:
                files[name] = object_id
            elif name:
                files.pop(name, None)
        if files != last:
            environments.append((index, files))

    def _note(self, path: str, object_id: str) -> None:
        if object_id:
            self._files[path] = object_id
        else:
            self._files.pop(path, None)

    def _own(self, path: str) -> set[str]:
        """Give a path to the service that its content names; return the services that this concerns."""
        object_id = self._files.get(path, "")
        is_spec = object_id and path != WORKSPACE_FILE and self._globs.match(path)
        new, old = self._story.service_of(object_id) if is_spec else "", self._owner.pop(path, "")
        if old:
            self._holders[old].pop(path, None)
        if new:
            self._owner[path] = new
            self._holders.setdefault(new, {})[path] = object_id
        return {name for name in (old, new) if name}

    def _tell_spec(self, index: int, service: str, specs: dict[str, list[tuple[int, str, str]]]) -> None:
        """Add an event for a service; of two specs of one name the one that was there first goes on."""
        holders = self._holders[service]
        last = self._told.get(service, "")
        path = last if last in holders or not holders else min(holders)
        self._told[service] = path
        event = (index, path, holders.get(path, ""))
        known = specs.setdefault(service, [])
        if not known or known[-1][1:] != event[1:]:
            known.append(event)
