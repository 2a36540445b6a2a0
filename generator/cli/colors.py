"""Whether output is coloured."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def wants_color(choice: str, stream: TextIO | None = None) -> bool:
    """Tell whether to colour a stream: the option, then NO_COLOR, FORCE_COLOR, TERM, then the terminal."""
    if choice == "auto":
        choice, _ = chosen()
    return (stream or sys.stdout).isatty() if choice == "auto" else choice == "always"


def chosen() -> tuple[str, str]:
    """Return what the environment chooses, and by which variable: `auto` and none if it leaves that to the terminal."""
    if os.environ.get("NO_COLOR"):
        return "never", "NO_COLOR"
    if os.environ.get("FORCE_COLOR"):
        return "always", "FORCE_COLOR"
    return ("never", "TERM") if os.environ.get("TERM") == "dumb" else ("auto", "")
