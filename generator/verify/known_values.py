"""Values that a chart does not know: its defaults, its schema and its templates have no word of them.

A closed schema makes Helm refuse a misspelt value. Most charts have an open one or none, and Helm takes
any typo without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from generator.syntax.reader.foreign import json_data, yaml_data
from generator.syntax.schema.foreign import is_schema
from generator.syntax.wording import closest
from generator.system.charts import package as chart_package
from generator.system.charts.limits import MAX_READ
from generator.system.files import Folder
from generator.verify.chart_files import ChartFiles, in_folder

UNKNOWN_VALUE = "TP606"
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

    def words(self, origin: str) -> tuple[str, str]:
        """Return what is wrong, and what to do; `origin` names the chart."""
        hint = f"did you mean `{self.meant}`?" if self.meant else f"nothing in {origin} reads it: remove it"
        return f"the chart does not use the value `{'.'.join(self.path)}`", hint


class KnownValues:
    """What a chart knows: its defaults and its schema, and what its templates use, which is looked for when it matters."""

    def __init__(self, files: ChartFiles) -> None:
        self.files = files
        self.defaults = yaml_of(files, "values.yaml")
        schema = files.read("values.schema.json")
        self.schema = _schema(schema) if schema is not None else None
        """The schema of the values; None without one that Helm can read."""
        self.metadata = yaml_of(files, chart_package.METADATA) or {}

    @cached_property
    def _templates(self) -> _Templates:
        return _Templates(self.files)

    @cached_property
    def _subcharts(self) -> set[str]:
        """The keys whose values belong to charts that this one depends on."""
        names = (str(item.get("alias") or item.get("name")) for item in dependencies(self.files, self.metadata))
        return {*names, *(path.split("/")[1] for path in self.files.paths("charts"))}

    def keys(self, at: Sequence[str | int]) -> set[str]:
        """Return the keys that the chart knows below a path."""
        defaults, schema = self.defaults, self.schema
        for part in at:
            defaults, schema = _child(defaults, str(part)), self._part(schema, str(part))
        if isinstance(schema, dict) and schema.get("additionalProperties") is False:
            return set(schema.get("properties") or ())  # whatever else a template reads, such as what another sets
        return self._known(tuple(map(str, at)), defaults, schema)

    def describes(self, path: Sequence[str]) -> bool:
        """Tell whether the schema says anything of a value."""
        schema: Any = self.schema
        for part in path:
            schema = self._part(schema, part)
        return schema is not None

    def unknown(self, values: Mapping[str, Any]) -> Iterator[Unknown]:
        """Yield the highest unknown key of each part of the values that the chart does not know."""
        if self.defaults is not None:
            yield from self._below(values, (), self.defaults, self.schema)

    def _below(self, values: Mapping[str, Any], at: tuple[str, ...], defaults: Any, schema: Any) -> Iterator[Unknown]:
        for key, value in values.items():
            here = (*at, key)
            if not at and (key in _FOR_ALL_CHARTS or key in self._subcharts):
                continue
            if not self._is_written(key, defaults, schema) and not self._is_used(here):
                known = self._known(at, defaults, schema)
                yield Unknown(here, closest(key, known) if len(known) <= _MOST_KEYS else "")
            elif isinstance(value, dict) and not self._is_open(here, defaults, schema):
                yield from self._below(value, here, _child(defaults, key), _property(schema, key))

    @staticmethod
    def _is_written(key: str, defaults: Any, schema: Any) -> bool:
        """Tell whether the defaults or the schema have a key."""
        return (isinstance(defaults, dict) and key in defaults) or _property(schema, key) is not None

    def _is_used(self, path: tuple[str, ...]) -> bool:
        """Tell whether a template uses a value, or may: there is very much text, or `with` leads to it."""
        templates = self._templates
        if not templates.are_read or () in templates.used.whole or path[-1] in templates.used.below.get(path[:-1], ()):
            return True
        return len(path) > 1 and path[-1] in templates.words

    def _known(self, at: tuple[str, ...], defaults: Any, schema: Any) -> set[str]:
        from_defaults = set(defaults) if isinstance(defaults, dict) else set()
        from_schema = set(schema.get("properties") or ()) if isinstance(schema, dict) else set()
        return from_defaults | from_schema | self._templates.used.below.get(at, set())

    def _part(self, schema: Any, key: str) -> Any:
        """Return the schema of a key, or of any key of its map, with references within the file followed."""
        found = _property(schema, key)
        found = _child(schema, "additionalProperties") if found is None else found
        for _ in range(_MOST_LEVELS):
            reference = _child(found, "$ref")
            if not (isinstance(reference, str) and reference.startswith("#/")):
                break
            found = self.schema
            for part in reference.removeprefix("#/").split("/"):
                found = _child(found, part)
        return found

    def _is_open(self, path: tuple[str, ...], defaults: Any, schema: Any) -> bool:
        """Tell whether any key may be below a path: nothing there is written out, or the chart takes it whole."""
        inner, inner_schema = _child(defaults, path[-1]), _property(schema, path[-1])
        if isinstance(inner_schema, dict):
            more = inner_schema.get("additionalProperties")
            if more is True or isinstance(more, dict) or inner_schema.get("patternProperties"):
                return True
        listed = isinstance(inner, dict) and bool(inner)
        listed = listed or bool(isinstance(inner_schema, dict) and inner_schema.get("properties"))
        listed = listed or path in self._templates.used.below
        return not listed or any(path[:length] in self._templates.used.whole for length in range(len(path) + 1))


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
        if _is_handed_on(before) or _PIPED.match(text, match.end()):
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


class _Templates:
    """What the templates of a chart use, and those of the charts in it, which helpers often come from."""

    def __init__(self, files: ChartFiles) -> None:
        found, size = [], 0
        for path in files.paths(""):
            if "templates" in path.split("/")[:-1] and size <= _MOST_TEXT:
                found.append(files.text(path))
                size += len(found[-1])
        self.are_read = size <= _MOST_TEXT
        """Whether it can be said what they use; a chart of very much text is left alone."""
        text = "\n".join(found) if self.are_read else ""
        self.used = _used(text)
        self.words = {word for match in _WORD.finditer(text) for word in match.groups() if word}


@lru_cache(maxsize=256)
def known_of(folder: str) -> KnownValues:
    """Return what the chart in a folder knows, read once."""
    return KnownValues(in_folder(Folder(folder)))


def dependencies(files: ChartFiles, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the dependencies of a chart, as it lists them; charts of Helm 2 have a file for them."""
    listed = metadata.get("dependencies")
    if listed is None and metadata.get("apiVersion") == "v1":
        listed = (yaml_of(files, "requirements.yaml") or {}).get("dependencies")
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def yaml_of(files: ChartFiles, name: str) -> dict[str, Any] | None:
    """Return the data of a YAML file of a chart; empty if it does not exist, None if it cannot be read."""
    raw = files.read(name)
    try:
        data = yaml_data(raw, most=MAX_READ.get(name, MAX_CHART_FILE)) if raw else {}
    except ValueError:
        return None
    return data if isinstance(data, dict) else {} if data is None else None


def _schema(raw: bytes) -> dict[str, Any] | None:
    try:
        data = json_data(raw)
    except ValueError:
        return None
    return data if isinstance(data, dict) and is_schema(data) else None


@cache
def yaml_file(folder: str, name: str) -> dict[str, Any]:
    """Return the data of a YAML file of a chart, read once; none if it does not exist."""
    from generator.verify import stream

    found = stream.read(Folder(folder).text(name, MAX_CHART_FILE)).objects
    return found[0].data if found else {}
