"""Specs that differ in version texts alone, parsed once.

Most commits that touch a spec change a tag and nothing else. Texts that are the same but for what stands in
simple quotes, or is a plain `1.2.3`, have the same structure: none of the letters that may differ mean
anything to YAML. So each shape is parsed once, with marks in the place of what varies, and its texts are
filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax.reader import try_parse

Project = Callable[[Any], "dict[str, Any] | None"]
"""From the data of a file to the part that counts; None if the file is at fault."""

_VARYING = re.compile(
    r"""(["'])((?:sha256:)?[A-Za-z0-9._+-]{1,128})\1(?![ \t]*:)"""  # a quoted text that is no key
    r"|(?<=: )()(v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+.][A-Za-z0-9.-]{1,100})?)(?=[ \t]*(?:[,}\r\n]|\Z))"
)
"""Four groups, of which the second or the fourth holds the text."""

_MASK = "\0"
_MARK = "0.0.0-tiphys-mark-"
"""Text for every reader, quoted or not."""


class _Shape(NamedTuple):
    """What all texts of one shape have in common, and which of their varying texts stands where."""

    data: dict[str, Any] | None
    """None for a shape whose texts are all at fault."""
    varying: tuple[tuple[Pointer, int], ...] = ()


class Shapes:
    """Reads files, and remembers their shapes."""

    def __init__(self, project: Project, parsed: Mapping[str, dict[str, Any]] | None = None) -> None:
        """Begin; `parsed` has the part that counts of texts that somebody else has parsed already."""
        self._project = project
        self._parsed_before = parsed or {}
        self._known: dict[str, _Shape | None] = {}
        """None for a shape of which every text has to be parsed."""

    def read(self, raw: bytes) -> dict[str, Any] | None:
        """Return the part of a file that counts; None if the file is at fault."""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if text in self._parsed_before:
            return self._parsed_before[text]
        if _MASK in text or _MARK in text:
            return self._parsed(raw)
        parts = _VARYING.split(text)
        masked = _MASK.join(parts[::5])
        if masked not in self._known:
            self._known[masked] = self._shape(text)
        shape = self._known[masked]
        if shape is None:
            return self._parsed(raw)
        if shape.data is None:
            return None
        texts = [quoted or plain for quoted, plain in zip(parts[2::5], parts[4::5], strict=True)]
        return _filled(shape.data, shape.varying, texts)

    def _parsed(self, raw: bytes) -> dict[str, Any] | None:
        source, problems = try_parse("", raw)
        return self._project(source.data) if source is not None and not problems else None

    def _shape(self, text: str) -> _Shape | None:
        """Return the shape of a text; None if what varies is only a part of something that counts."""
        parts, number, end = [], 0, 0
        for number, match in enumerate(_VARYING.finditer(text), start=1):
            quote = match[1] or ""
            parts += [text[end : match.start()], f"{quote}{_MARK}{number - 1}{quote}"]
            end = match.end()
        data = self._parsed("".join([*parts, text[end:]]).encode())
        if data is None:
            return _Shape(None)
        varying = []
        for pointer, leaf in _texts(data, ()):
            if re.fullmatch(re.escape(_MARK) + "[0-9]+", leaf):
                varying.append((pointer, int(leaf.removeprefix(_MARK))))
            elif _MARK in leaf:
                return None
        return _Shape(data, tuple(varying))


def _texts(node: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(node, str):
        yield at, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*at, key))
    elif isinstance(node, list):
        yield at, str(node)  # a list does not count; should it hold a mark, it is parsed


def _filled(shape: dict[str, Any], varying: tuple[tuple[Pointer, int], ...], texts: list[str]) -> dict[str, Any]:
    """Return the data of a shape with texts in it; what does not vary is shared."""
    data = dict(shape)
    copied: dict[Pointer, dict[str | int, Any]] = {(): data}  # type: ignore[dict-item]
    for pointer, number in varying:
        for depth in range(1, len(pointer)):
            if pointer[:depth] not in copied:
                above = copied[pointer[: depth - 1]]
                copied[pointer[:depth]] = above[pointer[depth - 1]] = dict(above[pointer[depth - 1]])
        copied[pointer[:-1]][pointer[-1]] = texts[number]
    return data
