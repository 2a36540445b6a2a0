"""Text of strangers in Markdown, and how much of it a comment takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.report.as_text import printable

MOST = 65_536
"""Characters that GitHub takes for a comment; bytes are counted here, which are never fewer."""

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&$\n\r]")
_LINKS = re.compile(
    r"(?<=[@!%^])(?=\w)|(?<=&#3[568];)(?=\w)|(?<=&#126;)(?=\w)|(?<=&#91;)(?=\w)|(?<=:/)(?=/)|(?<=[wW]{3})(?=\.)"
    r"|(?<=[A-Za-z]-)(?=[0-9])"
)
"""Where to break what forges make a mention, an issue (`#1`, `GH-1`), a merge request or a link of."""
_COMMIT = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{7,}(?![0-9A-Za-z])")
"""What they may take for a commit; no part of it that is left whole is long enough."""
_BREAK = "<!-- -->"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no mention, no issue, no commit, no link, no second line."""
    found = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", printable(text))
    found = _COMMIT.sub(lambda match: _BREAK.join(match[0][at : at + 6] for at in range(0, len(match[0]), 6)), found)
    return _LINKS.sub(_BREAK, found)


def fitting(parts: Iterator[str], room: int) -> tuple[list[str], int]:
    """Return as many parts as there is room for, and the room that is left."""
    taken = []
    for part in parts:
        size = len(part.encode("utf-8", "replace"))
        if size > room:
            break
        taken.append(part)
        room -= size
    return taken, room
