"""A YAML stream as Kubernetes reads it: several documents, anchors, merge keys, Go's scalars.

Manifests for kubectl may contain much that a spec may not, so they are read by other rules than
specs are: nothing is refused that the API server would take. Each document is read on its own, so that
one that is not YAML does not affect the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Any, NamedTuple

import yaml

from generator.diagnostics import Pointer, Span
from generator.syntax.abridged import MOST
from generator.syntax.reader import go
from generator.syntax.reader.characters import Problem, forbidden_in_file
from generator.syntax.reader.document import Places
from generator.syntax.reader.parser import Parser, span_of
from generator.syntax.reader.size import MAX_DEPTH, MAX_NODES, Anchor, Size
from generator.syntax.reader.source import Place, Source
from generator.syntax.reader.starts import MOST_DOCUMENTS, TOO_MANY, starts
from generator.syntax.reader.syntax import TooDeepForParserError, complaint
from generator.syntax.reader.templated import is_templated, of_template

_SCALAR, _ALIAS = yaml.ScalarEvent, yaml.AliasEvent
_MAPPING, _MAPPING_END = yaml.MappingStartEvent, yaml.MappingEndEvent
_SEQUENCE_END = yaml.SequenceEndEvent


class Part(NamedTuple):
    """One document of a stream."""

    source: Source
    """No data if the document is empty or not YAML."""
    problems: list[Problem]
    text: str
    """The text of this document alone, with the comments above its end."""
    more: dict[str, int]
    """How many further problems of a rule are not reported."""


class _Document(Source):
    """A document that knows where it is in its file."""

    __slots__ = ("_line", "_part")

    def __init__(self, path: str, text: str, data: Any, part: str, line: int) -> None:
        super().__init__(path, text, data)
        self._part = part
        self._line = line

    @property
    def places(self) -> Places:
        """The place, in the whole file, of every node."""
        if self._places is None:
            reader = _Reader(self._part, self._line, with_places=True)
            reader.read()
            self._places = reader.places
        return self._places


class _Stop(Exception):  # noqa: N818 - unwinds the reader once nothing after this point is worth reading
    pass


def read_stream(path: str, text: str, skip: Callable[[str], bool] = lambda _part: False) -> Iterator[Part]:
    """Yield the documents of a stream, empty ones and those that `skip` knows by their text left out; never raises.

    A stream of too many is one problem.
    """
    found = list(islice(starts(text), MOST_DOCUMENTS + 1))
    if len(found) > MOST_DOCUMENTS:
        yield Part(Source(path, text, None), [Problem("TP006", Span(1, 1, 1, 1), TOO_MANY, "split this file")], "", {})
        return
    bounds = [0, *(start for start in found if start), len(text)]
    line = 0
    for start, end in pairwise(bounds):
        part = text[start:end]
        if not skip(part):
            reader = _Reader(part, line)
            data = reader.read()
            if data is not None or reader.problems:
                yield Part(_Document(path, text, data, part, line), reader.problems, part, reader.more)
        line += part.count("\n")


def read_texts(text: str) -> tuple[Any, list[Problem]]:
    """Return one document with every scalar as it is written, and its problems; never raises."""
    reader = _Reader(text, 0, texts=True)
    return reader.read(), reader.problems


class _Reader:
    """Reads one document; problems are collected, not raised."""

    __slots__ = ("anchors", "line", "more", "next", "places", "problems", "size", "text", "texts", "told", "with_places")

    def __init__(self, text: str, line: int, *, with_places: bool = False, texts: bool = False) -> None:
        self.text = text
        self.line = line
        self.with_places = with_places
        self.texts = texts
        self.places: Places = {}
        self.problems: list[Problem] = []
        self.told: Counter[str] = Counter()
        self.more: Counter[str] = Counter()
        self.anchors: dict[str, Anchor] = {}
        self.size = Size(len(text))
        self.next: Any = Parser(text.encode("utf-8")).get_event

    def read(self) -> Any:
        """Return the data; None if absent, or where `problems` says why it cannot be read."""
        try:
            self.next()
            event = self.next()
            if type(event) is yaml.StreamEndEvent:
                return None
            event = self.next()
            data = self._node(event, (), 1)
            self.places[()] = Place(self._span(event), self._span(event))
            self.next()
            if type(event := self.next()) is not yaml.StreamEndEvent:
                self._problem("TP011", event, "a second document starts here without `---`", "write `---` above it")
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self.problems = [self._complaint(error)]
            return None
        return data

    def _complaint(self, error: yaml.YAMLError) -> Problem:
        try:
            return self._placed_complaint(error)
        except TooDeepForParserError as deep:  # the parser reads ahead, and meets its own bound before ours
            line = self.line + deep.before.count("\n") + 1
            return Problem("TP006", Span(line, 1, line, 1), f"nested more than {MAX_DEPTH} levels deep", "flatten this")

    def _placed_complaint(self, error: yaml.YAMLError) -> Problem:
        worse = [one for one in forbidden_in_file(self.text) if one.rule == "TP016" or "control characters" in str(error)]
        problem = worse[0] if worse else self._of_parser(error)
        span = problem.span
        moved = Span(span.line + self.line, span.column, span.end_line + self.line, span.end_column)
        if not worse and is_templated(self.text):
            return Problem("TP001", moved, *of_template(self.text))
        return problem._replace(span=moved)

    def _of_parser(self, error: yaml.YAMLError) -> Problem:
        """Return what the parser complains of; where libyaml meets its own bound on nesting first, our own place for it."""
        try:
            return complaint(error, self.text)
        except TooDeepForParserError as deep:
            shallow = _Reader(deep.before, 0)
            shallow.read()
            start = Span(1, 1, 1, 1)
            return (shallow.problems or [Problem("TP006", start, "nested too deeply", "split this document")])[0]

    def _span(self, event: Any) -> Span:
        line, column, end_line, end_column = span_of(event)
        return Span(line + self.line, column, end_line + self.line, end_column)

    def _problem(self, rule: str, event: Any, message: str, hint: str) -> None:
        if self.told[rule] < MOST:
            self.told[rule] += 1
            self.problems.append(Problem(rule, self._span(event), message, hint))
        else:
            self.more[rule] += 1

    def _node(self, event: Any, pointer: Pointer, depth: int) -> Any:
        kind = type(event)
        if kind is _ALIAS:
            return self._alias(event, depth)
        size = self.size
        size.take(depth)
        if size.is_too_much:
            what = f"nested more than {MAX_DEPTH} levels deep" if depth > MAX_DEPTH else f"more than {MAX_NODES:,} values"
            self._problem("TP006", event, what, "split this document")
            raise _Stop
        if event.anchor is None:
            return self._value(event, pointer, depth)
        before = size.begin(depth)
        value = self._value(event, pointer, depth)
        self.anchors[event.anchor] = size.anchor(value, before)
        return value

    def _value(self, event: Any, pointer: Pointer, depth: int) -> Any:
        if type(event) is _SCALAR:
            self.size.characters += len(event.value)
            return self._scalar(event)
        return self._mapping(pointer, depth) if type(event) is _MAPPING else self._sequence(pointer, depth)

    def _scalar(self, event: Any) -> Any:
        if self.texts:
            return event.value
        if event.tag is not None and event.tag != "!":
            return go.tagged(event.tag, event.value)
        return event.value if event.style or event.tag else go.plain(event.value)

    def _alias(self, event: Any, depth: int) -> Any:
        if event.anchor not in self.anchors:
            self._problem(
                "TP001", event, f"`*{event.anchor}` refers to an anchor that is not defined above it", "write the value out"
            )
            raise _Stop
        anchor = self.anchors[event.anchor]
        self.size.repeat(anchor, depth)
        if self.size.is_too_much:
            self._problem("TP006", event, "aliases expand to too many values", "write the values out")
            raise _Stop
        return anchor.value

    def _mapping(self, pointer: Pointer, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[Any] = []
        take = self.next
        event = take()
        while type(event) is not _MAPPING_END:
            key = self._key(event)
            value_event = take()
            here = (*pointer, key) if self.with_places else pointer
            value = self._node(value_event, here, depth + 1)
            if self.with_places:
                self.places[here] = Place(self._span(event), self._span(value_event))
            if key == "<<" and not event.style:
                merged += value if isinstance(value, list) else [value]
            elif key in result:
                self._problem("TP007", event, f"`{key}` is set twice", "remove one of the two; the last one wins")
                result[key] = value
            else:
                result[key] = value
            event = take()
        if not merged:
            return result
        whole: dict[str, Any] = {}
        for base in reversed(merged):  # the first one counts most, and the map itself more than all of them
            whole.update(base if isinstance(base, dict) else {})
        return {**whole, **result}

    def _sequence(self, pointer: Pointer, depth: int) -> list[Any]:
        result: list[Any] = []
        take = self.next
        event = take()
        while type(event) is not _SEQUENCE_END:
            here = (*pointer, len(result)) if self.with_places else pointer
            result.append(self._node(event, here, depth + 1))
            if self.with_places:
                self.places[here] = Place(self._span(event), self._span(event))
            event = take()
        return result

    def _key(self, event: Any) -> str:
        """Return a key as JSON has it, which Go makes of YAML: text, also of numbers and booleans."""
        value = self._alias(event, 1) if type(event) is _ALIAS and event.anchor in self.anchors else None
        if type(event) is _SCALAR:
            self.size.characters += len(event.value)
            value = self._scalar(event)
            self.anchors.update({event.anchor: Anchor(value, 1, len(event.value))} if event.anchor else {})
        if isinstance(value, str):
            return value
        if isinstance(value, bool | int | float):
            return str(value).lower()
        if is_templated(self.text):
            self._problem("TP001", event, *of_template(self.text))
        else:
            self._problem("TP013", event, "a key must be a string, not a mapping, a list or empty", "write a simple key")
        raise _Stop
