"""What Argo CD makes of a folder in the place of a chart: a kustomization built by the real kustomize, or manifests as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Pointer
from generator.errors import ConfigError
from generator.kubernetes import kustomization, kustomization_said, kustomize_settings
from generator.kubernetes.kustomization_files import UncheckedError
from generator.kubernetes.kustomization_given import Known, checked
from generator.kubernetes.kustomize_settings import NO_OPTIONS, SettingError
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.service.folder_source import KUSTOMIZE, FolderSource, folder_of
from generator.syntax.emit import EmitError, Emitter
from generator.syntax.merge import null_free
from generator.syntax.secrets.ingredients import Ingredients
from generator.system import kustomize
from generator.system.bounded import Stopped
from generator.system.charts.package import NoPackageError
from generator.system.files import Folder
from generator.system.kustomize import Kustomize
from generator.system.program import Done
from generator.verify.cache import NOTHING, Cache, digest
from generator.verify.charts import NoChartError
from generator.verify.clones import Clones, NoCloneError
from generator.workspace.folder_files import MOST_BYTES
from generator.workspace.folders import Folders, Stock


class Made(NamedTuple):
    """What came of a folder."""

    done: Done
    objects: tuple[KubeObject, ...]
    """The manifests of a directory, each with its file; empty for a kustomization."""
    origin: str
    """The folder, for messages."""
    ingredients: Ingredients | None = None
    """What kustomize was given."""


class _Clone:
    """The files of a clone of another repository."""

    def __init__(self, root: str) -> None:
        self.folder = Folder(root)
        self.problems: list[Diagnostic] = []

    def raw(self, path: str, limit: int = MOST_BYTES) -> bytes:
        return self.folder.read(path, limit)

    def report(self, *problems: Diagnostic) -> None:
        self.problems += problems

    def read_ignores(self, path: str, text: str) -> None:
        """Leave suppressions of another repository alone."""


class FolderBuilds:
    """Builds folders, several at a time."""

    def __init__(
        self,
        root: str,
        clones: Mapping[str, str] = MappingProxyType({}),
        find: Callable[[], Kustomize] = kustomize.find,
        cache: Cache | None = None,
    ) -> None:
        self._root = root
        self._clones = Clones(clones)
        self._find = find
        self._cache = cache or NOTHING
        self._lock = Lock()
        self._checked: dict[str, Known] = {}
        self._found: Kustomize | None = None

    @property
    def kustomize(self) -> Kustomize:
        """The kustomize that builds; raises ConfigError if absent."""
        with self._lock:
            self._found = self._found or self._find()
            return self._found

    @property
    def used(self) -> Kustomize | None:
        """The kustomize that has built something; None if there was nothing for it."""
        return self._found

    def make(self, built: Built) -> Made:
        """Return what Argo CD would apply of the folder of a service; raises NoChartError or ConfigError."""
        source = folder_of(built.resolved)
        if source is None:
            raise ConfigError("this service has a chart", "")
        root, stock = self._stock(source, built)
        origin = f"{source.path} of {source.git}" if source.git else source.path
        if source.kind != KUSTOMIZE:
            return Made(Done(0, _text(stock.objects, (*source.at, "path")).encode("utf-8"), ""), stock.objects, origin)
        sources: list[dict[str, Any]] = built.application["sources"]
        given = sources[0].get("kustomize") or {}
        done, ingredients = self.build(root, source.path, stock, given, (*source.at, "path"), source.at)
        return Made(done, (), origin, ingredients)

    def build(self, root: str, path: str, stock: Stock, given: Any, at: Pointer, given_at: Pointer) -> tuple[Done, Ingredients]:
        """Return what kustomize builds at a path with the settings of an Application, and of what; raises NoChartError.

        `stock` is what is known of the path below `root`; `at` is the place to blame, and `given_at` that of the settings.
        """
        tree = Folder(root)
        try:
            known = self._known(root)
            found = checked(tree, path, known, _edited(given, path, stock, tree, at, given_at))
        except UncheckedError as error:
            raise NoChartError(at, str(error), "change the kustomization") from None
        files = found.files
        key = digest(
            [json.dumps([path, self.kustomize.release, sorted(files)]).encode(), *(files[name] for name in sorted(files))]
        )
        done = self._cache.get(key) if self._cache.keeps else None
        if done is None:
            try:
                done = kustomization_said.build(self.kustomize, found, known)
            except NoPackageError as error:
                message = f"the files of {path} cannot be copied: {error}"
                raise NoChartError(at, message, "rename or remove what it does not need") from None
            if self._cache.keeps and not isinstance(done, Stopped):
                self._cache.put(key, done)
        return done, kustomization_said.ingredients_of(found)

    def _known(self, root: str) -> Known:
        with self._lock:
            return self._checked.setdefault(root, Known())

    def _stock(self, source: FolderSource, built: Built) -> tuple[str, Stock]:
        """Return the root of the repository, and what is known of the folder in it; raises NoChartError."""
        if not source.git and built.stock is not None:
            return self._root, built.stock
        try:
            with self._lock:
                root = self._clones.at("the folder", source.git, source.revision)
        except NoCloneError as error:
            raise NoChartError((*source.at, error.field), error.message, error.hint) from None
        stock, why, hint = stock_in(root, source.kind, source.path, recurse=source.recurse, options=source.settings)
        if why:
            message = f"in the clone of {source.git}, {why}"
            otherwise = "check out the revision that the spec names, or correct the path"
            raise NoChartError((*source.at, "path"), message, hint or otherwise)
        return root, stock


def stock_in(
    root: str,
    kind: str,
    path: str,
    *,
    recurse: bool,
    wanted: Callable[[str], bool] | None = None,
    options: Mapping[str, Any] = NO_OPTIONS,
    of_argocd: bool = False,
) -> tuple[Stock, str, str]:
    """Return what a folder of any tree holds, why it cannot be used, and how to change that; both are empty if it can.

    `wanted` tells which files of plain manifests are read, `of_argocd` whether they may be Applications, and `options`
    what an Application sets for kustomize.
    """
    clone = _Clone(root)
    stock = Folders(clone, wanted, of_argocd=of_argocd).of(kind, path, recurse=recurse, options=options)
    if stock.missing:
        return stock, stock.missing, ""
    wrong = [(f"{one.path}:{one.span.line}: {one.message}", one.hint) for one in clone.problems]
    return stock, *next(iter([*wrong, *((one.message, one.hint) for one in stock.refused)]), ("", ""))


def _edited(given: Any, path: str, stock: Stock, tree: Folder, at: Pointer, given_at: Pointer) -> dict[str, bytes]:
    """Return the kustomization with the settings of the Application, as Argo CD edits it."""
    if not given:
        return {}
    name = next(one for one in kustomization.FILES if tree.is_file(f"{path}/{one}"))
    try:
        data = kustomize_settings.edited(null_free(stock.data), kustomize_settings.settings(given))
    except SettingError as error:
        raise NoChartError((*given_at, *error.pointer), error.message, error.hint) from None
    try:
        return {f"{path}/{name}": Emitter().document(data).encode("utf-8")}
    except EmitError as error:
        raise NoChartError(at, f"{path}/{name}: {error}", "change the file") from None


def _text(objects: tuple[KubeObject, ...], at: Pointer) -> str:
    """Return objects as one text; raises NoChartError for what JSON does not have, such as infinity."""
    emitter, text = Emitter(), ""
    for one in objects:
        path = one.source.path if one.source else ""
        try:
            text += f"---\n# Source: {path}\n{emitter.document(null_free(one.data))}"
        except EmitError as error:
            raise NoChartError(at, f"{path}: {error}", "change the file; Argo CD cannot read it either") from None
    return text
