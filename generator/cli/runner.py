"""Guard the output against GitHub's runner: text must never be read as a workflow command."""

from __future__ import annotations

import io
import re
import sys
from typing import TextIO

_AT_START = re.compile(r"((?:^|[\r\n])[^\S\r\n]*)::")
"""A workflow command in the current form; .NET also ends a line at a carriage return."""


class Guarded(io.TextIOWrapper):
    """A stream whose text GitHub's runner shows but does not execute.

    `##[` and `::` at the start of a line are written with an escape that JSON reads as the same text. The
    generated YAML contains neither (generator/syntax/emit.py), so it can be printed and still be applied.
    """

    _begins = True

    def write(self, text: str) -> int:
        """Write text that may end in the middle of a line."""
        size = len(text)
        if "##[" in text or "::" in text:
            text = text.replace("##[", "#\\u0023[")
            mark = "" if self._begins else "."  # text that continues a line is not at its start
            text = _AT_START.sub(r"\1\\u003a:", mark + text)[len(mark) :]
        if text:
            self._begins = not text.rstrip(" \t") or text.rstrip(" \t")[-1] in "\r\n"
            super().write(text)
        return size

    def obey(self, text: str) -> None:
        """Write text with intended workflow commands."""
        super().write(text)
        self._begins = True


def guard() -> None:
    """Guard both streams of the process."""
    for name in ("stdout", "stderr"):
        stream: TextIO = getattr(sys, name)
        stream.flush()
        made = Guarded(stream.buffer, encoding=stream.encoding, errors=stream.errors, line_buffering=True)
        setattr(sys, name, made)


def obey(text: str) -> None:
    """Print annotations, and the text around them, which as_github has already guarded."""
    stream = sys.stdout
    if isinstance(stream, Guarded):
        stream.obey(text)
    else:
        stream.write(text)
    stream.flush()
