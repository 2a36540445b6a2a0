"""What a comparison found, without words."""

from __future__ import annotations

import re

from generator.syntax.alignment import canonical
from generator.syntax.leaves import ABSENT


def facts(comparison, *, back=False):
    """Return what changed without words, so that both directions can be held against each other."""
    found = []
    for entry in comparison.entries:
        change = entry.change
        sides = ["" if side is ABSENT else canonical(side) for side in (change.before, change.after)]
        found.append((re.sub(r"\[\d+\]", "[]", change.path), *(sides[::-1] if back else sides), entry.where))
    return sorted(found)
