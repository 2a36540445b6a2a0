"""The values of a chart as an Application names them: files that are generated, of the workspace or of the chart."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.kubernetes.applications import sources
from generator.kubernetes.helm_sources import HelmSource
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.syntax.emit import Emitter
from generator.syntax.globs import Doublestar
from generator.syntax.reader.stream import read_stream
from generator.system.files import Folder, UnreadableFileError
from generator.verify.charts import Chart
from generator.workspace.model import Document

MAX_VALUES = 5 * 1024 * 1024
"""The limit of one values file, as of a file of a chart."""
_GLOB = re.compile(r"[*?[]")
_MOST_MATCHED = 8_000_000
"""Characters of paths that the globs of a run are compared with, each times the wildcards: half a microsecond each."""


class Layer(NamedTuple):
    """The values of one file, or of the Application itself."""

    name: str
    text: str
    data: dict[str, Any]
    generated: bool = False
    """Whether they come from the spec by the chart's profile, so that a spec can be blamed for them."""


class Room:
    """What is left of the work that a run does for the globs of all its Applications."""

    def __init__(self) -> None:
        self._left = _MOST_MATCHED

    def has(self, glob: str, path: str) -> bool:
        """Count the comparison of a glob with a path; raises NoValuesError for too many."""
        self._left -= len(path) * (1 + sum(map(glob.count, "*?[{")))
        if self._left < 0:
            message = "the globs in valueFiles of the Applications are too long for the files that they are compared with"
            raise NoValuesError(message, "name the files, or fewer of them")
        return True


