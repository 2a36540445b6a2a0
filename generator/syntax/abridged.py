"""Findings of which there are too many in one file: the first are told, the rest are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.diagnostics import Diagnostic, Severity, Span

MOST = 1000
"""Findings of one rule in one file that are told one by one."""

_REST = re.compile(r"… and ([0-9,]+) more TP[0-9]{3} in this file\Z")


class Tally:
    """Counts findings by file and rule, while they are found: what is only counted need not be made."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], int] = {}
        self._left: dict[tuple[str, str], int] = {}
        self._last: dict[tuple[str, str], tuple[Span, Severity]] = {}

    def is_full(self, path: str, rule: str) -> bool:
        """Tell whether a finding is only to be counted, and count it then."""
        if self._told.get((path, rule), 0) < MOST:
            return False
        self._left[path, rule] = self._left.get((path, rule), 0) + 1
        return True

    def more(self, path: str, rule: str, number: int) -> None:
        """Count findings that were not created, after one that was reported."""
        self._left[path, rule] = self._left.get((path, rule), 0) + number

    def taken(self, item: Diagnostic) -> Diagnostic:
        """Return a finding that is told, and remember it."""
        key = (item.path, item.rule)
        self._told[key] = self._told.get(key, 0) + 1
        last = self._last.get(key)
        if last is None or last[0] <= item.span:
            self._last[key] = (item.span, item.severity)
        return item

    def rest(self) -> Iterator[Diagnostic]:
        """Yield a line for each file and rule of which some were only counted, at the last place that was told."""
        for (path, rule), number in self._left.items():
            span, severity = self._last[path, rule]
            yield Diagnostic(path, span, rule, severity, f"… and {number:,} more {rule} in this file")

    def add(self, item: Diagnostic) -> Iterator[Diagnostic]:
        """Yield a finding if it is told; one that is the rest of others is counted with all that it stands for."""
        counted = _REST.match(item.message)
        if counted:
            self.more(item.path, item.rule, int(counted[1].replace(",", "")))
            self._last.setdefault((item.path, item.rule), (item.span, item.severity))
        elif not self.is_full(item.path, item.rule):
            yield self.taken(item)


def abridged(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings in their order, with the first of each file and rule, and a line for the rest."""
    items = list(found)
    if len(items) <= MOST:
        return items
    tally = Tally()
    kept = [told for item in items for told in tally.add(item)]
    rest = list(tally.rest())
    return sorted([*kept, *rest], key=lambda item: item.order) if rest else kept
