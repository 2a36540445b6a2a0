"""Applications on their way through Helm: each begins as soon as it is built, while the next one is read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import Any, NamedTuple, Self

from generator.errors import ConfigError
from generator.kubernetes.helm_sources import HelmSource, helm_sources
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.service.folder_source import KUSTOMIZE, folder_of
from generator.syntax.secrets.ingredients import Ingredients
from generator.syntax.wording import listed
from generator.system import bounded, parallel
from generator.system.helm import Helm
from generator.system.program import Done
from generator.verify import jobs, linting, rendering, targets, values_files
from generator.verify.cache import Cache
from generator.verify.charts import Chart, Charts, NoChartError
from generator.verify.folder_builds import FolderBuilds
from generator.verify.linting import Complaint
from generator.verify.rendering import Job
from generator.verify.twice import Repeater
from generator.verify.values_files import NoValuesError
from generator.workspace.model import Problem

NO_CHART = "TP600"
NO_VALUES = "TP660"


class Part(NamedTuple):
    """What came of one source of an application."""

    job: Job
    done: Done
    values: Mapping[str, Any]
    """The values that come from the spec."""
    ingredients: Ingredients | None = None
    """What objects were made of, but for what is in a chart; None for manifests as they are in files."""


class Rendered(NamedTuple):
    """What came of one application."""

    built: Built
    parts: tuple[Part, ...]
    """Its sources that Helm renders; usually the one of its chart. A folder in its place is one, too."""
    objects: tuple[KubeObject, ...] = ()
    """Manifests that are applied as they are in their files."""
    is_committed: bool = False
    """Whether it was rendered before, by whichever program."""

    @property
    def failed(self) -> Part | None:
        """The first source that Helm did not render."""
        return next((part for part in self.parts if not part.done.ok), None)

    @property
    def text(self) -> str:
        """The objects that Helm rendered, as YAML."""
        return "".join(part.done.out.decode("utf-8", "replace") for part in self.parts)


class Chartless(NamedTuple):
    """An application without a chart."""

    built: Built
    problem: Problem


Linted = dict[str, list[Complaint]]
Again = dict[str, list[str]]


class Renderings:
    """Helm at work on applications, on all cores, as long as the `with` block lasts; what has not begun by then never does."""

    def __init__(
        self,
        helm: Callable[[], Helm],
        charts: Callable[[Helm], Charts],
        cache: Cache,
        folders: FolderBuilds | None = None,
        committed: Callable[[Built], str] = lambda _built: "",
    ) -> None:
        """Begin with who knows Helm, who opens its charts, what Helm said before, and who builds folders.

        All are asked in a thread. `committed` returns what is rendered already, as YAML; empty for nothing.
        """
        self._committed = committed
        self._targets: dict[str, str] = {}
        """The `target.helm` of each environment."""
        self._folders = folders
        self._room = values_files.Room()
        self._kustomized: dict[str, None] = {}
        self._find_helm = helm
        self._open_charts = charts
        self._cache = cache
        self._charts: Charts | None = None
        self._lock = Lock()
        self._workers = parallel.processors()
        self._rendered: list[Future[Rendered | Chartless]] = []
        self._linted: list[Future[Linted]] = []
        self._again: list[Future[Again]] = []

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="tiphys-verify-")
        self._pool = ThreadPoolExecutor(self._workers)
        self._repeater = Repeater(self._cache, os.path.join(self._folder.name, "later"))
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
        text = self._committed(built) if built.is_rendered else ""
        if text:
            done: Future[Rendered | Chartless] = Future()
            part = Part(jobs.of_folder(built, ""), Done(0, text.encode(), ""), {})
            done.set_result(Rendered(built, (part,), is_committed=True))
            self._rendered.append(done)
            return
        environment = built.resolved.environment
        self._targets[environment.name] = str((environment.spec.get("target") or {}).get("helm") or "")
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

    @property
    def other_helm(self) -> str:
        """A sentence if some environments have Helm in another minor version than the one at work; else empty."""
        return targets.other_helm(self.helm, self._targets) if self._charts is not None else ""

    def other_tools(self, argocd: str) -> Iterator[str]:
        """Yield a sentence for each program that was at work and is of another minor version than in an Argo CD."""
        used = self._folders.used if self._folders else None
        return targets.other_tools(argocd, self.helm if self._charts is not None else None, used)

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

    def begin_checks(self) -> None:
        """Let Helm lint what it has rendered, and render again what may differ. All applications must have begun before."""
        size = max(1, -(-len(self._rendered) // self._workers))
        for start in range(0, len(self._rendered), size):
            self._linted.append(self._pool.submit(self._lint, start, start + size))
        self.begin_again()

    def begin_again(self) -> None:
        """Render again what may differ. All applications must have begun before."""
        self._again += [self._pool.submit(self._repeat, one) for one in self._rendered]

    def linted(self) -> Linted:
        """Return what Helm's lint said of every application that it rendered, by the key of its job."""
        return {key: said for future in self._linted for key, said in future.result().items()}

    def again(self) -> Again:
        """Return what Helm prints of the applications that may be different each time, by the key of their first job."""
        return {key: texts for future in self._again for key, texts in future.result().items()}

    def repeated(self, item: Rendered) -> list[str]:
        """Return what Helm prints of an application when it is asked again; nothing if that is the same."""
        if item.is_committed:
            return []
        return self._repeater.texts(self.helm, [(part.job, part.done) for part in item.parts if part.job.chart.folder])

    def _build(self, built: Built) -> Rendered | Chartless:
        """Return what a folder in the place of a chart is built to."""
        if self._folders is None:
            raise ConfigError("folders cannot be built here", "")
        try:
            made = self._folders.make(built)
        except NoChartError as error:
            return Chartless(built, Problem(NO_CHART, error.pointer, error.message, error.hint))
        return Rendered(built, (Part(jobs.of_folder(built, made.origin), made.done, {}, made.ingredients),), made.objects)

    def _render(self, built: Built) -> Rendered | Chartless:
        if "chart" not in built.resolved.data:
            return self._build(built)
        wanted = helm_sources(built.rendered_from)
        if not wanted:
            return Chartless(built, Problem(NO_CHART, ("chart",), *jobs.NO_SOURCE))
        found: list[tuple[HelmSource, Chart]] = []
        with self._lock:  # charts are fetched once, and not by two at a time
            self._charts = self._charts or self._open_charts(self.helm)
            try:
                found = [(source, jobs.chart_of_source(self._charts, built, source)) for source in wanted]
            except NoChartError as error:
                return Chartless(built, Problem(NO_CHART, error.pointer, error.message, error.hint))
        parts = []
        for number, (source, chart) in enumerate(found):
            try:
                layers = list(values_files.layers_of(built, source, chart, self._charts.root, self._room))
            except NoValuesError as error:
                return Chartless(built, Problem(NO_VALUES, ("chart",), error.message, error.hint))
            job = jobs.of_source(built, source, chart, layers, os.path.join(self._folder.name, "values"), number)
            done, own = rendering.template(self.helm, job, self._cache), values_files.from_spec(layers)
            parts.append(Part(job, done, own, rendering.ingredients_of(job)))
        return Rendered(built, tuple(parts))

    def _repeat(self, rendered: Future[Rendered | Chartless]) -> Again:
        item = rendered.result()
        if isinstance(item, Chartless) or item.failed:
            return {}
        return {item.parts[0].job.key: self.repeated(item)}

    def _lint(self, start: int, end: int) -> Linted:
        found = (future.result() for future in self._rendered[start:end])
        parts = [part for item in found if isinstance(item, Rendered) for part in item.parts]
        rendered = [(part.job, part.done) for part in parts if part.job.chart.folder]
        if not rendered:
            return {}
        return linting.lint(self.helm, rendered, os.path.join(self._folder.name, f"lint-{start}"), self._cache)
