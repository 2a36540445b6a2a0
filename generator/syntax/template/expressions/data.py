"""The result of an expression, as data that every YAML and JSON reader reads the same way."""

from __future__ import annotations

from typing import Any

from jinja2 import TemplateError

from generator.syntax.reader.characters import describe, forbidden_in_value
from generator.syntax.reader.document import MAX_KEY
from generator.syntax.template.expressions.budget import MAX_DEPTH, Budget, BudgetError, insist
from generator.syntax.template.expressions.scalars import bounded, kind
from generator.syntax.template.omit import OMIT


class DataError(TemplateError):
    """An expression returns a value that cannot be in a document."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def data_of(budget: Budget, value: Any, depth: int = 0) -> Any:
    """Return a value without what was omitted in it; raises DataError for what is not data, or BudgetError."""
    if isinstance(value, str):
        budget.text(len(value))
        return _clean(value)
    budget.spend(1)
    if isinstance(value, dict | list | tuple):
        if depth == MAX_DEPTH:
            raise BudgetError(f"data nested more than {MAX_DEPTH} levels deep")
        if isinstance(value, dict):
            kept = ((key, item) for key, item in value.items() if key is not OMIT and item is not OMIT)
            return {key_of(budget, key): data_of(budget, item, depth + 1) for key, item in kept}
        return [data_of(budget, item, depth + 1) for item in value if item is not OMIT]
    if isinstance(insist(value), int | float):
        return bounded(value)
    hint = (
        "write `{{ value or omit }}` to leave the key out"
        if value is None
        else "return a string, a number, a list or a mapping"
    )
    raise DataError(f"the expression returns {kind(value)}, which is not data", hint)


def key_of(budget: Budget, key: Any) -> str:
    """Return a key of a map; raises DataError for what cannot be one."""
    if not isinstance(insist(key), str):
        raise DataError(f"a key must be a string, not {kind(key)}", "make the key's expression return a string")
    if len(key) > MAX_KEY:
        raise DataError(f"a key of {len(key):,} characters; the maximum is {MAX_KEY}", "use a shorter key")
    budget.text(len(key))
    return _clean(key)


def _clean(text: str) -> str:
    character = forbidden_in_value(text)
    if character:
        hint = "remove it: it is invisible or breaks the manifests"
        raise DataError(f"the expression returns a string with the forbidden character {describe(character)}", hint)
    return str(text)
