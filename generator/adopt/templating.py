"""The placeholders in the template of an ApplicationSet: `{{name}}`, and with goTemplate `{{.name}}`.

Functions and pipelines of Go templates are not evaluated: what they would give is not guessed.
Source: argo-cd, applicationset/utils/utils.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Parameters = Mapping[str, Any]

_DOTTED = re.compile(r"\s*(\.[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*\Z")
_INDEXED = re.compile(r"\s*index\s+(\.[A-Za-z_][\w.]*)\s+([0-9]{1,4}|\"[^\"]*\")\s*\Z")
_MOST_DEPTH = 60
_SHOWN = 100
"""Characters of an expression that a message shows."""


class TemplateError(ValueError):
    """A template that cannot be evaluated here."""


def rendered(node: Any, parameters: Parameters, *, go: bool, depth: int = 0) -> Any:
    """Return a template with its placeholders replaced; raises TemplateError."""
    if depth > _MOST_DEPTH:
        raise TemplateError("the template is nested too deeply")
    if isinstance(node, str):
        return _text(node, parameters, go=go) if "{{" in node else node
    if isinstance(node, dict):
        return {
            _text(key, parameters, go=go) if "{{" in key else key: rendered(value, parameters, go=go, depth=depth + 1)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [rendered(item, parameters, go=go, depth=depth + 1) for item in node]
    return node


def _text(text: str, parameters: Parameters, *, go: bool) -> str:
    """Return a text with what is between braces replaced, in one pass over it."""
    found: list[str] = []
    at = 0
    while (start := text.find("{{", at)) >= 0 and (end := text.find("}}", start + 2)) >= 0:
        inner = text[start + 2 : end]
        found += [text[at:start], _value(inner, parameters) if go else _plain(inner, parameters)]
        at = end + 2
    return "".join([*found, text[at:]])


def _plain(inner: str, parameters: Parameters) -> str:
    """Return the value of a placeholder; one that is unknown stays as it is written, as in Argo CD."""
    value = parameters.get(inner.strip())
    return f"{{{{{inner}}}}}" if value is None else said(value)


def _value(inner: str, parameters: Parameters) -> str:
    dotted, indexed = _DOTTED.match(inner), _INDEXED.match(inner)
    if not dotted and not indexed:
        raise TemplateError(f"`{{{{{inner[:_SHOWN]}}}}}` is an expression of a Go template, which is not evaluated here")
    node: Any = parameters
    for part in (dotted or indexed)[1][1:].split("."):  # type: ignore[index]
        node = node.get(part) if isinstance(node, Mapping) else None
    if indexed:
        node = _item(node, indexed[2])
    if node is None or isinstance(node, dict | list):
        raise TemplateError(f"`{{{{{inner}}}}}` has no value")
    return said(node)


def _item(node: Any, index: str) -> Any:
    if index.startswith('"'):
        return node.get(index[1:-1]) if isinstance(node, Mapping) else None
    return node[int(index)] if isinstance(node, list) and int(index) < len(node) else None


def said(value: Any) -> str:
    """Return a parameter as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
