"""Generate the files of each service: resolve, check, build, lint, emit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from generator.diagnostics import START, Diagnostic, Severity
from generator.errors import Rejected
from generator.kubernetes.objects import at
from generator.pipeline.addresses import placeholder_image
from generator.pipeline.between import shared_roots
from generator.pipeline.chart_names import ChartNames
from generator.pipeline.depending import Declared, declared_in
from generator.pipeline.drift import Wanted, header
from generator.pipeline.findings import Linter
from generator.pipeline.generated import ApplicationName, Claim, Generated, claim_of, is_undecided
from generator.pipeline.named import also_wrong, strange_destinations, unknown_environment
from generator.pipeline.sources import SourcesAtHand
from generator.service.analyses import UnbuildableError
from generator.service.build import Built, build
from generator.service.chart import profile_of
from generator.service.completeness import Completeness
from generator.service.naming import instance_of, placeholder_of_environment
from generator.service.place import place
from generator.service.resolve import Resolver, UnresolvedError
from generator.service.root import build_root
from generator.syntax.emit import EmitError, Emitter
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.placeholders import UnknownPlaceholderError
from generator.system import timings
from generator.system.files import watching
from generator.system.files.watching import Uses
from generator.verify.shipped_values import ShippedValues
from generator.workspace.destinations import targets_of
from generator.workspace.model import Document, Environment, Layer, Problem, Resolved, ServiceSpec

if TYPE_CHECKING:
    from generator.pipeline.inputs import Inputs
    from generator.pipeline.request import Request
    from generator.verify.written_values import WrittenValues


class _Attempt(NamedTuple):
    """The result of building a service in an environment."""

    built: Built | None
    problems: Sequence[Problem] = ()
    layers: tuple[Layer, ...] = ()
    placed: Sequence[Diagnostic] = ()
    """Problems that already have a place: those of templates."""


class ServiceGenerator:
    """Generates the files of services; what is wrong with them is part of the result, so that all of it is reported."""

    def __init__(self, inputs: Inputs, request: Request, *, only_builds: bool = False) -> None:
        """Begin with what all specs share; with `only_builds`, nothing is checked once it is built, and files have no content."""
        self._inputs = inputs
        self._only_builds = only_builds
        self._request = request
        self._loader = inputs.loader
        self._targets: dict[str, tuple[Environment, ...]] = {}
        self._completeness = Completeness()
        self._sources = SourcesAtHand(inputs.loader, inputs.workspace.output)
        self._chart_names = ChartNames(request.root)
        self._emitter = Emitter()
        self._linter = Linter(inputs.projects, inputs.own_rules, inputs.crds)
        self._shipped = ShippedValues(inputs.loader)
        self._resolver = Resolver(
            inputs.loader.presets(), lambda name: inputs.loader.is_broken("strategies", name), inputs.workspace.repository
        )

    def generate(self, paths: Sequence[str], progress: Callable[[int], None]) -> list[Generated]:
        """Return what each of the specs at these paths generates."""
        found = []
        for number, path in enumerate(paths):
            uses = Uses()
            with watching.making(uses):
                made = self._of_spec(path)
            found.append(made._replace(asked=uses.every()))
            progress(number + 1)
        return found

    def _of_spec(self, path: str) -> Generated:
        names, declared, made = list[tuple[str, str]](), list[Declared](), list[Built]()
        files: dict[str, Wanted] = {}
        problems: list[Diagnostic] = []
        seen: tuple[object, ...] = ()
        self._linter.begin()
        wanted, look = self._request.services, self._request.look
        with timings.stage("read"):
            spec = self._loader.spec(path, wanted)
        if spec is not None:
            names.append((spec.name, path))
            declared += declared_in(spec)
            problems += placeholder_image(spec)
            if not wanted or spec.name in wanted:
                made = self._built_everywhere(spec, problems)
                documents = [document for built in made for document in built.documents if not document.inline]
                with timings.stage("emit"):
                    files = dict(map(_outlined, documents)) if self._only_builds else self._emitted(documents, problems)
                if look:
                    seen = (look(spec, made, self._loader.template, files),)
        elif path in self._loader.invalid:
            problems += also_wrong(self._loader.invalid.pop(path), self._inputs)
        in_files, ignores = self._loader.problems(), self._loader.take_ignores()
        return Generated(
            tuple(names),
            tuple(map(claim_of, made)),
            files,
            (*problems, *in_files),
            ignores,
            seen,
            self._loader.taken(),
            tuple(declared),
            tuple(built for built in made if built.is_rendered and self._request.renders),
            any(one != path for one in (*(problem.path for problem in (*in_files, *filter(_is_of_all, problems))), *ignores)),
        )

    def roots(self, claims: Sequence[Claim]) -> tuple[dict[str, Wanted], dict[ApplicationName, Environment], list[Diagnostic]]:
        """Return the root Application of every environment that something is deployed to.

        That is the files, the environments by the names of their root Applications, and the problems.
        """
        deployed_to = {claim.environment for claim in claims}
        documents, problems = list[Document](), list[Diagnostic]()
        names: list[tuple[ApplicationName, Environment]] = []
        for name, environment in self._inputs.environments.items():
            if name in deployed_to:
                try:
                    document = build_root(environment, self._inputs.workspace, self._loader.template)
                except Rejected as rejected:
                    problems += rejected.diagnostics
                    continue
                problems += self._linter.lint_root(document, environment)
                namespace, name_of_root = (str(at(document.data, "metadata", key)) for key in ("namespace", "name"))
                names.append(((instance_of(environment), namespace, name_of_root), environment))
                documents.append(document)
        problems += shared_roots(names)
        return self._emitted(documents, problems), dict(reversed(names)), problems

    def _built_everywhere(self, spec: ServiceSpec, problems: list[Diagnostic]) -> list[Built]:
        """Return a service as it is built in each requested environment that it deploys to, and add the problems."""
        found = []
        for name in spec.environments:
            environment = self._inputs.environments.get(name)
            if environment is None:
                if not self._loader.is_broken(self._inputs.workspace.environments, name):
                    problems.append(unknown_environment(spec.source, spec.name, name, self._inputs))
            elif not self._request.environments or name in self._request.environments:
                problems += strange_destinations(spec, environment)
                for target in self._targets_of(environment):
                    built = self._built(spec, target, problems)
                    if built is not None:
                        found.append(built)
        return found

    def _targets_of(self, environment: Environment) -> tuple[Environment, ...]:
        """Return the destinations of an environment, or itself without any; made once for all services."""
        if environment.name not in self._targets:
            self._targets[environment.name] = targets_of(environment)
        return self._targets[environment.name]

    def _built(self, spec: ServiceSpec, environment: Environment, problems: list[Diagnostic]) -> Built | None:
        """Return a service as it is built in an environment, None if it cannot be, and add the problems."""
        before = len(problems)
        with timings.stage("build"):
            attempt = self._attempt(spec, environment)
        problems += [place(one, Severity.ERROR, spec, environment, attempt.layers) for one in attempt.problems]
        problems += attempt.placed
        if attempt.built is not None and not self._only_builds:
            with timings.stage("lint"):
                if self._request.lints:
                    problems += self._linter.lint(attempt.built)
                problems += self._in_values(attempt.built, problems[before:])
            if self._request.on_built:
                self._request.on_built(attempt.built)
        return attempt.built

    def _in_values(self, built: Built, others: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
        """Return the problems of a service's values for its chart, but of names that are told in the words of the spec."""
        if not self._request.holds_values or not built.origin.name or self._shipped.accept(built):
            return ()
        told = {(one.path, one.span) for one in others if one.rule == "TP403"}
        return [one for one in self._values.problems(built) if (one.path, one.span) not in told]

    @cached_property
    def _values(self) -> WrittenValues:
        from generator.verify.written_values import WrittenValues  # late: most services use the shipped chart well

        return WrittenValues(self._loader, self._inputs.processes)

    def _attempt(self, spec: ServiceSpec, environment: Environment) -> _Attempt:
        """Resolve, check and build a service in an environment."""
        try:
            with timings.stage("resolve"):
                resolved = self._resolver.resolve(spec, environment)
        except UnresolvedError as error:
            return _Attempt(None, error.problems, error.layers)
        except UnknownPlaceholderError as error:
            return _Attempt(None, [placeholder_of_environment(error, environment)])
        self._loader.use(resolved)
        problems = list(self._completeness.problems(resolved))
        if problems:
            return _Attempt(None, [*problems, *self._besides(resolved, problems)], resolved.layers)
        problems = self._sources.missing(resolved)  # the rest of the service can be checked without the chart
        try:
            profile = profile_of(resolved, self._loader.profiles)
            loader, stock = self._loader, self._sources.stock(resolved)
            built = build(resolved, self._inputs.workspace, profile, loader.template, loader.files, loader.plain, stock)
        except UnbuildableError as error:
            return _Attempt(None, [*problems, *error.problems], resolved.layers)
        except UnknownPlaceholderError as error:
            return _Attempt(None, [*problems, placeholder_of_environment(error, environment)], resolved.layers)
        except Rejected as rejected:  # from a template: its message may contain values, so secrets are masked
            from generator.syntax.secrets.redaction import told

            placed = [told(found, "", *(layer.source.text for layer in resolved.layers)) for found in rejected.diagnostics]
            return _Attempt(None, problems, resolved.layers, placed)
        return _Attempt(built, [*problems, *self._chart_names.problems(built)], resolved.layers)

    def _besides(self, resolved: Resolved, problems: Sequence[Problem]) -> list[Problem]:
        """Return the problems of the chart of a service that is incomplete elsewhere."""
        if any(one.pointer[:1] in ((), ("chart",), ("source",)) for one in problems):
            return []
        try:
            profile_of(resolved, self._loader.profiles)
        except UnbuildableError as error:
            return [*self._sources.missing(resolved), *error.problems]
        return self._sources.missing(resolved)

    def _emitted(self, documents: Iterable[Document], problems: list[Diagnostic]) -> dict[str, Wanted]:
        """Return documents as files by path, and add the problems of those that cannot be written as YAML."""
        files = {}
        for document in documents:
            try:
                content = self._emitter.document(document.data, header(document.origin)).encode("utf-8")
            except EmitError as error:
                said = f"{document.path}: {error}", "change what the template produces"
                problems.append(Diagnostic(document.origin, START, "TP041", Severity.ERROR, *said))
            else:
                files[document.path] = Wanted(
                    document.origin, document.environment, document.service, content, document.destination
                )
        return files


def _is_of_all(problem: Diagnostic) -> bool:
    """Tell whether a problem is of no service, and told by the first alone: a rule of the user is itself at fault."""
    return not (problem.service or problem.environment or is_undecided(problem))


def _outlined(document: Document) -> tuple[str, Wanted]:
    """Return a file that is generated, by its path, without its content."""
    return document.path, Wanted(document.origin, document.environment, document.service, b"", document.destination)
