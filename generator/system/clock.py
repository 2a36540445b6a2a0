"""The clock: gates ask here what time it is, and nowhere else."""

from __future__ import annotations

import time


def now() -> int:
    """Return the time as seconds since 1970 in UTC."""
    return int(time.time())


def nanoseconds() -> int:
    """Return the time as nanoseconds since 1970 in UTC, to be held against those of files."""
    return time.time_ns()
