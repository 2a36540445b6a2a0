"""The story: load, validate, resolve, build, lint, emit, compare, and only then write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from generator import disk, parallel
from generator.build import APPLICATIONS, Built
from generator.compare import Change, State, Wanted, compare, owner_of
from generator.consistency import clashes, duplicates, no_repository, promotion_problems
from generator.diagnostics import Diagnostic, Severity
from generator.errors import ConfigError, Rejected
from generator.guards import check_changes, check_version, settle
from generator.load import Loader
from generator.model import Environment, Workspace
from generator.place import once_per_cause
from generator.production import Harvest, Production
from generator.wording import listed, suggestion

Progress = Callable[[int, int], None]


class Mode(Enum):
    """What a run is for; consulted once, after everything is known."""

    WRITE = "write"
    CHECK = "check"
    LINT = "lint"


class Edited(NamedTuple):
    """A file of the workspace that is to become another one together with what is generated from it."""

    found: bytes
    wanted: bytes


class Request(NamedTuple):
    """What is asked of a run."""

    root: str
    mode: Mode
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    output: str = ""
    """Another checkout to compare with and write into; empty for the workspace itself."""
    allow_delete: bool = False
    tracked: Collection[str] | None = None
    """For a hook: the files that Git knows. Others are not looked at, as they are not in the commit."""
    progress: Progress = lambda _done, _total: None
    edited: Mapping[str, Edited] = MappingProxyType({})
    """Specs by path that are read as they are wanted, and written with everything else."""
    patience: float = 0
    """Seconds to wait for another run that is writing."""
    on_built: Callable[[Built], None] | None = None
    """Called for each service in each environment, by whoever needs more than files; all in one process then."""


class Outcome(NamedTuple):
    """What came of a run."""

    workspace: Workspace | None
    diagnostics: list[Diagnostic]
    changes: list[Change] = []  # noqa: RUF012 - never changed
    wanted: dict[str, Wanted] = {}  # noqa: RUF012 - never changed
    services: int = 0
    written: bool = False
    compared: bool = False
    """Whether `changes` means anything: it does not while there are errors, nor for lint."""
    completed: tuple[str, ...] = ()
    """Files that an interrupted run had left to be written, and that this one has written before all else."""

    def with_more(self, diagnostics: list[Diagnostic]) -> Outcome:
        """Return the outcome with what a later step found, sorted in, each cause once."""
        told = {item.order for item in self.diagnostics}
        return self._replace(
            diagnostics=once_per_cause([*self.diagnostics, *(item for item in diagnostics if item.order not in told)])
        )

    @property
    def errors(self) -> int:
        """The number of diagnostics that fail a run."""
        return sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def failure(self) -> int:
        """The exit code when there are errors: 2 if the configuration itself is at fault."""
        return 2 if self.workspace is None else 1


def run(request: Request) -> Outcome:
    """Do what is asked; raises ConfigError, RefusedError or WriteError when it cannot be done."""
    loader = Loader(request.root, {path: file.wanted for path, file in request.edited.items()})
    try:
        workspace = loader.workspace()
    except Rejected as rejected:
        return Outcome(None, list(rejected.diagnostics))
    check_version(workspace)
    completed = settle(
        request.output or request.root, workspace.output, writes=request.mode is Mode.WRITE, seconds=request.patience
    )
    environments = loader.environments(workspace)
    paths = _spec_paths(loader, workspace, request)
    loader.read_shared_analyses(environments)
    loader.diagnostics += promotion_problems(environments, lambda name: loader.is_broken(workspace.environments, name))
    production = Production(loader, workspace, environments, request.services, request.environments, request.on_built)
    target = request.output or request.root
    found: dict[str, bytes | None] = {}

    def read_found() -> None:
        if request.mode is not Mode.LINT:
            found.update(_found(request, target, workspace.output))

    workers = 1 if request.on_built else parallel.workers(len(paths))
    harvest = _harvest(production, paths, workers, request.progress, read_found)
    _check_names(harvest, paths, environments, request, loader, workspace)
    wanted = {**harvest.wanted, **production.roots(harvest.claims)}
    loader.diagnostics += [
        *duplicates(harvest.services, loader.place_of_name),
        *clashes(harvest.claims, loader.place_of_name),
        *no_repository(workspace),
    ]
    services = {claim.service for claim in harvest.claims}
    outcome = Outcome(
        workspace, once_per_cause(loader.diagnostics), wanted=wanted, services=len(services), completed=tuple(completed)
    )
    if request.mode is Mode.LINT or outcome.errors:
        return outcome
    changes = compare(wanted, found, _scope(request, workspace, services), workspace.output)
    return _carry_out(request, outcome._replace(changes=changes, compared=True), target)


def _found(request: Request, target: str, output: str) -> dict[str, bytes | None]:
    """Return the files below the output: all of them, or only those of the services that are asked for."""
    if not request.services:
        return disk.read_tree(target, output)
    found: dict[str, bytes | None] = {}
    for environment in disk.folders(target, output):
        found.update(disk.read_files(target, [f"{output}/{environment}/root.yaml"]))
        for service in request.services:
            found.update(disk.read_tree(target, f"{output}/{environment}/{service}"))
            found.update(disk.read_files(target, [f"{output}/{environment}/{APPLICATIONS}/{service}.yaml"]))
    return found


def _harvest(
    production: Production, paths: list[str], workers: int, progress: Progress, meanwhile: Callable[[], None]
) -> Harvest:
    """Return what all specs render to, from so many processes."""
    total = len(paths)
    parts = parallel.split(
        lambda part, here: production.harvest(part, lambda done: progress(done * total // len(part), total) if here else None),
        paths,
        workers,
        meanwhile,
    )
    for part in parts[1:]:  # the first was made here, and has told the loader itself
        production.loader.diagnostics += part.diagnostics
    return Harvest(
        [name for part in parts for name in part.services],
        [claim for part in parts for claim in part.claims],
        {path: file for part in parts for path, file in part.wanted.items()},
        [],
    )


def _carry_out(request: Request, outcome: Outcome, target: str) -> Outcome:
    if request.mode is Mode.CHECK or outcome.workspace is None:
        return outcome
    from generator import write

    check_changes(outcome.changes, allow_delete=request.allow_delete)
    todo = [change for change in outcome.changes if change.state is not State.UNOWNED]
    todo += [
        Change(path, State.DIFFERS, path, "", "", file.wanted, file.found)
        for path, file in request.edited.items()
        if file.wanted != file.found
    ]
    if todo:
        write.apply(target, outcome.workspace.output, todo, seconds=request.patience)
    return outcome._replace(written=bool(todo))


def _spec_paths(loader: Loader, workspace: Workspace, request: Request) -> list[str]:
    paths = loader.spec_paths(workspace)
    if request.tracked is not None:
        paths = [path for path in paths if path in request.tracked]
    if not paths:
        raise ConfigError(
            f"no specs found: nothing below {request.root} matches {listed(workspace.specs)}",
            "add one, or say where they are in mooring.yaml under spec.specs",
        )
    return paths


def _check_names(
    harvest: Harvest,
    paths: list[str],
    environments: dict[str, Environment],
    request: Request,
    loader: Loader,
    workspace: Workspace,
) -> None:
    """Raise ConfigError for a service or environment that was asked for and that nothing has."""
    names = {name for name, _ in harvest.services}
    for name in request.services:
        if name not in names:
            every = Loader(request.root)  # with all specs this time, to say what there is
            known = {spec.name for path in paths if (spec := every.spec(path))}
            if any(path in every.broken for path in paths):
                continue  # what could not be read has no name to be missed by
            raise ConfigError(f"there is no service `{name}`", suggestion(name, known, f"known: {listed(known)}"))
    for name in request.environments:
        if name not in environments and not loader.is_broken(workspace.environments, name):
            raise ConfigError(
                f"there is no environment `{name}`", suggestion(name, environments, f"known: {listed(environments)}")
            )


def _scope(request: Request, workspace: Workspace, services: set[str]) -> Callable[[str], bool]:
    """Return which files below the output this run may judge, though nothing generates them."""
    whole = not request.services and not request.output

    def in_scope(path: str) -> bool:
        environment, service = owner_of(path, workspace.output)
        if request.tracked is not None and path not in request.tracked:
            return False
        if request.environments and environment not in request.environments:
            return False
        return whole or service in services

    return in_scope
