"""Whose words a rendered object is made of, where no spec says so: the values files and the text of an Application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from generator.adopt.folder_parts import FromFolder
from generator.adopt.model import Found
from generator.adopt.parts import FromHelm, Part
from generator.diagnostics import START, Diagnostic, Pointer, Severity, Span
from generator.kubernetes.objects import KubeObject, at, maps
from generator.syntax.merge import lookup
from generator.syntax.reader import Source
from generator.syntax.reader.stream import read_stream
from generator.syntax.secrets.ingredients import known_in
from generator.syntax.secrets.known import NOTHING, Known
from generator.syntax.secrets.redaction import told
from generator.verify.findings import Found as Finding
from generator.verify.findings import OfChart, OfObject, OfValue, without
from generator.verify.provenance import Node, nearest_to, nodes_of
from generator.verify.rendering import Job, defaults_of, given_values, ingredients_of
from generator.verify.telling import home_in


class Files(NamedTuple):
    """How reports name files, and what is in them."""

    name: Callable[[str, str], str]
    """Returns how a report names a file, by the root of its tree and its path in it."""
    text: Callable[[str], str]
    """Returns the text of a file with Applications by its name in reports; empty for others."""


class _Place(NamedTuple):
    path: str
    span: Span
    text: str


class _Layer(NamedTuple):
    """The values of one file, or of the Application itself."""

    data: dict[str, Any]
    source: Source
    at: Pointer
    """Where they are in the source."""
    is_text: bool = False
    """Whether they are one text there."""

    def place(self, path: Pointer, *, at_key: bool) -> _Place:
        pointer = self.at if self.is_text else (*self.at, *path)
        span = self.source.span_of_key(pointer) if at_key or self.is_text else self.source.span_of(pointer)
        return _Place(self.source.path, span, self.source.text)


class Blame:
    """Places the findings of one source of an Application, and is what Helm's words are understood with."""

    def __init__(self, found: Found, part: Part, files: Files, job: Job | None = None) -> None:
        """Begin with an Application, one of its sources, and what Helm is asked for it if it is a chart."""
        self._found = found
        self._part = part
        self._files = files
        self._job = job
        self._values = given_values(job) if job else {}
        self._layers = list(_layers(found, part, files)) if isinstance(part, FromHelm) else []
        self._nodes: list[Node] | None = None
        self.texts: dict[str, str] = {}
        """The texts of files that findings are placed in, by their names."""

    @cached_property
    def _known(self) -> Known:
        """The secrets that went into its objects."""
        return known_in([ingredients_of(self._job), defaults_of(self._job)]) if self._job else NOTHING

    def has(self, path: Sequence[str | int]) -> bool:
        """Tell whether the Application or a values file sets a value."""
        return lookup(self._values, tuple(path))[0]

    def value(self, path: Sequence[str | int]) -> Any:
        """Return what the Application or a values file sets; None for nothing."""
        return lookup(self._values, tuple(path))[1]

    def of_value(self, path: Sequence[str | int]) -> Pointer:
        """Return the pointer of a value among those of the problems of Helm."""
        return ("values", *path)

    def with_name(self, path: Sequence[str | int], name: str) -> tuple[str | int, ...]:
        """Return the path of a key that Helm rejects: from Helm 3.18 on it names a place of another key."""
        if self.has((*path, name)):
            return (*path, name)
        every = (node.path for node in self._every_node() if name in node.path)
        return next((found[: found.index(name) + 1] for found in every), (*path, name))

    def told(self, finding: Finding) -> Diagnostic:
        """Return a finding at its place."""
        finding = without(finding, self._known)
        match finding:
            case OfObject():
                return self._of_object(finding)
            case OfValue(path, rule, severity, message, hint, at_key):
                return self._placed(self._of_path(path, at_key=at_key), rule, severity, message, hint)
            case OfChart(rule, severity, message, hint):
                return self._placed(self._of_source(), rule, severity, message, hint)

    def of_application(self, pointer: Pointer, rule: str, severity: Severity, message: str, hint: str) -> Diagnostic:
        """Return a problem of a field of the Application."""
        return self._placed(self._in_application(pointer), rule, severity, message, hint)

    def _of_object(self, finding: OfObject) -> Diagnostic:
        item, pointer = finding.item, finding.pointer
        home = item if item.source is not None else None
        if isinstance(self._part, FromFolder):
            home = home or home_in(self._part.stock.objects, item, pointer)
        hint = finding.hint
        if home is not None and home.source is not None and isinstance(self._part, FromFolder):
            source, where = home.source, (*home.at, *pointer)
            span = source.span_of_key(where) if finding.at_key else source.span_of(where)
            place = _Place(self._files.name(self._part.root, source.path), span, source.text)
        else:
            path = nearest_to(self._every_node(), item, pointer)
            place = self._of_path(path, at_key=False) if path else self._of_source()
            rendered = f"rendered by {item.origin}" if item.origin and item.origin not in hint else ""
            hint = "; ".join(part for part in (hint, rendered) if part)
        return self._placed(place, finding.rule, finding.severity, finding.message, hint)

    def _every_node(self) -> list[Node]:
        if self._nodes is None:
            self._nodes = nodes_of(self._values)
        return self._nodes

    def _of_path(self, path: Pointer, *, at_key: bool) -> _Place:
        """Return where a value is set: in the highest layer that has it, or the nearest node above it."""
        pointer = self._parameter(path)
        if pointer:
            return self._in_application(pointer)
        while path:
            layer: _Layer | None = next((one for one in reversed(self._layers) if lookup(one.data, path)[0]), None)
            if layer is not None:
                return layer.place(path, at_key=at_key)
            path = path[:-1]
        return self._of_source()

    def _parameter(self, path: Pointer) -> Pointer:
        """Return the parameter that sets a value; () without one."""
        name = ".".join(map(str, path))
        source = self._part.source.data if isinstance(self._part, FromHelm) else {}
        every = maps(at(source, "helm", "parameters"))
        here = (*self._part.pointer, "helm", "parameters")
        return next(((*here, index, "value") for index, one in every if one.get("name") == name), ())

    def _of_source(self) -> _Place:
        """Return the field that chooses what is rendered."""
        data = self._part.source.data if isinstance(self._part, FromHelm) else self._part.data
        field = next((one for one in ("chart", "path", "repoURL") if data.get(one)), "repoURL")
        return self._in_application((*self._part.pointer, field))

    def _in_application(self, pointer: Pointer) -> _Place:
        found = self._found
        if found.source is None:
            text = self._files.text(found.path)
            return _Place(found.path, line_span(text, found.line), text)
        return _Place(found.path, found.source.span_of((*found.at, *pointer)), found.source.text)

    def _placed(self, place: _Place, rule: str, severity: Severity, message: str, hint: str) -> Diagnostic:
        if place.text:
            self.texts[place.path] = place.text
        service = self._found.name
        if self._found.source is None and place.path == self._found.path:
            message = f"{self._found.title}: {message}"  # what makes it may make others
        item = Diagnostic(place.path, place.span, rule, severity, message, hint, service=service)
        return told(item, place.text, *(layer.source.text for layer in self._layers))


def _layers(found: Found, part: FromHelm, files: Files) -> list[_Layer]:
    layers = []
    for layer, (root, path) in zip(part.layers, part.files, strict=True):
        if path:
            first = next(iter(read_stream(files.name(root, path), layer.text)), None)
            if first is not None:
                layers.append(_Layer(layer.data, first.source, ()))
        elif found.source is not None:
            field = "valuesObject" if part.source.helm.get("valuesObject") else "values"
            here = (*found.at, *part.pointer, "helm", field)
            layers.append(_Layer(layer.data, found.source, here, is_text=isinstance(part.source.inline, str)))
    return layers


def line_span(text: str, number: int) -> Span:
    """Return a line without its indent; the first character for a line beyond the end."""
    lines = text.splitlines()
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    start = len(line) - len(line.lstrip()) + 1
    return Span(number, start, number, max(len(line.rstrip()) + 1, start))


def of_plain(item: KubeObject, path: str, finding: OfObject) -> Diagnostic:
    """Return a finding about an object that is in a file as it is."""
    source = item.source
    span = source.span_of((*item.at, *finding.pointer)) if source else START
    return told(
        Diagnostic(path, span, finding.rule, finding.severity, finding.message, finding.hint, service=item.name),
        source.text if source else "",
    )
