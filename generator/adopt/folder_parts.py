"""What an Application deploys without a chart: a kustomization, or a directory of manifests."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator.adopt import sound
from generator.adopt.model import UnavailableError
from generator.diagnostics import Pointer
from generator.kubernetes import kustomization, kustomize_settings
from generator.kubernetes.kustomize_settings import NO_OPTIONS, OPTIONS, SettingError
from generator.kubernetes.objects import KubeObject, at
from generator.system.files import Folder
from generator.verify.folder_builds import stock_in
from generator.workspace.folders import Stock

_MANIFESTS = (".yaml", ".yml", ".json")
_MISSING = "ignoreMissingComponents"
_KNOWN = {"images", "replicas", "version", _MISSING, *OPTIONS}
"""The settings of an Application for kustomize that a spec can say, and those that decide about these."""


class FromFolder(NamedTuple):
    """A source that is a kustomization, or a directory of manifests."""

    pointer: Pointer
    kind: str
    """`kustomize` or `directory`."""
    data: dict[str, Any]
    root: str
    path: str
    stock: Stock
    overrides: tuple[str, ...] = ()
    """Files in the directory that override the source, as absolute paths."""
    selects: bool = False
    """Whether it has manifests that the Application does not include."""

    @property
    def objects(self) -> tuple[KubeObject, ...]:
        """The manifests of a directory that the Application includes."""
        return self.stock.objects


class FolderParts:
    """Finds the directories of Applications, each once."""

    def __init__(self) -> None:
        self._stocks: dict[tuple[object, ...], tuple[Stock, str, str]] = {}

    def of(self, pointer: Pointer, data: dict[str, Any], root: str, path: str) -> FromFolder:
        """Return the directory of a source; raises UnavailableError."""
        folder = Folder(root)
        built = any(folder.is_file(posixpath.join(path, name)) for name in kustomization.FILES)
        if "directory" not in data and (built or "kustomize" in data):
            return self._kustomization(pointer, data, root, path)
        if at(data, "directory", "jsonnet"):
            raise UnavailableError((*pointer, "directory", "jsonnet"), "Jsonnet cannot be evaluated here")
        recurse = at(data, "directory", "recurse") is True
        given = [str(at(data, "directory", field) or "") for field in ("include", "exclude")]
        wanted = sound.included(pointer, data, path) if any(given) else None
        if folder.is_folder(path):  # else what is read below says why not
            sound.insist_no_jsonnet(pointer, folder, path, wanted, recurse=recurse)
        key = (root, path, recurse, *given)
        stock = self._stock(
            pointer, key, lambda: stock_in(root, "directory", path, recurse=recurse, wanted=wanted, of_argocd=True)
        )
        names = folder.walk(path, lambda _below: not recurse) if wanted else ()
        selects = any(name.endswith(_MANIFESTS) and wanted is not None and not wanted(name) for name in names)
        return FromFolder(pointer, "directory", data, root, path, stock, selects=selects)

    def _kustomization(self, pointer: Pointer, data: dict[str, Any], root: str, path: str) -> FromFolder:
        """Return a kustomization with the settings of an Application; raises UnavailableError."""
        given = data.get("kustomize") or {}
        odd = sorted({*given} - _KNOWN) if isinstance(given, dict) else []
        if odd:
            why = f"it sets `kustomize.{odd[0]}`, for which a spec has no field"
            raise UnavailableError((*pointer, "kustomize", odd[0]), why, "set it in the kustomization")
        try:
            options = kustomize_settings.settings(given).options
        except SettingError as error:
            raise UnavailableError((*pointer, "kustomize", *error.pointer), error.message, error.hint) from None
        if given.get(_MISSING) is True and "components" in options:
            found = [
                one for one in options["components"] if Folder(root).is_folder(posixpath.normpath(posixpath.join(path, one)))
            ]
            kept = {field: value for field, value in given.items() if field != _MISSING}
            data = {**data, "kustomize": {**kept, "components": found}}
            options = {**options, "components": found}
        stock = self._built(pointer, root, path, options)
        for one in stock.refused:
            raise UnavailableError((*pointer, "kustomize", *one.pointer), one.message, one.hint)
        return FromFolder(pointer, "kustomize", data, root, path, stock)

    def kustomization(self, root: str, path: str) -> FromFolder:
        """Return a kustomization that no Application deploys; raises UnavailableError."""
        return FromFolder((), "kustomize", {}, root, path, self._built((), root, path, NO_OPTIONS))

    def _built(self, pointer: Pointer, root: str, path: str, options: Mapping[str, Any]) -> Stock:
        key = (root, path, json.dumps(dict(options)))
        return self._stock(
            pointer, key, lambda: stock_in(root, "kustomize", path, recurse=True, options=options, of_argocd=True)
        )

    def _stock(self, pointer: Pointer, key: tuple[object, ...], read: Callable[[], tuple[Stock, str, str]]) -> Stock:
        if key not in self._stocks:
            self._stocks[key] = read()
        stock, why, hint = self._stocks[key]
        if why and not stock.refused:
            raise UnavailableError((*pointer, "path"), why, hint or "correct the path, or add the files")
        return stock
