"""The releases of many services and environments, as a table, JSON or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.history.images import listed
from generator.history.ledger import Version
from generator.history.ledger.everywhere import Event, Events
from generator.report.releases import ISO, SHORT, TIME, images_cell, overrides_cell, overrides_json, since, version_json
from generator.report.table import as_csv, as_json, table

COLUMNS = (
    "service", "environment", "commit", "time", "author", "committer", "subject", "imageTag", "imageDigest", "chartName",
    "chartVersion", "beforeImageTag", "beforeImageDigest", "beforeChartName", "beforeChartVersion", "promotedFrom",
    "images", "beforeImages", "overrides", "removed",
)  # fmt: skip


def events_table(events: Events, width: int) -> str:
    """Return a line for each release, newest first."""
    has_images = any(one.version.images for one in events.found if one.version)
    has_overrides = any(one.overrides for one in events.found)
    rows = []
    for one in events.found:
        when = since(one.landed, TIME, at_boundary=one.at_boundary)
        images = [images_cell(one.version)] if has_images else []
        who = [one.promoted_from, one.made.author.name, one.landed.id[:SHORT], one.made.subject]
        skipped = [overrides_cell(one.overrides)] if has_overrides else []
        chart = one.version.chart_version if one.version else ""
        rows.append([when, one.environment, one.service, _image(one.version), *images, chart, *who, *skipped])
    more = ["skipped"] if has_overrides else []
    images = ["images"] if has_images else []
    return table(
        ["landed (UTC)", "env", "service", "image", *images, "chart", "from", "by", "commit", "subject", *more], rows, width
    )


def _image(version: Version | None) -> str:
    if version is None:
        return "removed"
    image = version.image_tag or "–"
    return f"{image}@{version.digest[:19]}" if version.digest else image


def events_json(events: Events, asked: str) -> str:
    """Return the releases as one versioned JSON object, which only ever grows; `asked` is the value of --since."""
    data: dict[str, Any] = {
        "version": 1,
        "since": asked or None,
        "complete": events.complete,
        "more": events.more,
        "releases": [_event(one) for one in events.found],
    }
    return as_json(data)


def _event(one: Event) -> dict[str, Any]:
    return {
        "service": one.service,
        "environment": one.environment,
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
    ]  # fmt: skip
