"""The tree of a Go template."""

from __future__ import annotations

from typing import Any, NamedTuple


class Text(NamedTuple):
    """Text outside of braces."""

    text: str


class Constant(NamedTuple):
    """A string, a number, a boolean or nil."""

    value: Any
    kind: str
    at: int = 0


class Field(NamedTuple):
    """`.a.b`; without names it is the dot itself."""

    names: tuple[str, ...]
    at: int


class Variable(NamedTuple):
    """`$x.a.b`."""

    name: str
    names: tuple[str, ...]
    at: int


class Chain(NamedTuple):
    """`(pipeline).a.b`."""

    node: Any
    names: tuple[str, ...]
    at: int


class Function(NamedTuple):
    """The name of a function."""

    name: str
    at: int


Command = tuple[Any, ...]
"""Operands: a function with its arguments, or a single value."""


class Pipeline(NamedTuple):
    """Commands, each with the result of the one before as its last argument."""

    variables: tuple[str, ...]
    assigns: bool
    """Whether the variables exist already."""
    commands: tuple[Command, ...]
    at: int


class Branch(NamedTuple):
    """`if`, `with` or `range`."""

    kind: str
    pipeline: Pipeline
    body: tuple[Any, ...]
    otherwise: tuple[Any, ...]


class Call(NamedTuple):
    """`template "name" pipeline`."""

    name: str
    pipeline: Pipeline | None
    at: int


class Jump(NamedTuple):
    """`break` or `continue`."""

    kind: str


class Template(NamedTuple):
    """A template with those that it defines."""

    body: tuple[Any, ...]
    defined: dict[str, tuple[Any, ...]]
