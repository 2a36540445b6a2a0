"""What is said about a file, and where."""

from enum import StrEnum
from typing import NamedTuple

Pointer = tuple[str | int, ...]
"""The way from the root of a document to one of its nodes: map keys and list indexes."""


class Severity(StrEnum):
    """How much a problem matters; errors fail a run, warnings and notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of a file: lines and columns count from 1, in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


START = Span(1, 1, 1, 1)
"""The place of a problem that belongs to a whole file."""


class Fix(NamedTuple):
    """What to write in the place of a diagnostic's span to be rid of it."""

    text: str
    safe: bool
    """Whether the fix is certain; a guess at the intent is not."""


class Diagnostic(NamedTuple):
    """One problem in one place, as every stage reports it."""

    path: str
    """Relative to the workspace root, with forward slashes."""
    span: Span
    rule: str
    """The id of the rule, such as TP012; the catalogue holds its name and page."""
    severity: Severity
    message: str
    """Lower case, no full stop: what is wrong."""
    hint: str = ""
    """Imperative: what to do about it."""
    pointer: Pointer = ()
    service: str = ""
    environment: str = ""
    """All of them by `, ` where one cause is told once for several."""
    fix: Fix | None = None
    origin: tuple[str, Span] | None = None
    """Path and place of the cause, if it is in a different file."""

    @property
    def order(self) -> tuple[object, ...]:
        """The key that reports are sorted by: file, then place, then rule."""
        return (self.path, self.span, self.rule, self.message)

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments that it is about."""
        return tuple(self.environment.split(", ")) if self.environment else ()


class Named(str):
    """A part of a pointer: an item of a list, by what it is called; shown as `[http]`."""

    __slots__ = ()


def json_pointer(pointer: Pointer) -> str:
    """Return the RFC 6901 text of a pointer; the root is the empty string."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def dotted(pointer: Pointer) -> str:
    """Return a pointer as people write it: `rollout.canary.steps[1].setWeight`, `ports[http].port`, `labels["a/b"]`."""
    text = ""
    for part in pointer:
        if isinstance(part, int | Named):
            text += f"[{part}]"
        elif part.replace("-", "").replace("_", "").isalnum():
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text
