"""The line that shows how far a run is, on a terminal."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.pipeline.request import Progress

_PATIENCE = 1.0
"""Seconds before a progress line appears."""


def progress_line(verb: str, what: str = "services") -> Progress:
    """Return a progress callback: a line on stderr once a run takes long, if stderr is a terminal."""
    watched = sys.stderr.isatty() and not any(os.environ.get(name) for name in ("CI", "PRE_COMMIT"))
    if not watched:
        return lambda _done, _total: None
    start = time.monotonic()
    last = start

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total and last > start:
            sys.stderr.write("\r\x1b[K")
        elif now - start > _PATIENCE and now - last > 0.1:
            last = now
            sys.stderr.write(f"\r\x1b[K{verb} {done:,} of {total:,} {what}")
        sys.stderr.flush()

    return show
