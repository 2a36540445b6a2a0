"""Quick checks by schemas of others: each part of a schema pays for what it looks at, before it does so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.syntax.budget import ITEM, Budget
from generator.syntax.schema.accept import Acceptor, Check, Schema
from generator.syntax.schema.costs import CHECK, WORD, PaidPatterns
from generator.syntax.schema.foreign import frozen


class PaidAcceptor(Acceptor):
    """Accepts or refuses data by a schema of others."""

    def __init__(self, schemas: Mapping[str, Schema], definitions: Mapping[str, Schema], budget: Budget) -> None:
        super().__init__(schemas, definitions)
        self._budget = budget
        self._patterns = PaidPatterns(budget)

    def _check(self, schema: Schema) -> Check:
        budget = self._budget
        cost = CHECK + WORD * len(schema) + ITEM * len(schema.get("required", ())) if isinstance(schema, dict) else CHECK
        budget.spend(cost)
        check = super()._check(schema)

        def paid(data: Any) -> Any:
            budget.spend(cost)
            return check(data)

        return paid

    def _value(self, schema: Schema) -> Check:
        allowed = [schema["const"]] if "const" in schema else schema.get("enum")
        if allowed is None:
            return super()._value(schema)
        budget = self._budget
        budget.read(allowed, 4)
        known = frozenset(map(frozen, allowed))

        def check(data: Any) -> bool:
            budget.read([data], 4)
            return frozen(data) in known

        return check

    def _is_unique(self, data: list[Any]) -> bool:
        self._budget.read(data, 4)
        return len(set(map(frozen, data))) == len(data)

    def _matcher(self, pattern: str) -> Check:
        self._patterns.made(pattern)
        return lambda value: self._patterns.search(pattern, value)
