"""The comparison as one page: everything, each value side by side, folded away until it is opened, without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from generator.diff import Comparison
from generator.diff.model import Placed
from generator.diff.rendered.model import Cluster
from generator.diff.risks import Level
from generator.report.diffs import cluster, versions
from generator.report.diffs.side_by_side import Row, rows
from generator.report.diffs.words import at_fault, blocks, notes, place, verdict, why
from generator.report.site.jinja import page, template
from generator.syntax.named_tuples import NamedTuple

LOOKS = {Level.HIGH: "bad", Level.MEDIUM: "warn", Level.LOW: "calm"}


class Item(NamedTuple):
    """One change, in words and with both sides."""

    level: Level
    sentence: str
    remark: str
    """When it takes effect, and what it comes from; empty if there is nothing to say."""
    why: str
    path: str
    rows: tuple[Row, ...]


class Block(NamedTuple):
    """What changes in one place, or in several alike."""

    where: str
    items: tuple[Item, ...]

    @property
    def level(self) -> Level:
        """The highest level of its changes."""
        return next(level for level in Level if any(item.level is level for item in self.items))


def as_html(comparison: Comparison) -> str:
    """Return a page that loads nothing, and ends in a newline."""
    style = template("site.css") + template("diff.css")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    found, known = comparison.cluster, comparison.versions
    failures = [(at_fault(failure, comparison), failure.diagnostics) for failure in comparison.failures]
    return page("diff.html").render(
        comparison=comparison,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        style=style,
        verdict=verdict(comparison),
        counts=[(level.value, LOOKS[level], comparison.count(level)) for level in Level],
        looks=LOOKS,
        failures=[*failures, *([(f"Only with {comparison.head}", known.findings)] if known and known.findings else [])],
        declared=list(_blocks(comparison.entries, lambda entry: entry.change.sentence, lambda _entry: "")),
        rendered=list(_blocks(found.entries, cluster.sentence, cluster.remark)) if found else [],
        summary=cluster.summary(found) if found else "",
        charts=list(versions.lines(known, found)) if known and found else [],
        notes=[*_of_cluster(found), *(known.remarks if known else ()), *notes(comparison)],
    )


def _of_cluster(found: Cluster | None) -> Iterator[str]:
    if found is not None:
        yield from cluster.missing(found)
        yield from filter(None, [cluster.left_out(found)])


_One = TypeVar("_One", bound=Placed)


def _blocks(entries: Sequence[_One], sentence: Callable[[_One], str], remark: Callable[[_One], str]) -> Iterator[Block]:
    for where, some in blocks(entries):
        yield Block(place(where), tuple(_item(entry, sentence(entry), remark(entry)) for entry in some))


def _item(entry: Placed, sentence: str, remark: str) -> Item:
    change = entry.change
    return Item(entry.level, sentence, remark, why(entry), change.path, tuple(rows(change.before, change.after)))
