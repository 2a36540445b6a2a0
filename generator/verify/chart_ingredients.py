"""What a chart itself brings into the objects that are rendered of it: its defaults, and files that its templates read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from generator.syntax.budget import PARSED, Budget, SpentError
from generator.syntax.secrets.given import of_values
from generator.syntax.secrets.ingredients import LOOKED_AT, SEARCHED, Ingredients
from generator.syntax.secrets.looks import may_hold
from generator.syntax.secrets.redaction import redacted
from generator.verify.chart_files import ChartFiles
from generator.verify.known_values import known_of, yaml_of

_DEEPEST = 3
"""Charts within charts that are looked at."""
_MOST_OF_DEFAULTS = 60_000_000
"""Units of work for the secrets in the defaults of a chart and of the charts in it: one megabyte of YAML."""
_READ_ELSEWHERE = ("Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json")
_READERS = (b"Files", b"tpl")
"""Words without one of which no template reads a file: `tpl` executes what a value says."""


@lru_cache(maxsize=256)
def ingredients_of(folder: str) -> Ingredients:
    """Return what the chart in a folder brings with it."""
    known = known_of(folder)
    return Ingredients(
        lambda budget: (known.defaults or {}, *_inner_defaults(known.files, budget, _DEEPEST)),
        opaque=lambda budget: _files_hold_a_secret(known.files, budget),
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


def _files_hold_a_secret(files: ChartFiles, budget: Budget) -> bool:
    """Tell whether templates read files, and there is a secret in any that they may read; raises SpentError."""
    every = list(_with_inner(files, _DEEPEST))
    read = any(
        word in (one.read(path) or b"") for one in every for path in one.paths("") for word in _READERS if _is_template(path)
    )
    return read and any(
        _holds_a_secret(one.text(path), budget)
        for one in every
        for path in one.paths("")
        if not _is_template(path) and posixpath.basename(path) not in _READ_ELSEWHERE and not path.endswith(".tgz")
    )


def _with_inner(files: ChartFiles, depth: int) -> Iterator[ChartFiles]:
    yield files
    for inner in files.inner().values() if depth else ():
        yield from _with_inner(inner, depth - 1)


def _is_template(path: str) -> bool:
    return "templates" in path.split("/")[:-1]


def _holds_a_secret(text: str, budget: Budget) -> bool:
    budget.spend(len(text) * LOOKED_AT)
    if not may_hold(text):
        return False
    budget.spend(len(text) * SEARCHED)
    return next(redacted(text).every_word(), None) is not None
