"""What a chart itself brings into the objects that are rendered of it: its defaults."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from generator.syntax.budget import PARSED, Budget, SpentError
from generator.syntax.secrets.given import of_values
from generator.syntax.secrets.ingredients import Ingredients
from generator.verify.chart_files import ChartFiles
from generator.verify.known_values import known_of, yaml_of

_DEEPEST = 3
"""Charts within charts that are looked at."""
_MOST_OF_DEFAULTS = 60_000_000
"""Units of work for the secrets in the defaults of a chart and of the charts in it: one megabyte of YAML."""


@lru_cache(maxsize=256)
def ingredients_of(folder: str) -> Ingredients:
    """Return what the chart in a folder brings with it."""
    known = known_of(folder)
    return Ingredients(
        lambda budget: (known.defaults or {}, *_inner_defaults(known.files, budget, _DEEPEST)),
    )


@lru_cache(maxsize=256)
def secrets_of(folder: str) -> frozenset[str]:
    """Return the secrets in the defaults of a chart: those of a public one are known to all, and still belong in no log.

    Of very large defaults, only those of the chart itself are searched, and not those of charts in it.
    """
    try:
        return frozenset(ingredients_of(folder).secrets(Budget(_MOST_OF_DEFAULTS)))
    except SpentError:
        return frozenset(of_values([known_of(folder).defaults or {}]))


def _inner_defaults(files: ChartFiles, budget: Budget, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the defaults of the charts in a chart, as far as they can be read; raises SpentError."""
    for inner in files.inner().values() if depth else ():
        budget.spend(len(inner.read("values.yaml") or b"") * PARSED)
        yield yaml_of(inner, "values.yaml") or {}
        yield from _inner_defaults(inner, budget, depth - 1)
