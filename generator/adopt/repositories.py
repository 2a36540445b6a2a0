"""Which address of a Git repository means which directory of this machine."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from generator.adopt.model import Found
from generator.adopt.revisions import Revisions
from generator.adopt.trees import Tree
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, at, maps, texts
from generator.kubernetes.repository import same
from generator.syntax.secrets import addresses
from generator.system.files import Folder, roots
from generator.system.git import remote
from generator.verify.clones import Clones


class Repositories:
    """The directories of repositories: the old tree, or the workspace, and the clones that the user names."""

    def __init__(self, own: str, bases: Sequence[str], clones: Mapping[str, str], revisions: Revisions | None = None) -> None:
        self.own = own
        """The address of the config repository; empty if unknown."""
        self._lock = Lock()
        self.revisions = revisions
        """Other revisions of the config repository; without them, the files at hand are taken for those of all."""
        self._bases = bases
        self.clones = clones
        """The directories of clones of other repositories, by address."""
        self._named = {same(address): address for address in clones}
        self._clones = Clones(clones)

    def is_own(self, address: str) -> bool:
        """Tell whether an address is that of the config repository."""
        return bool(self.own) and same(address) == same(self.own) and same(address) not in self._named

    def is_here(self, source: Mapping[str, Any]) -> bool:
        """Tell whether a source of an Application reads the config repository at the revision of the files at hand."""
        revision = str(source.get("targetRevision") or "")
        is_own = self.is_own(str(source.get("repoURL") or ""))
        return is_own and (self.revisions is None or self.revisions.is_at_hand(revision))

    def lacks(self, source: Mapping[str, Any]) -> bool:
        """Tell whether a source reads a revision of the config repository that cannot be had."""
        revision = str(source.get("targetRevision") or "")
        is_own = self.is_own(str(source.get("repoURL") or ""))
        return is_own and self.revisions is not None and not self.revisions.has(revision)

    def root_of(self, address: str, path: str, revision: str = "") -> str | None:
        """Return the root of the repository that has a path; None if it is not on this machine.

        A path that does not exist is in the first directory that may be the root. Raises NoCloneError for a revision that
        a clone does not have.
        """
        named = self._named.get(same(address))
        if named is not None:
            with self._lock:
                return roots.absolute(self._clones.at(path, named, revision))
        if not self.is_own(address):
            return None
        if self.revisions is not None and not self.revisions.is_at_hand(revision):
            return self.revisions.root_of(revision, path)
        return next((base for base in self._bases if Folder(base).exists(path)), self._bases[0])


class Home(NamedTuple):
    """The config repository, as the old tree tells."""

    address: str
    """Empty if unknown."""
    bases: Sequence[str]
    """The folders that may be its root."""
    first: Sequence[str]
    """Those of the first tree, in which Git is asked for other revisions."""
    clones: Mapping[str, str]
    """The directories of clones of other repositories, by address."""


def home_of(found: Sequence[Found], trees: Sequence[Tree], clones: Mapping[str, str]) -> Home:
    """Return the config repository of an old tree: a clone that contains the Applications, or else the tree itself.

    A clone with a part of them is the one unless Applications read paths of the tree around it.
    """
    bases = [base for tree in trees for base in tree.bases]
    around = Home(_own_address(found, bases, clones), bases, trees[0].bases, clones)
    top = trees[0].folder.path
    places = {address: posixpath.normpath(posixpath.join(top, roots.inside(folder, top))) for address, folder in clones.items()}
    holding = Counter(address for one in found for address, place in places.items() if one.file.startswith(f"{place}/"))
    named, number = holding.most_common(1)[0] if holding else ("", 0)
    if not named or (around.address and number * 2 <= len(found)):
        return around if around.address else around._replace(address=_origin(trees))
    written = Counter(address for one in found for address, _ in _read(one) if same(address) == same(named))
    others = {address: folder for address, folder in clones.items() if same(address) != same(named)}
    bases = [places[named]]
    return Home(max(written, key=written.__getitem__, default=named), bases, bases, others)


def _own_address(found: Iterable[Found], bases: Sequence[str], clones: Mapping[str, str]) -> str:
    """Return the address by which Applications know the repository of the old tree; empty if none has a path in it.

    It is the one with the most paths that exist in the tree.
    """
    known = {same(address) for address in clones}
    hits: Counter[str] = Counter()
    written: dict[str, str] = {}
    for one in found:
        for address, path in _read(one):
            key = same(address)
            if key not in known and not address.startswith("oci://") and any(Folder(base).exists(path) for base in bases):
                hits[key] += 1
                written.setdefault(key, address)
    return written[hits.most_common(1)[0][0]] if hits else ""


def _read(one: Found) -> Iterator[tuple[str, str]]:
    """Yield the repositories that an Application or an ApplicationSet reads, each with a path in it."""
    template = at(one.data, "spec", "template")
    yield from _paths(one.data)
    yield from _paths(template if isinstance(template, dict) else {})
    yield from _generated(one.data)


def _origin(trees: Sequence[Tree]) -> str:
    """Return the address that the clone of a tree was made from; empty if it is not a clone, or names a password."""
    found = (remote.address(tree.bases[0], "origin") for tree in trees if Folder(tree.bases[-1]).exists(".git"))
    return next((one for one in found if ("://" in one or "@" in one) and not addresses.holds_credentials(one)), "")


def _generated(node: Any) -> Iterable[tuple[str, str]]:
    """Yield the repositories that the generators of an ApplicationSet read, each with the part of a path before a glob."""
    if isinstance(node, list):
        for item in node:
            yield from _generated(item)
    if not isinstance(node, dict):
        return
    for _, item in [*maps(node.get("directories")), *maps(node.get("files"))]:
        fixed = str(item.get("path") or "").partition("*")[0].rpartition("/")[0]
        if isinstance(node.get("repoURL"), str) and fixed:
            yield node["repoURL"], fixed
    for value in node.values():
        yield from _generated(value)


def _paths(application: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the repositories that an Application reads, each with a path in it."""
    every = [source for _, source in sources(KubeObject(application))]
    refs = {str(source.get("ref")): str(source.get("repoURL") or "") for source in every if source.get("ref")}
    for source in every:
        if not source.get("chart") and source.get("path") and isinstance(source.get("repoURL"), str):
            yield source["repoURL"], str(source["path"])
        for _, name in texts(at(source, "helm", "valueFiles")):
            reference, _, path = name[1:].partition("/")
            if name.startswith("$") and refs.get(reference):
                yield refs[reference], path


def revisions_of(found: Iterable[Found], own: str) -> Iterator[str]:
    """Yield the revisions of the config repository that Applications read, as often as they do."""
    for one in found:
        template = at(one.data, "spec", "template")
        for data in (one.data, template if isinstance(template, dict) else {}):
            for _, source in sources(KubeObject(data)):
                if not source.get("chart") and same(str(source.get("repoURL") or "")) == same(own):
                    yield str(source.get("targetRevision") or "")
