"""YAML and JSON from other tools, as plain data and within limits: Chart.yaml, values, an index of charts.

A spec is read more strictly, with the place of every value. Here only the data counts, and whatever
cannot be read is one ValueError that says why.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from generator.syntax.reader import go
from generator.syntax.reader.parser import Parser
from generator.syntax.reader.stream import read_stream, read_texts
from generator.syntax.reader.syntax import tag_text

MAX_DOCUMENT = 1024 * 1024
"""Bytes of a YAML document that are read unless the caller says otherwise; it takes about a second."""

MAX_JSON_DEPTH = 200

_TYPES: dict[str, Any] = {"bool": bool, "int": int, "float": (int, float), "null": type(None)}
_MARK = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_MOST_MARKS = 8
_REPEATED_KEY = "TP007"
"""Helm takes the last of two, and so does the reader."""


def yaml_data(raw: bytes, *, most: int = MAX_DOCUMENT) -> Any:
    """Return the one document of a YAML file, as Helm reads it; None where it is empty. Raises ValueError."""
    text = _text(raw, most)
    if "!" in text:
        _check_tags(text)
    if len(_MARK.findall(text)) > _MOST_MARKS:
        raise ValueError("it has more than one document")
    parts = list(read_stream("", text))
    wrong = [problem for part in parts for problem in part.problems if problem.rule != _REPEATED_KEY]
    if wrong:
        raise ValueError(f"line {wrong[0].span.line}: {wrong[0].message}")
    if len(parts) > 1:
        raise ValueError("it has more than one document")
    return parts[0].source.data if parts else None


def yaml_texts(raw: bytes, *, most: int = MAX_DOCUMENT) -> Any:
    """Return the one document of a YAML file with every scalar as the text that is written there; raises ValueError."""
    data, problems = read_texts(_text(raw, most))
    wrong = [problem for problem in problems if problem.rule != _REPEATED_KEY]
    if wrong:
        raise ValueError(f"line {wrong[0].span.line}: {wrong[0].message}")
    return data


def json_data(raw: bytes, *, most: int = 8 * MAX_DOCUMENT) -> Any:
    """Return the data of a JSON file; raises ValueError, also for nesting and numbers that Python does not read."""
    text = _text(raw, most)
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if text.count("[") + text.count("{") > MAX_JSON_DEPTH and _is_deep(data):
        raise ValueError("it is nested too deeply")
    if "\\ud" in text.lower():
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # half of a character is a ValueError, too
    return data


def _check_tags(text: str) -> None:
    """Raise ValueError for a tag that is not one of YAML's own, or does not fit its value."""
    parser: Any = Parser(text.encode("utf-8"))
    try:
        while parser.check_event():
            event = parser.get_event()
            if not _fits(getattr(event, "tag", None), getattr(event, "value", None)):
                tag, line = tag_text(event.tag), event.start_mark.line + 1
                raise ValueError(f"line {line}: the tag `{tag}` is unknown or does not match the value")
    except yaml.YAMLError:
        return  # the reader says it better


def _fits(tag: str | None, value: Any) -> bool:
    kind = (tag or "").removeprefix("tag:yaml.org,2002:")
    if kind in _TYPES:
        return isinstance(value, str) and isinstance(go.plain(value), _TYPES[kind])
    return kind in ("", "!", "str", "map", "seq")


def _is_deep(data: Any) -> bool:
    """Tell whether data is nested deeper than others may walk through it."""
    level = [data]
    for _ in range(MAX_JSON_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [child for child in inner if isinstance(child, dict | list)]


def _text(raw: bytes, most: int) -> str:
    if len(raw) > most:
        raise ValueError(f"it is larger than {most // 1024} KiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not valid UTF-8") from None
