"""jsonschema at work with schemas of others: without network, with linear patterns, and with an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, SchemaError, ValidationError, validators
from referencing import Registry
from referencing.exceptions import Unresolvable

from generator.syntax import patterns

Keyword = Callable[..., Iterator[ValidationError] | None]


class UnusableSchemaError(NotImplementedError):
    """A schema is not one, refers to what it does not contain, or takes too many steps."""


class SchemaErrors:
    """The errors of values by one schema, which is looked at once."""

    def __init__(self, schema: Mapping[str, Any], most: int) -> None:
        """Begin with a schema, and how many keywords are followed for the values of a service; raises UnusableSchemaError."""
        self._most = most
        self._left = most
        base: Any = validators.validator_for(schema, default=Draft7Validator)
        keywords = {name: self._counted(keyword) for name, keyword in {**base.VALIDATORS, **_OWN}.items()}
        extended: Any = validators.extend(base, keywords)  # type: ignore[no-untyped-call]
        try:
            base.check_schema(schema, format_checker=None)
        except (SchemaError, RecursionError):
            raise UnusableSchemaError from None
        self._validator = extended(schema, registry=Registry())  # the default one asks the network

    def of(self, values: Mapping[str, Any]) -> list[ValidationError]:
        """Return the errors of values; raises UnusableSchemaError."""
        self._left = self._most
        try:
            return list(self._validator.iter_errors(values))
        except (Unresolvable, RecursionError):
            raise UnusableSchemaError from None

    def _counted(self, keyword: Keyword) -> Keyword:
        def run(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
            self._left -= 1
            if self._left < 0:
                raise UnusableSchemaError
            yield from keyword(validator, wanted, instance, schema) or ()

        return run


@cache
def _matches(text: str) -> Callable[[str], bool]:
    """Return what tells whether a pattern is in a text; one that Helm cannot read either matches everything."""
    try:
        pattern = patterns.compiled(text)
    except patterns.PatternError:
        return lambda _text: True
    return lambda value: pattern.search(value)


def _pattern(validator: Any, wanted: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _matches(wanted)(instance):
        yield ValidationError("pattern")


def _pattern_properties(validator: Any, wanted: Mapping[str, Any], instance: Any, _schema: Any) -> Iterator[ValidationError]:
    for text, inner in wanted.items() if validator.is_type(instance, "object") else ():
        for key, value in instance.items():
            if _matches(text)(str(key)):
                yield from validator.descend(value, inner, path=key, schema_path=text)


def _additional_properties(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    named, shapes = schema.get("properties") or {}, schema.get("patternProperties") or {}
    more = [key for key in instance if key not in named and not any(_matches(text)(str(key)) for text in shapes)]
    if wanted is False:
        for key in more:
            yield ValidationError(str(key))
    elif isinstance(wanted, dict):
        for key in more:
            yield from validator.descend(instance[key], wanted, path=key)


def _left_to_helm(_validator: Any, _wanted: Any, _instance: Any, _schema: Any) -> None:
    return None


_OWN: Mapping[str, Keyword] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _left_to_helm,
    "unevaluatedItems": _left_to_helm,
}
"""Keywords that jsonschema has its own way for: with Python's patterns, or with the values in its words."""
