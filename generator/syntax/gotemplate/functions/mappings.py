"""Sprig's functions over maps."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError
from generator.syntax.gotemplate.values import Words, a_type, is_true, shown

Map = dict[str, Any]


def _made(*given: Any) -> Map:
    keys, values = given[::2], [*given[1::2], ""][: len(given[::2])]
    return dict(zip(map(shown, keys), values, strict=True))


def _set(target: Map, key: str, value: Any) -> Map:
    target[key] = value
    return target


def _unset(target: Map, key: str) -> Map:
    target.pop(key, None)
    return target


def _merged(target: Map, *others: Map, overwrite: bool = False) -> Map:
    for other in others:
        for key, value in other.items():
            own = target.get(key)
            if isinstance(own, dict) and isinstance(value, dict):
                _merged(own, value, overwrite=overwrite)
            elif not is_true(own) or (overwrite and is_true(value)):
                target[key] = value
    return target


def _overwritten(target: Map, *others: Map) -> Map:
    return _merged(target, *others, overwrite=True)


def _omitted(one: Map, *keys: str) -> Map:
    left = frozenset(keys)
    return {key: value for key, value in one.items() if key not in left}


def _dig(*given: Any) -> Any:
    if len(given) < 3:
        raise ExecutionError("`dig` needs keys, a default and a map")
    *keys, default, node = given
    for index, key in enumerate(keys):
        if type(node) is not dict or not isinstance(key, str):
            what = ".".join(map(shown, keys[:index])) or "the last argument"
            raise ExecutionError(f"`dig` needs a map, and {what} is {a_type(node)}")
        if key not in node:
            return default
        node = node[key]
    return node


def _keys(*maps: Map) -> Words:
    """Return the keys, sorted: their order is by chance in Go."""
    return Words(sorted(key for one in maps for key in one))


TABLE: Table = {
    "dict": ("a*", _made),
    "get": ("ms", lambda one, key: one.get(key, "")),
    "set": ("msa", _set),
    "unset": ("ms", _unset),
    "hasKey": ("ms", lambda one, key: key in one),
    "pluck": ("sm*", lambda key, *maps: [one[key] for one in maps if key in one]),
    "keys": ("m*", _keys),
    "values": ("m", lambda one: [one[key] for key in sorted(one)]),
    "pick": ("ms*", lambda one, *keys: {key: one[key] for key in keys if key in one}),
    "omit": ("ms*", _omitted),
    "dig": ("a*", _dig),
    "merge": ("mm*", _merged),
    "mustMerge": ("mm*", _merged),
    "mergeOverwrite": ("mm*", _overwritten),
    "mustMergeOverwrite": ("mm*", _overwritten),
    "deepCopy": ("a", deepcopy),
    "mustDeepCopy": ("a", deepcopy),
}
