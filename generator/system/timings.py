"""How long the stages of a command take, and what it has found of what is remembered; noted only where that is asked for."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from generator.syntax.named_tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

OTHER = "other"
"""The stage of all that has no name."""


class Programs(NamedTuple):
    """The calls of a program: several can run at once, and during any stage."""

    seconds: float = 0
    calls: int = 0


class Hits(NamedTuple):
    """How much was remembered, and how much was not."""

    hits: int = 0
    misses: int = 0


class Timings:
    """What is noted of one command. A stage within another one interrupts it, so that the stages add up to the whole."""

    def __init__(self) -> None:
        from threading import Lock  # late: most runs note nothing

        self.stages: dict[str, float] = {}
        """Seconds by name, in the order in which they began; those of other processes are added to those of this one."""
        self.programs: dict[str, Programs] = {}
        self.remembered: dict[str, Hits] = {}
        self._names = [OTHER]
        self._since = time.perf_counter()
        self._lock = Lock()
        """Programs are called in threads; stages are not."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note a `with` block as a stage."""
        self.settle()
        self.stages.setdefault(name, 0)
        self._names.append(name)
        try:
            yield
        finally:
            self.settle()
            self._names.pop()

    def settle(self) -> None:
        """Add the time that has passed to the stage of now."""
        now, name = time.perf_counter(), self._names[-1]
        self.stages[name] = self.stages.get(name, 0) + now - self._since
        self._since = now

    @contextmanager
    def program(self, name: str) -> Iterator[None]:
        """Note a `with` block as a call of a program."""
        start = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                before = self.programs.get(name, Programs())
                self.programs[name] = Programs(before.seconds + time.perf_counter() - start, before.calls + 1)

    def remember(self, name: str, hits: int, misses: int) -> None:
        """Add to what was remembered of something."""
        with self._lock:
            before = self.remembered.get(name, Hits())
            self.remembered[name] = Hits(before.hits + hits, before.misses + misses)

    def add(self, stages: Iterable[tuple[str, float]]) -> None:
        """Add the stages of another process."""
        for name, seconds in stages:
            self.stages[name] = self.stages.get(name, 0) + seconds


_NOTED: list[Timings] = []
"""What is noted in now; empty in most runs."""
_NOTHING = nullcontext()


@contextmanager
def noted() -> Iterator[Timings]:
    """Note what happens in a `with` block, and not in what was noted in before."""
    found, before = Timings(), list(_NOTED)
    _NOTED[:] = [found]
    try:
        yield found
    finally:
        found.settle()
        _NOTED[:] = before


def stage(name: str) -> AbstractContextManager[None]:
    """Note a `with` block as a stage, if anything is noted."""
    return _NOTED[0].stage(name) if _NOTED else _NOTHING


def program(path: str) -> AbstractContextManager[None]:
    """Note a `with` block as a call of the program at a path, if anything is noted."""
    return _NOTED[0].program(posixpath.basename(path)) if _NOTED else _NOTHING


def remember(name: str, hits: int, misses: int) -> None:
    """Note how much was remembered of something, if anything is noted."""
    if _NOTED:
        _NOTED[0].remember(name, hits, misses)


def now() -> Timings | None:
    """Return what is noted in; None if nothing is."""
    return _NOTED[0] if _NOTED else None
