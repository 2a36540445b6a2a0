"""What commands remember of their last run over a whole workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.cli import at_once
from generator.system import clock, upwards
from generator.system.files import watching
from generator.system.itself import identity
from generator.system.transaction.targets import Area

if TYPE_CHECKING:
    from generator.pipeline.memory.memory import Memory
    from generator.pipeline.memory.record import Answer
    from generator.pipeline.memory.units import Extras
    from generator.workspace.model import Workspace

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
    if not place.folder:
        yield None
        return
    from generator.pipeline.memory.memory import Memory

    where = upwards.above(root, ".git")  # reports name files by their path in the repository
    found = Memory(place, root, [identity(place), where, *words], clock.nanoseconds(), extras)
    with watching.watching(found.watch):
        yield found


def answer(memory: Memory, root: str, shape: str) -> Answer | None:
    """Return what the last run said, if this one would say the same; raises ConfigError where a run was interrupted since."""
    found = memory.answer(shape)
    if found is not None:
        from generator.pipeline.settling import settle

        settle(Area(root, found.output, found.specs), writes=False)
    return found


def keep_for_states(memory: Memory, root: str, shape: str, workspace: Workspace | Answer | None) -> None:
    """Keep what a check has said for those who only look at states, if these tell whether it holds."""
    if workspace is None:
        return
    from generator.system.transaction import desk

    area = Area(root, workspace.output, tuple(workspace.specs))
    said = memory.unchanged(shape, [f"{spot.base}/{spot.folder}" for spot in desk.spots(area)])
    if said is not None:
        store = at_once.store_of(root)
        store.put(at_once.name_of(store, root, shape), said)


def answer_of(workspace: Workspace | None, shape: str, said: tuple[str, str, int]) -> Answer | None:
    """Return what a run says, to be remembered; None if that is too long."""
    from generator.pipeline.memory.record import Answer

    if workspace is None or len(said[0]) > _LONGEST:
        return None
    return Answer(shape, workspace.output, tuple(workspace.specs), *said)
