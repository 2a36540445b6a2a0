"""The story: load, validate, resolve, build, lint, emit, compare, and only then write."""

from __future__ import annotations

from collections.abc import Callable

from generator import disk, parallel
from generator.build import APPLICATIONS
from generator.compare import Change, State, compare, owner_of
from generator.consistency import clashes, duplicates, no_repository, promotion_problems
from generator.diagnostics import Severity
from generator.errors import ConfigError, Rejected
from generator.guards import area_of, check_changes, check_version, settle
from generator.load import Loader
from generator.model import Environment, Workspace
from generator.outcome import Edited, Mode, Outcome, Progress, Request
from generator.place import once_per_cause
from generator.production import Harvest, Production
from generator.targets import Area
from generator.wording import listed, unknown

__all__ = ["Edited", "Mode", "Outcome", "Progress", "Request", "run"]


def run(request: Request) -> Outcome:
    """Do what is asked; raises ConfigError, RefusedError or WriteError when it cannot be done."""
    loader = Loader(request.root, request.contents, request.tidy)
    try:
        workspace = loader.workspace()
        _hear(workspace, request, loader)
    except Rejected as rejected:
        return Outcome(None, list(rejected.diagnostics))
    check_version(workspace)
    completed = settle(_area(request, workspace), writes=request.mode is Mode.WRITE, seconds=request.patience)
    environments = loader.environments(workspace)
    paths = _spec_paths(loader, workspace, request)
    loader.read_shared_analyses(environments)
    loader.diagnostics += promotion_problems(environments, lambda name: loader.is_broken(workspace.environments, name))
    production = Production(
        loader, workspace, environments, request.services, request.environments, request.on_built, request.look
    )
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
    outcome = _judged(outcome._replace(seen=tuple(harvest.seen)), workspace, request, loader)
    if request.mode is Mode.LINT or (outcome.errors and request.mode is not Mode.REPORT):
        return outcome
    built = {(claim.environment, claim.service) for claim in harvest.claims} if outcome.errors else None
    changes = compare(wanted, found, _scope(request, workspace, services, built), workspace.output)
    return _carry_out(request, outcome._replace(changes=changes, compared=True))


def _hear(workspace: Workspace, request: Request, loader: Loader) -> None:
    """Look for nothing that does not count anyway; raises Rejected for settings of lint that mean nothing."""
    if not (workspace.lint or request.asked):
        return
    from generator import settings

    wrong = list(settings.problems(workspace))
    if wrong:
        raise Rejected(wrong)
    if not settings.Settings(workspace.lint, request.asked).may_count("TP070", Severity.WARNING):
        loader.tidy = None


def _judged(outcome: Outcome, workspace: Workspace, request: Request, loader: Loader) -> Outcome:
    """Return the outcome with what counts of it: everything, where nobody says otherwise."""
    if not (workspace.lint or loader.suppressions or request.asked or request.baseline):
        return outcome
    from generator.judgement import judged

    return judged(outcome, workspace, request, loader)


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

    def work(piece: parallel.Piece[str]) -> Harvest:
        return production.harvest(piece.items, lambda done: progress(piece.start + done, total) if piece.here else None)

    parts = parallel.share(work, paths, workers, meanwhile)
    progress(total, total)
    for part in parts:
        production.loader.diagnostics += part.diagnostics
        production.loader.suppressions.update(part.suppressions)
    return Harvest(
        [name for part in parts for name in part.services],
        [claim for part in parts for claim in part.claims],
        {path: file for part in parts for path, file in part.wanted.items()},
        [],
        {},
        [item for part in parts for item in part.seen],
    )


def _area(request: Request, workspace: Workspace) -> Area:
    """Return where this run may write: in another checkout there are no specs."""
    return Area(request.output, workspace.output) if request.output else area_of(request.root, workspace)


def _carry_out(request: Request, outcome: Outcome) -> Outcome:
    if request.mode is not Mode.WRITE or outcome.workspace is None or outcome.blocked:
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
        write.apply(_area(request, outcome.workspace), todo, seconds=request.patience)
    return outcome._replace(written=bool(todo))


def _spec_paths(loader: Loader, workspace: Workspace, request: Request) -> list[str]:
    paths = loader.spec_paths(workspace)
    if request.tracked is not None:
        paths = [path for path in paths if path in request.tracked]
    if not paths:
        raise ConfigError(
            f"no specs found: nothing below {request.root} matches {listed(workspace.specs)}",
            "add one, or say where they are in tiphys.yaml under spec.specs",
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
            every = Loader(request.root, request.contents)  # with all specs this time, to say what there is
            known = {spec.name for path in paths if (spec := every.spec(path))}
            if any(path in every.broken for path in paths):
                continue  # what could not be read has no name to be missed by
            raise unknown("service", name, known)
    for name in request.environments:
        if name not in environments and not loader.is_broken(workspace.environments, name):
            raise unknown("environment", name, environments)


def _scope(
    request: Request, workspace: Workspace, services: set[str], built: set[tuple[str, str]] | None
) -> Callable[[str], bool]:
    """Return which files below the output this run may judge, though nothing generates them.

    `built` are the environments and services that could be built, where errors kept some from it.
    """
    whole = not request.services and not request.output

    def in_scope(path: str) -> bool:
        environment, service = owner_of(path, workspace.output)
        if request.tracked is not None and path not in request.tracked:
            return False
        if request.environments and environment not in request.environments:
            return False
        if built is not None and (environment, service) not in built:
            return False
        return whole or service in services

    return in_scope
