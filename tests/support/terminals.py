"""A shell at a terminal, as a person has it: keys go in, and lines come out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

TAB = "\t"
_START_OF_LINE = "\x01"
_SIZE = struct.pack("HHHH", 50, 200, 0, 0)
"""Rows and columns: no line is broken."""
_CONTROL = re.compile(
    r"\x1b(?:\[[0-9;?<>=]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>])|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)


class Terminal:
    """A running shell."""

    def __init__(self, reads: int) -> None:
        self._reads = reads
        self.screen = ""
        """All that it has printed."""
        self._lines = 0

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._reads, keys.encode())

    def line_after(self, keys: str, patience: float) -> str:
        """Return the line that the keys make of an empty one, which is printed and not run; empty if none comes in time."""
        self._lines += 1
        self.type(f"{keys}{_START_OF_LINE}echo LINE-{self._lines}: \r")
        found = self.until(rf"^LINE-{self._lines}: *(.*?) *$", patience)
        return found[1] if found else ""

    def until(self, pattern: str, patience: float) -> re.Match[str] | None:
        """Return the first match in what is printed from now on; None if there is none for so many seconds."""
        start, end = len(self.screen), time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            if select.select([self._reads], [], [], left)[0]:
                try:
                    more = os.read(self._reads, 65536)
                except OSError:  # the shell has ended
                    return None
                self.screen += more.decode("utf-8", "replace")
                text = _CONTROL.sub("", self.screen[start:]).replace("\r", "\n")
                if match := re.search(pattern, text, re.MULTILINE):
                    return match
        return None


@contextmanager
def terminal(command: Sequence[str], environment: Mapping[str, str], folder: str) -> Iterator[Terminal]:
    """Start a shell in a folder, and end it."""
    process, reads = pty.fork()
    if process == 0:
        try:
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(command[0], command, environment)
        finally:
            os._exit(127)
    try:
        fcntl.ioctl(reads, termios.TIOCSWINSZ, _SIZE)
        yield Terminal(reads)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(reads)
