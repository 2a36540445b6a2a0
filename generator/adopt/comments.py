"""The comments of values files, and files of a workspace with these comments at the same values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax.emit import emit
from generator.syntax.reader import comments as reader
from generator.syntax.reader.source import Source
from generator.syntax.reader.stream import read_stream
from generator.syntax.secrets.redaction import shown


class Comment(NamedTuple):
    """What is said of one value."""

    above: tuple[str, ...] = ()
    """The lines above it, from `#` on."""
    behind: str = ""
    """The rest of its line, from `#` on."""


Comments = Mapping[Pointer, Comment]

_MEANT_FOR_TOOLS = ("tiphys:", "yaml-language-server:", "yamllint", "$schema", "renovate:", "@schema", "-- @")


def of(text: str) -> dict[Pointer, Comment]:
    """Return the comments of a values file by the values that they are about; none of a file that is not YAML."""
    source = _source(text)
    if source is None or "#" not in text:
        return {}
    by_line: dict[int, Pointer] = {}
    for pointer, place in source.places.items():
        if pointer:
            by_line.setdefault(place.key.line, pointer)
    found: dict[Pointer, Comment] = {}
    waiting: list[str] = []
    last = 0
    lines, masked = text.split("\n"), shown(text).split("\n")
    every = (one._replace(text=one.text.replace("\t", " ")) for one in reader.comments(text))
    for one in (one for one in every if one.text.isprintable()):
        if _is_for_tools(one.text) or masked[one.line - 1] != lines[one.line - 1]:
            continue  # a commented secret is not copied
        if not one.alone:
            if one.line in by_line:
                beside = by_line[one.line]
                found[beside] = found.get(beside, Comment())._replace(behind=one.text)
            continue
        waiting = [*waiting, one.text] if one.line == last + 1 else [one.text]
        last = one.line
        if one.line + 1 in by_line:
            below = by_line[one.line + 1]
            found[below] = found.get(below, Comment())._replace(above=tuple(waiting))
    return found


def _is_for_tools(text: str) -> bool:
    return text.lstrip("# ").startswith(_MEANT_FOR_TOOLS)


def _source(text: str) -> Source | None:
    parts = list(read_stream("", text))
    return parts[0].source if len(parts) == 1 and not parts[0].problems else None


def written(data: Any, header: str, comments: Comments) -> str:
    """Return a document with comments at its values, which are named by pointers. Unlike a generated file, it may have nulls."""
    text = emit(_nullable(data)).replace(f'"{_NULL}"', "null")
    source = _source(text)
    lines = text.split("\n")
    if comments and source is not None:
        places = [(source.places[pointer].key, comment) for pointer, comment in comments.items() if pointer in source.places]
        for key, comment in sorted(places, key=lambda item: -item[0].line):
            at, indent = key.line - 1, " " * (key.column - 1)
            if comment.behind and not lines[at].rstrip().endswith(("|", "|-")):
                lines[at] += f"  {comment.behind}"
            lines[at:at] = [f"{indent}{line}" for line in comment.above]
    return (f"# {header}\n" if header else "") + "\n".join(lines)


_NULL = "null marker of import"
"""Stands for null, as an emitter of generated files writes none."""


def _nullable(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _NULL if value is None else _nullable(value) for key, value in node.items()}
    return node
