"""What an Application deploys: its charts with their values, its kustomizations, its directories of manifests."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from generator.adopt import merging, overrides, sound
from generator.adopt.folder_parts import FolderParts, FromFolder
from generator.adopt.model import UnavailableError
from generator.adopt.repositories import Repositories
from generator.diagnostics import Pointer
from generator.kubernetes.applications import sources
from generator.kubernetes.helm_sources import HelmSource, release_of
from generator.kubernetes.objects import KubeObject, at
from generator.kubernetes.rollouts import table
from generator.syntax import strvals
from generator.syntax.wording import listed
from generator.system.charts.package import METADATA
from generator.system.files import Folder, UnreadableFileError
from generator.verify import rendering
from generator.verify.charts import Chart, Charts, NoChartError
from generator.verify.clones import NoCloneError
from generator.verify.offered_charts import OfferedCharts
from generator.verify.values_files import MAX_VALUES, Layer, NoValuesError, Room, Shelf, data_of, inline_of

_MOST_FILES = 100
"""Values files, and parameters from files, of one source."""


class FromHelm(NamedTuple):
    """A source that Helm renders."""

    source: HelmSource
    chart: Chart
    layers: tuple[Layer, ...]
    """The values, lowest first, without parameters."""
    files: tuple[tuple[str, str], ...]
    """Where each layer is: the root of its tree and the path in it; two empty texts for the Application itself."""
    path: str
    """Where the chart is in its repository; empty for one of a chart repository."""
    contents: tuple[tuple[str, str], ...] = ()
    """Parameters whose values come from files."""
    overrides: tuple[str, ...] = ()
    """Files next to the chart that override the source, as absolute paths."""

    @property
    def pointer(self) -> Pointer:
        """Where the source is in the Application."""
        return self.source.at

    def values(self) -> dict[str, Any]:
        """Return all values as one mapping, with nulls; raises UnavailableError."""
        values = merging.merged(layer.data for layer in self.layers)
        try:
            values = merging.with_parameters(values, self.source)
            for name, content in self.contents:
                values = strvals.assigned(values, name, content)
        except strvals.SetError as error:
            raise UnavailableError((*self.pointer, "helm", "parameters"), f"Helm cannot read its parameters: {error}") from None
        return values


Part = FromHelm | FromFolder


class Parts:
    """Finds what Applications of one tree deploy."""

    def __init__(self, repositories: Repositories, charts: Callable[[], Charts], offered: OfferedCharts | None) -> None:
        """Begin with the directories of repositories, who finds charts, and those that replace released ones."""
        self._repositories = repositories
        self._room = Room()
        self._charts = charts
        self._offered = offered
        self.folders = FolderParts()

    def of(self, application: dict[str, Any]) -> list[Part]:
        """Return the sources of an Application that have objects, the one that a service is first; raises UnavailableError.

        That is its chart, else its kustomization, else its first directory.
        """
        sound.insist_plain(application)
        sound.insist_typed(application)
        every = list(sources(KubeObject(application)))
        if not every:
            raise sound.without_source(application)
        parts = [part for pointer, source in every for part in self._part(application, pointer, source)]
        return sorted(parts, key=lambda part: 0 if isinstance(part, FromHelm) else 1 if part.kind == "kustomize" else 2)

    def _part(self, application: dict[str, Any], pointer: Pointer, source: dict[str, Any]) -> Iterator[Part]:
        path = _path(pointer, source)
        address = str(source.get("repoURL") or "")
        if source.get("plugin") is not None:
            raise UnavailableError((*pointer, "plugin"), "a config management plugin renders it, which cannot be run here")
        if source.get("chart"):
            source = overrides.substituted(application, pointer, source)
            yield self._from_helm(application, pointer, source, self._released(pointer, source), "")
            return
        if source.get("ref") and not source.get("path"):
            return
        try:
            root = self._repositories.root_of(address, path, str(source.get("targetRevision") or ""))
        except NoCloneError as error:
            raise UnavailableError((*pointer, "targetRevision"), error.message, error.hint) from None
        if root is None and address.startswith("oci://"):
            raise UnavailableError((*pointer, "repoURL"), f"its source is the OCI artifact {address}, which is not supported")
        if root is None:
            raise UnavailableError(
                (*pointer, "repoURL"), f"no clone of {address} was given", f"pass --repo {shlex.quote(address)}=DIR"
            )
        folder = Folder(root)
        source, files = overrides.overridden(application, pointer, source, folder, path)
        source = overrides.substituted(application, pointer, source)
        if folder.is_file(posixpath.join(path, METADATA)):
            part = self._from_helm(application, pointer, source, self._in_git(pointer, root, path), path)
            yield part._replace(overrides=tuple(posixpath.join(root, file) for file in files))
        elif "helm" in source and not folder.is_folder(path):
            raise UnavailableError((*pointer, "path"), f"{path} does not exist in {address}", "correct the path")
        else:
            folder_part = self.folders.of(pointer, source, root, path)
            yield folder_part._replace(overrides=tuple(posixpath.join(root, file) for file in files))

    def _released(self, pointer: Pointer, source: dict[str, Any]) -> Chart:
        name, wanted = str(source["chart"]), str(source.get("targetRevision") or "")
        misnamed = self._offered.misnamed(name) if self._offered and not self._offered.find(name, wanted) else ""
        if misnamed:
            why = f"{misnamed}, so no chart repository has it as `{name}`"
            raise UnavailableError((*pointer, "chart"), why, "correct the name in Chart.yaml, or `chart` of the Application")
        others = self._offered.versions(name) if self._offered and not self._offered.find(name, wanted) else []
        if others:
            message = f"--charts has {name} {listed(others)}, not `{wanted}`"
            raise UnavailableError((*pointer, "targetRevision"), message, "add this version to a directory of --charts")
        try:
            return self._charts().released(str(source.get("repoURL") or ""), name, wanted)
        except NoChartError as error:
            raise UnavailableError((*pointer, "chart"), error.message, error.hint) from None

    def _in_git(self, pointer: Pointer, root: str, path: str) -> Chart:
        try:
            return self._charts().in_tree(root, path, path)
        except NoChartError as error:
            raise UnavailableError((*pointer, "path"), error.message, error.hint) from None

    def _from_helm(
        self, application: dict[str, Any], pointer: Pointer, data: dict[str, Any], chart: Chart, path: str
    ) -> FromHelm:
        namespace = str(at(data, "helm", "namespace") or table(application, "spec", "destination").get("namespace") or "")
        source = HelmSource(pointer, data, release_of(application, data), namespace)
        shelf = Shelf(application, source, chart, self._repositories.root_of, self._room)
        layers: list[Layer] = []
        files: list[tuple[str, str]] = []
        contents = []
        if len(source.value_files) > _MOST_FILES or len(merging.file_parameters(source)) > _MOST_FILES:
            raise UnavailableError((*pointer, "helm"), f"it has more than {_MOST_FILES} values files", "merge them")
        try:
            for one in shelf.files():
                text = shelf.read(one)
                if text is not None:
                    layers.append(Layer(one.name, text, _values(one.name, text)))
                    files.append((one.folder.path, one.path))
            for layer in inline_of(source):
                layers.append(layer)
                files.append(("", ""))
            for name, where in merging.file_parameters(source):
                if not rendering.is_parameter(name):
                    raise NoValuesError(f"`{name}` is not the name of one parameter", "give each parameter its own entry")
                folder, inside = shelf.place_of(where)
                contents.append((name, folder.read(inside, MAX_VALUES).decode("utf-8", "replace")))
        except (NoValuesError, NoCloneError) as error:
            raise UnavailableError((*pointer, "helm"), error.message, error.hint) from None
        except UnreadableFileError as error:
            raise UnavailableError((*pointer, "helm", "fileParameters"), error.about("a file of fileParameters")) from None
        return FromHelm(source, chart, tuple(layers), tuple(files), path, tuple(contents))


def _values(name: str, text: str) -> dict[str, Any]:
    return data_of(f"values file `{name}` of the Application", text)


def _path(pointer: Pointer, source: dict[str, Any]) -> str:
    path = posixpath.normpath(str(source.get("path") or "."))
    if path.startswith(("/", "..")):
        raise UnavailableError((*pointer, "path"), f"the path {path} leads out of its repository")
    return path
