"""Keywords of JSON schema that pay for what they look at before they do so, and match patterns in linear time.

Those of jsonschema quote the value and the keyword in each error, compare each value with each item of a list, and
search with Python's patterns: a small schema keeps them busy for minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import ValidationError

from generator.syntax import patterns
from generator.syntax.budget import Budget
from generator.syntax.schema.costs import ERROR, SCHEMA, WORD, PaidPatterns
from generator.syntax.schema.foreign import frozen

MOST_TOLD = 50
"""Values of an `enum` that an error lists."""
Errors = Iterator[ValidationError]
Keyword = Callable[..., Errors | None]


class Keywords:
    """The keywords of a schema, with the budget that pays for them."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._patterns = PaidPatterns(budget)
        self._sets: dict[int, frozenset[Any]] = {}
        """What an `enum` allows, by the identity of its list, which lives as long as the schema."""

    def own(self) -> Mapping[str, Keyword]:
        """Return the keywords that do not work as in jsonschema, by name."""
        return {
            "additionalProperties": self._additional_properties,
            "anyOf": self._any_of,
            "const": self._const,
            "contains": self._contains,
            "enum": self._enum,
            "maxItems": _size("array", lambda size, most: size <= most),
            "maxLength": _size("string", lambda size, most: size <= most),
            "maxProperties": _size("object", lambda size, most: size <= most),
            "minItems": _size("array", lambda size, least: size >= least),
            "minLength": _size("string", lambda size, least: size >= least),
            "minProperties": _size("object", lambda size, least: size >= least),
            "not": _not,
            "oneOf": self._one_of,
            "pattern": self._pattern,
            "patternProperties": self._pattern_properties,
            "required": self._required,
            "type": _type,
            "unevaluatedItems": _left_to_helm,
            "unevaluatedProperties": _left_to_helm,
            "uniqueItems": self._unique_items,
        }

    def _matches(self, text: str, value: str) -> bool:
        """Tell whether a pattern is in a text; one that Helm cannot read either matches everything."""
        try:
            return self._patterns.search(text, value)
        except patterns.PatternError:
            return True

    def _pattern(self, validator: Any, wanted: str, instance: Any, _schema: Any) -> Errors:
        if validator.is_type(instance, "string") and not self._matches(wanted, instance):
            yield ValidationError("pattern")

    def _pattern_properties(self, validator: Any, wanted: Mapping[str, Any], instance: Any, _schema: Any) -> Errors:
        for text, inner in wanted.items() if validator.is_type(instance, "object") else ():
            for key, value in instance.items():
                if self._matches(text, str(key)):
                    yield from validator.descend(value, inner, path=key, schema_path=text)

    def _additional_properties(self, validator: Any, wanted: Any, instance: Any, schema: Any) -> Errors:
        if not validator.is_type(instance, "object"):
            return
        named, shapes = schema.get("properties") or {}, schema.get("patternProperties") or {}
        more = (key for key in instance if key not in named and not any(self._matches(text, str(key)) for text in shapes))
        if wanted is False:
            for key in more:
                yield ValidationError(str(key))
        elif isinstance(wanted, dict):
            for key in more:
                yield from validator.descend(instance[key], wanted, path=key)

    def _enum(self, _validator: Any, wanted: list[Any], instance: Any, _schema: Any) -> Errors:
        allowed = self._sets.get(id(wanted))
        if allowed is None:
            self._budget.read(wanted, 4)
            allowed = self._sets[id(wanted)] = frozenset(map(frozen, wanted))
        self._budget.read([instance], 4)
        if frozen(instance) not in allowed:
            self._budget.read(wanted[:MOST_TOLD])
            yield ValidationError("enum")

    def _const(self, _validator: Any, wanted: Any, instance: Any, _schema: Any) -> Errors:
        self._budget.read([wanted, instance], 4)
        if frozen(wanted) != frozen(instance):
            self._budget.read([wanted])
            yield ValidationError("const")

    def _unique_items(self, validator: Any, wanted: bool, instance: Any, _schema: Any) -> Errors:
        if wanted and validator.is_type(instance, "array"):
            self._budget.read(instance, 4)
            if len(set(map(frozen, instance))) < len(instance):
                yield ValidationError("uniqueItems")

    def _contains(self, validator: Any, wanted: Any, instance: Any, schema: Mapping[str, Any]) -> Errors:
        if not validator.is_type(instance, "array"):
            return
        inner = validator.evolve(schema=wanted)
        found = sum(1 for item in instance if self._paid(SCHEMA) and inner.is_valid(item))
        newer = "prefixItems" in validator.VALIDATORS or "dependentRequired" in validator.VALIDATORS
        least, most = (schema.get("minContains", 1), schema.get("maxContains", found)) if newer else (1, found)
        if not least <= found <= most:
            yield ValidationError("contains")

    def _any_of(self, validator: Any, wanted: list[Any], instance: Any, _schema: Any) -> Errors:
        found: list[ValidationError] = []
        for index, inner in enumerate(wanted):
            errors = list(validator.descend(instance, inner, schema_path=index))
            if not errors:
                return
            found += errors
        yield ValidationError("anyOf", context=found)

    def _one_of(self, validator: Any, wanted: list[Any], instance: Any, _schema: Any) -> Errors:
        found: list[ValidationError] = []
        fitting = 0
        for index, inner in enumerate(wanted):
            errors = list(validator.descend(instance, inner, schema_path=index))
            fitting += not errors
            if fitting > 1:
                yield ValidationError("oneOf")
                return
            found += errors
        if not fitting:
            yield ValidationError("oneOf", context=found)

    def _required(self, validator: Any, wanted: list[str], instance: Any, _schema: Any) -> Errors:
        """Yield one error for all keys that are missing."""
        missing = sum(key not in instance for key in wanted) if validator.is_type(instance, "object") else 0
        if missing:
            self._budget.spend(ERROR * missing)
            yield ValidationError("required")

    def _paid(self, units: int) -> bool:
        self._budget.spend(units)
        return True


def _not(validator: Any, wanted: Any, instance: Any, _schema: Any) -> Errors:
    if validator.evolve(schema=wanted).is_valid(instance):
        yield ValidationError("not")


def _type(validator: Any, wanted: Any, instance: Any, _schema: Any) -> Errors:
    if not any(validator.is_type(instance, kind) for kind in ([wanted] if isinstance(wanted, str) else wanted)):
        yield ValidationError("type")


def _size(kind: str, fits: Callable[[int, float], bool]) -> Keyword:
    def check(validator: Any, wanted: float, instance: Any, _schema: Any) -> Errors:
        if validator.is_type(instance, kind) and not fits(len(instance), wanted):
            yield ValidationError(kind)

    return check


def _left_to_helm(_validator: Any, _wanted: Any, _instance: Any, _schema: Any) -> None:
    return None


_ITERATED = frozenset(
    ["additionalItems", "additionalProperties", "contains", "items", "patternProperties", "prefixItems", "propertyNames"]
)
"""Keywords that go through the value, and not only through themselves."""


def cost(name: str, wanted: Any, instance: Any) -> int:
    """Return what a keyword pays before it is followed; some pay more as they go."""
    units = SCHEMA + (WORD * len(wanted) if isinstance(wanted, str | list | dict) else 0)
    if name in ("dependencies", "dependentRequired") and isinstance(wanted, dict):
        units += sum(ERROR * len(names) for names in wanted.values() if isinstance(names, list))
    if name in ("allOf", "anyOf", "oneOf"):
        units += SCHEMA * len(wanted)
    if name in _ITERATED and isinstance(instance, list | dict):
        units += SCHEMA * len(instance)
    return units
