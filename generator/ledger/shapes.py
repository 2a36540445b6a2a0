"""Specs that differ in version texts alone, parsed once.

Most commits that touch a spec change a tag and nothing else. Texts that are the same but for what stands in
simple quotes, or is a plain `1.2.3`, have the same structure: none of the letters that may differ mean
anything to YAML. So one of them is parsed, with places, and the others are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, Span
from generator.merge import lookup
from generator.reader import Source, try_parse

Project = Callable[[Any], "dict[str, Any] | None"]
"""From the data of a file to the part that counts, at the same pointers; None if the file is at fault."""

_VARYING = re.compile(
    r"""(["'])((?:sha256:)?[A-Za-z0-9._+-]{1,128})\1(?![ \t]*:)"""  # a quoted text that is no key
    r"|(?<=: )()(v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+.][A-Za-z0-9.-]{1,100})?)(?=[ \t]*(?:[,}\r\n]|\Z))"
)
_MARK = "\0"


class _Shape(NamedTuple):
    """What all texts of one shape have in common, and which of their varying texts stands where."""

    data: dict[str, Any]
    varying: tuple[tuple[Pointer, int], ...]


class _First(NamedTuple):
    """The first text of a shape; it is not known yet whether there will be a second one."""

    source: Source
    data: dict[str, Any]


class Shapes:
    """Reads files, and remembers their shapes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, _Shape | _First | None] = {}
        """None for a shape of which every text has to be parsed."""

    def read(self, raw: bytes) -> dict[str, Any] | None:
        """Return the part of a file that counts; None if the file is at fault."""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        masked = _VARYING.sub(_MARK, text) if _MARK not in text else ""
        known = self._known.get(masked)
        if isinstance(known, _First):
            known = self._known[masked] = _shape(known)
        if known is not None:
            return _filled(known, [match[2] or match[4] for match in _VARYING.finditer(text)])
        source, problems = try_parse("", raw)
        data = self._project(source.data) if source is not None and not problems else None
        if source is not None and data is not None and masked and masked not in self._known:
            self._known[masked] = _First(source, data)
        return data


def _shape(first: _First) -> _Shape | None:
    """Return the shape of a text; None if what varies is only a part of something that counts."""
    text = first.source.text
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found = [match.span() for match in _VARYING.finditer(text)]
    number_by_span = {span: number for number, span in enumerate(found)}
    varying = []
    for pointer in _leaves(first.data, ()):
        place = first.source.places.get(pointer)
        if place is None:
            return None
        span = (_offset(place.value, starts), _offset(Span(*place.value[2:], 0, 0), starts))
        if span in number_by_span:
            varying.append((pointer, number_by_span[span]))
        elif any(start < span[1] and span[0] < end for start, end in found):
            return None
    return _Shape(first.data, tuple(varying))


def _offset(span: Span, starts: list[int]) -> int:
    return starts[span.line - 1] + span.column - 1


def _leaves(node: Any, at: Pointer) -> Iterator[Pointer]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, (*at, key))
    elif not isinstance(node, list) or node:
        yield at


def _filled(shape: _Shape, texts: list[str]) -> dict[str, Any]:
    """Return the data of a shape with other texts in it; what does not vary is shared."""
    data = dict(shape.data)
    copied: set[Pointer] = {()}
    for pointer, number in shape.varying:
        if lookup(data, pointer)[1] == texts[number]:
            continue
        node = data
        for depth, part in enumerate(pointer[:-1], start=1):
            if pointer[:depth] not in copied:
                node[part] = dict(node[part])  # type: ignore[index]
                copied.add(pointer[:depth])
            node = node[part]  # type: ignore[index]
        node[pointer[-1]] = texts[number]  # type: ignore[index]
    return data
