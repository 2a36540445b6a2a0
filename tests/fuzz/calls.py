"""One command, called in this very process: its exit code, its texts, and whether it was a crash."""

from __future__ import annotations

import io
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from generator.cli import main as cli

SECONDS = 5.0
"""Of processor time, for one command."""
MEGABYTES = 500
_FRAME = re.compile(r'File "[^"]*/(generator/[^"]+)", line \d+, in (\S+)')
_RAISED = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning|Rejected)\b)", re.MULTILINE)


class Fault(Exception):  # noqa: N818 - it is what is looked for
    """Something that must not be; `mark` is the same for the same fault."""

    def __init__(self, mark: str, story: str) -> None:
        super().__init__(mark)
        self.mark = mark
        self.story = story


class Called(NamedTuple):
    """What came of a command."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def story(self) -> str:
        """What is told of it in a report of a fault."""
        return f"$ tiphys {' '.join(self.words)}\n{self.out[-1500:]}{self.err[-3000:]}[exit {self.code}]\n"


begun: Callable[[tuple[str, ...]], object] = bool
"""Told of each command before it runs, so that it is known which one has ended the process."""

slowest: dict[str, float] = {}
"""By command, the longest time that one took, in seconds of the processor."""


def call(*words: str, stdin: bytes = b"") -> Called:
    """Call a command; raises Fault for a crash, an exit code of its own, or too much memory."""
    begun(words)
    streams = sys.stdin, sys.stdout, sys.stderr, sys.argv
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin, sys.argv = io.TextIOWrapper(io.BytesIO(stdin)), ["tiphys", *words]
    sys.stdout, sys.stderr = (io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (out, err))
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        code = cli.run_command()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        told = [stream.getvalue().decode("utf-8", "replace") for stream in (out, err)]
        sys.stdin, sys.stdout, sys.stderr, sys.argv = streams
    took = time.process_time() - start
    slowest[words[0]] = max(took, slowest.get(words[0], 0.0))
    called = Called(words, code, *told)
    if code not in (0, 1, 2) or "this is a bug" in called.err:
        raise Fault(f"{words[0]}: {crash(called.err)}", called.story)
    weighed(called.story)
    return called


def crash(text: str) -> str:
    """Return what is the same for the same crash: what was raised, and where of ours."""
    frames, raised = _FRAME.findall(text), _RAISED.findall(text)
    where = " ".join(frames[-1]) if frames else "?"
    return f"{raised[-1] if raised else '?'} in {where}"


def _peak() -> int:
    """Return the most memory of this process, in MB; where the kernel tells it, without that of the process that started it."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            found = next(line for line in file if line.startswith("VmHWM:"))
        return int(found.split()[1]) // 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def weighed(story: str) -> None:
    """Raise Fault when this process has used too much memory."""
    used = _peak()
    if used > MEGABYTES:
        raise Fault("memory", f"{used} MB\n{story}")


def settle_in(home: str) -> None:
    """Make the environment the same for every case."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "PRE_COMMIT", "TIPHYS", "XDG_")) or name in ("CI", "COLUMNS"):
            del os.environ[name]
    os.environ.update(HOME=home, NO_COLOR="1", LC_ALL="C.UTF-8", SECRET_OF_CI="SECRET-OF-THE-MACHINE")
