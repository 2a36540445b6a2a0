"""Applications on their way through Helm: each begins as soon as it is built, while the next one is read."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import NamedTuple, Self

from generator.errors import ConfigError
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.service.chart import chart_of
from generator.service.folder_source import KUSTOMIZE, folder_of
from generator.syntax.emit import Emitter
from generator.syntax.wording import listed
from generator.system import bounded
from generator.system.files import Folder
from generator.system.helm import Helm
from generator.system.program import Done
from generator.verify import linting, rendering
from generator.verify.cache import Cache
from generator.verify.charts import Chart, Charts, NoChartError
from generator.verify.folder_builds import FolderBuilds
from generator.verify.linting import Complaint
from generator.verify.rendering import Job
from generator.workspace.model import Document, Problem

NO_CHART = "TP600"


class Rendered(NamedTuple):
    """What came of one application."""

    built: Built
    job: Job
    done: Done
    objects: tuple[KubeObject, ...] = ()
    """Manifests that are applied as they are in their files."""


class Chartless(NamedTuple):
    """An application without a chart."""

    built: Built
    problem: Problem


Linted = dict[str, list[Complaint]]


class Renderings:
    """Helm at work on applications, on all cores, as long as the `with` block lasts; what has not begun by then never does."""

    def __init__(
        self, helm: Callable[[], Helm], charts: Callable[[Helm], Charts], cache: Cache, folders: FolderBuilds | None = None
    ) -> None:
        """Begin with who knows Helm, who opens its charts, what Helm said before, and who builds folders.

        All are asked in a thread.
        """
        self._folders = folders
        self._kustomized: dict[str, None] = {}
        self._find_helm = helm
        self._open_charts = charts
        self._cache = cache
        self._charts: Charts | None = None
        self._lock = Lock()
        self._workers = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        self._rendered: list[Future[Rendered | Chartless]] = []
        self._linted: list[Future[Linted]] = []

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="tiphys-verify-")
        self._pool = ThreadPoolExecutor(self._workers)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        if kind is not None:
            bounded.end_all()  # an interrupt does not reach them
        self._pool.shutdown(cancel_futures=True)
        self._folder.cleanup()
        if self._charts is not None:
            self._charts.close()
        self._cache.sweep()

    def begin(self, built: Built) -> None:
        """Take one application more."""
        source = folder_of(built.resolved)
        if source is not None and source.kind == KUSTOMIZE:
            self._kustomized[built.resolved.service] = None
        self._rendered.append(self._pool.submit(self._render, built))

    @property
    def helm(self) -> Helm:
        """The Helm that is at work; raises ConfigError if absent."""
        return self._find_helm()

    @property
    def tools(self) -> str:
        """The programs that were at work, with their versions."""
        found = [f"Helm {self.helm.release}"] if self._charts is not None else []
        used = self._folders.used if self._folders else None
        return ", ".join([*found, *([f"kustomize {used.release}"] if used else [])])

    def __len__(self) -> int:
        return len(self._rendered)

    def __iter__(self) -> Iterator[Rendered | Chartless]:
        """Yield what came of each application, in the order in which they began; raises what went wrong with Helm or a chart."""
        if self._kustomized and self._folders:
            try:
                _ = self._folders.kustomize
            except ConfigError as error:
                raise ConfigError(f"{error.message}: it is needed for {listed(self._kustomized)}", error.hint) from None
        return (future.result() for future in self._rendered)

    def begin_lint(self) -> None:
        """Let Helm lint what it has rendered. All applications must have begun, as linting waits for them."""
        size = max(1, -(-len(self._rendered) // self._workers))
        for start in range(0, len(self._rendered), size):
            self._linted.append(self._pool.submit(self._lint, start, start + size))

    def linted(self) -> Linted:
        """Return what Helm's lint said of every application that it rendered, by the key of its job."""
        return {key: said for future in self._linted for key, said in future.result().items()}

    def _build(self, built: Built) -> Rendered | Chartless:
        """Return what a folder in the place of a chart is built to."""
        if self._folders is None:
            raise ConfigError("folders cannot be built here", "")
        try:
            made = self._folders.make(built)
        except NoChartError as error:
            return Chartless(built, Problem(NO_CHART, error.pointer, error.message, error.hint))
        return Rendered(built, _folder_job(built, made.origin), made.done, made.objects)

    def _render(self, built: Built) -> Rendered | Chartless:
        if "chart" not in built.resolved.data:
            return self._build(built)
        with self._lock:  # charts are fetched once, and not by two at a time
            self._charts = self._charts or self._open_charts(self.helm)
            try:
                chart = self._charts.find(built.resolved)
                _check_value_files(built, chart)
            except NoChartError as error:
                return Chartless(built, Problem(NO_CHART, error.pointer, error.message, error.hint))
        job = _job(built, chart, self._folder.name)
        return Rendered(built, job, rendering.template(self.helm, job, self._cache))

    def _lint(self, start: int, end: int) -> Linted:
        found = (future.result() for future in self._rendered[start:end])
        rendered = [(item.job, item.done) for item in found if isinstance(item, Rendered) and item.job.chart.folder]
        if not rendered:
            return {}
        return linting.lint(self.helm, rendered, os.path.join(self._folder.name, f"lint-{start}"), self._cache)


def _check_value_files(built: Built, chart: Chart) -> None:
    """Raise NoChartError if the chart does not have a values file that the spec names."""
    for index, name in enumerate(chart_of(built.resolved).value_files):
        if not Folder(chart.folder).exists(name):
            message = f"the chart {chart.name} {chart.version} has no file {name}"
            raise NoChartError(("chart", "valueFiles", index), message, "correct the path, which is relative to the chart")


def _folder_job(built: Built, origin: str) -> Job:
    """Return what is built without Helm, in the form of its work."""
    resolved = built.resolved
    key = f"{resolved.environment.name}/{resolved.service}"
    kubernetes = str((resolved.environment.spec.get("target") or {}).get("kubernetes") or "")
    return Job(key, Chart("", "", "", origin), resolved.service, "", kubernetes, (), (), ())


def _job(built: Built, chart: Chart, folder: str) -> Job:
    """Return what Helm is asked, with the values files written."""
    resolved = built.resolved
    key = f"{resolved.environment.name}/{resolved.service}"
    emitter = Emitter()
    files = [os.path.join(chart.folder, *name.split("/")) for name in chart_of(resolved).value_files]
    values = []
    for document in values_of(built):
        path = os.path.join(folder, "values", key, os.path.basename(document.path))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(emitter.document(document.data, document.path))
        files.append(path)
        values.append(document.data)
    target = resolved.environment.spec.get("target") or {}
    return Job(
        key,
        chart,
        resolved.service,
        str(built.application["destination"].get("namespace") or ""),
        str(target.get("kubernetes") or ""),
        tuple(target.get("apiVersions") or ()),
        tuple(files),
        tuple(values),
    )


def values_of(built: Built) -> Iterator[Document]:
    """Yield the values files of an application, lowest first."""
    folder = posixpath.dirname(next(document.path for document in built.documents if document.path.endswith("/values.yaml")))
    return (document for document in built.documents if posixpath.dirname(document.path) == folder)
