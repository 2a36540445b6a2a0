"""Where the documents of a stream begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

MOST_DOCUMENTS = 20_000
"""Documents of one stream: each is read, and told of, by itself. Helm 3 prints an empty one before some."""
TOO_MANY = f"more than {MOST_DOCUMENTS:,} documents"
_RAW_MARK = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_MARK = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


def are_too_many(raw: bytes) -> bool:
    """Tell whether what a program printed has more documents than are read."""
    return next(islice(_RAW_MARK.finditer(raw), MOST_DOCUMENTS, None), None) is not None


def starts(text: str) -> Iterator[int]:
    """Yield where documents begin: at `---`, or at the directives above it."""
    for match in _MARK.finditer(text):
        start = match.start()
        while start and text.startswith("%", above := text.rfind("\n", 0, start - 1) + 1):
            start = above
        yield start
