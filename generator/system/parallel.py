"""The same work for many items, spread over processes where that is worth a fork."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_A_PROCESS = 60
"""Items whose work is worth a fork and sending the result back: 120 specs are a third faster by two processes."""

MAX_WORKERS = 8

PIECES = 30
"""How many pieces of work there are per process; an idle process takes the next one."""


class Piece(NamedTuple, Generic[Item]):
    """A part of the items, and where it is worked on."""

    items: Sequence[Item]
    start: int
    """How many items come before these."""
    here: bool
    """Whether it is this process that works on it, and not one that was started for it."""


def workers(items: int) -> int:
    """Return how many processes to use, this one included."""
    return max(1, min(items // WORTH_A_PROCESS, _cores(), MAX_WORKERS))


def processors() -> int:
    """Return how many programs can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cores() -> int:
    """Return how many processes can work at once; one where none can be forked off safely."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or ("threading" in sys.modules and _has_threads()):
        return 1
    return processors()


def _has_threads() -> bool:
    import threading

    return threading.active_count() > 1


def share(
    work: Callable[[Piece[Item]], Result], items: Sequence[Item], number: int, meanwhile: Callable[[], None]
) -> list[Result]:
    """Return the results of all pieces of the items, in order, from this many processes, of which this is one.

    `meanwhile` is what else this process has to do; the others have begun by then, each as a copy of this one after the
    first piece. A piece whose process
    does not come back with a result is done again here, so that its error is raised where it can be reported.
    """
    if number == 1:
        meanwhile()
        return [work(Piece(items, 0, True))]
    size = -(-len(items) // min(number * PIECES, _TOKENS))
    starts = range(0, len(items), size)

    def piece(index: int, *, here: bool) -> Result:
        start = starts[index]
        return work(Piece(items[start : start + size], start, here))

    first = piece(0, here=True)  # what it imports and remembers, the others have from their start
    tokens, writing = os.pipe()
    os.write(writing, bytes(range(1, len(starts))))
    os.close(writing)

    def take(*, here: bool) -> dict[int, Result]:
        found = {}
        while token := os.read(tokens, 1):
            found[token[0]] = piece(token[0], here=here)
        return found

    children = [_start(lambda: take(here=False)) for _ in range(number - 1)]
    try:
        meanwhile()
        results = {0: first, **take(here=True)}
    finally:
        os.close(tokens)
    for child in children:
        results |= _collect(*child) or {}
    return [results[index] if index in results else piece(index, here=True) for index in range(len(starts))]


_TOKENS = 256
"""A token is one byte in a pipe that all processes read from, so that no two of them get the same."""


def aside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin a piece of work in a process of its own, and return what waits for its result; alone, it is done then."""
    if _cores() == 1:
        return work
    child = _start(lambda: (work(),))

    def result() -> Result:
        found = _collect(*child)
        return found[0] if found else work()

    return result


def _start(work: Callable[[], object]) -> tuple[int, int]:
    """Fork a process for some work; return its id and where its result can be read."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        os.close(reading)
        import pickle

        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe, protocol=pickle.HIGHEST_PROTOCOL)
        os._exit(0)
    except BaseException:
        os._exit(1)


def _collect(pid: int, descriptor: int) -> Any:
    """Return the result of a process; None if it died."""
    import pickle

    try:
        with os.fdopen(descriptor, "rb") as pipe:
            found = pickle.load(pipe)  # noqa: S301 - from our own child
    except (EOFError, pickle.UnpicklingError):
        found = None
    _, status = os.waitpid(pid, 0)
    return found if status == 0 else None


def waiting(work: Callable[[Item], Result], items: Sequence[Item], progress: Callable[[int, int], None]) -> list[Result]:
    """Return the results for items, in their order, by threads: for work that waits for other programs."""
    from concurrent.futures import ThreadPoolExecutor

    from generator.system import bounded

    results: list[Result] = []
    pool = ThreadPoolExecutor(processors())
    try:
        for number, result in enumerate(pool.map(work, items)):
            results.append(result)
            progress(number + 1, len(items))
    except BaseException:
        bounded.end_all()  # an interrupt does not reach the programs
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return results
