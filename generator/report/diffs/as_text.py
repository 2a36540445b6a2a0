"""The comparison for people: a verdict, then place by place what changes, the riskiest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from generator.diff import Comparison
from generator.diff.model import Failure, Placed, Versions
from generator.diff.rendered.model import Cluster
from generator.diff.risks import Level
from generator.report.as_text import concise, printable
from generator.report.diffs import cluster, versions
from generator.report.diffs.words import at_fault, blocks, notes, place, verdict, why

_One = TypeVar("_One", bound=Placed)

_COLORS = {Level.HIGH: "\x1b[31m", Level.MEDIUM: "\x1b[33m", Level.LOW: ""}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_WIDTH = max(len(level.value) for level in Level) + 2


def as_text(comparison: Comparison, *, color: bool = False) -> str:
    """Return the comparison with a blank line between any two places."""
    parts = [f"{printable(comparison.base)} → {printable(comparison.head)}: {printable(verdict(comparison))}\n"]
    parts += [_failure(failure, comparison) for failure in comparison.failures]
    for where, entries in blocks(comparison.entries):
        parts.append(_head(place(where), color=color) + _lines(entries, lambda entry: entry.change.sentence, color=color))
    if comparison.cluster:
        parts += _cluster(comparison.cluster, color=color)
        if comparison.versions:
            parts += _versions(comparison.versions, comparison.cluster, color=color)
    said = "".join(f"{printable(note)}\n" for note in notes(comparison))
    return "\n".join([*parts, said] if said else parts)


def _cluster(found: Cluster, *, color: bool) -> Iterator[str]:
    """Yield what changes of the objects in the cluster, place by place."""
    yield f"{cluster.HEADING}: {printable(cluster.summary(found))}\n"
    for where, entries in blocks(found.entries):
        text = _head(f"{place(where)}, {cluster.HEADING}", color=color)
        yield text + _lines(entries, cluster.sentence, cluster.remark, color=color)
    rest = [*cluster.missing(found), *filter(None, [cluster.left_out(found)])]
    if rest:
        yield "".join(f"{printable(line)}\n" for line in rest)


def _versions(found: Versions, changed: Cluster, *, color: bool) -> Iterator[str]:
    """Yield the kinds of what changes, and what charts that differ ask of those who use them."""
    kinds = versions.kinds(changed)
    if kinds:
        yield f"by kind: {kinds}\n"
    for title, lines in versions.lines(found, changed):
        yield _head(title, color=color) + "".join(f"  {printable(line)}\n" for line in lines)


def _head(text: str, *, color: bool) -> str:
    shown = printable(text)
    return f"{_BOLD}{shown}{_PLAIN}\n" if color else f"{shown}\n"


def _lines(
    entries: Sequence[_One], sentence: Callable[[_One], str], remark: Callable[[_One], str] = lambda _entry: "", *, color: bool
) -> str:
    """Return what changes in one place; why a risk is one is said once. A remark is a line of its own."""
    text, told = "", set()
    for entry in entries:
        reason = why(entry)
        shown = entry.risk.id if reason and entry.risk.id in told else reason
        told.add(entry.risk.id)
        text += _marked(entry.level, sentence(entry), shown, color=color)
        said = remark(entry)
        text += f"{' ' * (_WIDTH + 4)}{printable(said)}\n" if said else ""
    return text


def _marked(level: Level, sentence: str, reason: str, *, color: bool) -> str:
    word = f"{level.value:<{_WIDTH}}"
    if color and _COLORS[level]:
        word = f"{_COLORS[level]}{word}{_PLAIN}"
    return f"  {word}{printable(sentence)}" + (f"  [{reason}]" if reason else "") + "\n"


def _failure(failure: Failure, comparison: Comparison) -> str:
    text = f"{printable(at_fault(failure, comparison))}:\n"
    for item in failure.diagnostics:
        text += f"  {concise(item)}" + (f"    = hint: {printable(item.hint)}\n" if item.hint else "")
    return text
