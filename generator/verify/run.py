"""The order of a verification: charts, Helm for every application, then the checks of what it rendered."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Any, NamedTuple

from generator.build import Built
from generator.diagnostics import Diagnostic, Severity
from generator.emit import Emitter
from generator.external.helm import Helm, said
from generator.external.program import Done
from generator.model import Document, Problem
from generator.objects import KubeObject
from generator.overrides import Templates
from generator.place import place
from generator.reader import parse
from generator.verify import checks, linting, rendering, stream
from generator.verify.cache import Cache
from generator.verify.charts import Chart, Charts, NoChartError
from generator.verify.checks import Application
from generator.verify.known_values import KnownValues
from generator.verify.provenance import Provenance
from generator.verify.rendering import Job
from generator.verify.schemas import Schemas

NO_CHART = "MR600"

Progress = Callable[[int, int], None]


class Report(NamedTuple):
    """What came of a verification."""

    diagnostics: list[Diagnostic]
    applications: int
    objects: int
    """Objects that were held against a schema."""
    unknown: list[str]
    """Kinds that there is no schema for."""


class Subject(NamedTuple):
    """One application on its way through Helm."""

    built: Built
    job: Job


def verify(root: str, built: Sequence[Built], helm: Helm, charts: Charts, cache: Cache, progress: Progress) -> Report:
    """Return what is wrong with applications, by Helm and by all that can be said of what it renders."""
    diagnostics: list[Diagnostic] = []
    templates = Templates(root)
    with tempfile.TemporaryDirectory(prefix="mooring-verify-") as folder:
        subjects = [subject for item in built if (subject := _subject(item, charts, folder, diagnostics))]
        workers = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        with ThreadPoolExecutor(workers) as pool:
            rendered = [pool.submit(rendering.template, helm, subject.job, cache) for subject in subjects]
            jobs = [(subject.job, future) for subject, future in zip(subjects, rendered, strict=True)]
            linted = _linted(pool, helm, jobs, folder, workers, cache)
            verdicts = []
            for number, (subject, future) in enumerate(zip(subjects, rendered, strict=True)):
                verdicts.append(_verdict(subject, future.result(), templates))
                progress(number + 1, len(subjects))
            for subject, verdict in zip(subjects, verdicts, strict=True):
                provenance, origin = _provenance(subject.built, templates), subject.job.chart.origin
                diagnostics += verdict.diagnostics
                if verdict.checked:  # what Helm does not render, it does not lint either, for the same reason
                    complaints = linted[subject.job.key].result()[subject.job.key]
                    diagnostics += checks.linted(
                        subject.built, provenance, _known(subject.job.chart.folder), complaints, origin
                    )
    cache.sweep()
    unknown = sorted({kind for verdict in verdicts for kind in verdict.unknown})
    return Report(diagnostics, len(subjects), sum(verdict.checked for verdict in verdicts), unknown)


def _linted(
    pool: ThreadPoolExecutor, helm: Helm, jobs: Sequence[tuple[Job, Future[Done]]], folder: str, workers: int, cache: Cache
) -> dict[str, Future[dict[str, list[linting.Complaint]]]]:
    """Return who will say what Helm's lint has to say of a job, by its key. They wait for renderings, which have all begun."""

    def lint(number: int, batch: Sequence[tuple[Job, Future[Done]]]) -> dict[str, list[linting.Complaint]]:
        rendered = [(job, future.result()) for job, future in batch]
        return linting.lint(helm, rendered, os.path.join(folder, f"lint-{number}"), cache)

    found = {}
    size = max(1, -(-len(jobs) // workers))
    for number, start in enumerate(range(0, len(jobs), size)):
        batch = jobs[start : start + size]
        future = pool.submit(lint, number, batch)
        found.update({job.key: future for job, _ in batch})
    return found


def render(root: str, built: Built, helm: Helm, charts: Charts) -> tuple[str, list[Diagnostic]]:
    """Return what Argo CD would apply of the chart of one application, as YAML; the reasons where Helm refuses it."""
    diagnostics: list[Diagnostic] = []
    with tempfile.TemporaryDirectory(prefix="mooring-render-") as folder:
        subject = _subject(built, charts, folder, diagnostics)
        if subject is None:
            return "", diagnostics
        done = rendering.template(helm, subject.job, Cache(""))
    if not done.ok:
        provenance = _provenance(built, Templates(root))
        return "", checks.refused(
            built, provenance, _known(subject.job.chart.folder), done.err or said(done), subject.job.chart.origin
        )
    return stream.without_tests(done.out.decode("utf-8")), []


def _subject(built: Built, charts: Charts, folder: str, diagnostics: list[Diagnostic]) -> Subject | None:
    resolved = built.resolved
    try:
        chart = charts.find(resolved)
    except NoChartError as error:
        problem = Problem(NO_CHART, error.pointer, error.message, error.hint)
        diagnostics.append(place(problem, Severity.ERROR, resolved.spec, resolved.environment, resolved.layers))
        return None
    return Subject(built, _job(built, chart, folder))


def _job(built: Built, chart: Chart, folder: str) -> Job:
    """Return what Helm is asked, with the values files written."""
    resolved = built.resolved
    key = f"{resolved.environment.name}/{resolved.service}"
    emitter = Emitter()
    files, values = [], []
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


def _made(built: Built) -> tuple[KubeObject, ...]:
    plain = (document for document in built.documents if document.data.get("kind") and document.data.get("apiVersion"))
    return tuple(KubeObject(document.data) for document in plain)


def _verdict(subject: Subject, done: Done, templates: Templates) -> checks.Verdict:
    built, job = subject
    provenance = _provenance(built, templates)
    if not done.ok:
        known = _known(job.chart.folder)
        return checks.Verdict(checks.refused(built, provenance, known, done.err or said(done), job.chart.origin), 0, ())
    application = Application(
        built, provenance, stream.read(done.out.decode("utf-8", "replace")), _made(built), job.chart.origin
    )
    values: dict[str, Any] = {}
    for layer in job.values:
        values.update(layer)
    return checks.verify(application, values, _known(job.chart.folder), _schemas(job.kubernetes))


def _provenance(built: Built, templates: Templates) -> Provenance:
    folder = built.profile.folder
    files = [f"{folder}/values.yaml"] + ([f"{folder}/rollout.yaml"] if built.profile.mode == "values" else [])
    return Provenance(built, [_template_data(file, templates(file).raw) for file in files])


@lru_cache(maxsize=256)
def _template_data(path: str, raw: bytes) -> dict[str, Any]:
    data: dict[str, Any] = parse(path, raw).data
    return data


@lru_cache(maxsize=256)
def _known(folder: str) -> KnownValues:
    return KnownValues(folder)


@lru_cache(maxsize=256)
def _schemas(version: str) -> Schemas:
    return Schemas(version)
