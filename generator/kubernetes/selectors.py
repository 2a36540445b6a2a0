"""Label selectors: what they match, and what of them does not hold.

Manifests may hold anything anywhere, so everything here takes any data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import maps
from generator.syntax.budget import STEP

_NEED_VALUES = ("In", "NotIn")
_FORBID_VALUES = ("Exists", "DoesNotExist")


def matches(selector: Any, labels: dict[str, Any]) -> bool:
    """Tell whether labels satisfy a selector of matchLabels and matchExpressions; an empty one takes all."""
    return isinstance(selector, dict) and next(_unmet(selector, labels), None) is None


def mismatch(selector: Any, labels: dict[str, Any]) -> tuple[Pointer, str]:
    """Return where the first requirement stands that labels do not meet, and what it asks and they have.

    The pointer counts from the selector; () where it is not a valid selector at all.
    """
    unmet = next(_unmet(selector, labels), None) if isinstance(selector, dict) else None
    return unmet or ((), "it is not a valid selector")


def _unmet(selector: dict[str, Any], labels: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    wanted = selector.get("matchLabels")
    for key, value in wanted.items() if isinstance(wanted, dict) else ():
        if key not in labels or labels[key] != value:
            has = f"they have `{labels[key]}`" if key in labels else "they do not have that label"
            yield ("matchLabels", key), f"it selects {key} `{value}`, but {has}"
    for index, expression in maps(selector.get("matchExpressions")):
        if not _holds(expression, labels):
            yield ("matchExpressions", index), f"the expression for {expression.get('key')} does not match"


def _holds(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values")
    has = isinstance(key, str) and key in labels
    listed = has and isinstance(values, list) and labels[str(key)] in values
    if operator == "In":
        return listed
    if operator == "NotIn":
        return not listed
    return not has if operator == "DoesNotExist" else has


def is_empty(selector: Any) -> bool:
    """Tell whether a selector asks for nothing."""
    return not isinstance(selector, dict) or not (selector.get("matchLabels") or selector.get("matchExpressions"))


def faults(selector: dict[str, Any]) -> Iterator[tuple[Pointer, str, str]]:
    """Yield what Kubernetes refuses in the expressions of a selector: the pointer, what it is, and what to do."""
    for index, expression in maps(selector.get("matchExpressions")):
        pointer: Pointer = ("matchExpressions", index)
        operator, values = expression.get("operator"), expression.get("values")
        if operator is None:
            continue  # the schema requires it
        if operator not in (*_NEED_VALUES, *_FORBID_VALUES):
            yield (
                (*pointer, "operator"),
                f"`{operator}` is not a valid selector operator",
                "use In, NotIn, Exists or DoesNotExist",
            )
        elif operator in _NEED_VALUES and not values:
            yield (*pointer, "operator"), f"`{operator}` requires values", "list them under `values`"
        elif operator in _FORBID_VALUES and values:
            yield (*pointer, "values"), f"`{operator}` takes no values", "remove them"


class Requirements:
    """What a selector asks for, read once, so that each of many objects costs no more than the number of requirements.

    Values are texts, as in a cluster: nothing else can be equal to the value of a label.
    """

    __slots__ = ("_expressions", "_labels", "are_none", "cost", "keys")

    def __init__(self, selector: dict[str, Any]) -> None:
        wanted = selector.get("matchLabels")
        self._labels = list(wanted.items()) if isinstance(wanted, dict) else []
        self._expressions = [_expression(one) for _, one in maps(selector.get("matchExpressions"))]
        self.are_none = is_empty(selector)
        """Whether it asks for nothing, and takes all."""
        self.keys = frozenset((*(key for key, _ in self._labels), *(key for key, _, _ in self._expressions)))
        """The labels that it asks for."""
        self.cost = STEP * (1 + len(self._labels) + len(self._expressions))
        """Units of work of one object."""

    def are_met(self, labels: dict[Any, Any]) -> bool:
        """Tell whether labels meet all requirements."""
        return all(_is_equal(labels.get(key), value) for key, value in self._labels) and all(
            _is_met(key, operator, values, labels) for key, operator, values in self._expressions
        )


_Expression = tuple[str, Any, frozenset[str]]


def _expression(node: dict[str, Any]) -> _Expression:
    key, values = node.get("key"), node.get("values")
    known = frozenset(one for one in values if isinstance(one, str)) if isinstance(values, list) else frozenset()
    return key if isinstance(key, str) else "", node.get("operator"), known


def _is_equal(label: Any, value: Any) -> bool:
    return isinstance(label, str) and isinstance(value, str) and label == value


def _is_met(key: str, operator: Any, values: frozenset[str], labels: dict[Any, Any]) -> bool:
    label = labels.get(key)
    listed = isinstance(label, str) and label in values
    if operator == "In":
        return listed
    if operator == "NotIn":
        return not listed
    return key not in labels if operator == "DoesNotExist" else key in labels
