"""A change as a unified diff."""

from __future__ import annotations

from generator.compare import Change


def difference(change: Change) -> str:
    """Return the unified diff from what is on disk to what is wanted."""
    from difflib import unified_diff

    before = _lines(change.found)
    after = _lines(change.wanted)
    old = f"a/{change.path}" if change.found is not None else "/dev/null"
    new = f"b/{change.path}" if change.wanted is not None else "/dev/null"
    lines = list(unified_diff(before, after, old, new))
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(content: bytes | None) -> list[str]:
    if content is None:
        return []
    # Only a newline ends a line here: a carriage return or a form feed is part of what differs.
    return [line + "\n" for line in content.decode("utf-8", "backslashreplace").split("\n")[:-1]] + (
        [tail] if (tail := content.decode("utf-8", "backslashreplace").rpartition("\n")[2]) else []
    )