class NoValuesError(Exception):
    """A values file cannot be read, as Argo CD could not; the message says which."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def layers_of(built: Built, source: HelmSource, chart: Chart, root: str, room: Room) -> Iterator[Layer]:
    """Yield the values of a source, lowest first; raises NoValuesError."""
    generated = {document.path: document for document in built.documents}
    here = config_repository(built)
    shelf = Shelf(built.rendered_from, source, chart, lambda address, _path, _revision: root if address == here else None, room)
    for one in shelf.files():
        document = generated.get(one.path) if one.folder.path == root else None
        if document is not None:
            yield _generated(document)
            continue
        text = shelf.read(one)
        if text is not None:
            yield Layer(one.path, text, data_of(f"values file `{one.name}` of the Application", text))
    yield from inline_of(source, ours=any(document.inline for document in built.documents))


def inline_of(source: HelmSource, *, ours: bool = False) -> Iterator[Layer]:
    """Yield the values in an Application itself, if it has any; `ours` if they come from a spec. Raises NoValuesError."""
    inline = source.inline
    if inline:
        text = inline if isinstance(inline, str) else json.dumps(inline, ensure_ascii=False)
        field = "valuesObject" if source.helm.get("valuesObject") else "values"
        yield Layer("values of the Application", text, data_of(f"`helm.{field}` of the Application", text), ours)


def _generated(document: Document) -> Layer:
    return Layer(document.path, Emitter().document(document.data, document.path), document.data, generated=True)


def data_of(what: str, text: str) -> dict[str, Any]:
    """Return the values in a text; raises NoValuesError for a text that Helm does not read as values."""
    part = next(iter(read_stream("", text)), None)
    data = part.source.data if part else None
    if not isinstance(data, dict | None) or (data is None and part and part.problems):
        raise NoValuesError(f"{what} is not a YAML mapping, so Helm cannot read it", "correct it")
    return data or {}


FindTree = Callable[[str, str, str], str | None]
"""Returns the root of the repository with an address that has a path at a revision; None if it is not on this machine."""


class Place(NamedTuple):
    """A values file: its name in the Application, the folder, and the path in it."""

    name: str
    folder: Folder
    path: str


class Shelf:
    """Knows which files are meant by the names in `valueFiles`.

    Source: argo-cd, reposerver/repository/repository.go (getResolvedValueFiles)
    """

    def __init__(self, application: Mapping[str, Any], source: HelmSource, chart: Chart, find: FindTree, room: Room) -> None:
        self._source = source
        self._chart = chart
        self._find = find
        self._room = room
        self._refs = {str(one.get("ref")): one for _, one in sources(KubeObject(dict(application))) if one.get("ref")}

    def files(self) -> list[Place]:
        """Return the values files, lowest first, with those that match globs; raises NoValuesError.

        A file that is named twice counts once: where it is named itself, else at the first glob that it matches.
        """
        named = [Place(name, *self.place_of(name)) for name in self._source.value_files]
        exact = {(one.folder.path, one.path) for one in named if not _GLOB.search(one.path)}
        found: dict[tuple[str, str], Place] = {}
        for one in named:
            if not _GLOB.search(one.path):
                found.setdefault((one.folder.path, one.path), one)
                continue
            for path in self._matching(one):
                if (one.folder.path, path) not in exact:
                    found.setdefault((one.folder.path, path), Place(path, one.folder, path))
        return list(found.values())

    def _matching(self, one: Place) -> list[str]:
        """Return the paths that a glob stands for, directory by directory."""
        try:
            glob = Doublestar(one.path)
        except ValueError as error:
            raise NoValuesError(f"values file `{one.name}` of the Application: {error}", "name fewer files") from None
        parts = re.split(r"[*?\[\]{},]", one.path)
        start, end = posixpath.dirname(parts[0]), parts[-1]
        try:
            near = (path for path in one.folder.walk(start) if path.endswith(end) and self._room.has(one.path, path))
            found = [path for path in near if glob.match(path)]
        except UnreadableFileError:
            found = []
        if not found and self._source.helm.get("ignoreMissingValueFiles") is not True:
            raise NoValuesError(f"values file `{one.name}` of the Application matches no file", "correct the glob")
        return sorted(found, key=lambda path: (posixpath.dirname(path).split("/"), path))

    def read(self, one: Place) -> str | None:
        """Return the text of a file; None if it is missing and may be. Raises NoValuesError."""
        try:
            return one.folder.read(one.path, MAX_VALUES).decode("utf-8", "replace")
        except UnreadableFileError as error:
            if error.is_missing and self._source.helm.get("ignoreMissingValueFiles") is True:
                return None
            message = f"values file `{one.name}` of the Application {error.message}"
            raise NoValuesError(message, f"add {one.path}, or remove it from the Application") from None

    def place_of(self, name: str) -> tuple[Folder, str]:
        """Return the folder and the path in it of a values file; raises NoValuesError."""
        if name.startswith("$"):
            return self._of_reference(name)
        if "://" in name:
            raise NoValuesError(
                f"values file `{name}` of the Application is not in this workspace", "copy it into the workspace"
            )
        above = "" if name.startswith("/") else str(self._source.data.get("path") or "")
        path = self._inside(posixpath.join(above, name.lstrip("/")), name)
        root = None if self._source.data.get("chart") else self._root(self._source.data, path)
        return (Folder(root), path) if root else (Folder(self._chart.folder), self._inside(name.lstrip("/"), name))

    def _of_reference(self, name: str) -> tuple[Folder, str]:
        reference, _, path = name[1:].partition("/")
        source = self._refs.get(reference)
        if source is None:
            raise NoValuesError(
                f"values file `{name}` needs a source with `ref: {reference}`, which the Application does not have",
                "add it to spec.sources",
            )
        path = self._inside(path, name)
        root = self._root(source, path)
        if root is None:
            message = f"values file `{name}` is in {source.get('repoURL')}, and not in this workspace"
            raise NoValuesError(message, "copy it into the workspace")
        return Folder(root), path

    def _root(self, source: Mapping[str, Any], path: str) -> str | None:
        return self._find(str(source.get("repoURL") or ""), path, str(source.get("targetRevision") or ""))

    @staticmethod
    def _inside(path: str, name: str) -> str:
        found = posixpath.normpath(path)
        if found.startswith(("../", "/")) or found in ("..", "."):
            raise NoValuesError(f"values file `{name}` of the Application is outside of its source", "use a path inside of it")
        return found


def config_repository(built: Built) -> str:
    """Return the address of the config repository, from which Argo CD reads the generated values."""
    return str(built.application["repoURL"])


def from_spec(layers: list[Layer]) -> Mapping[str, Any]:
    """Return the values that come from the spec, for a check of what the chart knows."""
    values: dict[str, Any] = {}
    for layer in layers:
        if layer.generated:
            values.update(layer.data)
    return values
