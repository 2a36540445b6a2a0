"""Where the documents of a stream begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


def starts(text: str) -> Iterator[int]:
    """Yield where documents begin: at `---`, or at the directives above it."""
    for match in _MARK.finditer(text):
        start = match.start()
        while start and text.startswith("%", above := text.rfind("\n", 0, start - 1) + 1):
            start = above
        yield start
