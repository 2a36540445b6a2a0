"""The releases of many services and environments, as a table, JSON or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.history.images import listed
from generator.history.ledger import Version
from generator.history.ledger.everywhere import Event, Events
from generator.report.code import code_cell, code_cells, code_json
from generator.report.releases import ISO, TIME, images_cell, overrides_cell, overrides_json, since, version_json
from generator.report.table import as_csv, as_json, table
from generator.syntax.commit_ids import short_id
from generator.syntax.forges import NONE, Forges

COLUMNS = (
    "service", "environment", "commit", "time", "author", "committer", "subject", "imageTag", "imageDigest", "chartName",
    "chartVersion", "beforeImageTag", "beforeImageDigest", "beforeChartName", "beforeChartVersion", "promotedFrom",
    "images", "beforeImages", "overrides", "removed", "number", "codeCommit", "codeRepository",
)  # fmt: skip


def events_table(events: Events, width: int, *, code: bool = False) -> str:
    """Return a line for each release, newest first; with numbers if they are known, and with the code if it is asked for."""
    has_numbers = any(one.number is not None for one in events.found)
    has_images = any(one.version.images for one in events.found if one.version)
    has_overrides = any(one.overrides for one in events.found)
    rows = []
    for one in events.found:
        when = since(one.landed, TIME, at_boundary=one.at_boundary)
        images = [images_cell(one.version)] if has_images else []
        who = [one.promoted_from, one.made.author.name, short_id(one.landed.id), one.made.subject]
        more = [*([code_cell(one.code)] if code else []), *([overrides_cell(one.overrides)] if has_overrides else [])]
        chart = one.version.chart_version if one.version else ""
        number = [_number(one, complete=events.complete)] if has_numbers else []
        rows.append([when, one.environment, one.service, *number, _image(one.version), *images, chart, *who, *more])
    more = [*(["code"] if code else []), *(["skipped"] if has_overrides else [])]
    images = ["images"] if has_images else []
    numbers = ["#"] if has_numbers else []
    last = ["from", "by", "commit", "subject", *more]
    return table(["landed (UTC)", "env", "service", *numbers, "image", *images, "chart", *last], rows, width)


def _number(one: Event, *, complete: bool) -> str:
    return "-" if one.number is None else f"{one.number}" if complete else f"{one.number}?"


def _image(version: Version | None) -> str:
    if version is None:
        return "removed"
    image = version.image_tag or "–"
    return f"{image}@{version.digest[:19]}" if version.digest else image


def events_json(events: Events, asked: str, forges: Forges = NONE) -> str:
    """Return the releases as one versioned JSON object, which only ever grows; `asked` is the value of --since."""
    data: dict[str, Any] = {
        "version": 1,
        "since": asked or None,
        "complete": events.complete,
        "more": events.more,
        "releases": [{**_event(one), "code": code_json(one.code, forges)} for one in events.found],
    }
    return as_json(data)


def _event(one: Event) -> dict[str, Any]:
    return {
        "service": one.service,
        "environment": one.environment,
        "number": one.number,
        "removed": one.version is None,
        "commit": one.landed.id,
        "time": one.landed.date(ISO) or None,
        "author": {"name": one.made.author.name, "email": one.made.author.email},
        "committer": {"name": one.landed.committer.name, "email": one.landed.committer.email},
        "subject": one.made.subject,
        **(version_json(one.version) if one.version else {}),
        "before": version_json(one.before) if one.before else None,
        "promotedFrom": one.promoted_from or None,
        "madeIn": one.made.id,
        "spec": one.path,
        "overrides": overrides_json(one.overrides),
        "atBoundary": one.at_boundary,
    }


def events_csv(events: Events) -> str:
    """Return the releases with a header."""
    return as_csv(COLUMNS, map(_row, events.found))


def _row(one: Event) -> Sequence[str]:
    after, before = one.version or Version(), one.before or Version()
    who = [one.made.author.name, one.landed.committer.name, one.made.subject]
    removed = "yes" if one.version is None else ""
    return [
        one.service, one.environment, one.landed.id, one.landed.date(ISO), *who, *after[:4], *before[:4], one.promoted_from,
        listed(after.images), listed(before.images), overrides_cell(one.overrides), removed,
        "" if one.number is None else str(one.number), *code_cells(one.code),
    ]  # fmt: skip
