"""`helm lint --strict` of charts, and of every object that Helm renders of them for an application.

Helm's lint looks at a chart, renders it, and looks at each object. For an application the objects are
there already, rendered as Argo CD has them rendered, and not under the name `test-release`. So Helm is
given the chart once, and each different object once, as a file of a chart that is made of nothing else.
What it says of an object holds for all applications that have this very object.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from generator.syntax.secrets.messages import without
from generator.system.helm import RENDERING, Helm
from generator.system.program import Done
from generator.verify.cache import Cache
from generator.verify.rendering import Job, all_values, key, secrets_in


class Complaint(NamedTuple):
    """One line of `helm lint`."""

    level: str
    """ERROR or WARNING."""
    text: str


class Piece(NamedTuple):
    """One object, as the template at a path has rendered it."""

    path: str
    text: str


Said = dict[Piece, list[Complaint]]

_SOURCE = re.compile(r"^---\n# Source: [^/\n]+/(templates/.+)\n", re.MULTILINE)
_ANY_SOURCE = re.compile(r"^---\n# Source: ", re.MULTILINE)
_CHART = "apiVersion: v2\nname: rendered\nversion: 0.1.0\nicon: https://example.com/icon.png\n"
_NOT_READ = "unable to parse YAML"
"""After this, Helm looks at no other file of the chart."""
_MOST_RUNS = 16
"""How often Helm is asked about the objects after one that it does not read; enough has been said by then."""
_MOST_SAID = 64 * 1024 * 1024


def lint(helm: Helm, rendered: Sequence[tuple[Job, Done]], folder: str, cache: Cache) -> dict[str, list[Complaint]]:
    """Return what `helm lint --strict` says of each job, by key; `folder` is to be made, and for this alone.

    Of each chart as a whole, Helm is asked with the values of the first of its jobs, be they remembered or not.
    """
    jobs = {job.key: (job, done) for job, done in rendered if done.ok}  # it lints no chart that it cannot render
    first: dict[tuple[str, str], Job] = {}
    for job, _ in jobs.values():
        first.setdefault((job.kubernetes, job.chart.folder), job)
    said = {key: kept for key, (job, _) in jobs.items() if (kept := _kept(helm, job, _OBJECTS, cache)) is not None}
    whole = {job.key: kept for job in first.values() if (kept := _kept(helm, job, _WHOLE, cache)) is not None}
    missing = [one for key, one in jobs.items() if key not in said]
    charts = [job for job in first.values() if job.key not in whole]
    for number, kubernetes in enumerate(dict.fromkeys(job.kubernetes for job in (*(job for job, _ in missing), *charts))):
        asked = [one for one in missing if one[0].kubernetes == kubernetes]
        asked_whole = [job for job in charts if job.kubernetes == kubernetes]
        flags = [f"--kube-version={kubernetes}"] if kubernetes else []
        of_objects, of_charts = _lint(helm, asked, asked_whole, os.path.join(folder, str(number)), flags)
        said |= {job.key: _keep(helm, job, _OBJECTS, of_objects[job.key], cache) for job, _ in asked}
        whole |= {job.key: _keep(helm, job, _WHOLE, of_charts[job.key], cache) for job in asked_whole}
    own = {which: [one for one in whole[job.key] if one not in said[job.key]] for which, job in first.items()}
    return {key: [*own[job.kubernetes, job.chart.folder], *said[key]] for key, (job, _) in jobs.items()}


_OBJECTS, _WHOLE = "lint objects", "lint chart"
"""What Helm is asked about: the objects of a job, or its chart with the values of the job."""


def _kept(helm: Helm, job: Job, what: str, cache: Cache) -> list[Complaint] | None:
    kept = cache.get(key(helm, job, what)) if cache.keeps else None
    return None if kept is None else [Complaint(*item) for item in json.loads(kept.out)]


def _keep(helm: Helm, job: Job, what: str, said: Sequence[Complaint], cache: Cache) -> list[Complaint]:
    """Return what was said without the secrets of the job, and keep it."""
    known = secrets_in(job) if said else ()
    told = [one._replace(text=without(one.text, known)) for one in said]
    if cache.keeps:
        cache.put(key(helm, job, what), Done(0, json.dumps(told).encode(), ""))
    return told


def _lint(
    helm: Helm, jobs: Sequence[tuple[Job, Done]], whole: Sequence[Job], folder: str, flags: Sequence[str]
) -> tuple[dict[str, list[Complaint]], dict[str, list[Complaint]]]:
    """Return what Helm says of the objects of jobs, and of the charts of some with their values, by the keys of the jobs."""
    pieces = {job.key: list(_pieces(done.out.decode("utf-8", "replace"))) for job, done in jobs}
    distinct = list(dict.fromkeys(piece for found in pieces.values() for piece in found))
    charts = {job.key: _chart_with_values(job, os.path.join(folder, f"chart-{n}")) for n, job in enumerate(whole)}
    of_pieces, of_charts = _ask(helm, distinct, list(charts.values()), os.path.join(folder, "pieces"), flags)
    told = {key: [one for piece in found for one in of_pieces.get(piece, ())] for key, found in pieces.items()}
    return told, {key: of_charts[chart] for key, chart in charts.items()}


def _pieces(text: str) -> Iterator[Piece]:
    """Yield the objects that the chart's own templates rendered; Helm looks at no others."""
    starts = [match.start() for match in _ANY_SOURCE.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        match = _SOURCE.match(text, start, end)
        if match:
            yield Piece(match[1], text[start:end])


def _ask(
    helm: Helm, pieces: Sequence[Piece], charts: Sequence[str], folder: str, flags: Sequence[str]
) -> tuple[Said, dict[str, list[Complaint]]]:
    """Return what Helm says of objects, and of charts, by their folders."""
    said: Said = {}
    of_charts: dict[str, list[Complaint]] = {}
    for run in range(_MOST_RUNS):
        of_pieces, of_charts_now, read = _run(helm, pieces, () if run else charts, f"{folder}-{run}", flags)
        said |= of_pieces
        of_charts = of_charts or of_charts_now
        pieces = pieces[read:]
        if not pieces:
            break
    return said, of_charts


def _run(
    helm: Helm, pieces: Sequence[Piece], charts: Sequence[str], folder: str, flags: Sequence[str]
) -> tuple[Said, dict[str, list[Complaint]], int]:
    """Return what Helm says when it is asked once, and how many of the objects it has looked at."""
    _write(pieces, folder)
    seconds = RENDERING.seconds + len(pieces) / 50 + len(charts)
    limits = RENDERING._replace(seconds=seconds, output=_MOST_SAID)
    done = helm.run("lint", "--strict", *flags, operands=(*([folder] if pieces else []), *charts), limits=limits)
    by_chart = complaints_by_chart(done.out.decode("utf-8", "replace"))
    if not done.ok and not any(by_chart.values()):
        return {}, {chart: [Complaint("ERROR", done.err.strip() or "helm lint failed")] for chart in charts}, len(pieces)
    said: Said = {}
    read = len(pieces)
    for complaint in by_chart.get(folder, ()):
        match = re.match(r"templates/([0-9]{6,8})\.yaml", complaint.text)
        if match and int(match[1]) < len(pieces):
            piece = pieces[int(match[1])]
            text = complaint.text.replace(match[0], piece.path)
            said.setdefault(piece, []).append(Complaint(complaint.level, text))
            if _NOT_READ in text:
                read = min(read, int(match[1]) + 1)
    return said, {chart: by_chart.get(chart, []) for chart in charts}, read


def _write(pieces: Iterable[Piece], folder: str) -> None:
    """Make a chart of objects; template syntax in them, as in the arguments of an analysis, is escaped for Helm."""
    os.makedirs(os.path.join(folder, "templates"))
    _write_file(os.path.join(folder, "Chart.yaml"), _CHART)
    _write_file(os.path.join(folder, "values.yaml"), "{}\n")
    for number, piece in enumerate(pieces):  # Helm looks at them by name
        _write_file(os.path.join(folder, "templates", f"{number:06}.yaml"), piece.text.replace("{{", '{{"{{"}}'))


def _write_file(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


_NOT_LINTED = ("values.schema.json", "README.md", "ci")
"""What need not be read again. `helm template` has held the same values against the schema."""


def _chart_with_values(job: Job, folder: str) -> str:
    """Return a folder that is the chart of a job, but for the defaults: these are the job's values."""
    os.makedirs(folder)
    for entry in os.scandir(job.chart.folder):
        if entry.name not in (*_NOT_LINTED, "values.yaml"):
            os.symlink(entry.path, os.path.join(folder, entry.name))
    _write_file(os.path.join(folder, "values.yaml"), json.dumps(all_values(job), ensure_ascii=False))
    return folder


_COMPLAINT = re.compile(r"\[(ERROR|WARNING)\] (.*)")


def complaints_by_chart(text: str) -> dict[str, list[Complaint]]:
    """Return what `helm lint` printed, by the folder of the chart."""
    found: dict[str, list[Complaint]] = {}
    current: list[Complaint] = []
    for line in text.splitlines():
        if line.startswith("==> Linting "):
            current = found.setdefault(line.removeprefix("==> Linting "), [])
        elif match := _COMPLAINT.match(line):
            current.append(Complaint(match[1], match[2]))
        elif line.strip() and current and not line.startswith("[INFO]"):
            current[-1] = current[-1]._replace(text=f"{current[-1].text}\n{line}")
    return found
