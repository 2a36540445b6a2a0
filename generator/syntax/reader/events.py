"""libyaml's events to data: the structure that a spec may have, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import yaml

from generator.diagnostics import Fix, Pointer, Span
from generator.syntax.reader import characters
from generator.syntax.reader.characters import Problem
from generator.syntax.reader.document import MAX_DEPTH, MAX_KEY, MAX_NODES, MAX_PROBLEMS, MAX_SCALAR, Document
from generator.syntax.reader.parser import Parser
from generator.syntax.reader.parser import span_of as _span
from generator.syntax.reader.scalars import SURE_TEXTS, AmbiguousError, fix_of, hint_for, is_text, plain
from generator.syntax.reader.source import Place
from generator.syntax.reader.syntax import TooDeepForParserError, complaint, tag_text

_DOCUMENT_START = yaml.DocumentStartEvent
_DOCUMENT_END = yaml.DocumentEndEvent
_STREAM_END = yaml.StreamEndEvent
_SCALAR = yaml.ScalarEvent
_MAPPING_START = yaml.MappingStartEvent
_MAPPING_END = yaml.MappingEndEvent
_SEQUENCE_START = yaml.SequenceStartEvent
_SEQUENCE_END = yaml.SequenceEndEvent
_ALIAS = yaml.AliasEvent


class _Stop(Exception):  # noqa: N818 - unwinds the reader once nothing after this point is worth reading
    pass


def read_events(text: str, *, with_places: bool = False) -> Document:
    """Return the one document in `text`; problems are collected, not raised."""
    try:
        return _Reader(text, with_places=with_places).read()
    except TooDeepForParserError as error:
        # What comes before is deep enough for our own bound, whose place depends on no version of libyaml.
        return _Reader(error.before, with_places=with_places).read()


class _Reader:
    __slots__ = ("document", "next", "nodes", "quoted", "text", "with_places")

    def __init__(self, text: str, *, with_places: bool) -> None:
        self.text = text
        self.document = Document()
        self.with_places = with_places
        self.nodes = 0
        self.quoted: list[tuple[int, int]] = []
        self.next: Callable[[], Any] = Parser(text.encode("utf-8")).get_event

    def read(self) -> Document:
        document = self.document
        try:
            self.next()
            self._document()
        except _Stop:
            document.broken = True
        except yaml.YAMLError as error:
            document.problems.append(complaint(error, self.text))
            document.broken = True
        if "\t" in self.text or not self.text.isascii():
            stray = characters.stray_whitespace(self.text, self.quoted)
            if stray:  # these are the cause of whatever else the parser stumbled over
                document.problems = stray
                document.broken = True
        return document

    def _document(self) -> None:
        event = self.next()
        if type(event) is _STREAM_END:
            self._stop(
                "TP015", Span(1, 1, 1, 1), "the file has no document", "write a mapping: apiVersion, kind, metadata, spec"
            )
        if event.version or event.tags:
            self._problem(
                "TP010",
                _span(event),
                "YAML directives are not supported: readers treat them differently",
                "delete the line that starts with %",
            )
        root = self.next()
        if type(root) is not _MAPPING_START:
            self._not_a_mapping(root)
        self.document.data = self._node(root, (), 1)
        if self.with_places:
            whole = _span(root)
            self.document.places[()] = Place(whole, whole)
        self.next()
        event = self.next()
        if type(event) is _DOCUMENT_START:
            self._stop("TP011", _span(event), "a second document starts here", "move it to a separate file")

    def _not_a_mapping(self, root: Any) -> None:
        if type(root) is _SCALAR and not root.value and not root.style:
            following = self.next()
            following = self.next()
            if type(following) is _DOCUMENT_START:
                self._stop("TP011", _span(following), "an empty document comes first", "delete the first `---` line")
            self._stop(
                "TP015", Span(1, 1, 1, 1), "the file has no document", "write a mapping: apiVersion, kind, metadata, spec"
            )
        what = "a list" if type(root) is _SEQUENCE_START else "an alias" if type(root) is _ALIAS else "a single value"
        self._stop(
            "TP015", _span(root), f"the document is {what}, not a mapping", "start with apiVersion, kind, metadata and spec"
        )

    def _node(self, event: Any, pointer: Pointer, depth: int) -> Any:
        kind = type(event)
        if kind is _ALIAS:
            self._problem(
                "TP008",
                _span(event),
                f"`*{event.anchor}` is an alias",
                "write the value out",
            )
            self.document.has_nulls = True
            return None
        if event.anchor is not None:
            self._problem(
                "TP008", _span(event), f"`&{event.anchor}` is an anchor", "delete it, and write the value out where it is used"
            )
        if event.tag is not None:
            self._problem(
                "TP009", _span(event), f"`{tag_text(event.tag)}` is a tag", "delete it; to make a value a string, quote it"
            )
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop("TP006", _span(event), f"more than {MAX_NODES:,} values", "move large data out of this file")
        if kind is _SCALAR:
            return self._scalar(event)
        if depth > MAX_DEPTH:
            self._stop("TP006", _span(event), f"nested more than {MAX_DEPTH} levels deep", "flatten this")
        if kind is _MAPPING_START:
            return self._mapping(pointer, depth)
        return self._sequence(pointer, depth)

    def _mapping(self, pointer: Pointer, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        lines: dict[str, int] = {}
        self.document.lines[id(result)] = lines
        take, sure, with_places = self.next, SURE_TEXTS, self.with_places
        event = take()
        while type(event) is not _MAPPING_END:
            if type(event) is _SCALAR and event.value in sure and not event.style and event.anchor is event.tag is None:
                key = event.value  # seen before in just this form
            else:
                key = self._key(event, depth)
            key_span = _span(event) if with_places else None
            if key in result:
                self._problem("TP007", _span(event), f"`{key}` is already set on line {lines[key]}", "remove one of the two")
            lines[key] = event.start_mark.line + 1
            value_event = take()
            here = (*pointer, key) if with_places else pointer
            value: Any
            if (
                type(value_event) is _SCALAR
                and value_event.value in sure
                and not value_event.style
                and value_event.anchor is value_event.tag is None
                and self.nodes < MAX_NODES
            ):
                self.nodes += 1
                value = value_event.value  # as most values: seen before in just this form
            else:
                value = self._node(value_event, here, depth + 1)
            if key_span is not None:
                self.document.places[here] = Place(key_span, _span(value_event))
            result[key] = value
            event = take()
        return result

    def _sequence(self, pointer: Pointer, depth: int) -> list[Any]:
        result: list[Any] = []
        lines: list[int] = []
        self.document.lines[id(result)] = lines
        take = self.next
        event = take()
        while type(event) is not _SEQUENCE_END:
            lines.append(event.start_mark.line + 1)
            here = (*pointer, len(result)) if self.with_places else pointer
            result.append(self._node(event, here, depth + 1))
            if self.with_places:
                span = _span(event)
                self.document.places[here] = Place(span, span)
            event = take()
        return result

    def _key(self, event: Any, depth: int) -> str:
        kind: Any = type(event)
        if kind is not _SCALAR:
            self._problem(
                "TP013", _span(event), "a key must be a plain string, not a mapping, a list or an alias", "write a simple key"
            )
            self._node(event, (), depth + 1)
            return f"\0{len(self.document.problems)}"
        value: str = event.value
        if event.anchor is not None or event.tag is not None:
            self._problem(
                "TP008" if event.anchor else "TP009", _span(event), "a key has an anchor or a tag", "write just the key"
            )
        if event.style:
            self._quoted(event)
            if event.style in "|>" or event.start_mark.line != event.end_mark.line:
                self._problem(
                    "TP013", _span(event), "a key must be on one line", "shorten it, or put it in double quotes on one line"
                )
        elif value not in SURE_TEXTS:
            self._plain_key(event, value)
        if len(value) > MAX_KEY:
            said = f"a key of {len(value)} characters; the maximum is {MAX_KEY}"
            self._problem("TP006", _span(event), said, "shorten the key")
        return value

    def _plain_key(self, event: Any, value: str) -> None:
        if value == "<<":
            self._problem("TP014", _span(event), "`<<` merges mappings only in YAML 1.1", "write the keys out")
            return
        if not is_text(value):
            what = f"`{value}`" if value else "an empty key"
            self._problem(
                "TP013",
                _span(event),
                f"{what} is not read as a string by every YAML reader",
                f'write it as "{value}"' if value else "name the key",
            )

    def _scalar(self, event: Any) -> Any:
        value: str = event.value
        if len(value) > MAX_SCALAR:
            self._problem(
                "TP006",
                _span(event),
                f"a value of {len(value):,} characters; the maximum is {MAX_SCALAR:,}",
                "move it to a separate file",
            )
        if event.style:
            self._quoted(event)
            return value
        try:
            result = plain(value)
            self.document.has_nulls |= result is None
            return result
        except AmbiguousError as reason:
            said, hint = f"`{value}` is ambiguous: {reason}", hint_for(value)
            self._problem("TP012", _span(event), said, hint, fix_of(value, bare=not (event.anchor or event.tag)))
            return value

    def _quoted(self, event: Any) -> None:
        self.quoted.append((event.start_mark.index, event.end_mark.index))
        bad = characters.forbidden_in_value(event.value)
        if bad:
            self._problem(
                "TP005",
                _span(event),
                f"the value contains {characters.describe(bad)}",
                "delete the escape: the character breaks the manifests",
            )

    def _problem(self, rule: str, span: Span, message: str, hint: str, fix: Fix | None = None) -> None:
        self.document.problems.append(Problem(rule, span, message, hint, fix))
        if len(self.document.problems) >= MAX_PROBLEMS:
            raise _Stop

    def _stop(self, rule: str, span: Span, message: str, hint: str) -> NoReturn:
        self.document.problems.append(Problem(rule, span, message, hint))
        raise _Stop
