"""Values as text in a sentence: exact if they fit, otherwise cut around the difference."""

from __future__ import annotations

import json
import re
from typing import Any

from generator.syntax.leaves import ABSENT
from generator.syntax.secrets.looks import MASK

MOST = 100
"""Characters of a value that are shown."""
_CONTEXT = 12
"""Letters before a difference that are shown with it."""

_PLAIN = re.compile(r"[A-Za-z0-9_./%@$+=~*(][-A-Za-z0-9_./:%@$+=~*()& ]*(?<! )\Z")
_OTHER_TYPE = re.compile(
    r"(?i:true|false|null|none|yes|no|on|off|[-+]?\.(?:nan|inf)|[-+]?(?:[0-9_]+(?:\.[0-9_]*)?|\.[0-9_]+)(?:e[-+]?[0-9]+)?"
    r"|0[xo][0-9a-f]+|[0-9]+(?::[0-9]+)+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})\Z"
)
"""Text that some reader of YAML takes for no text, or that stands here for something else."""
_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}\b")


def shown(value: Any) -> str:
    """Return a value as text: plain words as they are, and text that could be taken for anything else in quotes."""
    text = _whole(value)
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def shown_pair(old: Any, new: Any) -> tuple[str, str]:
    """Return both sides of a change as texts that differ wherever the values do."""
    first, second = _whole(old), _whole(new)
    if len(first) <= MOST and len(second) <= MOST:
        return first, second
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    start = max(0, same - _CONTEXT)
    return _window(first, start), _window(second, start)


def _window(text: str, start: int) -> str:
    before = "…" if start else ""
    return before + (text[start : start + MOST] + "…" if len(text) - start > MOST else text[start:])


def _whole(value: Any) -> str:
    if value is ABSENT:
        return "none"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(str(key))}: {_whole(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_whole, value)) + "]"
    return str(value)


def _text(text: str) -> str:
    plain = text == MASK or (_PLAIN.match(text) and not _OTHER_TYPE.match(text))
    return _DIGEST.sub(r"\1…", text if plain else json.dumps(text, ensure_ascii=False))
