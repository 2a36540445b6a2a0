"""The steps of a run: load, validate, resolve, build, lint, emit, compare, and only then write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from generator.diagnostics import Diagnostic, Severity
from generator.errors import ConfigError, Rejected
from generator.pipeline.between import clashes, duplicates, no_repository, placeholder_addresses, promotion_problems
from generator.pipeline.drift import Change, State, compare, owner_of
from generator.pipeline.guards import area_of, check_changes, check_version, settle
from generator.pipeline.harvest import Harvest
from generator.pipeline.request import Edited, Mode, Outcome, Progress, Request
from generator.pipeline.services import Production
from generator.service.build import APPLICATIONS
from generator.service.place import once_per_cause
from generator.syntax.wording import listed, unknown
from generator.system import parallel
from generator.system.files import Folder, Kind, UnreadableFileError
from generator.system.transaction.targets import Area
from generator.workspace import unread
from generator.workspace.load import Loader
from generator.workspace.model import Environment, Workspace
from generator.workspace.naming import twin_files

__all__ = ["Edited", "Mode", "Outcome", "Progress", "Request", "run"]


def run(request: Request) -> Outcome:
    """Run the pipeline; raises ConfigError, RefusedError or WriteError."""
    loader = Loader(request.root, request.contents, request.tidy, request.parsed)
    try:
        workspace = loader.workspace()
        _hear(workspace, request, loader)
    except Rejected as rejected:
        return Outcome(None, list(rejected.diagnostics))
    check_version(workspace)
    completed = settle(_area(request, workspace), writes=request.mode is Mode.WRITE, seconds=request.patience)
    try:
        environments = loader.environments(workspace)
    except Rejected as rejected:
        return Outcome(None, list(rejected.diagnostics), completed=tuple(completed))
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
    loader.diagnostics += _between_files(loader, workspace, environments, harvest, production.rooted)
    services = {claim.service for claim in harvest.claims}
    outcome = Outcome(
        workspace, once_per_cause(loader.diagnostics), wanted=wanted, services=len(services), completed=tuple(completed)
    )
    outcome = _judged(outcome._replace(seen=tuple(harvest.seen)), workspace, request, loader)
    outcome = outcome._replace(read=harvest.read | loader.taken())
    if request.mode is Mode.LINT or (outcome.errors and request.mode is not Mode.REPORT):
        return outcome
    built = {(claim.environment, claim.service) for claim in harvest.claims} if outcome.errors else None
    changes = compare(wanted, found, _scope(request, workspace, services, built), workspace.output)
    return _carry_out(request, outcome._replace(changes=changes, compared=True))


def _hear(workspace: Workspace, request: Request, loader: Loader) -> None:
    """Skip the style check if no finding of it can be reported; raises Rejected for invalid lint settings."""
    if not (workspace.lint or request.asked):
        return
    from generator.lint import settings

    wrong = list(settings.problems(workspace))
    if wrong:
        raise Rejected(wrong)
    if not settings.Settings(workspace.lint, request.asked).may_count("TP070", Severity.WARNING):
        loader.tidy = None


def _judged(outcome: Outcome, workspace: Workspace, request: Request, loader: Loader) -> Outcome:
    """Return the outcome with the findings that are reported: all, unless settings, suppressions or a baseline apply."""
    if not (workspace.lint or loader.ignores or request.asked or request.baseline):
        return outcome
    from generator.pipeline.verdict import judged

    return judged(outcome, workspace, request, loader)


def _found(request: Request, target: str, output: str) -> dict[str, bytes | None]:
    """Return the files below the output: all of them, or only those of the requested services."""
    folder = Folder(target)
    try:
        if not request.services:
            return folder.read_tree(output, _is_hidden)
        environments = [name for name, kind in folder.entries(output) if kind is Kind.FOLDER and not _is_hidden(name)]
    except UnreadableFileError as error:
        raise ConfigError(error.about(output), error.hint) from None
    found: dict[str, bytes | None] = {}
    for environment in environments:
        found.update(folder.read_files([f"{output}/{environment}/root.yaml"]))
        for service in request.services:
            found.update(_tree(folder, f"{output}/{environment}/{service}"))
            found.update(folder.read_files([f"{output}/{environment}/{APPLICATIONS}/{service}.yaml"]))
    return found


def _tree(folder: Folder, path: str) -> dict[str, bytes | None]:
    try:
        return folder.read_tree(path, _is_hidden)
    except UnreadableFileError as error:  # not a folder
        return {error.at: None}


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")


def _harvest(
    production: Production, paths: list[str], workers: int, progress: Progress, meanwhile: Callable[[], None]
) -> Harvest:
    """Render all specs in `workers` processes, and return what they generate."""
    total = len(paths)

    def work(piece: parallel.Piece[str]) -> Harvest:
        return production.harvest(piece.items, lambda done: progress(piece.start + done, total) if piece.here else None)

    parts = parallel.share(work, paths, workers, meanwhile)
    progress(total, total)
    for part in parts:
        production.loader.diagnostics += part.diagnostics
        production.loader.ignores.update(part.ignores)
    return Harvest(
        [name for part in parts for name in part.services],
        [claim for part in parts for claim in part.claims],
        {path: file for part in parts for path, file in part.wanted.items()},
        [],
        {},
        [item for part in parts for item in part.seen],
        frozenset().union(*(part.read for part in parts)),
    )


def _area(request: Request, workspace: Workspace) -> Area:
    """Return where this run may write; another checkout has no specs to edit."""
    return Area(request.output, workspace.output) if request.output else area_of(request.root, workspace)


def _carry_out(request: Request, outcome: Outcome) -> Outcome:
    if request.mode is not Mode.WRITE or outcome.workspace is None or outcome.blocked:
        return outcome
    from generator.pipeline import write

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
    found = unread.problems(request.root, workspace, paths)
    if request.tracked is not None:  # untracked files are drafts
        paths = [path for path in paths if path in request.tracked]
        found = [item for item in found if item.path in request.tracked]
    if not paths and not any(item.rule == "TP003" for item in loader.diagnostics):  # TP003: an unreadable folder is the cause
        near = [f"{item.path}: {item.message}" for item in found if item.rule == "TP043"]
        raise ConfigError(
            f"no specs found: no file below {request.root} matches {listed(workspace.specs)}",
            near[0] if near else "add one, or set their patterns under spec.specs in tiphys.yaml",
        )
    twins = list(twin_files([*loader.shared_paths(workspace), *paths]))
    loader.diagnostics += [item for item in found if not _is_told(item, twins)] + twins
    return paths


def _is_told(item: Diagnostic, twins: list[Diagnostic]) -> bool:
    """Tell whether a diagnostic is about a folder whose files are already reported as twins."""
    return any(item.rule == twin.rule and f"{twin.path}/".startswith(f"{item.path}/") for twin in twins)


def _between_files(
    loader: Loader,
    workspace: Workspace,
    environments: dict[str, Environment],
    harvest: Harvest,
    rooted: Mapping[tuple[str, str], str],
) -> Iterator[Diagnostic]:
    """Yield the problems between files, and of the addresses in use."""
    deployed_to = {claim.environment for claim in harvest.claims}
    yield from duplicates(harvest.services, loader.place_of_name)
    yield from clashes(harvest.claims, rooted, loader.place_of_name)
    yield from no_repository(workspace)
    yield from placeholder_addresses(workspace, (one for name, one in environments.items() if name in deployed_to))


def _check_names(
    harvest: Harvest,
    paths: list[str],
    environments: dict[str, Environment],
    request: Request,
    loader: Loader,
    workspace: Workspace,
) -> None:
    """Raise ConfigError for a requested service or environment that does not exist."""
    names = {name for name, _ in harvest.services}
    for name in request.services:
        if name not in names:
            every = Loader(request.root, request.contents, parsed=request.parsed)  # reads all specs, to list the known services
            known = {spec.name for path in paths if (spec := every.spec(path))}
            if any(path in every.broken for path in paths):
                continue  # an unreadable spec may be the one of this service
            raise unknown("service", name, known)
    for name in request.environments:
        if name not in environments and not loader.is_broken(workspace.environments, name):
            raise unknown("environment", name, environments)


def _scope(
    request: Request, workspace: Workspace, services: set[str], built: set[tuple[str, str]] | None
) -> Callable[[str], bool]:
    """Return which files below the output this run may report as stale.

    `built` are the environments and services that could be built, if errors prevented some.
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
