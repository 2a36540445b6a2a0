"""Programs that a test starts, signals and ends: only these, and whatever the signals are that the suite itself ignores."""

from __future__ import annotations

import signal
import subprocess

PATIENCE = 60
"""Seconds that a program has to end; only a failing test waits that long."""

_IGNORABLE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def start(command, **how) -> subprocess.Popen:
    """Start a program to which signals mean what they mean in a terminal: `nohup` and `&` pass on that they are ignored."""
    return subprocess.Popen(command, preexec_fn=_as_in_a_terminal, **how)


def _as_in_a_terminal():
    for number in _IGNORABLE:
        signal.signal(number, signal.SIG_DFL)


def end(process: subprocess.Popen, number: int = signal.SIGTERM, patience: float = PATIENCE) -> tuple:
    """Send a signal to a program of ours and return what it said; one that does not end is killed, and the test fails."""
    process.send_signal(number)
    try:
        return process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        said = kill(process)
        raise AssertionError(f"{process.args} did not end on {signal.Signals(number).name} and was killed: {said}") from None


def kill(process: subprocess.Popen) -> tuple:
    """Kill a program of ours, if it is still there, and return what it said."""
    process.kill()
    try:
        return process.communicate(timeout=PATIENCE)
    except (subprocess.TimeoutExpired, ValueError):  # a child of it holds the pipe, or it is closed
        return "", ""
