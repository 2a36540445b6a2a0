"""Selectors over parameters, and parameters laid over each other.

Source: argo-cd, applicationset/utils/selector.go and applicationset/generators/generator_spec_processor.go; mergo
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.kubernetes.objects import maps
from generator.syntax.gotemplate.values import cut, is_true, shown


def flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield values by dotted keys, as selectors and templates without `goTemplate` name them."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield from flat({str(index): item for index, item in enumerate(value)}, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", shown(value)


def selector_problem(selector: Any) -> tuple[tuple[str | int, ...], str] | None:
    """Return what Argo CD refuses of a selector, with its pointer; None for one that it reads."""
    for index, one in maps(selector.get("matchExpressions") if isinstance(selector, dict) else None):
        operator, values = one.get("operator"), one.get("values") or []
        here = ("matchExpressions", index)
        if operator not in _OPERATORS:
            return (*here, "operator"), f"`{cut(operator)}` is not an operator of selectors"
        if operator in ("In", "NotIn") and not values:
            return here, f"{operator} needs values"
        if operator in ("Exists", "DoesNotExist") and values:
            return (*here, "values"), f"{operator} takes no values"
    return None


_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def selects(selector: Any, parameters: Mapping[str, Any]) -> bool:
    """Tell whether a selector lets parameters through."""
    if not isinstance(selector, dict):
        return True
    known = dict(flat(parameters))
    labels = selector.get("matchLabels")
    if isinstance(labels, dict) and not all(known.get(key) == value for key, value in labels.items()):
        return False
    return all(_holds(one, known) for _, one in maps(selector.get("matchExpressions")))


def _holds(one: Mapping[str, Any], known: Mapping[str, str]) -> bool:
    key, operator, values = str(one.get("key")), one.get("operator"), one.get("values") or []
    if operator == "In":
        return key in known and known[key] in values
    if operator == "NotIn":
        return known.get(key) not in values
    return (key in known) is (operator == "Exists")


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return data with another laid over it, map by map; what is empty above replaces nothing."""
    found = dict(below)
    for key, value in above.items():
        own = found.get(key)
        if isinstance(own, dict) and isinstance(value, dict):
            found[key] = laid_over(own, value)
        elif key not in found or is_true(value):
            found[key] = value
    return found
