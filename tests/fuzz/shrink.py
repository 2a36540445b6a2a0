"""Smaller cases with the same fault."""

from __future__ import annotations

from collections.abc import Callable

from cases import Case

TRIES = 80


def shrunk(case: Case, still: Callable[[Case], bool], tries: int = TRIES) -> Case:
    """Return the case with as few lines as it takes, found by so many tries."""
    left = [tries]

    def holds(candidate: Case) -> bool:
        left[0] -= 1
        return left[0] >= 0 and still(candidate)

    for path in sorted(case.files):
        without = case._replace(files={other: raw for other, raw in case.files.items() if other != path})
        if len(case.files) > 1 and holds(without):
            case = without
            continue
        case = _fewer_lines(case, path, holds)
    return case


def _fewer_lines(case: Case, path: str, holds: Callable[[Case], bool]) -> Case:
    lines = case.files[path].split(b"\n")
    size = len(lines) // 2
    while size:
        at = 0
        while at < len(lines):
            fewer = lines[:at] + lines[at + size :]
            candidate = case._replace(files={**case.files, path: b"\n".join(fewer)})
            if holds(candidate):
                case, lines = candidate, fewer
            else:
                at += size
        size //= 2
    return case
