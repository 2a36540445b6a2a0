"""What it costs to join the addresses of a schema.

jsonschema joins each `$id` to the one around it, whenever it follows that part of the schema for a value, and each
reference to the address of the part that it is in. Each of them can be as long as the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_JOINED = 5
"""A letter of two addresses that are joined: at most 65 ns, where all is short names between slashes."""
_FIELDS = ("$id", "id")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class Addresses:
    """The addresses of a schema: how long one can become, and how many parts have one."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.of_all = 0
        """Units for joining each of them once."""
        self._longest = 0
        self._inner = False
        """Whether a part of the schema has an address of its own."""
        waiting: list[tuple[Any, int]] = [(schema, 0)]
        while waiting:
            node, around = waiting.pop()
            here = around
            if isinstance(node, dict):
                for text in _addresses(node):
                    self.of_all += (around + len(text)) * _JOINED
                    self._inner |= node is not schema
                    here = max(here, len(text) if _ABSOLUTE.match(text) else around + len(text))
            self._longest = max(self._longest, here)
            waiting += [(inner, here) for inner in _below(node)]

    def of_part(self, schema: Mapping[str, Any]) -> int:
        """Return what it costs to go into a part of the schema."""
        return sum((self._longest + len(text)) * _JOINED for text in _addresses(schema))

    def of_reference(self, reference: str) -> int:
        """Return what it costs to follow a reference, part by part."""
        units = 0 if reference.startswith("#") else (self._longest + len(reference)) * _JOINED
        return units + (2 * self._longest * _JOINED * (reference.count("/") + 1) if self._inner else 0)


def _addresses(node: Mapping[str, Any]) -> list[str]:
    """Return the addresses of a part; one that starts with `#` is only a name."""
    found = (node.get(field) for field in _FIELDS)
    return [text for text in found if isinstance(text, str) and not text.startswith("#")]


def _below(node: Any) -> list[Any]:
    items = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [inner for inner in items if isinstance(inner, dict | list)]
