"""A change as a unified diff, without the secrets in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.syntax.named_tuples import NamedTuple
from generator.syntax.secrets.redaction import shown

if TYPE_CHECKING:
    from generator.pipeline.drift import Change

_AROUND = 3
"""Lines of context."""


class _Side(NamedTuple):
    """A file as it is, and as it may be shown, line for line."""

    lines: Sequence[str]
    shown: Sequence[str]


def difference(change: Change) -> str:
    """Return the unified diff from what is on disk to what is wanted; a changed secret shows as a changed line."""
    before, after = _side(change.found), _side(change.wanted)
    old = f"a/{change.path}" if change.found is not None else "/dev/null"
    new = f"b/{change.path}" if change.wanted is not None else "/dev/null"
    hunks = list(_hunks(before, after))
    head = [f"--- {old}\n", f"+++ {new}\n"] if hunks else []
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in [*head, *hunks])


def _hunks(before: _Side, after: _Side) -> Iterator[str]:
    from difflib import SequenceMatcher

    for group in SequenceMatcher(None, before.lines, after.lines).get_grouped_opcodes(_AROUND):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@\n"
        for tag, low, high, start, end in group:
            if tag == "equal":
                yield from (f" {line}" for line in before.shown[low:high])
            else:
                yield from (f"-{line}" for line in before.shown[low:high])
                yield from (f"+{line}" for line in after.shown[start:end])


def _range(start: int, end: int) -> str:
    """Return lines as `diff -u` counts them."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + (length > 0)},{length}"


def _side(content: bytes | None) -> _Side:
    text = content.decode("utf-8", "backslashreplace") if content is not None else ""
    return _Side(_lines(text), _lines(shown(text)))


def _lines(text: str) -> list[str]:
    # Only a newline ends a line here: a carriage return or a form feed is part of what differs.
    *lines, tail = text.split("\n")
    return [f"{line}\n" for line in lines] + ([tail] if tail else [])
