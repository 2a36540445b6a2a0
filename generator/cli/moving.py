"""Change the versions of services: the common part of bump, promote and rollback."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import click

from generator.cli import running
from generator.diagnostics import Diagnostic
from generator.errors import ChangedError, ConfigError, RefusedError, UndeployedError
from generator.history import moves
from generator.history.moves import Changed, Move, Version
from generator.pipeline.drift import State
from generator.pipeline.guards import area_of, settle
from generator.pipeline.run import Edited, Mode, Outcome, Request, run
from generator.service.resolve import Resolver, UnresolvedError
from generator.syntax.edit import RefusedEditError, splice
from generator.syntax.wording import counted, unknown
from generator.workspace.extending import no_environment
from generator.workspace.load import Loader
from generator.workspace.model import Environment, Resolved, ServiceSpec, Workspace

PATIENCE = 30.0
"""Seconds to wait for another process that is writing: CI bumps many services at once."""


class Stand(NamedTuple):
    """A service in an environment, before the move."""

    spec: ServiceSpec
    raw: bytes
    resolved: Resolved

    @property
    def version(self) -> Version:
        """The version that is declared."""
        return moves.version_of(self.resolved)


class Options(NamedTuple):
    """How to carry out a move."""

    force: bool = False
    """Whether a downgrade is allowed."""
    commit: bool = False
    dry_run: bool = False
    subject: Callable[[str], str] = lambda said: said


class Work(NamedTuple):
    """The result of moves: the edited specs, and the changed versions."""

    edited: dict[str, Edited]
    told: list[tuple[Move, list[Changed]]]
    written: Sequence[str] = ()
    """Specs that an interrupted run already wrote as wanted, but did not commit."""


class Fleet:
    """The services of a workspace, read on demand."""

    def __init__(self, root: str, *, writes: bool = True, overlay: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self.loader = Loader(root, overlay)
        self.workspace: Workspace = self.loader.workspace()
        self.completed = settle(area_of(root, self.workspace), writes=writes, seconds=PATIENCE)
        """Files completed for an interrupted run; this must happen before the first spec is read."""
        self.environments: dict[str, Environment] = self.loader.environments(self.workspace)
        self.problems: list[Diagnostic] = self.loader.problems()
        """What is wrong with the files that were read so far."""
        self._specs: dict[str, ServiceSpec] = {}
        self._resolver = Resolver(self.loader.presets(), lambda name: self.loader.is_broken("strategies", name))

    def environment(self, name: str) -> Environment:
        """Return an environment; raises ConfigError."""
        if name not in self.environments:
            raise no_environment(name, self.environments, self.loader.abstract)
        return self.environments[name]

    def specs(self, names: Sequence[str] = ()) -> dict[str, ServiceSpec]:
        """Return the specs by service name, all or the named ones; raises ConfigError.

        A named service that is not found is left out if there are errors: its spec may be the broken one.
        """
        for path in self.loader.spec_paths(self.workspace):
            spec = self.loader.spec(path, names)
            if spec is not None:
                self._specs[spec.name] = spec
        self.problems += self.loader.problems()
        missing = [name for name in names if name not in self._specs]
        if missing and not Outcome(self.workspace, self.problems).errors:
            raise unknown("service", missing[0], Fleet(self.root, writes=False).specs())
        return {name: spec for name, spec in self._specs.items() if not names or name in names}

    def stand(self, spec: ServiceSpec, environment: str) -> Stand:
        """Return a service as it is in an environment; raises RefusedError if it is not deployed there."""
        if environment not in spec.environments:
            raise UndeployedError(spec.name, environment, spec.source.path)
        try:
            resolved = self._resolver.resolve(spec, self.environment(environment))
        except UnresolvedError:
            raise RefusedError(f"{spec.source.path} cannot be resolved for {environment}", "run `tiphys lint`") from None
        raw = self.loader.raw(spec.source.path)
        if raw.decode("utf-8-sig", "replace") != spec.source.text:  # another process wrote it between the two reads
            raise ChangedError(spec.source.path)
        return Stand(spec, raw, resolved)


def carry_out(
    ctx: click.Context, fleet: Fleet, wanted: Sequence[Move], options: Options, formats: list[tuple[str, str]], color: str
) -> int:
    """Edit the specs, regenerate, report what was done, and commit it with --commit."""
    running.tell_completed(fleet.completed)
    specs = fleet.specs([move.service for move in wanted])
    if running.stopped(ctx, Outcome(fleet.workspace, fleet.problems), fleet.root, formats, color):
        return 1
    work = _work(fleet, specs, wanted, options)
    if options.commit:
        work = _work_to_commit(fleet, work, wanted, options)
    outcome = run(_request(fleet.root, wanted, work.edited, options))
    if outcome.blocked:
        overlay = {path: file.wanted for path, file in work.edited.items()}
        running.report(ctx, outcome, fleet.root, formats, color, overlay=overlay)
        click.echo(f"{running.summary(outcome)}; nothing was written", err=True)
        return outcome.failure
    for move, changed in work.told:
        _tell(move, changed)
    return _finish(fleet, outcome, work, options)


def _work(fleet: Fleet, specs: Mapping[str, ServiceSpec], wanted: Sequence[Move], options: Options) -> Work:
    edited: dict[str, Edited] = {}
    told = []
    for move in wanted:
        stand = fleet.stand(specs[move.service], move.environment)
        told.append((move, _edit(move, stand, edited, force=options.force)))
    return Work(edited, told)


def _work_to_commit(fleet: Fleet, work: Work, wanted: Sequence[Move], options: Options) -> Work:
    """Return the work relative to the last commit; raises RefusedError if a commit would include unrelated changes.

    A run that was killed between writing and committing left the specs as it wanted them. Applying the same
    moves to the committed specs then gives exactly these bytes, and only the commit is left to do.
    """
    dirty, past = _committed(fleet, list(work.edited))
    if not dirty:
        return work
    specs = past.specs()
    again = Work({}, [])
    with suppress(RefusedError):  # the move may not be possible on the committed specs
        if specs.keys() >= {move.service for move in wanted}:
            again = _work(past, specs, wanted, options)
    for path in dirty:
        if path not in past.loader.overlay or path not in again.edited or again.edited[path].wanted != work.edited[path].found:
            raise RefusedError(
                f"{path} has uncommitted changes; nothing was written",
                "commit or stash them first, or leave out --commit",
            )
    return Work(work.edited, again.told, dirty)


def _committed(fleet: Fleet, paths: Sequence[str]) -> tuple[list[str], Fleet]:
    """Return the specs that differ from the last commit, and the fleet as of that commit."""
    from generator.system.git import commit as git_commit

    dirty = git_commit.uncommitted(fleet.root, paths) if paths else []
    if not dirty:
        return [], fleet
    return dirty, Fleet(fleet.root, writes=False, overlay=git_commit.committed(fleet.root, dirty))


def begun(fleet: Fleet, moves_of: Callable[[Fleet], Sequence[Move]], options: Options) -> list[Move]:
    """Return the moves of a run that was killed before its commit: they turn the committed specs into those on disk.

    `moves_of` returns the pending moves of the specs as of the last commit.
    """
    paths = {name: spec.source.path for name, spec in fleet.specs().items()}
    dirty, past = _committed(fleet, list(paths.values()))
    if not dirty:
        return []
    specs, found = past.specs(), []
    for move in moves_of(past):
        if paths.get(move.service) in dirty:
            with suppress(RefusedError):
                edited = _work(past, specs, [move], options).edited
                if all(file.wanted == fleet.loader.raw(path) for path, file in edited.items()):
                    found.append(move)
    return found


def _request(root: str, wanted: Sequence[Move], edited: dict[str, Edited], options: Options) -> Request:
    mode = Mode.CHECK if options.dry_run else Mode.WRITE
    services = tuple(dict.fromkeys(move.service for move in wanted))
    environments = tuple(dict.fromkeys(move.environment for move in wanted))
    return Request(root, mode, services, environments, edited=edited, patience=PATIENCE)


def _edit(move: Move, stand: Stand, edited: dict[str, Edited], *, force: bool) -> list[Changed]:
    """Add the edited spec to `edited`; return what changes of the version. Raises RefusedError."""
    path, now = stand.spec.source.path, stand.version
    if move.chart_version and stand.resolved.data["chart"].get("path"):
        raise RefusedError(
            f"{move.service} uses a chart in this repository, at {stand.resolved.data['chart']['path']}",
            "change the version in its Chart.yaml; --chart-version is for charts of a chart repository",
        )
    try:
        wanted = splice(stand.raw, stand.spec.source, list(moves.edits(move, stand.spec, now)))
    except RefusedEditError as error:
        raise RefusedError(
            f"{path}:{error.span.line}:{error.span.column}: {error.message}; nothing was written", error.hint
        ) from None
    tag = move.image_tag or now.image_tag
    kept = now.image_digest if tag == now.image_tag else ""
    digest = kept if move.image_digest == moves.KEEP else move.image_digest or ""
    changed = moves.changes(now, Version(tag, digest, move.chart_version or now.chart_version))
    back = next((change for change in changed if moves.is_downgrade(change)), None)
    if back and not force:
        raise RefusedError(
            f"{move.service} {move.environment}: {back} is a downgrade; nothing was written",
            "use `tiphys rollback`, or --force",
        )
    if path in edited:
        raise ConfigError(f"{move.service} is listed twice", "list each service once")
    edited[path] = Edited(stand.raw, wanted)
    return changed


def _tell(move: Move, changed: list[Changed]) -> None:
    said = ", ".join(map(str, changed)) or "no change"
    click.echo(f"{move.service} {move.environment}: {said}")


def _finish(fleet: Fleet, outcome: Outcome, work: Work, options: Options) -> int:
    files = [change.path for change in outcome.changes if change.state is not State.UNOWNED]
    specs = [path for path, file in work.edited.items() if file.found != file.wanted]
    if options.dry_run:
        click.echo(f"would change {counted(len(specs), 'spec')} and {counted(len(files), 'generated file')}", err=True)
        return 0
    if not specs and not files and not work.written:
        click.echo("nothing to change", err=True)
        return 0
    click.echo(f"changed {counted(len(specs), 'spec')} and {counted(len(files), 'generated file')}", err=True)
    if options.commit:
        from generator.system.git import commit as git_commit

        if work.written:
            click.echo("an interrupted run had written the rest without committing it", err=True)
            files += git_commit.uncommitted(fleet.root, [path for path in outcome.wanted if path not in files])
        name = git_commit.commit(fleet.root, [*specs, *work.written, *files], message(work.told, options))
        click.echo(f"committed {name}", err=True)
    return 0


def message(told: Sequence[tuple[Move, list[Changed]]], options: Options) -> str:
    """Return the commit message: a subject, and trailers for programs."""
    done = [(move, changed) for move, changed in told if changed] or list(told)
    environment = done[0][0].environment
    if len(done) == 1:
        said = f"{done[0][0].service} {environment}: {', '.join(map(str, done[0][1])) or 'regenerate'}"
    else:
        said = f"{environment}: {counted(len(done), 'service')}"
    lines = [options.subject(said), ""]
    if len(done) > 1:
        lines += [f"{move.service}: {', '.join(map(str, changed)) or 'regenerated'}" for move, changed in done] + [""]
    for move, changed in done:
        after = {change.what: change.after for change in changed}
        lines += [f"Tiphys-Service: {move.service}", f"Tiphys-Environment: {move.environment}"]
        for what, trailer in (("image", "Image-Tag"), ("digest", "Image-Digest"), ("chart", "Chart-Version")):
            lines += [f"Tiphys-{trailer}: {after[what]}"] if after.get(what) else []
        lines += [f"Tiphys-From: {move.origin}"] if move.origin else []
    return "\n".join(lines) + "\n"
