"""Whether data over defaults satisfies a schema: a quick yes that looks at what is not a default alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.syntax.budget import Budget
from generator.syntax.contents import Contents, content_of
from generator.syntax.schema.accept import Acceptor

_LOCAL = frozenset(["type", "properties", "required", "additionalProperties"])
"""Keywords at the top that leave each key of the data to itself."""
WORDLESS = frozenset(
    ["description", "title", "default", "examples", "$schema", "$id", "id", "$comment", "definitions", "$defs", "format"]
)
"""Keywords that ask nothing of data."""
NOT_UNDERSTOOD = (NotImplementedError, TypeError, AttributeError, KeyError, ValueError, RecursionError)
"""What becomes of a schema that is not one, or asks what quick checks do not know."""


class OverDefaults:
    """A schema with the defaults that data lies over."""

    def __init__(self, schema: Mapping[str, Any], defaults: Mapping[str, Any], budget: Budget | None = None) -> None:
        """Begin with a schema and defaults; without a `budget` that pays, they are ours and known to fit each other.

        A schema of others must have keywords of the right types. Raises SpentError, as all that follows does.
        """
        self.schema = schema
        self.defaults = defaults
        self._by_key: dict[str, Any] | None = None
        """The schemas of the top keys, where they do not depend on each other; that of all others is below the empty key."""
        self._properties: Mapping[str, Any] = {}
        self._more: Any = True
        if schema.keys() - WORDLESS <= _LOCAL and schema.get("type", "object") == "object":
            self._properties, self._more = schema.get("properties") or {}, schema.get("additionalProperties", True)
            self._by_key = {**self._properties, **({"": self._more} if isinstance(self._more, dict) else {})}
        schemas = {"": dict(schema)} if self._by_key is None else self._by_key
        definitions = _Definitions(schema)
        self._acceptor = _acceptor(schemas, definitions, budget)
        self._required = tuple(schema.get("required") or ())
        self._unsound = set(filter(self._is_refused, defaults)) if budget and self._by_key is not None else set()
        """Keys whose defaults the schema refuses, so that a spec must set them."""
        self._right: dict[str, Any] = {}
        """By key the value that was right last."""
        self._contents = Contents() if budget is None else None
        """What was right at which keys; none by a schema of others, where each look has its price."""

    def accepts(self, given: Mapping[str, Any]) -> bool:
        """Tell whether data over the defaults is right; False also for what quick checks cannot tell.

        A value that was right in the environment before is the same object, and is not looked at again.
        """
        try:
            if self._by_key is None:
                return self._acceptor.accepts("", coalesced(self.defaults, given))
            if self._unsound - given.keys() or any(key not in given and key not in self.defaults for key in self._required):
                return False
            for key, value in given.items():
                if self._right.get(key) is not value:
                    if not self._is_right(key, value):
                        return False
                    self._right[key] = value
        except NOT_UNDERSTOOD:
            return False
        return True

    def _is_right(self, key: str, value: Any) -> bool:
        """Tell whether a value over its default is right, and remember that of its content."""
        if self._contents is None:
            return self._takes(key, over(self.defaults.get(key), value))
        content = content_of(key, value)
        if content in self._contents:
            return True
        is_right = self._takes(key, over(self.defaults.get(key), value))
        if is_right:
            self._contents.add(content)
        return is_right

    def _takes(self, key: str, value: Any) -> bool:
        if key not in self._properties:
            return self._more if isinstance(self._more, bool) else self._acceptor.accepts("", value)
        return self._properties[key] is True or self._acceptor.accepts(key, value)

    def _is_refused(self, key: str) -> bool:
        try:
            return not self._takes(key, self.defaults[key])
        except NOT_UNDERSTOOD:
            return True


def _acceptor(schemas: Mapping[str, Any], definitions: _Definitions, budget: Budget | None) -> Acceptor:
    if budget is None:
        return Acceptor(schemas, definitions)
    from generator.syntax.schema.paid import PaidAcceptor  # most runs have no schema of others

    return PaidAcceptor(schemas, definitions, budget)


class _Definitions(dict[str, Any]):
    """The parts of a schema that a `$ref` names, by what it says."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise KeyError(reference)
        node: Any = self._schema
        for part in filter(None, reference.removeprefix("#").split("/")):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        self[reference] = node
        return node


def coalesced(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return values over others, as Helm merges them: whatever is not a mapping on both sides is replaced."""
    return {**below, **{key: over(below.get(key), value) for key, value in above.items()}}


def over(below: Any, above: Any) -> Any:
    """Return one value over another."""
    return coalesced(below, above) if isinstance(below, dict) and isinstance(above, dict) and below else above
