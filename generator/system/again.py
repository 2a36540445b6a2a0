"""Start this program again, for one command on behalf of a server."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from generator.system import bounded
from generator.system.bounded import Limits
from generator.system.program import Done

_OF_CI = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "PRE_COMMIT")
"""What changes the output of a command."""


def run(words: Sequence[str], root: str, limits: Limits, cancelled: threading.Event | None = None) -> Done:
    """Return the output of a command in the workspace at `root`; an interrupt ends it once `cancelled` is set."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_CI} | {"NO_COLOR": "1"}
    # -P: the directory of a workspace must not come before the installed packages
    command = [sys.executable, "-P", "-m", "generator", "-C", root, *words]
    return bounded.run(command, environment, limits, root, cancelled)
