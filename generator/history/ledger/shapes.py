"""Parse specs that differ only in version strings once.

Most commits that touch a spec change a tag and nothing else. Texts that differ only inside simple quotes,
or in a plain `1.2.3`, have the same structure: none of the characters that may differ have a meaning in
YAML. So each shape is parsed once, with marks in place of the varying strings, which are then filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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

VERSIONS = frozenset({"tag", "digest", "version", "revision"})
"""The fields that hold versions."""

_OVERLAYS: Pointer = ("spec", "environments")
_MASK = "\0"
_MARK = "0.0.0-tiphys-mark-"
"""YAML reads it as a string, quoted or not."""


class Shape:
    """The common data of all texts of one shape, and where each varying string goes."""

    def __init__(self, data: dict[str, Any] | None, varying: tuple[tuple[Pointer, int], ...] = ()) -> None:
        """Create it; None for a shape whose texts are all invalid."""
        self.data = data
        self.varying = varying
        self.versions = {number for _, number in varying} - {number for at, number in varying if at[-1] not in VERSIONS}
        """The varying strings that are nothing but versions, by their numbers in the text."""
        self._slots: dict[str, tuple[int, ...]] = {}

    def slots_of(self, environment: str) -> tuple[int, ...]:
        """Return the varying strings that are relevant to an environment, by their numbers in the text."""
        if environment not in self._slots:
            other = [at[:2] == _OVERLAYS and at[2:3] != (environment,) for at, _ in self.varying]
            found = {number for (_, number), left_out in zip(self.varying, other, strict=True) if not left_out}
            self._slots[environment] = tuple(sorted(found))
        return self._slots[environment]


class Form(NamedTuple):
    """A text: its shape, and its own strings."""

    shape: Shape
    texts: tuple[str, ...] = ()

    def filled(self) -> dict[str, Any] | None:
        """Return the relevant part of the text; None if it is invalid."""
        return _filled(self.shape, self.texts) if self.shape.data is not None else None

    def labelled(self, slots: Sequence[int], known: Collection[str]) -> Form:
        """Return the form with a mark for each version in slots, the same mark for equal ones; `known` strings stay.

        Merging layers does not look into versions, it only compares them with each other. So it does the same with
        the marks of all texts that have the same ones.
        """
        first: dict[str, str] = {}
        labels = [""] * len(self.texts)
        for number in slots:
            text = self.texts[number]
            is_free = number in self.shape.versions and text not in known
            labels[number] = first.setdefault(text, f"{_MARK}{number}") if is_free else text
        return Form(self.shape, tuple(labels))

    def named(self, text: str) -> str | None:
        """Return the string that a mark of `labelled` stands for; None for a text of which it is only a part."""
        if _MARK not in text:
            return text
        number = text.removeprefix(_MARK)
        return self.texts[int(number)] if number.isdecimal() and number.isascii() else None


class _Lines(dict[str, tuple[str, tuple[str, ...]]]):
    """Lines with marks in place of their varying strings, and these strings: most lines of a history are the same."""

    def __missing__(self, line: str) -> tuple[str, tuple[str, ...]]:
        parts = _VARYING.split(line)
        texts = tuple(quoted or plain for quoted, plain in zip(parts[2::5], parts[4::5], strict=True))
        self[line] = found = (_MASK.join(parts[::5]), texts)
        return found


class Shapes:
    """Reads files, and caches their shapes."""

    def __init__(self, project: Project, parsed: Mapping[str, dict[str, Any]] | None = None) -> None:
        """Create the cache; `parsed` maps texts that were already parsed to their relevant part."""
        self._project = project
        self._parsed_before = parsed or {}
        self._lines = _Lines()
        self._known: dict[tuple[str, ...], Shape | None] = {}
        """None for a shape whose texts must each be parsed."""

    def read(self, raw: bytes) -> dict[str, Any] | None:
        """Return the relevant part of a file; None if the file is invalid."""
        return self.form(raw).filled()

    def form(self, raw: bytes) -> Form:
        """Return the form of a file."""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return Form(Shape(None))
        if text in self._parsed_before:
            return Form(Shape(self._parsed_before[text]))
        if _MASK in text or _MARK in text:
            return Form(Shape(self._parsed(raw)))
        known = self._lines
        lines = [known[line] for line in text.split("\n")]
        masked = tuple([line for line, _ in lines])
        if masked not in self._known:
            self._known[masked] = self._shape(text)
        shape = self._known[masked]
        if shape is None:
            return Form(Shape(self._parsed(raw)))
        return Form(shape, tuple([one for _, texts in lines if texts for one in texts]))

    def _parsed(self, raw: bytes) -> dict[str, Any] | None:
        source, problems = try_parse("", raw)
        return self._project(source.data) if source is not None and not problems else None

    def _shape(self, text: str) -> Shape | None:
        """Return the shape of a text; None if a varying string is only a part of a relevant value."""
        parts, number, end = [], 0, 0
        for number, match in enumerate(_VARYING.finditer(text), start=1):
            quote = match[1] or ""
            parts += [text[end : match.start()], f"{quote}{_MARK}{number - 1}{quote}"]
            end = match.end()
        data = self._parsed("".join([*parts, text[end:]]).encode())
        if data is None:
            return Shape(None)
        varying = []
        for pointer, leaf in _texts(data, ()):
            if re.fullmatch(re.escape(_MARK) + "[0-9]+", leaf):
                varying.append((pointer, int(leaf.removeprefix(_MARK))))
            elif _MARK in leaf:
                return None
        return Shape(data, tuple(varying))


def _texts(node: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(node, str):
        yield at, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*at, key))
    elif isinstance(node, list):
        yield at, str(node)  # lists are not relevant; one that contains a mark makes the text unshareable


def _filled(shape: Shape, texts: Sequence[str]) -> dict[str, Any]:
    """Return the data of a shape with its strings filled in; unchanged parts are shared."""
    data = dict(shape.data or {})
    copied: dict[Pointer, dict[str | int, Any]] = {(): data}  # type: ignore[dict-item]
    for pointer, number in shape.varying:
        for depth in range(1, len(pointer)):
            if pointer[:depth] not in copied:
                above = copied[pointer[: depth - 1]]
                copied[pointer[:depth]] = above[pointer[depth - 1]] = dict(above[pointer[depth - 1]])
        copied[pointer[:-1]][pointer[-1]] = texts[number]
    return data
