"""The fields and values that errors of a schema are about, in words."""

from __future__ import annotations

import json
from typing import Any

from generator.diagnostics import dotted

TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
"""The types of a JSON schema in words."""


def field_of(error: Any) -> str:
    """Return the field that an error of jsonschema is about."""
    path = tuple(error.absolute_path)
    named = [index for index, part in enumerate(path) if isinstance(part, str)]
    return dotted(path[named[-1] :]) if named else "the document"


def described(value: Any) -> str:
    """Return a value as a sentence names it."""
    if isinstance(value, bool) or value is None:
        return f"`{json.dumps(value)}`"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the string "{shortened(value)}"'
    return "a mapping" if isinstance(value, dict) else "a list"


def shortened(text: str) -> str:
    """Return text on one line of bounded length."""
    text = text.replace("\n", "\\n")
    return text if len(text) <= 60 else text[:57] + "…"
