"""What commands remember of their last run over a whole workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from generator.cli import at_once
from generator.system import clock, timings, unchanged, upwards, verbose
from generator.system.files import roots, watching
from generator.system.itself import identity
from generator.system.transaction.targets import Area

if TYPE_CHECKING:
    from generator.pipeline.memory.memory import Memory
    from generator.pipeline.memory.record import Answer
    from generator.pipeline.memory.units import Extras
    from generator.pipeline.request import Outcome

NOT_USED = "not used: only a run over the whole workspace uses it, without --no-cache"
_NOWHERE = "not used: the cache is in a Git repository, where a pull request could change it"
_LONGEST = 1024 * 1024
"""Letters of the longest text that is remembered."""


@contextmanager
def memory(
    root: str, words: Sequence[str], extras: Callable[[], Extras] | None = None, *, wanted: bool
) -> Iterator[Memory | None]:
    """Provide what is remembered of a workspace, and note what is read from then on; None where nothing is to be remembered.

    `words` tell apart runs whose results differ for the same files; `extras` are what the command keeps of each service.
    """
    place = at_once.store_of(root, wanted=wanted)
    made_of = identity(place) if place.folder else ""
    verbose.tell("cache", f"{place.folder}, with results of runs" if made_of else _NOWHERE if wanted else NOT_USED)
    if not made_of:
        yield None
        return
    from generator.pipeline.memory.memory import Memory

    top = upwards.above(root, ".git")
    where = roots.below(root, top) if top else "-"  # reports name files by their path in the repository
    found = Memory(place, root, [made_of, where, *words], clock.nanoseconds(), extras)
    with watching.watching(found.watch):
        yield found


def of_report(root: str, *, wanted: bool) -> Callable[[], AbstractContextManager[Memory | None]]:
    """Return what provides that of reports."""

    def extras() -> Extras:
        from generator.report.site.remembered import extras as of_views

        return of_views(root)

    return lambda: memory(root, ["report"], extras, wanted=wanted)


def answer(memory: Memory, root: str, shape: str) -> Answer | None:
    """Return what the last run said, if this one would say the same; raises ConfigError where a run was interrupted since."""
    with timings.stage("cache"):
        found = memory.answer(shape)
        if found is not None:
            from generator.pipeline.settling import settle

            area = Area(root, found.output, found.specs)
            settle(area, writes=False)
            _keep_for_states(memory, area, shape)
    return found


def keep(memory: Memory, root: str, outcome: Outcome, shape: str, said: tuple[str, str, int] | None) -> None:
    """Keep a run, with what it said in a form; None for what is not to be remembered."""
    workspace = outcome.workspace
    if workspace is None:
        return
    with timings.stage("cache"):
        from generator.pipeline.memory.record import Answer

        specs = tuple(workspace.specs)
        told = Answer(shape, workspace.output, specs, *said) if said and len(said[0]) <= _LONGEST else None
        memory.keep(told)
        _keep_for_states(memory, Area(root, workspace.output, specs), shape)


def _keep_for_states(memory: Memory, area: Area, shape: str) -> None:
    """Keep what a check has said for those who look at states alone, if these tell whether it holds."""
    from generator.system.transaction import desk

    said, rows = memory.last.answer, memory.last.rows
    if said is None or said.shape != shape:
        return
    absent = [f"{spot.base}/{spot.folder}" for spot in desk.spots(area)]
    raw = unchanged.encoded(
        (said.text, said.end, said.code), rows.bases, list(rows.places), rows.states, absent, memory.started
    )
    if raw is not None:
        store = at_once.store_of(area.root)
        store.put(at_once.name_of(store, area.root, shape), raw)
