"""The objects of an import.

- *found*: an Application of the old tree, as it is written there or made by an ApplicationSet or a root Application.
- *note*: something of the old tree that the workspace does not contain, with its place and the reason.
- *cell*: one found Application as a service in an environment.
- *settings*: what a spec would say of a cell if it said everything; *layers* share them out to files.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject
from generator.kubernetes.rollouts import table
from generator.syntax.reader import Source


class Place(NamedTuple):
    """A line of a file, for people."""

    path: str
    line: int


class Note(NamedTuple):
    """Something that is not carried over."""

    path: str
    line: int
    what: str
    why: str


class Found(NamedTuple):
    """An Application of the old tree."""

    data: dict[str, Any]
    path: str
    """Its file, as a report names it."""
    below: str
    """The same, relative to the path that the user named."""
    file: str
    """The same, as an absolute path."""
    source: Source | None = None
    """The document that contains it; None for one that was made of others."""
    at: Pointer = ()
    line: int = 1
    """Where it is, or what makes it."""
    maker: str = ""
    """The ApplicationSet or Application that makes it; empty for one in a file."""
    marks: Mapping[str, str] = MappingProxyType({})
    """The parameters that an ApplicationSet made it of."""
    step: int | None = None
    """The step of its RollingSync that syncs it, from 0."""

    @property
    def item(self) -> KubeObject:
        """The Application as an object."""
        return KubeObject(self.data)

    @property
    def name(self) -> str:
        """Its name."""
        return self.item.name

    @property
    def destination(self) -> dict[str, Any]:
        """The cluster and the namespace that it deploys to."""
        return table(self.data, "spec", "destination")

    @property
    def title(self) -> str:
        """What a report calls it."""
        return f"Application {self.name}" if self.name else "an Application without a name"

    @property
    def as_maker(self) -> str:
        """What the Applications call it that it makes."""
        return f"{self.item.kind} {self.name}"

    def place(self, pointer: Pointer = ()) -> Place:
        """Return the place of a field of it, or of what makes it."""
        if self.source is None:
            return Place(self.path, self.line)
        return Place(self.path, self.source.span_of_key((*self.at, *pointer)).line)

    def note(self, pointer: Pointer, what: str, why: str) -> Note:
        """Return that a field of it is not carried over."""
        return Note(*self.place(pointer), f"{self.title}: {what}", why)

    def left_out(self, pointer: Pointer, why: str) -> Note:
        """Return that it is not carried over at all; `pointer` is what prevents it."""
        return Note(*self.place(pointer), self.title, why)


class UnavailableError(Exception):
    """What an Application deploys cannot be had: its chart, its path, or its values."""

    def __init__(self, pointer: Pointer, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.hint = hint

    @property
    def said(self) -> str:
        """The message with the hint."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


class Difference(NamedTuple):
    """One field of one object that is not as it was; a whole object that came or went has an empty path."""

    service: str
    environment: str
    """With its destination after a slash, if it has several."""
    object: str
    path: str
    before: Any
    after: Any
