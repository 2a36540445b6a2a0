"""Cases in processes of their own, with limits: whatever a case does, it takes down nothing but its batch."""

from __future__ import annotations

import gc
import json
import os
import resource
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import calls
import rounds
from area import Area
from calls import MEGABYTES, Fault
from cases import Case

PATIENCE = 60.0
"""Seconds that a case may last on the clock: on a busy machine that says little of the work done."""


class Found(NamedTuple):
    """A fault, and the case that has it."""

    mark: str
    story: str
    case: Case


def batch(area: Area, cases: Sequence[Case]) -> Iterator[Found | dict[str, float]]:
    """Run cases, each process going on after the case that ended the one before; yield faults, and the slowest commands."""
    left = list(cases)
    while left:
        done, found = yield from _one_process(area, left)
        if found is not None:
            yield found
        left = left[done:]


def _one_process(area: Area, cases: Sequence[Case]) -> Any:
    """Yield what a process finds; return how many cases it got through, and the fault of the one that ended it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _work(area, cases, writing)
    os.close(writing)
    done, doing = 0, ""
    with os.fdopen(reading, "rb", 0) as stream:
        for record in _records(stream, pid):
            if "fault" in record:
                yield Found(record["fault"], record["story"], cases[record["case"]])
            elif "slowest" in record:
                yield record["slowest"]
            doing = record.get("doing", doing)
            done = record.get("done", done)
    _, status = os.waitpid(pid, 0)
    if status == 0:
        return len(cases), None
    return done + 1, Found(*_death(status, doing), cases[done])


def _death(status: int, doing: str) -> tuple[str, str]:
    command = doing.split(" ")[0]
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        mark = f"{command}: over {calls.SECONDS:.0f} s" if name in ("SIGPROF", "SIGXCPU") else f"{command}: {name}"
        return mark, f"$ tiphys {doing}\n[{name}]\n"
    return f"the fuzzer itself ended with {os.waitstatus_to_exitcode(status)}", doing


def _records(stream: Any, pid: int) -> Iterator[dict[str, Any]]:
    buffer, last = b"", time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(1.0):
                if time.monotonic() - last > PATIENCE:
                    os.kill(pid, signal.SIGKILL)
                continue
            raw = os.read(stream.fileno(), 1 << 16)
            if not raw:
                return
            last = time.monotonic()
            *lines, buffer = (buffer + raw).split(b"\n")
            yield from map(json.loads, lines)


def _work(area: Area, cases: Sequence[Case], writing: int) -> None:
    """Run the cases and end this process; never returns."""

    def say(**record: Any) -> None:
        raw = json.dumps(record).encode() + b"\n"
        while raw:
            raw = raw[os.write(writing, raw) :]

    try:
        _limit()
        calls.settle_in(area.at("home"))
        calls.begun = lambda words: say(doing=" ".join(words))
        for number, case in enumerate(cases):
            _case(area, number, case, say)
            say(done=number + 1)
        say(slowest=calls.slowest)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(9)
    os._exit(0)


def _case(area: Area, number: int, case: Case, say: Callable[..., None]) -> None:
    try:
        calls.begun((case.target,))
        rounds.run(area, case)
    except Fault as fault:
        say(fault=fault.mark, story=fault.story[:8000], case=number)
        if fault.mark == "memory":
            os._exit(8)
    if number % 10 == 9:
        gc.collect()


def _limit() -> None:
    gc.enable()
    sys.stdin = open(os.devnull)  # noqa: SIM115 - until the process ends
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    most = now + MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))


def mark_of(area: Area, case: Case) -> tuple[str, str]:
    """Return the fault that a case has, and its story; empty for none."""
    found = [one for one in batch(area, [case]) if isinstance(one, Found)]
    return (found[0].mark, found[0].story) if found else ("", "")
