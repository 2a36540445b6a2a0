"""The schema of a chart's values, without Helm: a quick yes, or every fault in the words of `schema_words`.

Charts come from anywhere, so that their schemas are data of others: nothing is fetched for a `$ref`, patterns are
matched in linear time, and one look at the values of a service is bounded. What a schema asks that is not understood
here is left to Helm: nothing is told that is not certain.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generator.syntax import patterns
from generator.syntax.schema.accept import Acceptor
from generator.syntax.wording import counted
from generator.verify.schema_words import Fault, ValuePath, alternatives, of_kind, of_right_kind

if TYPE_CHECKING:
    from generator.verify.schema_errors import SchemaErrors

_MOST_STEPS = 50_000
"""Keywords of a schema that are followed for the values of one service; the shipped chart needs a few hundred."""
_LOCAL = frozenset(["type", "properties", "required", "additionalProperties"])
"""Keywords at the top that leave each key of the values to itself."""
_WORDLESS = frozenset(
    ["description", "title", "default", "examples", "$schema", "$id", "id", "$comment", "definitions", "$defs", "format"]
)


class TooMuchError(NotImplementedError):
    """A schema takes more steps than one look may take."""


class ValuesSchema:
    """A schema of values, with the chart's defaults, over which values lie."""

    def __init__(self, schema: Mapping[str, Any], defaults: Mapping[str, Any], *, sound: bool = False) -> None:
        """Begin with a schema and defaults; those that are known to be `sound` are not looked at."""
        self._schema = schema
        self._defaults = defaults
        self._left = 0
        self._by_key: Mapping[str, Any] | None = None
        """The schemas of the top keys, where they do not depend on each other."""
        if schema.keys() - _WORDLESS <= _LOCAL and schema.get("type", "object") == "object":
            properties, more = schema.get("properties") or {}, schema.get("additionalProperties", True)
            self._by_key = {**properties, **({"": more} if isinstance(more, dict) else {})}
        definitions = _Definitions(schema)
        schemas = {"": dict(schema)} if self._by_key is None else self._by_key
        self._acceptor = Acceptor(schemas, definitions) if sound else Acceptor(schemas, definitions, _matcher, self._pay)
        self._required = tuple(schema.get("required") or ())
        self._right: dict[str, Any] = {}
        """By key the value that was right last."""
        self._unsound = set() if sound or self._by_key is None else set(filter(self._is_refused, defaults))
        """Keys whose defaults the schema refuses, so that a service must set them."""

    def accepts(self, given: Mapping[str, Any]) -> bool:
        """Tell whether values over the defaults are right; False also for what quick checks cannot tell.

        A value that was right in the environment before is the same object, and is not looked at again.
        """
        self._left = _MOST_STEPS
        try:
            if self._by_key is None:
                return self._acceptor.accepts("", coalesced(self._defaults, given))
            if self._unsound - given.keys() or any(key not in given and key not in self._defaults for key in self._required):
                return False
            for key, value in given.items():
                if self._right.get(key) is not value:
                    if not self._takes(key, over(self._defaults.get(key), value)):
                        return False
                    self._right[key] = value
        except _NOT_UNDERSTOOD:
            return False
        return True

    def faults(self, values: Mapping[str, Any]) -> list[Fault]:
        """Return what is wrong with values, which have the defaults in them."""
        try:
            errors = self._errors.of(values) if self._errors else []
            return of_right_kind(fault for error in errors for fault in _faults(error))
        except _NOT_UNDERSTOOD:
            return []

    @cached_property
    def _errors(self) -> SchemaErrors | None:
        """What finds every error; None for a schema that cannot be used. Imported late: most runs have no fault."""
        from generator.verify.schema_errors import SchemaErrors, UnusableSchemaError

        try:
            return SchemaErrors(self._schema, _MOST_STEPS)
        except UnusableSchemaError:
            return None

    def _pay(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooMuchError

    def _takes(self, key: str, value: Any) -> bool:
        by_key = self._by_key or {}
        if key not in (self._schema.get("properties") or ()):
            more = self._schema.get("additionalProperties", True)
            return more if isinstance(more, bool) else self._acceptor.accepts("", value)
        return by_key[key] is True or self._acceptor.accepts(key, value)

    def _is_refused(self, key: str) -> bool:
        self._left = _MOST_STEPS
        try:
            return not self._takes(key, self._defaults[key])
        except _NOT_UNDERSTOOD:
            return True


_NOT_UNDERSTOOD = (NotImplementedError, TypeError, AttributeError, KeyError, ValueError, RecursionError)
"""What becomes of a schema that is not one, or asks what quick checks do not know."""


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


def _matcher(text: str) -> Callable[[str], bool]:
    pattern = patterns.compiled(text)
    return lambda value: pattern.search(value)


def _faults(error: Any) -> Iterator[Fault]:
    """Yield the faults that an error of jsonschema is about; its own words may hold values, and are not used."""
    path: ValuePath = tuple(error.absolute_path)
    word, wanted = str(error.validator), error.validator_value
    if "propertyNames" in list(error.absolute_schema_path)[-2:] and isinstance(error.instance, str):
        yield Fault(path, "", misnamed=error.instance)
    elif word == "additionalProperties":
        yield Fault(path, "", error.message)
    elif word == "required":
        yield from (Fault(path, f"{key} is required") for key in wanted if key not in error.instance)
    elif word == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        yield Fault(path, of_kind(kinds, _kind(error.instance)))
    elif word in ("anyOf", "oneOf"):
        below = [fault for inner in error.context for fault in _faults(inner)]
        none = bool(error.context) or word == "anyOf"
        yield from alternatives(path, below, "matches none of the schemas" if none else "matches more than one of the schemas")
    else:
        say = _WORDS.get(word)
        yield Fault(path, say(wanted) if say else f"does not satisfy `{word}` of the schema")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return (
        "string"
        if isinstance(value, str)
        else "array"
        if isinstance(value, list)
        else "object"
        if value is not None
        else "null"
    )


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "enum": lambda values: f"must be {'one of ' if len(values) > 1 else ''}{', '.join(map(_written, values))}",
    "const": lambda value: f"must be {_written(value)}",
    "pattern": lambda text: f"does not match the pattern {text}",
    "minimum": lambda number: f"must be at least {_written(number)}",
    "maximum": lambda number: f"must be at most {_written(number)}",
    "exclusiveMinimum": lambda number: f"must be greater than {_written(number)}",
    "exclusiveMaximum": lambda number: f"must be less than {_written(number)}",
    "multipleOf": lambda number: f"must be a multiple of {_written(number)}",
    "minLength": lambda number: f"must be at least {number} long",
    "maxLength": lambda number: f"must be at most {number} long",
    "minItems": lambda number: f"must have at least {counted(number, 'item')}",
    "maxItems": lambda number: f"must have at most {counted(number, 'item')}",
    "minProperties": lambda number: f"must have at least {counted(number, 'key')}",
    "maxProperties": lambda number: f"must have at most {counted(number, 'key')}",
    "uniqueItems": lambda _: "has an item twice",
    "contains": lambda _: "has no item of the kind that the schema demands",
    "not": lambda _: "is what the schema rules out",
}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
