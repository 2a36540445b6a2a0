"""What plans are drawn on: a file, or a terminal with what it declares."""

from __future__ import annotations

from generator.cli.colors import wants_color
from generator.report.plans import Canvas


def canvas_for(path: str, color: str) -> Canvas:
    """Return what the output supports: a file everything, a terminal what it declares."""
    import shutil
    import sys

    if path:
        return Canvas()
    encoding = sys.stdout.encoding or "ascii"
    try:
        "█▁…≥–◆".encode(encoding)
    except UnicodeError:
        unicode = False
    else:
        unicode = True
    return Canvas(shutil.get_terminal_size().columns, wants_color(color), unicode)
