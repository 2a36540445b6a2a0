"""Parse specs that differ only in version strings once.

Most commits that touch a spec change a tag and nothing else. Texts that differ only inside simple quotes,
or in a plain `1.2.3`, have the same structure: none of the characters that may differ have a meaning in
YAML. So each shape is parsed once, with marks in place of the varying strings, which are then filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax.reader import try_parse

Project = Callable[[Any], "dict[str, Any] | None"]
"""Maps the data of a file to the relevant part; None if the file is invalid."""

_VARYING = re.compile(
    r"""(["'])((?:sha256:)?[A-Za-z0-9._+-]{1,128})\1(?![ \t]*:)"""  # a quoted string that is not a key
    r"|(?<=: )()(v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+.][A-Za-z0-9.-]{1,100})?)(?=[ \t]*(?:[,}\r\n]|\Z))"
)
"""Four groups; the second or the fourth holds the string."""

_MASK = "\0"
_MARK = "0.0.0-tiphys-mark-"
"""YAML reads it as a string, quoted or not."""


class _Shape(NamedTuple):
    """The common data of all texts of one shape, and where each varying string goes."""

    data: dict[str, Any] | None
    """None for a shape whose texts are all invalid."""
    varying: tuple[tuple[Pointer, int], ...] = ()


class Shapes:
    """Reads files, and caches their shapes."""

    def __init__(self, project: Project, parsed: Mapping[str, dict[str, Any]] | None = None) -> None:
        """Create the cache; `parsed` maps texts that were already parsed to their relevant part."""
        self._project = project
        self._parsed_before = parsed or {}
        self._known: dict[str, _Shape | None] = {}
        """None for a shape whose texts must each be parsed."""

    def read(self, raw: bytes) -> dict[str, Any] | None:
        """Return the relevant part of a file; None if the file is invalid."""
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
        """Return the shape of a text; None if a varying string is only a part of a relevant value."""
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
        yield at, str(node)  # lists are not relevant; one that contains a mark makes the text unshareable


def _filled(shape: dict[str, Any], varying: tuple[tuple[Pointer, int], ...], texts: list[str]) -> dict[str, Any]:
    """Return the data of a shape with its strings filled in; unchanged parts are shared."""
    data = dict(shape)
    copied: dict[Pointer, dict[str | int, Any]] = {(): data}  # type: ignore[dict-item]
    for pointer, number in varying:
        for depth in range(1, len(pointer)):
            if pointer[:depth] not in copied:
                above = copied[pointer[: depth - 1]]
                copied[pointer[:depth]] = above[pointer[depth - 1]] = dict(above[pointer[depth - 1]])
        copied[pointer[:-1]][pointer[-1]] = texts[number]
    return data
