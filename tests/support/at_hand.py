"""A repository as the rules over whole repositories see it: its address, its files, and what is in its folders."""

from __future__ import annotations

import posixpath

from generator.kubernetes.applicationsets.expansion import ApplicationSets
from generator.kubernetes.applicationsets.model import Tree
from generator.kubernetes.repository import Own, Repository, What, same
from generator.syntax.budget import Budget

ADDRESS = "https://example.com/acme/config.git"


def repository(files, folders, *, remotes=(ADDRESS,), inferred=""):
    """Return a repository with files, by path, and the objects in its folders."""
    below = {folder for path in files for folder in _above(path)}
    kinds = dict.fromkeys(below, What.FOLDER) | dict.fromkeys(files, What.FILE)
    known = frozenset(map(same, remotes))
    return Repository(known, same(inferred), lambda path: kinds.get(path, What.NOTHING), folders)


def sets(of, files):
    """Return what expands the ApplicationSets of a repository."""
    names = sorted(
        {folder for path in files for folder in _above(path) if folder and not posixpath.basename(folder).startswith(".")}
    )
    tree = Tree(lambda: names, lambda: sorted(files), lambda path: files[path].encode(), str, {})
    return ApplicationSets(Budget(), lambda address: None if of.owns(address) is Own.NO else tree)


def _above(path):
    folder = posixpath.dirname(path)
    yield folder
    if folder:
        yield from _above(folder)
