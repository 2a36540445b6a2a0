"""The settings of a workspace as they take effect: what tiphys.yaml sets, and the default of everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, Span, dotted
from generator.syntax.merge import lookup
from generator.syntax.reader import Source
from generator.syntax.secrets.masking import masked


class Origin(NamedTuple):
    """Where a setting comes from."""

    kind: str
    """`file`, `environment`, `flag`, `search` or `default`."""
    name: str = ""
    """The path of the file, the name of the variable or flag, or where it was found; empty for a default."""
    span: Span | None = None
    """The place in the file."""


DEFAULT = Origin("default")


class Setting(NamedTuple):
    """One setting."""

    key: str
    """As in tiphys.yaml, with dots: `spec.lint.failLevel`."""
    value: Any
    """Plain data, with secrets masked; None for what is not set and has no default."""
    origin: Origin


def settings(source: Source, schema: Mapping[str, Any]) -> list[Setting]:
    """Return all settings that the schema of tiphys.yaml knows, in its order; a map of names has one for each entry."""
    return [*_of(source, schema, ())]


def _of(source: Source, node: Mapping[str, Any], at: Pointer) -> Iterator[Setting]:
    for name, field in node["properties"].items():
        here = (*at, name)
        written = lookup(source.data, here)[1]
        if "properties" in field:
            yield from _of(source, field, here)
        elif isinstance(written, dict):
            yield from (_set(source, (*here, key), value) for key, value in written.items())
        elif written is not None:
            yield _set(source, here, written)
        else:
            yield Setting(dotted(here), field.get("default", field.get("const")), DEFAULT)


def _set(source: Source, at: Pointer, value: Any) -> Setting:
    return Setting(dotted(at), masked(value), Origin("file", source.path, source.span_of_key(at)))
