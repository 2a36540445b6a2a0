"""A repository with manifests: its addresses, its files, and what its ApplicationSets make."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from generator.kubernetes.applications import APPLICATION, PROJECT, project
from generator.kubernetes.applicationsets.expansion import APPLICATION_SET, ApplicationSets, applications
from generator.kubernetes.applicationsets.model import Tree
from generator.kubernetes.repository import Own, Repository, What, inferred, same
from generator.syntax.wording import is_slip
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.git import remote

if TYPE_CHECKING:
    from generator.kubernetes.objects import KubeObject
    from generator.syntax.budget import Budget

_SKIPPED = (".git", "node_modules")
_MAX_FILE = 1024 * 1024
_WHAT = {Kind.NOTHING: What.NOTHING, Kind.FILE: What.FILE, Kind.FOLDER: What.FOLDER}


def tree(folder: Folder, shown: Callable[[str], str] = str) -> Tree:
    """Return what generators see of a folder that is the root of a repository; it is walked when something asks."""

    def read(path: str) -> bytes:
        try:
            return folder.read(path, _MAX_FILE)
        except UnreadableFileError as error:
            raise ValueError(error.message) from None

    folders = cache(lambda: list(_folders(folder, "")))
    files = cache(lambda: list(folder.walk("", lambda path: posixpath.basename(path) in _SKIPPED)))
    return Tree(folders, files, read, shown, {})


def _folders(folder: Folder, below: str) -> Iterator[str]:
    """Yield all folders but hidden ones, which Argo CD leaves out as well."""
    for name, kind in folder.entries(below):
        path = f"{below}/{name}" if below else name
        if kind is Kind.FOLDER and not name.startswith("."):
            yield path
            yield from _folders(folder, path)


class AtHand(NamedTuple):
    """What is known of a repository with manifests."""

    sets: ApplicationSets
    repository: Repository
    root: str
    """Where its root is in the folder that paths are relative to."""
    applications: tuple[KubeObject, ...]
    """Those that its ApplicationSets make."""
    projects: tuple[KubeObject, ...]
    """Its AppProjects."""

    def elsewhere(self, items: Sequence[KubeObject]) -> list[KubeObject]:
        """Return the projects of other directories that the Applications of a set name, or nearly name.

        A set with projects of its own is left alone, and so are names that several projects have.
        """
        if not self.projects or any((item.group, item.kind) == PROJECT[0] for item in items):
            return []
        names = Counter(item.name for item in self.projects)
        made = applications(items, self.sets)
        named = {reference.name for item in (*items, *made) if _is_application(item) for reference in project(item)}
        near = {known for known in names for name in named - names.keys() if is_slip(name, known)}
        return [item for item in self.projects if names[item.name] == 1 and item.name in named | near]


def _is_application(item: KubeObject) -> bool:
    return (item.group, item.kind) == APPLICATION[0]


def look(
    folder: Folder, paths: Iterable[str], items: Sequence[KubeObject], shown: Callable[[str], str], budget: Budget
) -> AtHand:
    """Return what is known of the repository that some files of a folder are in; Git is asked if something refers to it.

    Its ApplicationSets are expanded within the budget of the run.
    """
    argo = [item for item in items if (item.group, item.kind) in (*APPLICATION, *APPLICATION_SET)]
    root = _root(folder, paths) if argo else ""
    own = Folder(posixpath.join(folder.path, root)) if root else folder
    names = [remote.address(own.path, name) for name in ("origin", "upstream")] if argo and own.exists(".git") else []
    remotes = frozenset(same(name) for name in names if name)
    repository = Repository(remotes, inferred(argo, own.exists), lambda path: _WHAT.get(own.kind(path), What.UNKNOWN))
    at_hand = tree(own, lambda path: shown(posixpath.join(root, path)))
    sets = ApplicationSets(budget, lambda address: None if repository.owns(address) is Own.NO else at_hand)
    projects = tuple(item for item in items if (item.group, item.kind) == PROJECT[0])
    return AtHand(sets, repository, root, tuple(applications(argo, sets)), projects)


def nowhere(items: Sequence[KubeObject], budget: Budget) -> AtHand:
    """Return what is known of manifests that are in no repository at hand, such as stdin."""
    repository = Repository(frozenset(), "", lambda _path: What.UNKNOWN)
    sets = ApplicationSets(budget)
    return AtHand(sets, repository, "", tuple(applications(items, sets)), ())


def _root(folder: Folder, paths: Iterable[str]) -> str:
    """Return the nearest folder with a `.git` that all files are in; empty if only that of the folder itself can be one."""
    place = posixpath.commonpath([posixpath.dirname(path) for path in paths] or [""])
    while place and not folder.exists(f"{place}/.git"):
        place = posixpath.dirname(place)
    return place
