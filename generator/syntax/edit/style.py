"""Write a value in the style of its surroundings."""

from __future__ import annotations

import re

from generator.diagnostics import Pointer
from generator.syntax.reader.scalars import is_text

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]*(?::[A-Za-z0-9_./+-]+)*\Z")
"""Characters that need no quotes anywhere."""


def like(old: str, value: str) -> str:
    """Return a value in the quotes of an old one; without quotes only if every YAML reader reads it as a string.

    Without an old one, a value that begins with a digit gets quotes: `1.2.3` needs none, `1.2` does.
    """
    if old.startswith("'") and "'" not in value:
        return f"'{value}'"
    if old.startswith('"') or not _is_plain(value) or (not old and value[:1].isdigit()):
        return double_quoted(value)
    return value


def double_quoted(value: str) -> str:
    """Return a value in double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(value: str) -> bool:
    return _PLAIN.match(value) is not None and is_text(value)


def key(name: str) -> str:
    """Return a key as it is written."""
    return name if _is_plain(name) else double_quoted(name)


def flow(path: Pointer, scalar: str) -> str:
    """Return `a: {b: value}` for the path a, b."""
    head, *rest = map(str, path)
    return f"{key(head)}: {{{flow(tuple(rest), scalar)}}}" if rest else f"{key(head)}: {scalar}"


def nested(path: Pointer, scalar: str, indent: int, *, flow: bool) -> list[str]:
    """Return the lines for a value at a path, each below the other or in braces."""
    if flow:
        return [" " * indent + _flow(path, scalar)]
    head, *rest = map(str, path)
    if not rest:
        return [f"{' ' * indent}{key(head)}: {scalar}"]
    return [f"{' ' * indent}{key(head)}:", *nested(tuple(rest), scalar, indent + 2, flow=False)]


_flow = flow
