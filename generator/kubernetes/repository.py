"""The repository that manifests are in: which addresses are its own, and what is at its paths."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects, at, maps, texts

_SCP = re.compile(r"(?:[^@/\s]+@)?([^:/\s]+):(?!//)(.+)\Z")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^@/\s]*@)?([^/:\s]+)(?::[0-9]+)?/(.+)\Z")


def same(address: str) -> str:
    """Return a text that all ways to write the address of one repository share."""
    match = _URL.match(address.strip()) or _SCP.match(address.strip())
    text = f"{match[1].lower()}/{match[2]}" if match else address.strip()
    return text.rstrip("/").removesuffix(".git").strip("/")


class Own(Enum):
    """Whether an address is that of the repository at hand."""

    YES = "it is the address of a remote"
    LIKELY = "most of the paths that Applications name there exist here"
    NO = "it is unknown here"


class What(Enum):
    """What is at a path."""

    NOTHING = "nothing"
    FILE = "a file"
    FOLDER = "a folder"
    UNKNOWN = "a link, or something else that is not followed"


class Repository(NamedTuple):
    """The repository that manifests are in."""

    remotes: frozenset[str]
    """Its addresses, as `same` writes them."""
    inferred: str
    """The one that most Applications mean, as far as their paths tell; empty if unknown."""
    kind: Callable[[str], What]
    """Returns what is at a path from its root."""
    folders: Mapping[str, Sequence[KubeObject]] = {}
    """The folders with manifests, by path from its root, with what would be applied of each."""

    def owns(self, address: Any) -> Own:
        """Tell whether an address is its own."""
        key = same(address) if isinstance(address, str) and "{{" not in address else ""
        if key and key in self.remotes:
            return Own.YES
        return Own.LIKELY if key and key == self.inferred else Own.NO


_KEY = "repository"


def place(objects: Objects, repository: Repository) -> None:
    """Have the rules over some objects know the repository that they are in."""
    objects.once(_KEY, lambda _: repository)


def repository_of(objects: Objects) -> Repository | None:
    """Return the repository that some objects are in; None if it is not at hand."""
    known: Repository | None = objects.once(_KEY, lambda _: None)
    return known


def inferred(applications: Iterable[KubeObject], exists: Callable[[str], bool]) -> str:
    """Return the address that most of the paths which exist here belong to; empty if they are not most of its paths."""
    hits: Counter[str] = Counter()
    misses: Counter[str] = Counter()
    for item in applications:
        for address, path in {*_paths(item), *_generated(item.spec.get("generators"))}:
            (hits if exists(path) else misses)[same(address)] += 1
    found = hits.most_common(1)
    return found[0][0] if found and found[0][1] > misses[found[0][0]] else ""


def _paths(item: KubeObject) -> Iterator[tuple[str, str]]:
    """Yield the repositories that an Application, or the template of a set, reads, each with a path in it."""
    template = at(item.data, "spec", "template")
    data = template if item.kind == "ApplicationSet" and isinstance(template, dict) else item.data
    for _, source in sources(KubeObject(data)):
        address, path = source.get("repoURL"), source.get("path")
        if isinstance(address, str) and isinstance(path, str) and _fixed(path) and not source.get("chart"):
            yield address, _fixed(path)


def _generated(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the repositories that generators read, each with the part of a path before a glob or a placeholder."""
    for _, one in maps(node):
        git = one.get("git")
        if isinstance(git, dict) and isinstance(git.get("repoURL"), str):
            for _, entry in (*maps(git.get("directories")), *maps(git.get("files"))):
                if isinstance(entry.get("path"), str) and _fixed(entry["path"]):
                    yield git["repoURL"], _fixed(entry["path"])
        for kind in ("matrix", "merge"):
            yield from _generated(at(one, kind, "generators"))


def _fixed(path: str) -> str:
    """Return the part of a path before the first glob or placeholder; empty if nothing is."""
    head = re.split(r"[*?\[{]", path, maxsplit=1)[0]
    whole = head if head == path else head.rpartition("/")[0]
    return whole.strip("/").removeprefix("./")


class Reads(NamedTuple):
    """A path in this repository that an Application reads."""

    pointer: Pointer
    """Where it is named."""
    path: str
    """From the root of the repository."""
    own: Own
    source: Mapping[str, Any]


def folders_of(item: KubeObject, repository: Repository) -> Iterator[Reads]:
    """Yield the folders of this repository that an Application deploys."""
    for pointer, source in (*sources(item), *_dry(item)):
        own, path = repository.owns(source.get("repoURL")), source.get("path")
        if own is not Own.NO and isinstance(path, str) and path and "{{" not in path and not source.get("chart"):
            yield Reads((*pointer, "path"), normal(path), own, source)


def value_files_of(item: KubeObject, repository: Repository) -> Iterator[Reads]:
    """Yield the values files in this repository that an Application needs; globs may match nothing."""
    every = list(sources(item))
    refs = {f"${source['ref']}": source for _, source in every if source.get("ref")}
    for pointer, source in every:
        if at(source, "helm", "ignoreMissingValueFiles") is True:
            continue
        for index, name in texts(at(source, "helm", "valueFiles")):
            head, _, rest = name.partition("/")
            of = refs.get(head, source)
            is_path = not head.startswith("$") and source.get("path") and not source.get("chart")
            own = repository.owns(of.get("repoURL"))
            if (
                own is Own.NO
                or "://" in name
                or _GLOB.search(name)
                or "{{" in str(source.get("path"))
                or not (head in refs or is_path)
            ):
                continue
            path = rest if head in refs else name if name.startswith("/") else f"{source['path']}/{name}"
            yield Reads((*pointer, "helm", "valueFiles", index), normal(path), own, of)


_GLOB = re.compile(r"[*?\[{]")


def _dry(item: KubeObject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    dry = at(item.spec, "sourceHydrator", "drySource")
    if isinstance(dry, dict):
        yield ("spec", "sourceHydrator", "drySource"), dry


def normal(path: str) -> str:
    """Return a path of a source from the root of its repository; empty for the root."""
    found = posixpath.normpath(path.strip("/") or ".")
    return "" if found == "." else found


def covers(reads: Reads, folder: str) -> bool:
    """Tell whether a source deploys the manifests of a folder: its own, and those below it with `recurse`."""
    if reads.path == folder:
        return True
    recurses = at(dict(reads.source), "directory", "recurse") is True
    return recurses and (not reads.path or folder.startswith(f"{reads.path}/"))
