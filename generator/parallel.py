"""The same work for many items, spread over processes where that is worth a fork."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_A_PROCESS = 60
"""Items whose work is worth a fork and sending the result back: 120 specs are a third faster by two processes."""

MAX_WORKERS = 8

FIRST_SHARE = 0.85
"""How much of an equal share the first process takes, which has more to do than the others."""


def workers(items: int) -> int:
    """Return how many processes to use, this one included."""
    return max(1, min(items // WORTH_A_PROCESS, _cores(), MAX_WORKERS))


def _cores() -> int:
    """Return how many processes can work at once; one where none can be forked off safely."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or ("threading" in sys.modules and _has_threads()):
        return 1
    return len(os.sched_getaffinity(0))


def _has_threads() -> bool:
    import threading

    return threading.active_count() > 1


def split(
    work: Callable[[Sequence[Item], bool], Result], items: Sequence[Item], number: int, meanwhile: Callable[[], None]
) -> list[Result]:
    """Return the results of `number` parts of the items, in order; this process does the first part.

    `work` is told whether it runs in this process. `meanwhile` is what else this process has to do; it is done while the others finish, and the first
    part is smaller for it. A part whose process does not come back with a result is done again here, so that whatever went
    wrong is seen where it can be told.
    """
    parts = _parts(items, number)
    children = [_start(work, part) for part in parts[1:]]
    results = [work(parts[0], True)]
    meanwhile()
    for part, (pid, descriptor) in zip(parts[1:], children, strict=True):
        results.append(_collect(work, part, pid, descriptor))
    return results


def aside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin a piece of work in a process of its own, and return what waits for its result; alone, it is done then."""
    if _cores() == 1:
        return work

    def part(_items: Sequence[None], _here: bool) -> Result:
        return work()

    pid, descriptor = _start(part, ())
    return lambda: _collect(part, (), pid, descriptor)


def _parts(items: Sequence[Item], number: int) -> list[Sequence[Item]]:
    first = len(items) if number == 1 else max(1, int(len(items) / number * FIRST_SHARE))
    size = max(1, -(-(len(items) - first) // max(1, number - 1)))
    rest = range(first, len(items), size)
    return [items[:first], *(items[start : start + size] for start in rest)]


def _start(work: Callable[[Sequence[Item], bool], Result], part: Sequence[Item]) -> tuple[int, int]:
    """Fork a process that does a part; return its id and where its result can be read."""
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
            pickle.dump(work(part, False), pipe, protocol=pickle.HIGHEST_PROTOCOL)
        os._exit(0)
    except BaseException:
        os._exit(1)


def _collect(work: Callable[[Sequence[Item], bool], Result], part: Sequence[Item], pid: int, descriptor: int) -> Result:
    import pickle

    with os.fdopen(descriptor, "rb") as pipe:
        sent = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status != 0:
        return work(part, True)
    result: Result = pickle.loads(sent)  # noqa: S301 - from our own child
    return result
