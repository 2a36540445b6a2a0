"""The text of a pull request for moves: what to decide on first, and only then the details.

Text from specs and reasons is escaped, secrets are masked, and the whole fits into what forges take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diff import Comparison
from generator.plan.forecast import Forecast
from generator.report.diffs.as_markdown import section
from generator.report.diffs.words import verdict
from generator.report.markup import MOST, escaped, fitting
from generator.report.plans.overview import cells
from generator.report.plans.words import simulated
from generator.syntax.wording import listed

_SHARE = 12_000
"""Bytes for each of the parts besides the changes."""
_COMMANDS = 20
"""Services whose rollback is spelled out."""
_RESERVED = 200
"""Bytes for the remark that a part is not complete."""


class Text(NamedTuple):
    """What the text of a pull request is made of."""

    subject: str
    environment: str
    services: Sequence[tuple[str, bool]]
    """The names of the services that move, each with whether it had a version before."""
    comparison: Comparison
    forecasts: Sequence[Forecast]
    unplanned: Sequence[str]
    """The services whose rollout cannot be planned."""
    notes: Sequence[str]
    """What else is to be known of the rollout, as sentences."""
    skipped: Mapping[str, Sequence[tuple[str, str]]]
    """By service, the gates that were skipped, each with the reason."""


def as_markdown(text: Text, most: int = MOST) -> str:
    """Return the text of a pull request as Markdown of at most `most` bytes."""
    head = f"## {escaped(text.subject)}\n{_skipped(text)}\n### Changes\n\n{escaped(verdict(text.comparison))}\n"
    tail = f"{_plan(text)}{_undo(text)}"
    room = most - len((head + tail).encode("utf-8"))
    return f"{head}{section(text.comparison, room)}{tail}"


def _part(title: str, lines: Iterable[str], room: int = _SHARE) -> str:
    """Return a part with as many lines as there is room for; empty without any."""
    found = list(lines)
    if not found:
        return ""
    taken, _ = fitting(iter(found), room - _RESERVED)
    left = len(found) - len(taken)
    more = f"\n{left:,} more {'is' if left == 1 else 'are'} not shown: the text of a pull request is limited.\n" if left else ""
    return f"\n### {title}\n\n{''.join(taken)}{more}"


def _skipped(text: Text) -> str:
    lines = (
        f"- **{escaped(gate)}** of {escaped(service)}: {escaped(reason)}\n"
        for service, gates in text.skipped.items()
        for gate, reason in gates
    )
    return _part("Skipped gates", lines)


def _plan(text: Text) -> str:
    return _part("Rollout", _plan_lines(text))


def _plan_lines(text: Text) -> Iterator[str]:
    if text.forecasts:
        yield "| service | release | replicas | pods at most | pods at least | takes |\n|---|---|---|---|---|---|\n"
    for forecast in text.forecasts:
        name = f"{forecast.service} ({forecast.destination})" if forecast.destination else forecast.service
        yield f"| {' | '.join(map(escaped, (name, *cells(forecast))))} |\n"
    for words in dict.fromkeys(filter(None, (simulated(forecast.plan) for forecast in text.forecasts))):
        yield f"\n{escaped(words)}\n"
    for forecast in text.forecasts:
        yield from (f"\n{escaped(forecast.service)}: {escaped(words)}\n" for words in forecast.warnings)
    yield from (f"\n- {escaped(note)}\n" for note in text.notes)
    if text.unplanned:
        yield f"\nNot planned, because their charts have no profile: {escaped(listed(text.unplanned))}\n"


def _undo(text: Text) -> str:
    return _part("Undo", _undo_lines(text))


def _undo_lines(text: Text) -> Iterator[str]:
    yield "Before the merge: close this pull request. After it:\n"
    back = [name for name, had_version in text.services if had_version]
    if back:
        commands = "".join(f"tiphys rollback {name} --env {text.environment} --commit\n" for name in back[:_COMMANDS])
        more = f"# and so on for {len(back) - _COMMANDS:,} more\n" if len(back) > _COMMANDS else ""
        yield f"\n```sh\n{commands}{more}```\n"
    new = [name for name, had_version in text.services if not had_version]
    if new:
        yield f"\n{escaped(listed(new))} had no version here before: revert the commit of the merge.\n"
