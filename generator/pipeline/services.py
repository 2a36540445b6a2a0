"""Generate the files of each service: read, resolve, check, build, lint, emit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from generator.diagnostics import START, Diagnostic, Severity
from generator.errors import Rejected
from generator.pipeline.drift import Wanted, header
from generator.pipeline.findings import Linter, lint_projects
from generator.pipeline.harvest import Claim, Harvest, Look
from generator.service.analyses import UnbuildableError
from generator.service.build import Built, build, build_root
from generator.service.place import place
from generator.service.resolve import Resolver, UnresolvedError
from generator.syntax.emit import EmitError, Emitter
from generator.syntax.placeholders import UnknownPlaceholderError
from generator.syntax.schema.validate import incomplete
from generator.syntax.wording import listed, suggestion
from generator.workspace.load import Loader
from generator.workspace.model import Document, Environment, Layer, Problem, Profile, Resolved, ServiceSpec, Workspace


class Production:
    """Makes the files of services; problems are added to the loader's list, so that all are reported."""

    def __init__(
        self,
        loader: Loader,
        workspace: Workspace,
        environments: dict[str, Environment],
        services: Collection[str],
        chosen: Collection[str],
        on_built: Callable[[Built], None] | None = None,
        look: Look | None = None,
    ) -> None:
        self.loader = loader
        self.workspace = workspace
        self.environments = environments
        self.services = services
        self.chosen = chosen
        self._on_built = on_built
        self._look = look
        self.rooted: dict[tuple[str, str], str] = {}
        """Namespace and name of each root Application that was made, with its environment."""
        self._wanted: dict[str, Wanted] = {}
        self._complete: dict[int, Any] = {}
        self._charts: dict[str, bool] = {}

        self._emitter = Emitter()
        projects = loader.projects()
        loader.diagnostics += lint_projects(projects)
        self._linter = Linter(projects)
        self._resolver = Resolver(loader.presets(), lambda name: loader.is_broken("strategies", name))

    def harvest(self, paths: Sequence[str], progress: Callable[[int], None]) -> Harvest:
        """Return what the specs at these paths generate, with their problems, which are removed from the loader's list."""
        before = len(self.loader.diagnostics)
        names: list[tuple[str, str]] = []
        claims: list[Claim] = []
        seen: list[object] = []
        for number, path in enumerate(paths):
            spec = self.loader.spec(path, self.services)
            if spec is not None:
                names.append((spec.name, path))
                if not self.services or spec.name in self.services:
                    made = list(self._service(spec))
                    claims += map(_claim, made)
                    if self._look:
                        seen.append(self._look(spec, made, self.loader.template, self._wanted))
            progress(number + 1)
        told = self.loader.diagnostics[before:]
        del self.loader.diagnostics[before:]
        return Harvest(names, claims, self._taken(), told, self.loader.ignores, seen, self.loader.taken())

    def _taken(self) -> dict[str, Wanted]:
        made, self._wanted = self._wanted, {}
        return made

    def _service(self, spec: ServiceSpec) -> Iterator[Built]:
        for name in spec.environments:
            environment = self.environments.get(name)
            if environment is None:
                if not self.loader.is_broken(self.workspace.environments, name):
                    self._unknown_environment(spec, name)
            elif not self.chosen or name in self.chosen:
                built = self._built(spec, environment)
                if built is not None:
                    if self._on_built:
                        self._on_built(built)
                    for document in built.documents:
                        self._emit(document)
                    yield built

    def roots(self, claims: Sequence[Claim]) -> dict[str, Wanted]:
        """Return the root Application of every environment that something is deployed to."""
        deployed_to = {claim.environment for claim in claims}
        for name, environment in self.environments.items():
            if name in deployed_to:
                try:
                    document = build_root(environment, self.workspace, self.loader.template)
                    self.rooted[_identity(document)] = name
                    self._emit(document)
                except Rejected as rejected:
                    self.loader.diagnostics += rejected.diagnostics
        return self._taken()

    def _built(self, spec: ServiceSpec, environment: Environment) -> Built | None:
        layers: tuple[Layer, ...] = ()
        try:
            resolved = self._resolver.resolve(spec, environment)
            layers = resolved.layers
            self._check_complete(resolved)
            self._check_chart(spec, environment, resolved)
            built = build(resolved, self.workspace, self._profile(resolved), self.loader.template, self.loader.files)
        except UnresolvedError as error:
            self._say(error.problems, spec, environment, error.layers)
        except UnbuildableError as error:
            self._say(error.problems, spec, environment, layers)
        except UnknownPlaceholderError as error:
            self._say([_placeholder(error, environment)], spec, environment, layers)
        except Rejected as rejected:  # from a template: its message may contain values, so secrets are masked
            from generator.syntax.secrets.redaction import told

            texts = [layer.source.text for layer in layers]
            self.loader.diagnostics += [told(found, "", *texts) for found in rejected.diagnostics]
        else:
            self.loader.diagnostics += self._linter.lint(built)
            return built
        return None

    def _check_complete(self, resolved: Resolved) -> None:
        """Validate the merged service against the strict schema; raises UnbuildableError.

        A layer may omit what other layers set, so only the merged result shows whether a required field
        is missing. Parts that environments share are checked once.
        """
        where = f"{resolved.service} has no `{{}}` in {resolved.environment.name}"
        missing = [part for part in ("chart", "image") if part not in resolved.data]
        problems = [Problem("TP022", (), where.format(part), f"add `{part}` to the spec") for part in missing]
        for part in ("chart", "image", "autoscaling", "argocd"):
            self._complain(problems, (part,), resolved.data.get(part))
        for field, value in resolved.rollout.items():  # by field, because services share the strategy of a preset
            self._complain(problems, ("rollout", field), value)
        if problems:
            raise UnbuildableError(problems)

    def _check_chart(self, spec: ServiceSpec, environment: Environment, resolved: Resolved) -> None:
        """Report a chart path that does not exist: Argo CD would find nothing to render."""
        path = resolved.data["chart"].get("path")
        if not path:
            return
        if path not in self._charts:
            self._charts[path] = self.loader.has_chart(path)
        if not self._charts[path]:
            message, hint = f"{path} is not a chart: it has no Chart.yaml", "add the chart, or fix the path"
            self._say([Problem("TP600", ("chart", "path"), message, hint)], spec, environment, resolved.layers)

    def _complain(self, problems: list[Problem], at: tuple[str, ...], value: Any) -> None:
        """Validate one part against the strict schema, unless the same object was already checked."""
        if value is None or id(value) in self._complete:
            return
        whole: Any = value
        for name in reversed(at):
            whole = {name: whole}
        found = [Problem(*words) for words in incomplete("service", {**_WHOLE, **whole})]
        problems += found
        if not found and isinstance(value, dict | list):
            if len(self._complete) >= _MAX_REMEMBERED:
                self._complete.clear()
            self._complete[id(value)] = value

    def _profile(self, resolved: Resolved) -> Profile:
        chart, profiles = resolved.data["chart"], self.loader.profiles
        field = "profile" if "profile" in chart else "name"
        name = chart[field]
        profile = profiles.named(name) if field == "profile" else profiles.of_chart(name)
        if profile is None and profiles.exists(name):
            raise UnbuildableError([])  # the profile itself was already reported
        if profile is None:
            known = {*profiles.names(), *profiles.claims()} if field == "name" else profiles.names()
            otherwise = f"set chart.profile to one of {listed(profiles.names())}, or write templates/profiles/{name}/"
            hint = suggestion(name, known, otherwise)
            message = f"no profile for chart `{name}`" if field == "name" else f"unknown profile `{name}`"
            raise UnbuildableError([Problem("TP034", ("chart", field), message, hint)])
        return profile

    def _emit(self, document: Document) -> None:
        try:
            content = self._emitter.document(document.data, header(document.origin)).encode("utf-8")
        except EmitError as error:
            message, hint = f"{document.path}: {error}", "change what the template produces"
            self.loader.diagnostics.append(Diagnostic(document.origin, START, "TP041", Severity.ERROR, message, hint))
            return
        self._wanted[document.path] = Wanted(document.origin, document.environment, document.service, content)

    def _say(
        self, problems: Collection[Problem], spec: ServiceSpec, environment: Environment, layers: tuple[Layer, ...]
    ) -> None:
        self.loader.diagnostics += [place(problem, Severity.ERROR, spec, environment, layers) for problem in problems]

    def _unknown_environment(self, spec: ServiceSpec, name: str) -> None:
        at = ("spec", "environments", name)
        folder = self.workspace.environments
        hint = suggestion(name, self.environments, f"known: {listed(self.environments)}; or add {folder}/{name}.yaml")
        span = spec.source.span_of_key(at)
        message = f"unknown environment `{name}`"
        self.loader.diagnostics.append(
            Diagnostic(spec.source.path, span, "TP031", Severity.ERROR, message, hint, at, spec.name, name)
        )


