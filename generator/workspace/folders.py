"""The folders that a service may have in the place of a chart: a kustomization, or plain manifests.

They are read as every other file of the workspace is. Nothing is fetched, and nothing outside of the workspace is read.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes import kustomization, kustomize_settings
from generator.kubernetes.kustomization_faults import faults
from generator.kubernetes.kustomize_settings import NO_OPTIONS, SettingError
from generator.kubernetes.objects import KubeObject, texts
from generator.syntax.reader import Source
from generator.syntax.wording import listed
from generator.system.files import Kind
from generator.system.files.once import Once
from generator.workspace.folder_files import FolderFiles, Reads

NOT_FOUND, SECRET = "TP600", "TP645"

MOST_OBJECTS = 20_000
DEEPEST = 32
"""Bases of bases."""

_MANIFESTS = (".yaml", ".yml", ".json")


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
    """The kustomization, without settings; empty for plain manifests."""
    refused: tuple[SettingError, ...] = ()
    """Settings that it cannot be built with."""


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
        self._found = Once[tuple[str, str, bool, str], Stock]()

    def of(self, kind: str, path: str, *, recurse: bool, options: Mapping[str, Any] = NO_OPTIONS) -> Stock:
        """Return what a folder holds: a kustomization (`kustomize`), or plain manifests (`directory`).

        `options` are what an Application sets for kustomize, but for images and replicas.
        """

        def read() -> Stock:
            reading = _Reading(self._reader, of_argocd=self._of_argocd)
            built = kind == "kustomize"
            found = reading.built(path, options) if built else reading.plain(path, self._wanted, recurse=recurse)
            self._reader.report(*reading.problems)
            return found._replace(is_broken=bool(reading.problems), secrets=tuple(reading.secrets))

        return self._found((kind, path, recurse, json.dumps(dict(options))), read)


class _Reading:
    """One reading of a folder with everything that it is built from."""

    def __init__(self, reader: Reads, *, of_argocd: bool) -> None:
        self._folder = reader.folder
        self._files = FolderFiles(reader, of_argocd=of_argocd)
        self.folders: dict[str, None] = {}
        self.problems = self._files.problems
        self._refused: list[SettingError] = []
        self.secrets: list[Diagnostic] = []

    def built(self, path: str, options: Mapping[str, Any]) -> Stock:
        name = self._file_of(path)
        if not name:
            return Stock(f"{path} is not a kustomization: it has no kustomization.yaml")
        objects, data = self._kustomization(path, name, (), options)
        empty = not (objects or self.problems or kustomization.generates(data))
        missing = f"{path} builds nothing: its kustomization lists no resource" if empty else ""
        return Stock(missing, objects=tuple(objects), folders=tuple(self.folders), data=data, refused=tuple(self._refused))

    def plain(self, path: str, wanted: Callable[[str], bool], *, recurse: bool) -> Stock:
        folder = self._folder
        if not folder.is_folder(path):
            blocked = folder.kind(path) in (Kind.LINK, Kind.BLOCKED)
            return Stock(f"{path} is {'behind a symbolic link' if blocked else 'not a directory'}")
        self.folders[path] = None
        names = folder.walk(path, lambda _below: not recurse)  # Argo CD reads hidden directories as well
        objects = [
            item
            for name in names
            if name.endswith(_MANIFESTS) and wanted(name)
            for item in self._files.objects(name, of_directory=True)
        ]
        found = Stock(objects=tuple(objects), folders=(path,))
        return found if objects or self.problems else found._replace(missing=f"{path} contains no manifest")

    def _file_of(self, path: str) -> str:
        return next((name for name in kustomization.FILES if self._folder.is_file(f"{path}/{name}")), "")

    def _kustomization(
        self, path: str, name: str, above: tuple[str, ...], options: Mapping[str, Any] = NO_OPTIONS
    ) -> tuple[list[KubeObject], dict[str, Any]]:
        self.folders[path] = None
        source = self._files.source(f"{path}/{name}")
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
        if options:
            more = [entry for entry in options.get("components", ()) if entry not in (data.get("components") or ())]
            self._paths(None, options, path)
            objects += self._bases(None, {"components": more}, path, above)
        return kustomization.named(self._edited(data, options), objects), data

    def _edited(self, data: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return kustomize_settings.edited(data, kustomize_settings.Settings(options=options))
        except SettingError as error:
            self._refused.append(error)
            return data

    def _one_of(self, source: Source, path: str, name: str) -> None:
        """Report a second kustomization in a directory, which kustomize refuses."""
        others = [one for one in kustomization.FILES if one != name and self._folder.is_file(f"{path}/{one}")]
        if others:
            self._fault(source, (), f"{path} has {listed([name, *others])}", "keep one of them")

    def _paths(self, source: Source | None, data: Mapping[str, Any], path: str) -> None:
        """Report what would have to be fetched, and files that are not there."""
        for at, entry in kustomization.paths(data):
            if kustomization.is_remote(entry):
                hint = "copy it into this repository: what others change would be deployed without a commit here"
                self._fault(source, at, f"`{entry}` is in another repository, which Tiphys does not fetch", hint)
            elif at[0] not in kustomization.BASES:
                self._beside(source, at, path, entry)

    def _bases(self, source: Source | None, data: Mapping[str, Any], path: str, above: tuple[str, ...]) -> list[KubeObject]:
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

    def _beside(self, source: Source | None, at: Pointer, path: str, entry: str) -> None:
        """Report a patch, or another file that a kustomization names, which is not there or outside of the workspace."""
        where = posixpath.normpath(posixpath.join(path, entry))
        if where.startswith(("../", "/")) or where == "..":
            self._fault(source, at, f"`{entry}` is outside of the workspace", "move it into the workspace")
        elif not self._folder.exists(where):
            self._fault(source, at, f"{where} does not exist", "add it, or remove the entry")

    def _entry(self, source: Source | None, at: Pointer, path: str, above: tuple[str, ...]) -> list[KubeObject]:
        if path == ".":
            self._fault(source, at, "the root of the workspace cannot be a base", "move the base into a directory")
        elif path.startswith(("../", "/")) or path == "..":
            self._fault(source, at, f"`{path}` is outside of the workspace", "move it into the workspace")
        elif self._folder.is_folder(path):
            name = self._file_of(path)
            if not name:
                self._fault(source, at, f"{path} is not a kustomization: it has no kustomization.yaml", "add one")
            elif path in above or len(above) > DEEPEST:
                self._fault(source, at, f"{path} includes itself", "remove one of the two references")
            else:
                return self._kustomization(path, name, above)[0]
        elif self._folder.is_file(path):
            return self._files.objects(path)
        elif self._folder.exists(path):
            self._fault(source, at, f"{path} is a symbolic link, or behind one", "copy the files")
        else:
            self._fault(source, at, f"{path} does not exist", "add it, or remove the entry")
        return []

    def _fault(self, source: Source | None, at: Pointer, message: str, hint: str, *, at_key: bool = False) -> None:
        """Report a problem of a kustomization; without a source, of a setting."""
        if source is None:
            self._refused.append(SettingError(at, message, hint))
            return
        span = source.span_of_key(at) if at_key else source.span_of(at)
        self.problems.append(Diagnostic(source.path, span, NOT_FOUND, Severity.ERROR, message, hint, at))
