"""A run, in order: load, generate each service (resolve, build, lint, emit), judge, compare, and only then write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from generator.errors import Rejected
from generator.pipeline import existing
from generator.pipeline.addresses import no_repository, placeholder_addresses
from generator.pipeline.between import clashes, duplicates
from generator.pipeline.beyond import Beyond, of_others
from generator.pipeline.depending import wrong_dependencies
from generator.pipeline.drift import Change, State, Wanted, compare, owners
from generator.pipeline.generated import ApplicationName, Generated, joined
from generator.pipeline.guards import check_changes
from generator.pipeline.inputs import Inputs, Opened, check_names, load, open_workspace
from generator.pipeline.rendered import environments_with, with_files
from generator.pipeline.request import Edited, Mode, Outcome, Progress, Request
from generator.pipeline.services import ServiceGenerator
from generator.pipeline.shards import part_of
from generator.pipeline.targets import outdated_targets
from generator.service.place import once_per_cause
from generator.syntax.wording import renew_suggestions
from generator.system import parallel, timings, verbose
from generator.workspace.destinations import destinations_of

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.system.files.watching import Noted
    from generator.workspace.model import Environment

__all__ = ["Edited", "Mode", "Outcome", "Progress", "Request", "run"]


def run(request: Request) -> Outcome:
    """Run the pipeline; raises ConfigError, RefusedError or WriteError."""
    renew_suggestions()
    opened = None
    try:
        with timings.stage("load"):
            opened = open_workspace(request)
            if opened.completed and request.memory:
                request.memory.forget()
            inputs = load(opened, request)
    except Rejected as rejected:
        return Outcome(None, list(rejected.diagnostics), completed=opened.completed if opened else ())
    with timings.stage("cache"):
        settled, known, listed = _settled(inputs, request)
    on_disk: dict[str, bytes | None] = {}

    def read_existing() -> None:
        if request.mode is not Mode.LINT and request.shard is None:
            with timings.stage("compare"):
                on_disk.update(existing.read(request, inputs.workspace.output, inputs.folders, known, listed=listed))

    part, generator = part_of(inputs, request), ServiceGenerator(inputs, request)
    units = {**settled, **_generate(generator, part.own, inputs, request, settled, read_existing)}
    generated = joined([units[path] for path in part.own])
    beyond = of_others(partial(_generate, inputs=inputs, request=request), inputs, part, request, units, generated)
    check_names(inputs, beyond.every.names, request)
    with timings.stage("cross-check"):
        outcome = _with_between(generator, inputs, generated, beyond, request)._replace(completed=opened.completed)
    with timings.stage("filter"):
        outcome = _judged(outcome, inputs, generated, request, beyond)
    outcome = outcome._replace(read=generated.read | inputs.loader.taken())
    if request.mode is Mode.LINT or (outcome.errors and request.mode is not Mode.REPORT):
        return _learned(inputs, units, request, outcome)
    if generated.rendered:
        with timings.stage("render"):
            outcome = with_files(outcome, request.root, generated.rendered, request.programs, request.progress)
        if outcome.errors:
            return outcome
    with timings.stage("compare"):
        if request.shard is not None:
            on_disk.update(existing.read(request, inputs.workspace.output, inputs.folders, is_elsewhere=beyond.is_elsewhere))
        outcome = _compared(outcome, inputs, generated, request, on_disk, known, beyond)
    return _written(opened, request, _learned(inputs, units, request, outcome))


def _settled(inputs: Inputs, request: Request) -> tuple[dict[str, Generated], frozenset[str], frozenset[str] | None]:
    """Return what specs generate that need not be looked at again, the files that are on disk as wanted, and all files there.

    The latter are unknown without a memory, or after a change.
    """
    if request.memory is None:
        return {}, frozenset(), None
    found = request.memory.settled(inputs, on_disk=request.mode is not Mode.LINT)
    timings.remember("specs", len(found), len(inputs.paths) - len(found))
    if verbose.is_on():
        from generator.pipeline.telling import tell_unchanged

        tell_unchanged(found, inputs.paths)
    return found, request.memory.files, request.memory.listed(inputs.workspace.output)


def _learned(inputs: Inputs, units: Mapping[str, Generated], request: Request, outcome: Outcome) -> Outcome:
    """Return the outcome, of which what was made is to be remembered, but for what Helm had a part in."""
    if request.memory and not any(unit.rendered for unit in units.values()):
        with timings.stage("cache"):
            request.memory.learn(inputs, units, is_sound=not outcome.errors)
    return outcome


def _generate(
    generator: ServiceGenerator,
    specs: Sequence[str],
    inputs: Inputs,
    request: Request,
    settled: Collection[str] = (),
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Generated]:
    """Return what specs but the settled ones generate, by several processes if there are many; `meanwhile` runs in this one."""
    paths = [path for path in specs if path not in settled]
    done, total = len(specs) - len(paths), len(specs)
    watch, taken = request.memory.watch if request.memory else None, timings.now()

    def work(piece: parallel.Piece[str]) -> tuple[list[Generated], Noted | None, dict[str, float]]:
        tell = lambda number: request.progress(done + piece.start + number, total) if piece.here else None  # noqa: E731
        if piece.here or taken is None:
            return generator.generate(piece.items, tell), watch.take() if watch and not piece.here else None, {}
        with timings.noted() as apart:
            found = generator.generate(piece.items, tell)
        return found, watch.take() if watch else None, apart.stages

    # What is rendered later stays in this process: it does not pass from one to the other as plain data.
    alone = request.on_built or (request.renders and environments_with(inputs.environments.values()))
    parts = parallel.share(work, paths, 1 if alone else parallel.workers(len(paths)), meanwhile)
    for _, noted, stages in parts:
        if watch and noted:
            watch.add(*noted)
        if taken:
            taken.add(stages.items())
    request.progress(total, total)
    return dict(zip(paths, (one for found, *_ in parts for one in found), strict=True))


def _with_between(
    generator: ServiceGenerator, inputs: Inputs, generated: Generated, beyond: Beyond, request: Request
) -> Outcome:
    """Return all that is known of the services of this run, and of what lies between all services where this run has that."""
    found, roots = beyond.part.of(inputs.problems, inputs.paths), dict[str, Wanted]()
    if beyond.part.is_first:
        roots, names_of_roots, problems = generator.roots(beyond.every.claims)
        found += [*problems, *beyond.problems, *_between(inputs, beyond.every, names_of_roots, request)]
    return Outcome(
        inputs.workspace,
        once_per_cause([*found, *generated.problems]),
        wanted={**generated.files, **roots},
        elsewhere=beyond.files,
        services=len({claim.service for claim in generated.claims}),
        seen=generated.seen,
    )


def _between(
    inputs: Inputs, generated: Generated, roots: Mapping[ApplicationName, Environment], request: Request
) -> Iterator[Diagnostic]:
    """Yield the problems between files, and of the addresses in use."""
    deployed_to = {claim.environment for claim in generated.claims}
    place_of = inputs.loader.place_in
    yield from duplicates(generated.names, place_of)
    yield from clashes(generated.claims, roots, place_of)
    yield from no_repository(inputs.workspace)
    in_use = [one for name, one in inputs.environments.items() if name in deployed_to]
    yield from placeholder_addresses(inputs.workspace, in_use)
    yield from outdated_targets(in_use)
    if not request.services:
        all_known = len(generated.names) == len(inputs.paths)
        declared = [one for one in generated.declared if not request.environments or one.environment in request.environments]
        yield from wrong_dependencies(declared, generated.claims, place_of, all_known=all_known)
    yield from _idle_windows(inputs, generated, request)


def _idle_windows(inputs: Inputs, generated: Generated, request: Request) -> Iterator[Diagnostic]:
    """Yield the parts of release windows that are for no service, if all services are known."""
    environments = [one for one in inputs.environments.values() if one.spec.get("windows")]
    is_partial = request.services or request.environments
    if not environments or is_partial or len(generated.names) < len(inputs.paths):
        return
    from generator.pipeline.release_windows import idle_services

    deployed: dict[str, set[str]] = {}
    for one in generated.declared:
        deployed.setdefault(one.environment, set()).add(one.service)
    yield from idle_services(environments, deployed)


def _judged(outcome: Outcome, inputs: Inputs, generated: Generated, request: Request, beyond: Beyond) -> Outcome:
    """Return the outcome with the findings that are reported: all, unless settings, suppressions or a baseline apply."""
    ignores = {**inputs.ignores, **generated.ignores}
    if not (inputs.workspace.lint or ignores or request.asked or request.baseline):
        return outcome
    from generator.pipeline.verdict import judged

    return judged(outcome, inputs, ignores, request, beyond)


def _compared(
    outcome: Outcome,
    inputs: Inputs,
    generated: Generated,
    request: Request,
    on_disk: Mapping[str, bytes | None],
    known: Collection[str],
    beyond: Beyond,
) -> Outcome:
    """Return the outcome with what differs on disk; files that are `known` do not."""
    services = {claim.service for claim in generated.claims}
    built = _built(inputs, generated) if outcome.errors else None
    owner_of = owners(inputs.workspace.output, inputs.folders, {path: name for name, path in beyond.every.names})
    unrendered = frozenset() if request.renders else environments_with(inputs.environments.values())
    in_scope = existing.scope(request, owner_of, services, built, unrendered, beyond.is_elsewhere)
    wanted = {path: file for path, file in outcome.wanted.items() if path not in known} if known else outcome.wanted
    changes = compare(wanted, on_disk, in_scope, owner_of)
    return outcome._replace(changes=changes, compared=True)


def _built(inputs: Inputs, generated: Generated) -> set[tuple[str, str]]:
    """Return the environments and services that could be built, each in all destinations of the environment."""
    destinations: dict[tuple[str, str], set[str]] = {}
    for claim in generated.claims:
        destinations.setdefault((claim.environment, claim.service), set()).add(claim.destination)
    environments = inputs.environments
    return {key for key, found in destinations.items() if len(found) >= len(destinations_of(environments[key[0]]))}


def _written(opened: Opened, request: Request, outcome: Outcome) -> Outcome:
    """Write the changes and the edited specs, if this run may write and nothing blocks it."""
    if request.mode is not Mode.WRITE or outcome.blocked:
        return outcome
    from generator.pipeline import write

    check_changes(outcome.changes, allow_delete=request.allow_delete)
    todo = [change for change in outcome.changes if change.state is not State.UNOWNED]
    todo += [
        Change(path, State.DIFFERS, path, "", "", file.wanted, file.found)
        for path, file in request.edited.items()
        if file.wanted != file.found
    ]
    with timings.stage("write"):
        if todo:
            write.apply(opened.area, todo, seconds=request.patience)
        if request.memory:
            request.memory.wrote(todo)
    return outcome._replace(written=bool(todo))
