"""What a run has to say, in the form that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from generator.pipeline import Outcome

FORMATS = ("text", "concise", "json")


class Style(NamedTuple):
    """How to say it: `line_of(path, line)` returns a source line, `command` is how mooring was called."""

    line_of: Callable[[str, int], str]
    command: str = "mooring"
    color: bool = False


def render(outcome: Outcome, form: str, style: Style) -> str:
    """Return the whole report as text that ends in a newline; empty if there is nothing to say."""
    if form == "json":
        from generator.report.as_json import as_json

        return as_json(outcome)
    from generator.report.as_text import as_concise, as_text

    return as_text(outcome, style) if form == "text" else as_concise(outcome)
