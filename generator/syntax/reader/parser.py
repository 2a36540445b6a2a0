"""The parser of YAML events: libyaml's, or PyYAML's own where that is missing."""

from __future__ import annotations

from typing import Any

import yaml

from generator.diagnostics import Span

__all__ = ["Parser", "span_of"]

try:
    from yaml._yaml import CParser as Parser
except ImportError:  # PyYAML without libyaml: slower, the same events

    class Parser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):  # type: ignore[no-redef]
        """The same events as libyaml's, from PyYAML's own code."""

        def __init__(self, stream: bytes) -> None:
            yaml.reader.Reader.__init__(self, stream)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)


def span_of(event: Any) -> Span:
    """Return the place of an event."""
    start, end = event.start_mark, event.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
