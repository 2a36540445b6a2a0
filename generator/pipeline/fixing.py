"""Apply the fixes that diagnostics carry, until nothing is left that can be fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.pipeline.drift import Change, State
from generator.pipeline.guards import area_of
from generator.pipeline.run import run
from generator.syntax.edit.fixes import Fixable, fixable, fixed
from generator.syntax.secrets.messages import without
from generator.syntax.secrets.redaction import redacted
from generator.system.files import Folder

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.pipeline.request import Outcome, Request

_ROUNDS = 10
"""The maximum number of passes: a fix can reveal a problem that another one hid."""


class Fixed(NamedTuple):
    """What fixing did."""

    outcome: Outcome
    """The remaining problems."""
    contents: dict[str, bytes]
    """The new contents of files, by path."""
    fixes: Sequence[tuple[Diagnostic, str]] = ()
    """The fixed problems in order, with what was written."""
    files: int = 0
    """How many files were written."""


def run_and_fix(request: Request, only: Callable[[Outcome], Outcome], *, unsafe: bool) -> Fixed:
    """Apply fixes, and write the files; raises WriteError.

    Fixes are applied in memory first; a file that another process changed in the meantime is not overwritten.
    """
    before: dict[str, bytes] = {}
    now: dict[str, bytes] = {}
    told: list[Fixable] = []
    outcome = only(run(request))
    if outcome.workspace is None:  # without a workspace there is no area to lock
        return Fixed(outcome, {})
    area = area_of(request.root, outcome.workspace)
    for _ in range(_ROUNDS):
        by_path: dict[str, list[Fixable]] = {}
        for item in fixable(outcome.diagnostics, unsafe=unsafe):
            by_path.setdefault(item.problem.path, []).append(item)
        unread = by_path.keys() - before
        before |= {path: Folder(request.root).read(path) for path in unread}
        now |= {path: before[path] for path in unread}
        done: list[Fixable] = []
        for path, found in () if unread else by_path.items():  # positions are only valid for the bytes read here
            now[path], gone = fixed(path, now[path], found)
            done += gone
        if not (done or unread):
            break
        told += done
        outcome = only(run(request._replace(overlay=now)))
    changes = [Change(path, State.DIFFERS, path, "", "", now[path], before[path]) for path in now if now[path] != before[path]]
    if changes:
        from generator.pipeline import write

        write.apply_each(area, changes)
    said = [(one.problem, _said(one, before)) for one in sorted(told, key=lambda one: one.problem.order)] if changes else []
    return Fixed(outcome, now, said, len(changes))


def _said(fix: Fixable, before: Mapping[str, bytes]) -> str:
    """Return what a fix wrote, without the secrets of the line it is in."""
    text = redacted(before[fix.problem.path].decode("utf-8", "replace"))
    return without(fix.text.strip(), text.words(fix.problem.span))
