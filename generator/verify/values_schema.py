"""The schema of a chart's values, without Helm: a quick yes, or every fault in the words of `schema_words`.

Charts come from anywhere, so that their schemas are data of others: nothing is fetched for a `$ref`, patterns are
matched in linear time, and each part of a schema pays for what it looks at from the budget of the run. What a schema
asks that is not understood here is left to Helm: nothing is told that is not certain.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from generator.syntax.budget import Budget
from generator.syntax.schema.over_defaults import NOT_UNDERSTOOD, WORDLESS, OverDefaults
from generator.syntax.wording import counted
from generator.verify.schema_words import Fault, ValuePath, alternatives, of_kind, of_right_kind

if TYPE_CHECKING:
    from generator.verify.schema_errors import SchemaErrors

_MOST_TOLD = 50
"""Values that an error lists."""
_MOST_BELOW = 100
"""Faults of alternatives that are looked at; where there are more, only that none fits is told."""


class ValuesSchema(OverDefaults):
    """A schema of values, with the chart's defaults, over which values lie."""

    def __init__(self, schema: Mapping[str, Any], defaults: Mapping[str, Any], budget: Budget) -> None:
        super().__init__(schema, defaults, budget)
        self._budget = budget

    def accepts(self, given: Mapping[str, Any]) -> bool:
        """Tell whether values over the defaults are right; False also for what quick checks cannot tell."""
        return not self._has_company and super().accepts(given)

    @cached_property
    def _has_company(self) -> bool:
        """Whether keywords next to a reference count: they do from draft 2019-09 on, and quick checks do not know it."""
        return _NEWER in str(self.schema.get("$schema")) and any(
            "$ref" in node and len(node.keys() - WORDLESS) > 1 for node in _nodes(self.schema)
        )

    def faults(self, values: Mapping[str, Any]) -> list[Fault]:
        """Return what is wrong with values, which have the defaults in them; raises SpentError."""
        try:
            errors = self._errors.of(values) if self._errors else []
            return of_right_kind(fault for error in errors for fault in _faults(error))
        except NOT_UNDERSTOOD:
            return []

    @cached_property
    def _errors(self) -> SchemaErrors | None:
        """What finds every error; None for a schema that cannot be used. Imported late: most runs have no fault."""
        from generator.verify.schema_errors import SchemaErrors, UnusableSchemaError

        try:
            return SchemaErrors(self.schema, self._budget)
        except UnusableSchemaError:
            return None


_NEWER = "json-schema.org/draft/20"


def _nodes(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every mapping in a schema."""
    left = [schema]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
        left += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


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
        below = list(islice((fault for inner in error.context for fault in _faults(inner)), _MOST_BELOW + 1))
        below = below if len(below) <= _MOST_BELOW else []
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
    "enum": lambda values: f"must be {'one of ' if len(values) > 1 else ''}{', '.join(_listed(values))}",
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


def _listed(values: list[Any]) -> list[str]:
    more = [f"and {len(values) - _MOST_TOLD} more"] if len(values) > _MOST_TOLD else []
    return [*map(_written, values[:_MOST_TOLD]), *more]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
