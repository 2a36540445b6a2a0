"""Carry out moves: edit the specs, regenerate, and commit both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from generator.history import gates as asked
from generator.history.code import references
from generator.history.dependencies import check_dependencies
from generator.history.edits import Work, edits_of
from generator.history.fleet import PATIENCE, Fleet
from generator.history.gates import Gates, Skipped
from generator.history.images import Image
from generator.history.moves import Changed, Move, is_downgrade
from generator.history.own_branch import OwnBranch
from generator.history.unfinished import edits_to_commit
from generator.pipeline.drift import State
from generator.pipeline.rendered import Programs
from generator.pipeline.request import Edited
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.syntax.wording import counted
from generator.workspace.model import ServiceSpec


class Options(NamedTuple):
    """How to carry out a move."""

    gates: Gates
    skipped: Mapping[str, Sequence[str]] = {}
    """The services that were not asked a gate before, by gate."""
    force: bool = False
    """Whether a downgrade is allowed."""
    commit: bool = False
    dry_run: bool = False
    subject: Callable[[str], str] = lambda said: said
    """Returns the subject of the commit message, from a short description of the change."""
    returns: bool = False
    """Whether services go back to an earlier version."""
    programs: Programs = Programs()
    """With what environments with `output: rendered` are rendered."""
    branch: OwnBranch | None = None
    """The branch that gets the commit, if not the current one does."""
    body: str = ""
    """The file for the text of a pull request; `-` for stdout, empty for none."""
    notes: Sequence[str] = ()
    """What else a reviewer should know, as sentences."""
    every: bool = False
    """Whether the move is about all services that have something to move, and not about named ones."""


class Done(NamedTuple):
    """What moves did, or would do with `dry_run`. If the outcome is blocked, nothing was written."""

    outcome: Outcome
    work: Work
    skipped: Skipped
    """The gates that were skipped."""

    @property
    def specs(self) -> list[str]:
        """The specs that change."""
        return [path for path, file in self.work.edited.items() if file.found != file.wanted]

    @property
    def files(self) -> list[str]:
        """The generated files that change."""
        return [change.path for change in self.outcome.changes if change.state is not State.UNOWNED]


def carry_out(fleet: Fleet, specs: Mapping[str, ServiceSpec], wanted: Sequence[Move], options: Options) -> Done:
    """Edit the specs and regenerate; nothing is committed yet. Raises RefusedError, ConfigError or WriteError."""
    work = edits_of(fleet, specs, wanted, force=options.force)
    if options.commit:
        work = edits_to_commit(fleet, work, wanted, force=options.force)
    skipped = _ask(fleet, specs, work, options)
    return Done(run(_request(fleet, wanted, work.edited, options)), work, skipped)


def _ask(fleet: Fleet, specs: Mapping[str, ServiceSpec], work: Work, options: Options) -> Skipped:
    """Ask the gates that depend on what changes; return all that were skipped. Raises RefusedError."""
    from generator.history.windows import check_windows  # late: time zones take time to load

    gates = options.gates
    released = [(move, changed) for move, changed in work.told if changed]
    windows = check_windows(fleet.environments, [(move.service, move.environment) for move, _ in released], gates)
    lacking = check_dependencies(fleet, specs, released, gates, returns=options.returns)
    back = [move.service for move, changed in released if any(map(is_downgrade, changed))]
    moved = {move.service for move, _ in released}
    before = {gate: [name for name in names if name in moved] for gate, names in options.skipped.items()}
    down = {asked.DOWNGRADE: back} if gates.skips(asked.DOWNGRADE) else {}
    return asked.skipped(gates.reason, before, windows, lacking, down)


def _request(fleet: Fleet, wanted: Sequence[Move], edited: dict[str, Edited], options: Options) -> Request:
    mode = Mode.CHECK if options.dry_run else Mode.WRITE
    services = tuple(dict.fromkeys(move.service for move in wanted))
    environments = tuple(dict.fromkeys(move.environment for move in wanted))
    return Request(
        fleet.root,
        mode,
        services,
        environments,
        edited=edited,
        patience=PATIENCE,
        parsed=fleet.parsed,
        programs=options.programs,
    )


def commit(fleet: Fleet, done: Done, subject: Callable[[str], str]) -> str:
    """Commit what changed, including what an interrupted run had written; return the id of the commit."""
    from generator.system.git import commit as git_commit

    files, written = done.files, done.work.written
    if written:
        files += git_commit.uncommitted(fleet.root, [path for path in done.outcome.wanted if path not in files])
    return git_commit.commit(fleet.root, [*done.specs, *written, *files], message(done.work.told, subject, done.skipped))


def _moved_images(changed: Sequence[Changed]) -> list[Image]:
    """Return the new tags and digests of further images, as far as they changed."""
    found: dict[str, Image] = {}
    for change in changed:
        if change.image and change.after:
            image = found.get(change.image, Image(change.image))
            is_tag = change.what == f"image {change.image}"
            found[change.image] = image._replace(tag=change.after) if is_tag else image._replace(digest=change.after)
    return list(found.values())


def subject_of(done: Done, subject: Callable[[str], str]) -> str:
    """Return the subject of the commit of moves."""
    return message(done.work.told, subject, done.skipped).partition("\n")[0]


def message(told: Sequence[tuple[Move, list[Changed]]], subject: Callable[[str], str], skipped: Skipped) -> str:
    """Return the commit message: a subject, and trailers for programs."""
    done = [(move, changed) for move, changed in told if changed] or list(told)
    environment = done[0][0].environment
    if len(done) == 1:
        said = f"{done[0][0].service} {environment}: {', '.join(map(str, done[0][1])) or 'regenerate'}"
    else:
        said = f"{environment}: {counted(len(done), 'service')}"
    lines = [subject(said), ""]
    if len(done) > 1:
        lines += [f"{move.service}: {', '.join(map(str, changed)) or 'regenerated'}" for move, changed in done] + [""]
    for move, changed in done:
        lines += _trailers(move, changed, skipped)
    lines += references(move.code for move, _ in done)
    return "\n".join(lines) + "\n"


def _trailers(move: Move, changed: Sequence[Changed], skipped: Skipped) -> list[str]:
    """Return the trailers of one service; the first one begins what is said of it."""
    after = {change.what: change.after for change in changed}
    lines = [f"Tiphys-Service: {move.service}", f"Tiphys-Environment: {move.environment}"]
    for what, trailer in (("image", "Image-Tag"), ("digest", "Image-Digest"), ("chart", "Chart-Version")):
        lines += [f"Tiphys-{trailer}: {after[what]}"] if after.get(what) else []
    lines += [f"Tiphys-Image: {image}" for image in _moved_images(changed)]
    lines += [f"Tiphys-From: {move.origin}"] if move.origin else []
    lines += move.code.trailers() if move.code else []
    return lines + skipped.trailers(move.service)


def trailers_to_commit(done: Done) -> list[str]:
    """Return what a commit must say that users make themselves: what was skipped, and the code; empty without both."""
    told = [(move, changed) for move, changed in done.work.told if changed]
    said = [(move, changed) for move, changed in told if move.code or done.skipped.by_service.get(move.service)]
    lines = [line for move, changed in said for line in _trailers(move, changed, done.skipped)]
    return lines + references(move.code for move, _ in told)