_MAX_REMEMBERED = 10_000

_WHOLE: dict[str, Any] = {"chart": {"name": "service"}, "image": {"repository": "x"}}
"""The minimum that satisfies the strict schema, so that one part can be validated alone."""


def _identity(document: Document) -> tuple[str, str]:
    metadata = document.data.get("metadata") or {}
    return str(metadata.get("namespace")), str(metadata.get("name"))


def _claim(built: Built) -> Claim:
    facts, resolved = built.application, built.resolved
    destination = facts["destination"]
    cluster = str(destination.get("server") or destination.get("name"))
    return Claim(
        resolved.spec.source.path,
        resolved.service,
        resolved.environment.name,
        (facts["namespace"], facts["name"]),
        tuple((cluster, str(destination.get("namespace")), analysis.name) for analysis in built.analyses),
    )


def _placeholder(error: UnknownPlaceholderError, environment: Environment) -> Problem:
    label = error.name.removeprefix("labels.")
    if label == error.name:
        known = "`{service}`, `{environment}` and `{labels.<name>}`"
        return Problem(
            "TP035", (), f"{environment.source.path} has the unknown placeholder `{{{error.name}}}`", f"use one of {known}"
        )
    message = f"{environment.source.path} uses label `{label}`, which this service does not have"
    return Problem("TP035", (), message, f"add `{label}` to metadata.labels")
