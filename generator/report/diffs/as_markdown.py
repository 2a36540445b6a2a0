"""The comparison for a comment on a pull request: a verdict, lists with the riskiest first, all values folded away.

They are lists and not tables, which a narrow screen cuts off.

Text from a spec is escaped, and the whole fits into a comment. The first line is what CI finds the comment by
when it writes it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from generator.diff import Comparison, Entry
from generator.diff.model import Failure, Versions
from generator.diff.rendered.model import Cluster, ObjectEntry
from generator.report.diffs import cluster, versions
from generator.report.diffs.words import at_fault, notes, place, verdict, why
from generator.report.markup import MOST, escaped, fitting
from generator.syntax.leaves import ABSENT
from generator.syntax.wording import counted

_Entry = TypeVar("_Entry", Entry, ObjectEntry)

MARKER = "<!-- tiphys:diff -->"
MARKER_OF_VERSIONS = "<!-- tiphys:versions -->"
"""Of a comparison of versions, which may be on the same pull request."""
_RESERVED = 800
"""Bytes kept for what closes the report."""
_NAMES = 6
"""Services that are named in an item."""
_FAULTS = 20
"""Problems that are listed of a side that is at fault."""
_LONGEST = 2000
"""Letters of a value that are shown below the lists."""


def as_markdown(comparison: Comparison, most: int = MOST) -> str:
    """Return the comparison as Markdown of at most `most` bytes."""
    marker = f"{MARKER_OF_VERSIONS if comparison.versions else MARKER}\n"
    sides = f"{escaped(comparison.base)} → {escaped(comparison.head)}"
    text = f"{marker}**tiphys: {escaped(verdict(comparison))}**\n\n{sides}\n"
    return text + section(comparison, most - len(text.encode("utf-8")))


def section(comparison: Comparison, most: int) -> str:
    """Return what changes, without the verdict, as a part of at most `most` bytes of a larger text."""
    text = ""
    room = most - _RESERVED
    told, room = fitting(_failures(comparison), room)
    text += "".join(told)
    if len(told) < len(list(_failures(comparison))):
        return text + "\nThere are more errors than a comment has room for; run `tiphys lint`.\n"
    if comparison.entries:
        items, room = fitting(_items(comparison.entries, _declared), room)
        text += "".join(items)
        left = len(comparison.entries) - len(items)
        if left:
            return text + _too_many(left)
    if comparison.cluster:
        objects, room = _cluster(comparison.cluster, room)
        text += objects
        if comparison.versions:
            said, room = fitting(_versions(comparison.versions, comparison.cluster), room)
            text += "".join(said)
    said, room = fitting((f"\n{escaped(note)}\n" for note in notes(comparison)), room)
    text += "".join(said)
    return text + _values(comparison, room)


def _too_many(left: int) -> str:
    verb, them = ("is", "it") if left == 1 else ("are", "them")
    return f"\n{left:,} more {verb} not shown: a comment has no room for {them}.\n"


def _items(entries: Sequence[_Entry], item: Callable[[_Entry], str]) -> Iterator[str]:
    """Yield the item of each entry; the first one of a level comes after the name of the level."""
    level = None
    for entry in entries:
        head = "" if entry.level is level else f"\n**{entry.level.value} risk**\n\n"
        level = entry.level
        yield head + item(entry)


def _declared(entry: Entry) -> str:
    return _item(place(entry.where, _NAMES), entry.change.sentence, why(entry))


def _item(where: str, what: str, *remarks: str) -> str:
    said = "".join(f"<br><sub>{escaped(remark)}</sub>" for remark in remarks if remark)
    return f"- **{escaped(where)}** · {escaped(what)}{said}\n"


def _cluster(found: Cluster, room: int) -> tuple[str, int]:
    """Return what changes of the objects in the cluster, as far as there is room, and the room that is left."""
    text = f"\n**In the cluster: {escaped(cluster.summary(found))}**\n"
    room -= len(text.encode("utf-8"))
    items, room = fitting(_items(found.entries, _object), room)
    text += "".join(items)
    left = len(found.entries) - len(items)
    if left:
        text += _too_many(left)
    lines = [*cluster.missing(found), *filter(None, [cluster.left_out(found)])]
    said, room = fitting((f"\n{escaped(line)}\n" for line in lines), room)
    return text + "".join(said), room


def _versions(found: Versions, changed: Cluster) -> Iterator[str]:
    """Yield the findings that only the new side has, and what charts that differ ask of those who use them."""
    kinds = versions.kinds(changed)
    if kinds:
        yield f"\nBy kind: {escaped(kinds)}\n"
    for number, item in enumerate(found.findings):
        head = "" if number else f"\n**Only then: {counted(len(found.findings), 'finding')}**\n\n"
        where = f"{item.path}:{item.span.line}:{item.span.column}"
        yield f"{head}- {item.severity.value} {item.rule} {escaped(f'{where}: {item.message}')}\n"
    for title, lines in versions.lines(found, changed):
        yield f"\n**{escaped(title)}**\n\n"
        yield from (f"- {escaped(line)}\n" for line in lines)
    yield from (f"\n{escaped(remark)}\n" for remark in found.remarks)


def _object(entry: ObjectEntry) -> str:
    return _item(place(entry.where, _NAMES), cluster.sentence(entry), why(entry), cluster.remark(entry))


def _failures(comparison: Comparison) -> Iterator[str]:
    for failure in comparison.failures:
        yield _failure(failure, comparison)


def _failure(failure: Failure, comparison: Comparison) -> str:
    text = f"\n**{escaped(at_fault(failure, comparison))}:**\n\n"
    left = len(failure.diagnostics) - _FAULTS
    more = f"- and {left:,} more; run `tiphys lint`\n" if left > 0 else ""
    return (
        text
        + "".join(
            f"- {escaped(f'{item.path}:{item.span.line}:{item.span.column}: {item.rule} {item.message}')}\n"
            for item in failure.diagnostics[:_FAULTS]
        )
        + more
    )


def _values(comparison: Comparison, room: int) -> str:
    parts, _ = fitting((_value(entry) for entry in comparison.entries), room)
    if not parts:
        return ""
    left = len(comparison.entries) - len(parts)
    more = f"\n{left:,} more {'is' if left == 1 else 'are'} only in the lists.\n" if left else ""
    return f"\n<details><summary>Every value, before and after</summary>\n\n{''.join(parts)}{more}\n</details>\n"


def _value(entry: Entry) -> str:
    lines = [f"{place(entry.where, _NAMES)} · {entry.change.path}"]
    for sign, side in (("-", entry.change.before), ("+", entry.change.after)):
        if side is not ABSENT:
            lines.append(f"{sign} {_exact(side)}")
    return "<pre>\n" + "".join(f"{escaped(line)}\n" for line in lines) + "</pre>\n\n"


def _exact(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
