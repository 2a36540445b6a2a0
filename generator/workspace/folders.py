"""The folders that a service may have in the place of a chart: a kustomization, or plain manifests.

They are read as every other file of the workspace is. Nothing is fetched, and nothing outside of the workspace is read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes import kustomization, manifests
from generator.kubernetes.beside import UNUSABLE, foreign_kind
from generator.kubernetes.kustomization_faults import faults
from generator.kubernetes.objects import KubeObject, texts
from generator.syntax.reader import Source
from generator.syntax.reader.stream import read_stream
from generator.syntax.wording import listed
from generator.system.files import Folder, Kind, UnreadableFileError

NOT_FOUND, SECRET = "TP600", "TP645"

MOST_FILES = 2_000
MOST_BYTES = 1024 * 1024
"""Files of one folder with its bases, and bytes of one of them."""
MOST_IN_ALL = 16 * 1024 * 1024
MOST_OBJECTS = 20_000
DEEPEST = 32
"""Bases of bases."""

_MANIFESTS = (".yaml", ".yml", ".json")


class Reads(Protocol):
    """The reader of the files, which collects their problems."""

    folder: Folder

    def report(self, *problems: Diagnostic) -> None:
        """Add problems of a file."""

    def raw(self, path: str, limit: int = MOST_BYTES) -> bytes:
        """Return the bytes of a file; raises UnreadableFileError."""

    def read_ignores(self, path: str, text: str) -> None:
        """Remember the suppression comments of a file."""


class Stock(NamedTuple):
    """What a folder holds, as far as it can be read without building it."""

    missing: str = ""
    """Why there is nothing to build in it; empty if there is."""
    secrets: tuple[Diagnostic, ...] = ()
    """Findings of secrets in the kustomizations themselves."""
    is_broken: bool = False
    """Whether problems of its files were reported."""
    objects: tuple[KubeObject, ...] = ()
    """The objects, with the names and labels that they get, each with the file that it is in."""
    folders: tuple[str, ...] = ()
    """The folder itself, and all others that it is built from."""
    data: dict[str, Any] = {}  # noqa: RUF012 - never mutated
    """The kustomization; empty for plain manifests."""


def _every(_path: str) -> bool:
    return True


class Folders:
    """Reads folders, each once."""

    def __init__(self, reader: Reads, wanted: Callable[[str], bool] | None = None, *, of_argocd: bool = False) -> None:
        """Begin with who reads files, and with who tells which files of plain manifests count; all without.

        `of_argocd` tells whether Applications and projects may be among the objects, as they are for a root Application.
        """
        self._reader = reader
        self._of_argocd = of_argocd
        self._wanted = wanted or _every
        self._found: dict[tuple[str, str, bool], Stock] = {}

    def of(self, kind: str, path: str, *, recurse: bool) -> Stock:
        """Return what a folder holds: a kustomization (`kustomize`), or plain manifests (`directory`)."""
        key = (kind, path, recurse)
        if key not in self._found:
            reading = _Reading(self._reader, of_argocd=self._of_argocd)
            found = reading.built(path) if kind == "kustomize" else reading.plain(path, self._wanted, recurse=recurse)
            self._reader.report(*reading.problems)
            self._found[key] = found._replace(is_broken=bool(reading.problems), secrets=tuple(reading.secrets))
        return self._found[key]


class _Reading:
    """One reading of a folder with everything that it is built from."""

    def __init__(self, reader: Reads, *, of_argocd: bool) -> None:
        self._reader = reader
        self._of_argocd = of_argocd
        self._of_directory = False
        self._files = 0
        self._bytes = 0
        self._objects_of: dict[str, list[KubeObject]] = {}
        self.folders: dict[str, None] = {}
        self.problems: list[Diagnostic] = []
        self.secrets: list[Diagnostic] = []

    def built(self, path: str) -> Stock:
        name = self._file_of(path)
        if not name:
            return Stock(f"{path} is not a kustomization: it has no kustomization.yaml")
        objects, data = self._kustomization(path, name, ())
        empty = not (objects or self.problems or kustomization.generates(data))
        missing = f"{path} builds nothing: its kustomization lists no resource" if empty else ""
        return Stock(missing, objects=tuple(objects), folders=tuple(self.folders), data=data)

    def plain(self, path: str, wanted: Callable[[str], bool], *, recurse: bool) -> Stock:
        folder = self._reader.folder
        if not folder.is_folder(path):
            blocked = folder.kind(path) in (Kind.LINK, Kind.BLOCKED)
            return Stock(f"{path} is {'behind a symbolic link' if blocked else 'not a directory'}")
        self.folders[path] = None
        names = folder.walk(path, lambda _below: not recurse)  # Argo CD reads hidden directories as well
        self._of_directory = True
        objects = [item for name in names if name.endswith(_MANIFESTS) and wanted(name) for item in self._objects(name)]
        found = Stock(objects=tuple(objects), folders=(path,))
        return found if objects or self.problems else found._replace(missing=f"{path} contains no manifest")

    def _file_of(self, path: str) -> str:
        return next((name for name in kustomization.FILES if self._reader.folder.is_file(f"{path}/{name}")), "")

    def _kustomization(self, path: str, name: str, above: tuple[str, ...]) -> tuple[list[KubeObject], dict[str, Any]]:
        self.folders[path] = None
        source = self._source(f"{path}/{name}")
        if source is None:
            return [], {}
        data = source.data if isinstance(source.data, dict) else {}
        self._one_of(source, path, name)
        for fault in faults(source.data):
            self._fault(source, *fault[:3], at_key=fault.at_key)
        self._paths(source, data, path)
        for at, name in kustomization.secrets(data):
            message = f"secretGenerator contains `{name}` in plain text"
            hint = "provide it with External Secrets or Sealed Secrets, and rotate it: everyone who reads Git knows it"
            self.secrets.append(Diagnostic(source.path, source.span_of(at), SECRET, Severity.ERROR, message, hint, at))
        objects = self._bases(source, data, path, above)
        return kustomization.named(data, objects), data

    def _one_of(self, source: Source, path: str, name: str) -> None:
        """Report a second kustomization in a directory, which kustomize refuses."""
        others = [one for one in kustomization.FILES if one != name and self._reader.folder.is_file(f"{path}/{one}")]
        if others:
            self._fault(source, (), f"{path} has {listed([name, *others])}", "keep one of them")

    def _paths(self, source: Source, data: dict[str, Any], path: str) -> None:
        """Report what would have to be fetched, and files that are not there."""
        for at, entry in kustomization.paths(data):
            if kustomization.is_remote(entry):
                hint = "copy it into this repository: what others change would be deployed without a commit here"
                self._fault(source, at, f"`{entry}` is in another repository; nothing is fetched", hint)
            elif at[0] not in kustomization.BASES:
                self._beside(source, at, path, entry)

    def _bases(self, source: Source, data: dict[str, Any], path: str, above: tuple[str, ...]) -> list[KubeObject]:
        """Return the objects of all that a kustomization lists."""
        objects: list[KubeObject] = []
        seen: set[str] = set()
        for field in kustomization.BASES:
            for index, entry in texts(data.get(field)):
                if kustomization.is_remote(entry):
                    continue
                where = posixpath.normpath(posixpath.join(path, entry))
                if where in seen:
                    self._fault(source, (field, index), f"{where} is listed twice, which kustomize refuses", "remove one entry")
                    continue
                seen.add(where)
                objects += self._entry(source, (field, index), where, (*above, path))
                if len(objects) > MOST_OBJECTS:
                    self._fault(source, (field, index), f"it has more than {MOST_OBJECTS:,} objects", "divide it")
                    return []
        return objects

    def _beside(self, source: Source, at: Pointer, path: str, entry: str) -> None:
        """Report a patch, or another file that a kustomization names, which is not there or outside of the workspace."""
        where = posixpath.normpath(posixpath.join(path, entry))
        if where.startswith(("../", "/")) or where == "..":
            self._fault(source, at, f"`{entry}` is outside of the workspace", "move it into the workspace")
        elif not self._reader.folder.exists(where):
            self._fault(source, at, f"{where} does not exist", "add it, or remove the entry")

    def _entry(self, source: Source, at: Pointer, path: str, above: tuple[str, ...]) -> list[KubeObject]:
        if path == ".":
            self._fault(source, at, "the root of the workspace cannot be a base", "move the base into a directory")
        elif path.startswith(("../", "/")) or path == "..":
            self._fault(source, at, f"`{path}` is outside of the workspace", "move it into the workspace")
        elif self._reader.folder.is_folder(path):
            name = self._file_of(path)
            if not name:
                self._fault(source, at, f"{path} is not a kustomization: it has no kustomization.yaml", "add one")
            elif path in above or len(above) > DEEPEST:
                self._fault(source, at, f"{path} is built from itself", "remove one of the two references")
            else:
                return self._kustomization(path, name, above)[0]
        elif self._reader.folder.is_file(path):
            return self._objects(path)
        elif self._reader.folder.exists(path):
            self._fault(source, at, f"{path} is a symbolic link, or behind one", "copy the files")
        else:
            self._fault(source, at, f"{path} does not exist", "add it, or remove the entry")
        return []

    def _fault(self, source: Source, at: Pointer, message: str, hint: str, *, at_key: bool = False) -> None:
        span = source.span_of_key(at) if at_key else source.span_of(at)
        self.problems.append(Diagnostic(source.path, span, NOT_FOUND, Severity.ERROR, message, hint, at))

    def _source(self, path: str) -> Source | None:
        text = self._text(path)
        parts = list(read_stream(path, text)) if text is not None else []
        self._reader.read_ignores(path, text or "")
        wrong = [one for part in parts for one in part.problems]
        self.problems += [Diagnostic(path, one.span, one.rule, Severity.ERROR, one.message, one.hint) for one in wrong]
        return parts[0].source if parts and not wrong else None

    def _objects(self, path: str) -> list[KubeObject]:
        """Return the objects of a file, which is read once however often it is named."""
        if path not in self._objects_of:
            self._objects_of[path] = self._read(path)
        return self._objects_of[path]

    def _read(self, path: str) -> list[KubeObject]:
        text = self._text(path)
        if text is None or (self._of_directory and manifests.SKIPPED in text):
            return []
        found = manifests.read(path, text.encode("utf-8"), named=True)
        self.problems += found.diagnostics
        self._reader.read_ignores(path, found.text)
        for item in () if self._of_argocd else found.objects:
            foreign = foreign_kind(item)
            if foreign and item.source is not None:
                at: Pointer = (*item.at, "kind")
                span = item.source.span_of(at)
                self.problems.append(Diagnostic(path, span, UNUSABLE, Severity.ERROR, *foreign, pointer=at))
        return found.objects

    def _text(self, path: str) -> str | None:
        from generator.system import disk

        self._files += 1
        if self._files > MOST_FILES:
            if self._files == MOST_FILES + 1:
                error = UnreadableFileError(f"is one of more than {MOST_FILES:,} files", "put them into a chart")
                self.problems.append(disk.unreadable(path, error))
            return None
        try:
            raw = self._reader.raw(path, MOST_BYTES)
        except UnreadableFileError as error:
            self.problems.append(disk.unreadable(path, error))
            return None
        self._bytes += len(raw)
        if self._bytes > MOST_IN_ALL:
            large = UnreadableFileError(f"is one of files with more than {MOST_IN_ALL:,} bytes in all", "put them into a chart")
            self.problems.append(disk.unreadable(path, large))
            self._files = MOST_FILES + 1
            return None
        return raw.decode("utf-8", "replace")
