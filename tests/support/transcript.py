"""All that a command printed, as one text for a golden file."""

from __future__ import annotations


def transcript(done) -> str:
    """Return what a finished process printed, and its exit code."""
    return f"{done.stdout}--- stderr, exit {done.returncode}\n{done.stderr}"
