"""What a value of an expression may be: a list, a number and so on, or unknown."""

from __future__ import annotations

from generator.syntax.named_tuples import NamedTuple

_WORDS = {
    "number": "a number",
    "string": "a string",
    "bool": "a boolean",
    "list": "a list",
    "map": "a map",
    "nil": "nil",
    "time": "a time",
    "duration": "a duration",
}


ALL = frozenset(_WORDS)


class Kind(NamedTuple):
    """What a value may be, and what the elements of a list may be."""

    names: frozenset[str]
    inner: frozenset[str]

    def may_be(self, *names: str) -> bool:
        """Tell whether it may be one of these."""
        return not self.names.isdisjoint(names)

    @property
    def words(self) -> str:
        """What it is, for people."""
        return "a value" if self.names == ALL else " or ".join(_WORDS[name] for name in _WORDS if name in self.names)


UNKNOWN = Kind(ALL, ALL)


def kind(*names: str, inner: str = "") -> Kind:
    """Return what is one of these names; `inner` is what its elements are."""
    return Kind(frozenset(names), frozenset([inner]) if inner else ALL)


NUMBER, NUMBERS = kind("number"), kind("list", inner="number")
BOOL, STRING, LIST = kind("bool"), kind("string"), kind("list")

FUNCTIONS = {
    **dict.fromkeys(("asInt", "asFloat"), NUMBER),
    **dict.fromkeys(("isNaN", "isInf", "isNil"), BOOL),
    **dict.fromkeys(("all", "none", "any", "one", "hasPrefix", "hasSuffix"), BOOL),
    **dict.fromkeys(("filter", "map", "sortBy", "split", "splitAfter", "take", "keys", "values", "toPairs"), LIST),
    **dict.fromkeys(("reverse", "uniq", "concat", "flatten", "sort"), LIST),
    **dict.fromkeys(("findIndex", "findLastIndex", "count", "len", "abs", "ceil", "floor", "round", "int", "float"), NUMBER),
    **dict.fromkeys(("indexOf", "lastIndexOf", "mean", "median", "bitnot", "bitand", "bitor", "bitxor", "bitnand"), NUMBER),
    **dict.fromkeys(("bitshl", "bitshr", "bitushr"), NUMBER),
    **dict.fromkeys(("type", "string", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "replace", "repeat"), STRING),
    **dict.fromkeys(("join", "toJSON", "toBase64", "fromBase64"), STRING),
    **dict.fromkeys(("groupBy", "fromPairs"), kind("map")),
    **dict.fromkeys(("now", "date"), kind("time")),
    **dict.fromkeys(("default", "find", "findLast", "sum", "reduce", "max", "min", "first", "last", "get"), UNKNOWN),
    **dict.fromkeys(("fromJSON", "timezone"), UNKNOWN),
    "duration": kind("duration"),
}
"""What the functions return that a condition can call."""
PREDICATES = frozenset(
    (
        *("all", "none", "any", "one", "filter", "map", "count", "sum", "groupBy", "sortBy", "reduce"),
        *("find", "findIndex", "findLast", "findLastIndex"),
    )
)
"""Functions that are given an expression for each element, `#`."""
ARGUMENTS = {
    **dict.fromkeys(("isNaN", "isInf"), ("number",)),
    **dict.fromkeys(("asInt", "asFloat"), ("number", "string")),
}
"""What the one argument of a function may be."""


def either(first: Kind, second: Kind) -> Kind:
    """Return what is one of two kinds."""
    return Kind(first.names | second.names, first.inner | second.inner)
