"""Drift in words: what is the matter with a generated file, and what repairs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import START, Diagnostic, Severity
from generator.pipeline.drift import Change, State, removed_applications
from generator.syntax.labels import label_of

if TYPE_CHECKING:
    from generator.pipeline.run import Outcome

RULE_OF = {State.MISSING: "TP901", State.DIFFERS: "TP902", State.STALE: "TP903", State.UNOWNED: "TP904"}


def reported(outcome: Outcome, command: str) -> list[Diagnostic]:
    """Return all that a run has to say, drift included, as diagnostics; `command` is how tiphys was called."""
    return [*outcome.diagnostics, *(drift(outcome, command) if outcome.compared else ())]


def drift(outcome: Outcome, command: str) -> Iterator[Diagnostic]:
    """Yield a diagnostic for every generated file that is not as it should be."""
    hints = repairs(outcome.changes, command)
    for change in outcome.changes:
        yield Diagnostic(
            change.path,
            START,
            RULE_OF[change.state],
            Severity.ERROR,
            said(change),
            hints[change.path] or f"run `{command} generate`, and commit the result",
            service=change.service,
            environment=change.environment,
        )


def said(change: Change) -> str:
    """Return what is the matter with a generated file."""
    if change.state is State.MISSING:
        return f"missing: {change.origin} renders to this file"
    if change.state is State.DIFFERS:
        return f"differs from what {change.origin} renders to"
    if change.state is State.STALE:
        return f"stale: {change.origin} no longer renders to this file"
    if change.wanted is not None:
        return f"unowned: not written by Tiphys, but {change.origin} renders to this file"
    return "unowned: not written by Tiphys"


def repairs(changes: Sequence[Change], command: str) -> dict[str, str]:
    """Return by path what a person has to do where `tiphys generate` alone does not; empty where it does."""
    removed = {change.path for change in removed_applications(changes)}
    return {change.path: _repair(change, command, removed=change.path in removed) for change in changes}


def _repair(change: Change, command: str, *, removed: bool) -> str:
    if change.state is State.UNOWNED:
        return "move it out of the directory of generated files, or delete it"
    if change.state is State.STALE and removed and change.destination:
        place = label_of(change.environment, change.destination)
        return f"restore destination {place}, or leave it: {command} generate --allow-delete"
    if change.state is State.STALE and removed:
        return f"restore {change.origin}, or remove the service: {command} generate --allow-delete"
    return ""
