"""The report of a run, in the requested format."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from generator.syntax.named_tuples import NamedTuple

if TYPE_CHECKING:
    from generator.diagnostics import Span
    from generator.pipeline.run import Outcome
    from generator.syntax.secrets.redaction import Excerpt

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")


class Style(NamedTuple):
    """How to render it."""

    text_of: Callable[[str], str] = lambda _path: ""
    """From a path to the whole text of the file, a byte order mark included; empty if absent. It holds
    secrets: what is shown of it is an excerpt."""
    command: str = "tiphys"
    """The command line to call Tiphys."""
    color: bool = False
    below: str = ""
    """Where the workspace is in its Git repository: forges count paths from the root of that."""
    manual: str = ""
    """URL of a copy of docs/rules/, which rules are linked to; empty for no links."""
    part: str = ""
    """What tells this report from those of other parts of the workspace; empty for a report of all."""
    on_github: bool = False
    """Whether GitHub's runner reads the output, as it reads some lines as commands."""

    def excerpt(self, path: str, span: Span) -> Excerpt:
        """Return the first line of a span as it may be shown, with the place of the span in it."""
        from generator.syntax.secrets.redaction import redacted

        return redacted(self.text_of(path)).excerpt(span)

    def in_repository(self, path: str) -> str:
        """Return a path of the workspace as one of the repository; what ships with tiphys is in neither."""
        return path if path.startswith("tiphys:") else f"{self.below}{path}"


def render(outcome: Outcome, form: str, style: Style) -> str:
    """Return the whole report as text that ends in a newline; empty if nothing is to be reported."""
    if form in ("text", "concise"):
        from generator.report.as_text import as_concise, as_text

        text = as_text(outcome, style) if form == "text" else as_concise(outcome, style)
        return guarded(text) if style.on_github else text
    # Each form is a module that is only imported where it is asked for: most runs print text.
    printer: Callable[[Outcome, Style], str] = getattr(import_module(f"generator.report.as_{form}"), f"as_{form}")
    return printer(outcome, style)


def guarded(text: str) -> str:
    """Return text that GitHub's runner does not read as a command: not `::` at the start of a line, not `##[`."""
    if "::" not in text and "##[" not in text:
        return text
    return _AT_START.sub(r"\1\\u{003a}:", text.replace("##[", "#\\u{0023}["))


_AT_START = re.compile(r"((?:^|[\r\n])[^\S\r\n]*)::")
