"""The part of an outcome that is about some files or folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.pipeline.request import Outcome


def only_below(outcome: Outcome, wanted: Sequence[str]) -> Outcome:
    """Return the findings of the files at or below the given paths; all findings if no path was given."""
    if not wanted:
        return outcome
    return outcome._replace(
        diagnostics=[item for item in outcome.diagnostics if is_below(item.path, wanted)],
        wanted={path: file for path, file in outcome.wanted.items() if is_below(file.origin, wanted)},
        gone=tuple(entry for entry in outcome.gone if is_below(entry.path, wanted)),
    )


def is_below(path: str, wanted: Sequence[str]) -> bool:
    """Tell whether a path is one of the given ones or below it; every path is if none are given."""
    return not wanted or any(one in (".", path) or path.startswith(f"{one}/") for one in wanted)
