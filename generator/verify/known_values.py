"""Values that a chart does not know: its defaults, its schema and its templates have no word of them.

A closed schema makes Helm refuse a misspelt value. Most charts have an open one or none, and Helm takes
any typo without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from generator.syntax.reader.foreign import json_data
from generator.syntax.wording import closest
from generator.system.files import Folder, UnreadableFileError

MAX_CHART_FILE = 5 * 1024 * 1024
"""The limit of one file of a chart, as in Helm."""
_USE = re.compile(r"\.Values((?:\.[A-Za-z_][\w]*)*)(?![\w])")
_INDEX = re.compile(r"\.Values((?:\.\w+)*)\s+\"([^\"]+)\"")
_WORD = re.compile(r"\.([A-Za-z_]\w*)|\"([A-Za-z_][\w./-]*)\"")
_FOR_ALL_CHARTS = ("global", "tags", "enabled")

_MOST_TEXT = 2 * 1024 * 1024
"""Characters of templates that are searched for what they use."""
_MOST_LEVELS = 16
_MOST_KEYS = 1000
"""Known keys of which the nearest to an unknown one is looked for."""


class Unknown(NamedTuple):
    """A value that a chart does not know."""

    path: tuple[str, ...]
    meant: str
    """The key of the chart that was most likely meant; empty if none is near."""


class KnownValues:
    """What a chart knows, read once from its folder."""

    def __init__(self, folder: str) -> None:
        self._defaults = yaml_file(folder, "values.yaml")
        self._schema = _json(folder, "values.schema.json")
        text = _text(folder)
        self._is_readable = text is not None
        """Whether it can be said what the templates use; a chart of very much text is left alone."""
        text = text or ""
        self._used = _used(text)
        self._words = {word for match in _WORD.finditer(text) for word in match.groups() if word}
        self._subcharts = _subcharts(folder)

    def keys(self, at: Sequence[str | int]) -> set[str]:
        """Return the keys that the chart knows below a path."""
        defaults, schema = self._defaults, self._schema
        for part in at:
            defaults, schema = _child(defaults, str(part)), self._part(schema, str(part))
        return self._known(tuple(map(str, at)), defaults, schema)

    def unknown(self, values: Mapping[str, Any]) -> Iterator[Unknown]:
        """Yield the highest unknown key of each part of the values that the chart does not know."""
        if self._is_readable:
            yield from self._below(values, (), self._defaults, self._schema)

    def _below(self, values: Mapping[str, Any], at: tuple[str, ...], defaults: Any, schema: Any) -> Iterator[Unknown]:
        known = self._known(at, defaults, schema)
        for key, value in values.items():
            here = (*at, key)
            if not at and (key in self._subcharts or key in _FOR_ALL_CHARTS):
                continue
            if key not in known and not self._mentioned(here):
                yield Unknown(here, closest(key, known) if len(known) <= _MOST_KEYS else "")
            elif isinstance(value, dict) and not self._is_open(here, defaults, schema):
                yield from self._below(value, here, _child(defaults, key), _property(schema, key))

    def _known(self, at: tuple[str, ...], defaults: Any, schema: Any) -> set[str]:
        from_defaults = set(defaults) if isinstance(defaults, dict) else set()
        from_schema = set(schema.get("properties") or ()) if isinstance(schema, dict) else set()
        return from_defaults | from_schema | self._used.below.get(at, set())

    def _part(self, schema: Any, key: str) -> Any:
        """Return the schema of a key, or of any key of its map, with references within the file followed."""
        found = _property(schema, key)
        found = _child(schema, "additionalProperties") if found is None else found
        for _ in range(_MOST_LEVELS):
            reference = _child(found, "$ref")
            if not (isinstance(reference, str) and reference.startswith("#/")):
                break
            found = self._schema
            for part in reference.removeprefix("#/").split("/"):
                found = _child(found, part)
        return found

    def _mentioned(self, path: tuple[str, ...]) -> bool:
        """Tell whether a template may reach a key by a way that is not written out, as `with` does."""
        return len(path) > 1 and path[-1] in self._words

    def _is_open(self, path: tuple[str, ...], defaults: Any, schema: Any) -> bool:
        """Tell whether any key may be below a path: nothing there is written out, or the chart takes it whole."""
        inner, inner_schema = _child(defaults, path[-1]), _property(schema, path[-1])
        if isinstance(inner_schema, dict):
            more = inner_schema.get("additionalProperties")
            if more is True or isinstance(more, dict) or inner_schema.get("patternProperties"):
                return True
        listed = isinstance(inner, dict) and bool(inner)
        listed = listed or bool(isinstance(inner_schema, dict) and inner_schema.get("properties"))
        listed = listed or path in self._used.below
        return not listed or any(path[:length] in self._used.whole for length in range(len(path) + 1))


class _Used:
    """The paths that templates name, and those that they hand on as a whole."""

    def __init__(self) -> None:
        self.below: dict[tuple[str, ...], set[str]] = {}
        """The keys that are named below a path."""
        self.whole: set[tuple[str, ...]] = set()

    def add(self, path: tuple[str, ...]) -> None:
        """Take a path, and with it every path above it."""
        for length in range(1, min(len(path), _MOST_LEVELS) + 1):
            self.below.setdefault(path[: length - 1], set()).add(path[length - 1])


_WHOLE = re.compile(r"(?:toYaml|toJson|toPrettyJson|tpl|merge\w*|mustMerge\w*|deepCopy)\s")
_AMONG = re.compile(r"range|include|dict")
_PIPED = re.compile(r"\s*\|\s*(?:toYaml|toJson|merge|mustMerge)")


def _used(text: str) -> _Used:
    found = _Used()
    for match in _USE.finditer(text):
        path = tuple(match[1].split(".")[1:])
        found.add(path)
        before = text[max(0, match.start() - 120) : match.start()].rpartition("{{")[2]
        if path and (_is_handed_on(before) or _PIPED.match(text, match.end())):
            found.whole.add(path)
    for match in _INDEX.finditer(text):
        path = (*match[1].split(".")[1:], match[2])
        found.add(path)
    return found


def _is_handed_on(before: str) -> bool:
    """Tell whether a function takes what follows this text as a whole: directly, or somewhere among its arguments."""
    text = before.rpartition("}")[2]
    pipe = text.rfind("|")
    if any(match.end() - 1 > pipe for match in _WHOLE.finditer(text)):
        return True
    among = _AMONG.search(text)
    return among is not None and any(map(str.isspace, text[max(among.end(), pipe + 1) :]))


def _child(node: Any, key: str) -> Any:
    return node.get(key) if isinstance(node, dict) else None


def _property(schema: Any, key: str) -> Any:
    return _child(_child(schema, "properties"), key)


def _text(folder: str) -> str | None:
    """Return the text of all templates of a chart; None where it is too much to be searched."""
    found, size = [], 0
    for text in _templates(folder):
        found.append(text)
        size += len(text)
        if size > _MOST_TEXT:
            return None
    return "\n".join(found)


def _templates(folder: str) -> Iterator[str]:
    """Yield the text of every template of a chart, and of the charts in it, which helpers often come from."""
    chart = Folder(folder)
    for path in chart.walk(""):
        if "templates" in path.split("/")[:-1]:
            yield chart.text(path, MAX_CHART_FILE)


def _subcharts(folder: str) -> set[str]:
    """Return the keys whose values belong to charts that this one depends on."""
    declared = yaml_file(folder, "Chart.yaml").get("dependencies")
    items = [item for item in declared if isinstance(item, dict)] if isinstance(declared, list) else []
    names = {str(item.get("alias") or item.get("name")) for item in items}
    return names.union(name for name, _ in Folder(folder).entries("charts"))


@cache
def yaml_file(folder: str, name: str) -> dict[str, Any]:
    """Return the data of a YAML file of a chart, read once; none if it does not exist."""
    from generator.verify import stream

    found = stream.read(Folder(folder).text(name, MAX_CHART_FILE)).objects
    return found[0].data if found else {}


def _json(folder: str, name: str) -> Any:
    try:
        return json_data(Folder(folder).read(name, MAX_CHART_FILE))
    except (UnreadableFileError, ValueError):
        return None
