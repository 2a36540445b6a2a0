"""Applications that Tiphys did not generate, verified: rendered as Argo CD renders them, and checked like ours."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

from generator.adopt.blame import Blame, Files, line_span, of_plain
from generator.adopt.model import Found, Note, UnavailableError
from generator.adopt.parts import FromHelm, Part
from generator.adopt.session import Asked, Session, SortedTree
from generator.diagnostics import Diagnostic, Severity
from generator.kubernetes.applications import place_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.target import UNSTATED, Target
from generator.lint.schema_versions import installed
from generator.lint.schemas import Schemas
from generator.service.place import once_per_cause
from generator.system import parallel
from generator.system.files import roots
from generator.system.helm import said
from generator.system.program import Done
from generator.verify import checks, complaints, linting, rendering, steadiness, stream
from generator.verify.chart_calls import calls_of
from generator.verify.findings import OfChart, OfValue
from generator.verify.known_values import known_of
from generator.verify.rendering import Job, given_values
from generator.verify.steadiness import Made
from generator.verify.twice import Repeater, unsteady


class Verified(NamedTuple):
    """What came of Applications."""

    diagnostics: list[Diagnostic]
    applications: int
    objects: int
    """Objects that were held against a schema."""
    unknown: tuple[str, ...]
    """Kinds without a schema."""
    texts: Mapping[str, str]
    """The texts of the files that findings are placed in."""
    tools: str
    remarks: tuple[str, ...]
    """What was left out, and why."""


class _Rendered(NamedTuple):
    """One source of an Application, rendered."""

    part: Part
    blame: Blame
    objects: tuple[KubeObject, ...]
    job: Job | None = None
    done: Done | None = None
    again: tuple[str, ...] = ()
    """What further renderings print."""
    failed: tuple[Diagnostic, ...] = ()


class _One(NamedTuple):
    """One Application, rendered."""

    found: Found
    sources: tuple[_Rendered, ...]

    @property
    def objects(self) -> list[KubeObject]:
        """What Argo CD applies of it."""
        return [item for one in self.sources for item in one.objects]


def verified(asked: Asked, target: Target = UNSTATED) -> Verified:
    """Return what is wrong with the Applications of trees; raises ConfigError without any."""
    with ExitStack() as stack:
        session = Session(asked._replace(kubernetes=target.kubernetes), stack)
        read = session.sort(generated=True)
        return _Verification(session, read, target).run()


def _place(one: _One) -> tuple[str, str]:
    """Return the cluster and the namespace that an Application deploys to."""
    return place_of(one.found.data, "")


_MOST_BESIDE = 2_000_000  # objects that Applications of one namespace are held beside, in sum; with more, they are one set


class _Verification:
    def __init__(self, session: Session, read: SortedTree, target: Target) -> None:
        self._session = session
        self._read = read
        self._target = target
        self._schemas = Schemas(target.kubernetes, only_argo=not target.kubernetes and not installed())
        self._repeater = Repeater(session.asked.cache, posixpath.join(session.folder, "later"))
        self._texts: dict[str, str] = {}
        self._unknown: set[str] = set()
        self._checked = 0
        self._files = Files(cache(self._name), self._text)

    def run(self) -> Verified:
        services = self._read.sorted.services
        progress = partial(self._session.asked.progress, "rendered")
        every = parallel.waiting(lambda one: _One(one[0], tuple(self._rendered(*one))), services, progress)
        diagnostics = [*self._unavailable(), *self._of_applications([found for found, _ in services])]
        for (_, namespace), some in groupby(sorted(every, key=_place), _place):
            diagnostics += self._of_place(namespace, [*some])
        diagnostics += self._linted(every)
        for source in (source for one in every for source in one.sources):
            self._texts |= source.blame.texts
        return Verified(
            once_per_cause(diagnostics),
            len(services) + len(self._read.sorted.unavailable),
            self._checked,
            tuple(sorted(self._unknown)),
            self._texts,
            self._tools(every),
            tuple(self._remarks()),
        )

    def _rendered(self, found: Found, parts: Sequence[Part]) -> Iterator[_Rendered]:
        for part in parts:
            if isinstance(part, FromHelm):
                yield self._by_helm(found, part)
                continue
            blame = Blame(found, part, self._files)
            try:
                objects = self._session.renderer.objects([part])
            except UnavailableError as error:
                yield _Rendered(part, blame, (), failed=(_unbuilt(blame, error),))
            else:
                yield _Rendered(part, blame, tuple(objects))

    def _by_helm(self, found: Found, part: FromHelm) -> _Rendered:
        asked = self._session.asked
        job = self._session.renderer.job_of(part)
        blame = Blame(found, part, self._files, job)
        done = rendering.template(asked.helm(), job, asked.cache)
        if not done.ok:
            text = done.err or said(done)
            problems = complaints.problems(text, part.chart.origin, blame, known_of(part.chart.folder))
            failed = tuple(
                _of_helm(blame, problem.pointer, problem.rule, problem.message, problem.hint) for problem in problems
            )
            return _Rendered(part, blame, (), job, done, failed=failed)
        read = stream.read(done.out.decode("utf-8", "replace"))
        wrong = [
            OfChart(
                checks.TEXT, Severity.ERROR, f"Helm renders invalid YAML: {what}", f"correct the chart: {part.chart.origin}"
            )
            for what in read.problems
        ]
        again = tuple(self._repeater.texts(asked.helm(), [(job, done)]))
        return _Rendered(part, blame, tuple(read.objects), job, done, again, tuple(map(blame.told, wrong)))

    def _of_place(self, namespace: str, every: Sequence[_One]) -> Iterator[Diagnostic]:
        """Yield what is wrong with the Applications of one namespace."""
        for one in every:
            for source in one.sources:
                yield from source.failed
                yield from self._of_source(one, source)
        # What is not rendered cannot be referred to.
        whole = [one for one in every if not any(source.failed for source in one.sources)]
        many = len(whole) * sum(len(one.objects) for one in every) > _MOST_BESIDE
        for some in [whole] if many else [[one] for one in whole]:
            owner = {id(item): (item, source.blame) for one in some for source in one.sources for item in source.objects}
            elsewhere = (item for one in every for item in one.objects if id(item) not in owner)
            items = (item for item, _ in owner.values())
            objects = Objects(items, namespace=namespace, elsewhere=elsewhere, target=self._target)
            for finding in checks.by_rules(objects, None):
                yield owner[id(finding.item)][1].told(finding)

    def _of_source(self, one: _One, source: _Rendered) -> Iterator[Diagnostic]:
        by_object = {id(item): self._schemas.problems(item) for item in source.objects}
        self._checked += sum(wrong is not None for wrong in by_object.values())
        self._unknown |= {f"{item.api_version} {item.kind}" for item in source.objects if by_object[id(item)] is None}
        yield from map(source.blame.told, checks.by_schema(source.objects, by_object))
        if source.job is None or not isinstance(source.part, FromHelm) or not source.objects:
            return
        yield from map(source.blame.told, checks.by_shape(source.objects, [source.job], by_object))
        known, origin = known_of(source.job.chart.folder), source.part.chart.origin
        for unknown in known.unknown(given_values(source.job)):
            yield source.blame.told(checks.unknown_value(unknown, origin))
        made = [Made(source.job.chart.name, calls_of(source.job.chart.folder))]
        again = [stream.read(text).objects for text in source.again]
        different = unsteady(source.objects, again, _place(one)[1])
        yield from map(source.blame.told, steadiness.differing(source.objects, different, made, one.found.item))
        yield from map(source.blame.told, steadiness.asking(source.objects, made))

    def _linted(self, every: Sequence[_One]) -> Iterator[Diagnostic]:
        """Yield what Helm's lint says of charts and of what they render."""
        sources = [source for one in every for source in one.sources if source.job and source.done and source.done.ok]
        if not sources:
            return
        asked, folder = self._session.asked, posixpath.join(self._session.folder, "lint")
        jobs = [(source.job, source.done) for source in sources if source.job and source.done]
        found = linting.lint(asked.helm(), jobs, folder, asked.cache)
        for source in sources:
            job, blame = source.job, source.blame
            for complaint in found.get(job.key, ()) if job else ():
                if job and checks.is_told_by_lint(complaint):
                    known = known_of(job.chart.folder)
                    for problem in complaints.problems(complaint.text, job.chart.origin, blame, known, complaints.LINT):
                        yield _of_helm(blame, problem.pointer, problem.rule, problem.message, problem.hint)

    def _of_applications(self, found: Sequence[Found]) -> Iterator[Diagnostic]:
        """Yield what is wrong with the Applications themselves, and with the AppProjects that come with them."""
        written = [one for one in (*found, *self._read.objects.projects) if one.source is not None]
        by_item = {id(one.data): one for one in written}
        items = [KubeObject(one.data, source=one.source, at=one.at) for one in written]
        for finding in checks.by_rules(Objects(items, target=self._target), None):
            path = by_item[id(finding.item.data)].path
            if finding.item.source is not None:
                self._texts[path] = finding.item.source.text
            yield of_plain(finding.item, path, finding)

    def _unavailable(self) -> Iterator[Diagnostic]:
        """Yield Applications whose chart, path or values cannot be had, and documents that cannot be read."""
        for rule, notes in (("TP600", self._read.sorted.unavailable), ("TP608", self._read.objects.broken)):
            for note in notes:
                self._texts.setdefault(note.path, self._text(note.path))
                yield _noted(note, rule, self._texts[note.path])

    def _text(self, name: str) -> str:
        """Return the text of a file that has an Application, by its name in reports."""
        objects = self._read.objects
        every = (*objects.applications, *objects.sets, *objects.projects)
        return next((one.source.text for one in every if one.path == name and one.source), "")

    def _remarks(self) -> Iterator[str]:
        for note in (*self._read.sorted.notes, *self._read.objects.notes, *self._read.sorted.removed):
            yield f"not verified: {note.what} in {note.path}:{note.line}: {note.why}"
        if not self._read.has_address and self._read.sorted.unavailable:
            yield "no Application reads a path of these directories: pass --repo URL=DIR for the repositories that they read"

    def _tools(self, every: Sequence[_One]) -> str:
        rendered = any(source.job for one in every for source in one.sources)
        used = self._session.renderer.kustomize
        helm = f"Helm {self._session.asked.helm().release}" if rendered else ""
        return ", ".join(filter(None, (helm, f"kustomize {used.release}" if used else "")))

    def _name(self, root: str, path: str) -> str:
        """Return how a report names a file: as the user named its directory, or from the working directory."""
        file = posixpath.normpath(posixpath.join(root, path))
        for tree in self._session.asked.trees:
            if file.startswith(f"{tree.folder.path}/"):
                return tree.name(posixpath.relpath(file, tree.folder.path))
        return roots.below(file, roots.absolute("."))


def _unbuilt(blame: Blame, error: UnavailableError) -> Diagnostic:
    return blame.of_application(
        error.pointer, checks.REFUSED, Severity.ERROR, error.message, error.hint or "correct the folder"
    )


def _of_helm(blame: Blame, pointer: tuple[str | int, ...], rule: str, message: str, hint: str) -> Diagnostic:
    """Return a problem of Helm at the value that it is about, or else at the chart."""
    if pointer[:1] == ("values",):
        return blame.told(OfValue(pointer[1:], rule, Severity.ERROR, message, hint, at_key=False))
    return blame.told(OfChart(rule, Severity.ERROR, message, hint))


def _noted(note: Note, rule: str, text: str) -> Diagnostic:
    what = f"{note.what} cannot be rendered: {note.why}" if rule == "TP600" else f"{note.what}: {note.why}"
    return Diagnostic(note.path, line_span(text, note.line), rule, Severity.ERROR, what, "")
