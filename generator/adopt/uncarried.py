"""What the files of a workspace cannot say of single Applications."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.adopt.environments import most
from generator.adopt.model import Found, Note
from generator.adopt.repositories import Repositories
from generator.adopt.roots import RootFound
from generator.adopt.settings import APPLIED, DERIVED_LABELS, Settings
from generator.diagnostics import dotted
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import at, texts
from generator.service.root import FINALIZER
from generator.system.files import Folder, UnreadableFileError, roots

_UNREAD = "Git does not have it here, so the files at hand were taken for it: fetch it, and import again"

_OVERWRITTEN = (
    "the workspace has a different file of this name, so step 1 of the switch would overwrite it: if something still reads it,"
    " move it first"
)
_NO_FIELD = "the root Application of an environment has no field for it"
_BY_HAND = "`automated.enabled: false` takes its place, which Argo CD knows from 3.1; an older one would sync it automatically"


def unread(found: Iterable[Found], repositories: Repositories) -> Iterator[Note]:
    """Yield the revisions of the config repository that Applications read and Git does not have here."""
    for one in found:
        for pointer, source in sources(one.item):
            if not source.get("chart") and repositories.lacks(source):
                what = f"revision {source.get('targetRevision')} of {repositories.own}"
                yield one.note((*pointer, "targetRevision"), what, _UNREAD)


def branches(settings: Sequence[Settings], repositories: Repositories) -> Iterator[Note]:
    """Yield the branches that Applications follow besides that of the workspace, each once for an environment."""
    known = repositories.revisions
    seen: set[tuple[str, str]] = set()
    for one in settings:
        for pointer, source in sources(one.cell.found.item):
            key = one.cell.environment, str(source.get("targetRevision") or "HEAD")
            is_own = not source.get("chart") and repositories.is_own(str(source.get("repoURL") or ""))
            if known and is_own and key not in seen and not repositories.is_here(source) and known.moves(key[1]):
                seen.add(key)
                why = f"all environments follow {known.at_hand}: what is merged into {key[1]} no longer reaches {key[0]}"
                place = one.cell.found.place((*pointer, "targetRevision"))
                yield Note(*place, f"branch {key[1]} of {key[0]}", f"{why}; promote with `tiphys promote`")


def namespaces(settings: Sequence[Settings]) -> Iterator[Note]:
    """Yield the Applications that are in a different namespace than most of their environment, which has one for all."""
    for environment in dict.fromkeys(one.cell.environment for one in settings):
        here = [one for one in settings if one.cell.environment == environment]
        usual = most(one.namespace for one in here)
        for one in (one for one in here if one.namespace != usual):
            why = f"all Applications of {environment} are in {usual}: give those of {one.namespace} an environment of their own"
            yield one.cell.found.note(("metadata", "namespace"), "`metadata.namespace`", f"{why}, with --environment")


def of_roots(found: Mapping[str, RootFound]) -> Iterator[Note]:
    """Yield what root Applications have of their own and an environment has no field for."""
    for root in (one.found for one in found.values()):
        for field, given in (("labels", root.item.labels), ("annotations", root.item.annotations)):
            for key in (key for key in given if key not in (APPLIED, *DERIVED_LABELS)):
                yield root.note(("metadata", field, key), f"{field.removesuffix('s')} {key}", _NO_FIELD)
        for index, name in texts(root.item.metadata.get("finalizers")):
            if name.partition("/")[0] != FINALIZER:
                yield root.note(("metadata", "finalizers", index), f"finalizer {name}", _NO_FIELD)
        if not isinstance(at(root.data, "spec", "syncPolicy", "automated"), dict):
            yield root.note(("spec",), "a root Application that is synced manually", _BY_HAND)


_IN_SETS = (
    (("spec", "preservedFields"), "Tiphys sets the whole metadata of an Application"),
    (("spec", "ignoreApplicationDifferences"), "the root Application reverts changes of all fields"),
    (("spec", "syncPolicy", "applicationsSync"), "the root Application creates, updates and deletes, as its sync policy says"),
)


def of_sets(sets: Sequence[Found]) -> Iterator[Note]:
    """Yield what ApplicationSets leave alone in their Applications: a root Application does not."""
    for one in sets:
        for pointer, why in _IN_SETS:
            if at(one.data, *pointer):
                yield Note(*one.place(pointer), f"`{dotted(pointer)}` of ApplicationSet {one.name}", why)


def overwritten(files: Mapping[str, bytes], repositories: Repositories) -> Iterator[Note]:
    """Yield the files of the old tree that have other content in the workspace, which is copied over them."""
    for path, content in sorted(files.items()):
        root = repositories.root_of(repositories.own, path)
        if root is None:
            return
        folder = Folder(root)
        try:
            same = not folder.is_file(path) or folder.read(path, len(content)) == content
        except UnreadableFileError:  # it is longer
            same = False
        if not same:
            shown = posixpath.relpath(posixpath.join(folder.path, path), roots.absolute("."))
            yield Note(shown, 1, "this file", _OVERWRITTEN)
