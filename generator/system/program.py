"""Starting a program and hearing it out."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, NamedTuple

from generator.system import timings
from generator.system.files import watching

_PATIENCE = 1.0
"""Seconds to wait for the streams of a program that was ended: a program that it started may hold them."""
_MOST_SAID = 64 * 1024
"""Bytes of a complaint that are kept."""


class Done(NamedTuple):
    """The output of a program, and its exit code."""

    code: int
    out: bytes
    err: str

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, stdin: bytes | None = None) -> Done:
    """Return the output of a program; raises FileNotFoundError if the program does not exist.

    The command is a list, never a line for a shell, so no word of a spec is ever interpreted.
    """
    watching.spoil()
    with timings.program(command[0]):
        done = subprocess.run(
            command,
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


class TooMuchError(Exception):
    """A program printed more than is read; it was ended."""


def run_bounded(
    command: Sequence[str], most: int, *, environment: Mapping[str, str] | None = None, stdin: bytes | None = None
) -> Done:
    """Return the output of a program, as `run` does; raises TooMuchError where that is more than `most` bytes."""
    watching.spoil()
    source = subprocess.DEVNULL if stdin is None else subprocess.PIPE
    with (
        timings.program(command[0]),
        subprocess.Popen(
            command, env=environment, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        ) as process,
    ):
        complaint = bytearray()
        beside = [_aside(lambda: _keep(process.stderr, complaint))]
        if stdin is not None:
            beside.append(_aside(lambda: _give(process.stdin, stdin)))
        try:
            out = _read(process.stdout, most)
            code = process.wait()
        except BaseException:
            process.kill()
            for thread in beside:
                thread.join(_PATIENCE)  # before the streams that they use are closed
            raise
        for thread in beside:
            thread.join()
    return Done(code, out, complaint.decode("utf-8", "replace"))


def _aside(task: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=task, daemon=True)
    thread.start()
    return thread


def _read(stream: IO[bytes] | None, most: int) -> bytes:
    assert stream is not None  # noqa: S101 - it is a pipe
    found = bytearray()
    while chunk := stream.read(1024 * 1024):
        found += chunk
        if len(found) > most:
            raise TooMuchError
    return bytes(found)


def _keep(stream: IO[bytes] | None, complaint: bytearray) -> None:
    """Hear a complaint out, and keep the start of it; of a program that was ended, whatever was heard."""
    with suppress(OSError, ValueError):  # it is closed when the program printed too much
        while stream and (chunk := stream.read(_MOST_SAID)):
            complaint += chunk[: _MOST_SAID - len(complaint)]


def _give(stream: IO[bytes] | None, text: bytes) -> None:
    """Write the input; a program that stops reading reports the reason itself."""
    with suppress(OSError, ValueError):
        left = memoryview(text)
        while stream and left:
            left = left[stream.write(left) :]
        if stream:
            stream.close()
