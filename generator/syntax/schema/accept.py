"""Say quickly whether data satisfies a schema.

Only what our own schemas, and those of Kubernetes and Argo, use of draft-07 is known here. Each node of a
schema becomes a function when data first reaches it, so that a run pays for the few nodes that its specs
touch and not for all of Argo's fields. The words for a no are jsonschema's business (schema_errors.py),
and so is whatever is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], Any]
"""Returns what is true for data that fits."""
Schema = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}

KNOWN = frozenset(
    [
        "type",
        "properties",
        "additionalProperties",
        "required",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
        "enum",
        "const",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "else",
    ]
)
_SAYS_NOTHING = frozenset(
    [
        "description",
        "title",
        "default",
        "examples",
        "format",
        "deprecated",
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "definitions",
    ]
)
"""Keywords that are no condition; nor are those that begin with `x-`. Of all formats, only a date and time is one."""
DATE_TIME = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
"""A date and time of RFC 3339, as the API server reads it."""
_NEEDS_A_TYPE = KNOWN - {"enum", "const", "type"}


def _searcher(pattern: str) -> Check:
    # `$` is the very end here, as it is in JavaScript, and not also the place before a last newline.
    found: Check = re.compile(pattern.replace("$", r"\Z")).search
    return found


class UnknownKeywordError(NotImplementedError):
    """A schema uses an unsupported keyword."""


class Acceptor:
    """Accepts or refuses data by schemas that share their definitions."""

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        definitions: Mapping[str, Schema],
    ) -> None:
        """Begin with schemas by kind, and definitions by what a `$ref` says."""
        self._schemas = schemas
        self._definitions = definitions
        self._made: dict[str, Check] = {}

    def accepts(self, kind: str, data: Any) -> bool:
        """Tell whether the data satisfies the schema of a kind; raises UnknownKeywordError."""
        check = self._made.get(f"kind {kind}")
        if check is None:
            check = self._made[f"kind {kind}"] = self._check(self._schemas[kind])
        return bool(check(data))

    def _check(self, schema: Schema) -> Check:
        if "$ref" in _mapping(schema):
            return self._reference(schema["$ref"])
        unknown = {word for word in schema.keys() - KNOWN if word not in _SAYS_NOTHING and not word.startswith("x-")}
        if unknown:
            raise UnknownKeywordError(f"no check for {unknown}")
        for word in ("allOf", "anyOf", "oneOf"):
            if word in schema:
                return self._several(word, schema)
        if "if" in schema:
            return self._unless(schema)
        kinds = schema.get("type", ())
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        if not kinds:
            if schema.keys() & _NEEDS_A_TYPE:
                raise UnknownKeywordError(f"no check for {schema.keys()} without a type")
            return self._value(schema)
        nullable = "null" in kinds
        others = [kind for kind in kinds if kind != "null"]
        if len(others) == 1 and len(_TYPES[others[0]]) == 1:
            return _only(_TYPES[others[0]][0], self._typed(others[0], schema), nullable=nullable)
        by_type: dict[type, Check] = {}
        for kind in kinds:
            by_type.update(dict.fromkeys(_TYPES[kind], self._typed(kind, schema)))
        refuse: Check = lambda _data: False  # noqa: E731
        return lambda data: by_type.get(type(data), refuse)(data)

    def _several(self, word: str, schema: Schema) -> Check:
        checks = [self._check(part) for part in schema[word]]
        rest = self._check({key: value for key, value in schema.items() if key != word})
        if word == "allOf":
            return lambda data: all(check(data) for check in checks) and rest(data)
        if word == "anyOf":
            return lambda data: any(check(data) for check in checks) and rest(data)
        return lambda data: sum(1 for check in checks if check(data)) == 1 and rest(data)

    def _unless(self, schema: Schema) -> Check:
        excused, otherwise = self._check(schema["if"]), self._check(schema["else"])
        rest = self._check({key: value for key, value in schema.items() if key not in ("if", "else")})
        return lambda data: (excused(data) or otherwise(data)) and rest(data)

    def _reference(self, name: str) -> Check:
        def check(data: Any) -> Any:
            made = self._made.get(name)
            if made is None:
                made = self._made[name] = self._check(self._definitions[name])
            return made(data)

        return check

    def _typed(self, kind: str, schema: Schema) -> Check:
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return self._array(schema)
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
            return lambda data: low <= data <= high
        if kind == "string":
            return self._string(schema)
        return self._value(schema)

    def _object(self, schema: Schema) -> Check:
        properties: dict[str, Schema] = schema.get("properties", {})
        required = frozenset(schema.get("required", ()))
        more = schema.get("additionalProperties", True)
        other = (lambda _data: more) if isinstance(more, bool) else self._check(more)
        names = self._check({"type": "string", **schema["propertyNames"]}) if "propertyNames" in schema else None
        least, most = schema.get("minProperties", 0), schema.get("maxProperties", float("inf"))
        made: dict[str, Check] = {}
        limited = names is not None or "minProperties" in schema or "maxProperties" in schema
        if more is True and not (properties or required or limited):
            return _anything

        def at(key: str) -> Check:
            """Return the check of a property that data has for the first time, or of any other key."""
            if key not in properties:
                return other
            part = made[key] = self._check(properties[key])
            return part

        def check(data: dict[str, Any]) -> bool:
            for key, value in data.items():
                if not (made.get(key) or at(key))(value):
                    return False
            return required <= data.keys()

        if not limited:
            return check
        return lambda data: least <= len(data) <= most and (names is None or all(map(names, data))) and check(data)

    def _array(self, schema: Schema) -> Check:
        item = self._check(schema["items"]) if "items" in schema else _anything
        least, most = schema.get("minItems", 0), schema.get("maxItems", float("inf"))
        unique = schema.get("uniqueItems", False)

        def check(data: list[Any]) -> bool:
            if not least <= len(data) <= most or (unique and not self._is_unique(data)):
                return False
            return all(map(item, data))

        return check

    def _is_unique(self, data: list[Any]) -> bool:
        return not any(one in data[:index] for index, one in enumerate(data))

    def _matcher(self, pattern: str) -> Check:
        """Return what tells whether a pattern is in a text."""
        return _searcher(pattern)

    def _value(self, schema: Schema) -> Check:
        if "const" in schema:
            const = schema["const"]
            return lambda data: type(data) is type(const) and data == const
        allowed = schema.get("enum")
        if allowed is None:
            return _anything
        return lambda data: any(type(data) is type(value) and data == value for value in allowed)

    def _string(self, schema: Schema) -> Check:
        if schema.get("format") == "date-time":
            return lambda data: re.fullmatch(DATE_TIME, data) is not None
        if not schema.keys() & {"enum", "const", "minLength", "maxLength", "pattern"}:
            return _anything
        value = self._value(schema)
        least, most = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
        matches = self._matcher(schema["pattern"]) if "pattern" in schema else None
        if value is not _anything:
            return lambda data: least <= len(data) <= most and (matches is None or bool(matches(data))) and value(data)
        if matches is None:
            return lambda data: least <= len(data) <= most
        if least == 0 and "maxLength" not in schema:
            return matches
        return lambda data: least <= len(data) <= most and bool(matches(data))


def _mapping(schema: Any) -> Schema:
    """Return a schema that is a mapping; one of others may be true or false, or nothing that is a schema."""
    if not isinstance(schema, dict):
        raise UnknownKeywordError("no check for a schema that is not a mapping")
    return schema


def _anything(_data: Any) -> bool:
    return True


def _only(kind: type, check: Check, *, nullable: bool) -> Check:
    """Return a check for values of one type, and null where that is allowed."""
    if nullable:
        return lambda data: check(data) if type(data) is kind else data is None
    if check is _anything:
        return lambda data: type(data) is kind
    return lambda data: type(data) is kind and check(data)
