"""Load what a run reads: tiphys.yaml, environments, presets, AppProjects, and where the specs are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.errors import ConfigError, Rejected
from generator.kubernetes.target import UNSTATED
from generator.lint import users
from generator.pipeline.between import promotion_problems
from generator.pipeline.findings import lint_projects
from generator.pipeline.guards import area_of, check_version
from generator.pipeline.request import Mode, Request
from generator.pipeline.settling import settle
from generator.pipeline.targets import oldest, targeted
from generator.service.root import APPLICATIONS, applications_folder
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed, unknown_service
from generator.system import parallel, verbose
from generator.system.transaction.targets import Area
from generator.workspace import definitions, schema_copies, unread
from generator.workspace.extending import no_environment
from generator.workspace.load import Loader
from generator.workspace.naming import twin_files

if TYPE_CHECKING:
    from generator.kubernetes.objects import KubeObject
    from generator.lint.rules.rule import Rule
    from generator.syntax.reader.ignores import Ignore
    from generator.workspace.model import Environment, Workspace


class Opened(NamedTuple):
    """A workspace whose tiphys.yaml is valid, and which no interrupted run has left incomplete."""

    loader: Loader
    workspace: Workspace
    area: Area
    """Where this run may write."""
    completed: tuple[str, ...]
    """Files of an interrupted run that this one completed first."""


class Inputs(NamedTuple):
    """Everything that specs are generated with."""

    loader: Loader
    workspace: Workspace
    environments: dict[str, Environment]
    projects: Sequence[KubeObject]
    own_rules: Sequence[Rule]
    """The rules of the workspace itself."""
    crds: Sequence[KubeObject]
    """The CustomResourceDefinitions that the workspace names."""
    paths: list[str]
    """The paths of the specs."""
    problems: tuple[Diagnostic, ...]
    ignores: dict[str, tuple[Ignore, ...]]
    """Suppression comments in other files than specs, by path."""

    @property
    def processes(self) -> int:
        """How many processes generate the specs."""
        return parallel.workers(len(self.paths))

    @property
    def folders(self) -> frozenset[str]:
        """The names of the folders, one in that of each environment, that hold Applications."""
        paths = [applications_folder(environment, self.workspace) for environment in self.environments.values()]
        return frozenset([APPLICATIONS, *(path.rpartition("/")[2] for path in paths)])


def open_workspace(request: Request) -> Opened:
    """Read tiphys.yaml, and complete an interrupted run; raises Rejected and ConfigError."""
    loader = Loader(request.root, request.contents, parsed=request.parsed)
    workspace = loader.workspace()
    if _reports_style(loader, workspace, request):
        loader.tidy = request.tidy
    check_version(workspace)
    # Another checkout has no specs to edit.
    area = Area(request.output, workspace.output) if request.output else area_of(request.root, workspace)
    completed = settle(area, writes=request.mode is Mode.WRITE, seconds=request.patience)
    return Opened(loader, workspace, area, tuple(completed))


def load(opened: Opened, request: Request) -> Inputs:
    """Read everything but the specs; raises Rejected without environments, ConfigError without specs."""
    loader, workspace = opened.loader, opened.workspace
    environments = loader.environments(workspace)
    if request.target != UNSTATED:
        environments = {name: targeted(one, request.target) for name, one in environments.items()}
    problems = loader.problems()
    paths, blocked, found = _walked(loader, workspace, request)
    problems += blocked
    every = paths
    if request.tracked is not None:  # untracked files are drafts
        paths = [path for path in paths if path in request.tracked]
        found = [item for item in found if item.path in request.tracked]
    if not paths and not any(item.rule == "TP003" for item in problems):  # TP003: an unreadable folder is the cause
        raise _no_specs(request, workspace, found)
    twins = list(twin_files([*loader.shared_paths(workspace), *paths]))
    problems += [item for item in found if not _is_reported(item, twins)]
    problems += twins
    if request.tidy is not None:  # `lint` and editors; nothing that is generated depends on it
        problems += schema_copies.problems(loader.folder)
    loader.read_shared_analyses(environments)
    problems += promotion_problems(environments, loader.abstract, lambda name: loader.is_broken(workspace.environments, name))
    projects = loader.projects()
    problems += lint_projects(projects, oldest(environments.values()))
    own, wrong = users.rules_of(loader, workspace)
    crds = definitions.read(loader, workspace)
    problems += [*wrong, *crds.problems, *loader.problems()]
    inputs = Inputs(loader, workspace, environments, projects, own, crds.objects, paths, tuple(problems), loader.take_ignores())
    if verbose.is_on():
        from generator.pipeline.telling import tell_inputs

        tell_inputs(inputs, request, every)
    return inputs


def _walked(
    loader: Loader, workspace: Workspace, request: Request
) -> tuple[list[str], Sequence[Diagnostic], Sequence[Diagnostic]]:
    """Return the paths of specs, which folders cannot be searched for them, and which files look like inputs and are not read.

    Where there was nothing to report and no folder has changed since, it is remembered.
    """
    of = repr((workspace.specs, workspace.output, workspace.environments, sorted(request.contents)))
    known = request.memory.specs(of) if request.memory else None
    if known is not None:
        return known, (), ()
    paths = loader.spec_paths(workspace)
    blocked, found = loader.problems(), unread.problems(request.root, workspace, paths)
    if request.memory and not blocked and not found:
        request.memory.found(of, paths)
    return paths, blocked, found


def check_names(inputs: Inputs, names: Sequence[tuple[str, str]], request: Request) -> None:
    """Raise ConfigError for a requested service or environment that does not exist.

    `names` are the service and path of every spec that was read.
    """
    loader, found = inputs.loader, {name for name, _ in names}
    for name in request.services:
        if name not in found:
            every = Loader(request.root, request.contents, parsed=request.parsed)  # reads all specs, to list the known services
            known = {spec.name for path in inputs.paths if (spec := every.spec(path))}
            if name in known or any(path in every.broken for path in inputs.paths):
                continue  # it is in a different shard, or an unreadable spec may be its own
            raise unknown_service(name, known)
    for name in request.environments:
        if name not in inputs.environments and not loader.is_broken(inputs.workspace.environments, name):
            raise no_environment(name, inputs.environments, loader.abstract)


def _reports_style(loader: Loader, workspace: Workspace, request: Request) -> bool:
    """Tell whether findings of YAML style can be reported at all; raises Rejected for invalid lint settings."""
    if not (workspace.lint or request.asked):
        return True
    from generator.lint import settings

    wrong = list(settings.problems(workspace, users.names_of(loader, workspace)))
    if wrong:
        raise Rejected(wrong)
    return settings.Settings(workspace.lint, request.asked).may_count("TP070", Severity.WARNING)


def _no_specs(request: Request, workspace: Workspace, found: Sequence[Diagnostic]) -> ConfigError:
    near = [f"{item.path}: {item.message}" for item in found if item.rule == "TP043"]
    return ConfigError(
        f"no specs found: no file below {request.root} matches {listed(workspace.specs)}",
        near[0] if near else "create one: tiphys add SERVICE; or set `spec.specs` in tiphys.yaml to the paths of your specs",
    )


def _is_reported(item: Diagnostic, twins: Sequence[Diagnostic]) -> bool:
    """Tell whether a diagnostic is about a folder whose files are already reported as twins."""
    return any(item.rule == twin.rule and f"{twin.path}/".startswith(f"{item.path}/") for twin in twins)
