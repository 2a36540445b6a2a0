"""Start a program on untrusted input: bounded in time, memory and what it prints.

A template of a chart can loop indefinitely, or print a gigabyte. The program runs in a process group of its
own, which is ended as a whole where it goes beyond a bound, or where the run is interrupted.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import NamedTuple

from generator.system import timings
from generator.system.files import watching
from generator.system.program import Done

_MIB = 1024 * 1024
_STEP = 64 * 1024
_GRACE = 5.0
"""Seconds that an interrupted program has to clean up."""
_GLANCE = 0.1
"""Seconds between looks at whether a program is to be interrupted."""


class Limits(NamedTuple):
    """The limits of a program."""

    seconds: float
    output: int = 64 * _MIB
    """Bytes that it may print."""
    complaint: int = _MIB // 4
    """Bytes of its complaints that are kept; the rest is read and dropped."""
    memory: int = 2048 * _MIB
    """Bytes of memory, where the system can bound it."""
    file: int = 256 * _MIB
    """Bytes of one file that it writes, where the system can bound it."""


class Stopped(Done):
    """A program that was stopped because it exceeded a limit, or by a signal; `err` names it."""


_RUNNING: set[subprocess.Popen[bytes]] = set()


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    limits: Limits,
    folder: str | None = None,
    cancelled: threading.Event | None = None,
) -> Done:
    """Return the output of a program started in a directory, as `program.run` does; Stopped if it did not end by itself.

    Once `cancelled` is set, the program is interrupted, so that it can clean up, and then ended.
    """
    watching.spoil()
    with timings.program(command[0]), _started(command, environment, folder) as process:
        _RUNNING.add(process)
        try:
            _bound(process.pid, limits)
            return _heard(process, limits, cancelled)
        finally:
            _end(process)
            _RUNNING.discard(process)


def _started(command: Sequence[str], environment: Mapping[str, str], folder: str | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        process_group=0,
    )


def end_all() -> None:
    """End every program that is still running, as an interrupt of the terminal does not reach them."""
    for process in list(_RUNNING):
        _end(process)


@contextmanager
def interruptible(pool: Executor) -> Iterator[None]:
    """End what a pool's threads have started if the block is left by an exception, such as an interrupt."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        end_all()
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that has not ended yet, with whatever it has started."""
    if process.poll() is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)


def _bound(pid: int, limits: Limits) -> None:
    """Bound the memory and the files of a program; not every system can."""
    import resource

    if not hasattr(resource, "prlimit"):
        return
    seconds = int(limits.seconds + 1) * (os.cpu_count() or 1)  # should nobody be left to watch the clock
    wanted = {
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with suppress(OSError, ValueError):
            hard = resource.prlimit(pid, what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, what, (most, most))


def _heard(process: subprocess.Popen[bytes], limits: Limits, cancelled: threading.Event | None = None) -> Done:
    """Return what a program prints and complains until it ends, or until it goes beyond a bound."""
    end = time.monotonic() + limits.seconds
    interrupted = False
    late = Stopped(-signal.SIGKILL, b"", f"it did not finish within {limits.seconds:g} seconds")
    out, err = bytearray(), bytearray()
    with selectors.DefaultSelector() as waiting:
        for stream, heard in ((process.stdout, out), (process.stderr, err)):
            waiting.register(stream or 0, selectors.EVENT_READ, heard)
        while waiting.get_map():
            left = end - time.monotonic()
            if left <= 0:
                return late
            if cancelled and cancelled.is_set() and not interrupted:
                process.send_signal(signal.SIGINT)
                interrupted, end = True, min(end, time.monotonic() + _GRACE)
            for key, _ in waiting.select(min(left, _GLANCE) if cancelled else left):
                piece = os.read(key.fd, _STEP)
                if not piece:
                    waiting.unregister(key.fileobj)
                key.data.extend(piece if key.data is out else piece[: max(0, limits.complaint - len(err))])
            if len(out) > limits.output:
                return Stopped(-signal.SIGKILL, b"", f"it printed more than {limits.output // _MIB} MiB")
    try:
        code = process.wait(max(1, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return late
    if code < 0:  # an interrupt of the run, or the system: it says nothing of the input
        return Stopped(code, b"", f"it was ended by signal {-code}")
    return Done(code, bytes(out), err.decode("utf-8", "replace"))
