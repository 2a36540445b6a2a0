"""Placeholders of a new workspace: one line in the report of a run, as every command would list all of them."""

from __future__ import annotations

from collections.abc import Sequence

from generator.diagnostics import Diagnostic
from generator.syntax.wording import counted

RULE = "TP048"


def folded(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return findings with the first placeholder address alone, which says how many there are."""
    all_of_them = [item for item in found if item.rule == RULE]
    if len(all_of_them) < 2:
        return list(found)
    first, more = all_of_them[0], counted(len(all_of_them) - 1, "more placeholder")
    told = first._replace(hint=f"{first.hint}; {more}: tiphys lint --select {RULE}")
    return [told if item is first else item for item in found if item.rule != RULE or item is first]
