"""Answers to an editor's requests about a place in a file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Span
from generator.editor import hover
from generator.editor.chart_schema import with_values
from generator.editor.charts import chart_at
from generator.editor.completion import Proposal, proposals, suppressible
from generator.editor.cursor import Cursor, Wanted, cursor_at, keys_beside
from generator.editor.layers import Target, origins, stories
from generator.editor.names import (
    Name,
    Names,
    Thing,
    destinations_in,
    find,
    images_in,
    meant_by_keys,
    named_by_keys,
    named_by_value,
)
from generator.editor.outline import scan
from generator.editor.protocol.documents import Document
from generator.editor.protocol.places import files_near, folders
from generator.editor.protocol.study import Study, kind_of
from generator.editor.shapes import Shapes
from generator.editor.spots import Spot, spot_at
from generator.errors import ConfigError
from generator.lint import catalogue
from generator.lint.catalogue import Page
from generator.syntax.merge import lookup
from generator.syntax.reader import Source
from generator.syntax.schema.errors import schema
from generator.verify.chart_at_hand import ChartAtHand

_MOST_FINDINGS = 3
"""The maximum number of rule pages that a hover shows."""
_FOLDERS = (Thing.KUSTOMIZATION, Thing.DIRECTORY)
_LOOKED_FOR = (Thing.FILE, *_FOLDERS)
"""What is looked for on the disk, and so only when it is asked for."""


class About(NamedTuple):
    """A file that is open, with all that is known of it."""

    document: Document
    root: str
    path: str
    kind: str
    study: Study
    plain: str
    """The text as the reader sees it."""

    @property
    def findings(self) -> list[Diagnostic]:
        """The findings of the file."""
        return self.study.findings.get(self.path, [])

    def names(self, thing: Thing) -> tuple[Name, ...]:
        """Return what the file can name."""
        if thing is Thing.IMAGE:
            return images_in(key.pointer for key in scan(self.plain)) if self.kind == "pipeline" else ()
        if thing is Thing.DESTINATION and self.kind == "environment":
            return destinations_in(scan(self.plain), self.path, self.study.names.get(thing, ()))
        if thing is Thing.FILE and self.root:
            return files_near(self.root, self.path)
        if thing in _FOLDERS and self.root:
            return folders(self.root, thing, self.study.workspace)
        return self.study.names.get(thing, ())


def about(document: Document, root: str, study: Study) -> About:
    """Return a file with what is known of it."""
    path = document.path(root)
    plain = document.text.removeprefix("\ufeff")
    return About(document, root, path, kind_of(path, plain, study.workspace), study, plain)


@lru_cache(maxsize=16)
def _shapes(kind: str, chart: ChartAtHand | None = None) -> Shapes:
    """Return the schema of a kind of file, with the values of a chart if that is not too large."""
    try:
        return Shapes(with_values(schema(kind), chart) if chart else schema(kind))
    except ConfigError:
        return Shapes(schema(kind))


def _shapes_at(one: About, line: int, pointer: Pointer) -> Shapes:
    """Return the schema of a file, with that of its chart where the values are."""
    chart = None
    if "values" in pointer and one.kind in ("pipeline", "environment") and one.study.charts:
        chart = chart_at(one.kind, one.plain, line, pointer, one.study.environments, one.study.charts)
    return _shapes(one.kind, chart)


def complete(one: About, line: int, column: int) -> tuple[Cursor, list[Proposal]] | None:
    """Return the completions at a place, and the word that they replace; None without any."""
    text = one.plain.split("\n")[line - 1] if line <= one.plain.count("\n") + 1 else ""
    before = text[: column - 1]
    rules = suppressible(before, one.study.names)
    if rules:
        word = len(before) - len(before.rpartition("[")[2].rpartition(",")[2].lstrip())
        return Cursor(Wanted.VALUE, (), line, word + 1, column), rules
    cursor = cursor_at(one.plain, line, column) if one.kind else None
    if cursor is None:
        return None
    names = _names(one, cursor)
    shapes = _shapes_at(one, line, cursor.pointer)
    return cursor, proposals(cursor, one.kind, shapes, names, keys_beside(one.plain, cursor))


def _names(one: About, cursor: Cursor) -> Names:
    own = posixpath.splitext(posixpath.basename(one.path))[0]
    here = (named_by_value(one.kind, cursor.pointer), named_by_value(one.kind, (*cursor.pointer, 0)))
    names: Names = {thing: one.names(thing) for thing in Thing if thing not in _LOOKED_FOR or thing in here}
    if one.kind == "environment":  # it names others there, never itself
        for thing in (Thing.ENVIRONMENT, Thing.EXTENDABLE):
            names[thing] = tuple(name for name in names[thing] if name.name != own)
    return names


def tell(one: About, line: int, column: int, link: hover.Link) -> tuple[str, Span] | None:
    """Return the hover text of a place in Markdown, and its range; None without one."""
    source = one.document.source() if one.kind else None
    spot = spot_at(one.plain, source, line, column) if one.kind else None
    on_line = [item for item in one.findings if item.span.line <= line <= item.span.end_line]
    here = [item for item in on_line if _holds(item.span, line, column)]
    own = one.study.own_pages
    parts = [*_pages(here, own), *(_spot(one, spot, source, link) if spot else ())]
    parts += list(_pages([item for item in on_line if item not in here], own)) if len(here) < _MOST_FINDINGS else []
    span = spot.span if spot else next((item.span for item in (*here, *on_line)), None)
    return ("\n\n---\n\n".join(parts), span) if parts and span else None


def _pages(found: list[Diagnostic], own: Sequence[Page]) -> Iterator[str]:
    for item in found[:_MOST_FINDINGS]:
        name = catalogue.own_name(item.rule, item.message)
        page = next((page for page in own if page.name == name), None)
        yield hover.about_own(item, page) if page else hover.about_finding(item, catalogue.find(item.rule))


def _spot(one: About, spot: Spot, source: Source | None, link: hover.Link) -> Iterator[str]:
    named = _named(one, spot, source)
    if named is not None:
        thing, name = named
        yield f"**`{name.name}`**: {thing.value}, {link(name.path, name.at) if name.path else name.detail}"
    shape = _shapes_at(one, spot.span.line, spot.pointer).at(spot.pointer)
    label = next((str(part) for part in reversed(spot.pointer) if isinstance(part, str)), "")
    if shape:
        yield hover.about_shape(label, shape)
    if source is not None and one.kind == "pipeline":
        place = (one.path, source.span_of(spot.pointer))
        told = hover.about_value(stories(one.study.built.get(one.path, ()), spot.pointer), place, link)
        if told:
            yield told


def _named(one: About, spot: Spot, source: Source | None) -> tuple[Thing, Name] | None:
    """Return the thing that the word at a spot names."""
    if spot.at_key and (thing := named_by_keys(one.kind, spot.pointer[:-1])):
        word = str(spot.pointer[-1])
    elif (thing := named_by_value(one.kind, spot.pointer)) is not None:
        word = str(lookup(source.data, spot.pointer)[1]) if source else _text(one.plain, spot.span)
    else:
        return None
    if thing is Thing.FILE:
        return _at_path(thing, word, posixpath.join(posixpath.dirname(one.path), word))
    if thing is Thing.CHART_FOLDER:
        return _at_path(thing, word, posixpath.join(word, "Chart.yaml"))
    known: Names = {thing: one.names(thing)}
    name = find({thing: meant_by_keys(one.kind, spot.pointer[:-1], known)} if spot.at_key else known, thing, word)
    return (thing, name) if name else None


def _at_path(thing: Thing, word: str, joined: str) -> tuple[Thing, Name] | None:
    """Return the file that a path leads to; None for one outside of the workspace, which no link may lead to."""
    path = posixpath.normpath(joined)
    return None if path.split("/")[0] in ("", "..") else (thing, Name(word, path, path))


def _text(plain: str, span: Span) -> str:
    return plain.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1].strip("\"'")


def define(one: About, line: int, column: int) -> list[Target]:
    """Return the definition of the name at a place: a file or a part of it by its name, a merged value by the layer that wins."""
    if not one.kind:
        return []
    source = one.document.source()
    spot = spot_at(one.plain, source, line, column)
    if spot is None:
        return []
    named = _named(one, spot, source)
    if named is not None and named[1].path:
        return [Target(named[1].path, named[1].at)]
    if source is None or one.kind != "pipeline":
        return []
    here = Target(one.path, source.span_of(spot.pointer))
    return origins(stories(one.study.built.get(one.path, ()), spot.pointer), here)


def findings_between(one: About, first: tuple[int, int], last: tuple[int, int]) -> list[Diagnostic]:
    """Return the findings that touch the stretch between two places."""
    return [item for item in one.findings if item.span[:2] <= last and first <= item.span[2:]]


def all_findings(study: Study) -> Mapping[str, list[Diagnostic]]:
    """Return the findings of files of the workspace, and not of those that ship with tiphys."""
    return {path: found for path, found in study.findings.items() if ":" not in path}


def _holds(span: Span, line: int, column: int) -> bool:
    return span[:2] <= (line, column) <= span[2:]
