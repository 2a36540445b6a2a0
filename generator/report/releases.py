"""The releases of a service in an environment, as a table, JSON or CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from generator.history.changelog import Changelog
from generator.history.images import listed
from generator.history.ledger import Ledger, Release, Version
from generator.history.ledger.overrides import Override
from generator.report.code import code_cell, code_cells, code_json
from generator.report.table import as_csv, as_json, table
from generator.syntax.commit_ids import short_id
from generator.syntax.forges import NONE, Forges
from generator.system.git.commits import Commit, Person

TIME = "%Y-%m-%d %H:%M"

ISO = "%Y-%m-%dT%H:%M:%SZ"
COLUMNS = (
    "number", "commit", "time", "author", "committer", "subject", "imageTag", "imageDigest", "chartName", "chartVersion",
    "beforeImageTag", "beforeImageDigest", "beforeChartName", "beforeChartVersion", "promotedFrom",
    "images", "beforeImages", "overrides", "codeCommit", "codeRepository",
)  # fmt: skip


def releases_table(
    ledger: Ledger, shown: Sequence[Release], pending: Sequence[Version | None], width: int, *, code: bool = False
) -> str:
    """Return a table of releases, newest first; `pending` holds the version that is not committed, if there is one.

    With `code`, there is a column with the commits that they were built from.
    """
    versions = [release.version for release in shown] + [version for version in pending if version]
    one_chart = len({version.chart_name for version in versions}) == 1
    has_images = any(version.images for version in versions)
    has_overrides = any(release.overrides for release in shown)

    def cells(version: Version | None) -> list[str]:
        image, chart = _cells(version, one_chart=one_chart)
        return [image, images_cell(version), chart] if has_images else [image, chart]

    rows = [["-", "not committed", *cells(version), "", "", "", ""] for version in pending]
    for release in shown:
        if release.ended is not None:
            end = release.ended
            rows.append(["-", since(end, TIME), *cells(None), "", end.author.name, short_id(end.id), end.subject])
        number = f"{release.number}" if ledger.complete else f"{release.number}?"
        when = since(release.landed, TIME, at_boundary=release.at_boundary)
        who = [release.promoted_from, release.author, short_id(release.commit), release.made.subject]
        rows.append([number, when, *cells(release.version), *who])
    by_number = {f"{release.number}" if ledger.complete else f"{release.number}?": release for release in shown}
    if code:
        rows = [[*row, code_cell(by_number[row[0]].code if row[0] in by_number else None)] for row in rows]
    if has_overrides:
        rows = [[*row, overrides_cell(by_number[row[0]].overrides if row[0] in by_number else ())] for row in rows]
    images = ["images"] if has_images else []
    more = [*(["code"] if code else []), *(["skipped"] if has_overrides else [])]
    return table(["#", "landed (UTC)", "image", *images, "chart", "from", "by", "commit", "subject", *more], rows, width)


def overrides_cell(overrides: Sequence[Override]) -> str:
    """Return the gates that were skipped, each with its reason: `soak: INC-4711; window: INC-4711`."""
    return "; ".join(f"{one.gate}: {one.reason}" for one in overrides)


def overrides_json(overrides: Sequence[Override]) -> list[dict[str, str]]:
    """Return the gates that were skipped for programs."""
    return [one._asdict() for one in overrides]


def images_cell(version: Version | None) -> str:
    """Return the further images of a version for people: `proxy 0.4.1, cache 7.2`."""
    return ", ".join(image.shown for image in version.images) if version else ""


def every_image(version: Version) -> str:
    """Return all images of a version for people, the first one by its tag or the beginning of its digest."""
    return ", ".join(filter(None, [version.image_tag or version.digest[:19] or "–", images_cell(version)]))


def since(commit: Commit, form: str, *, at_boundary: bool = False) -> str:
    """Return when a commit landed, for people; a clone that ends there knows no more than that it was before."""
    date = commit.date(form)
    return f"before {date}" if date and at_boundary else date or "no date"


def _cells(version: Version | None, *, one_chart: bool) -> list[str]:
    if version is None:
        return ["removed", ""]
    chart = version.chart_version if one_chart else f"{version.chart_name} {version.chart_version}".strip()
    image = version.image_tag or "–"
    return [f"{image}@{version.digest[:19]}" if version.digest else image, chart]


def releases_json(
    ledger: Ledger,
    shown: Sequence[Release],
    pending: Sequence[Version | None],
    forges: Forges = NONE,
    changes: Mapping[int, Changelog] = MappingProxyType({}),
) -> str:
    """Return the releases as one versioned JSON object, which only ever grows; `changes` are those of the code."""
    data: dict[str, Any] = {
        "version": 1,
        "service": ledger.service,
        "environment": ledger.environment,
        "complete": ledger.complete,
        "total": len(ledger.releases),
        "uncommitted": {"release": _version(pending[0])} if pending else None,
        "releases": [
            {**_release(release), "code": code_json(release.code, forges, changes.get(release.number))} for release in shown
        ],
    }
    return as_json(data)


def releases_csv(shown: Sequence[Release]) -> str:
    """Return the releases with a header; uncommitted changes are not releases and are omitted."""
    return as_csv(COLUMNS, (_row(release) for release in shown))


def _row(release: Release) -> list[str]:
    before = release.before or Version()
    who = [release.author, release.committer, release.made.subject]
    return [
        str(release.number), release.commit, release.landed.date(ISO), *who, *release.version[:4], *before[:4],
        release.promoted_from, listed(release.version.images), listed(before.images), overrides_cell(release.overrides),
        *code_cells(release.code),
    ]  # fmt: skip


def _release(release: Release) -> dict[str, Any]:
    return {
        "number": release.number,
        "commit": release.commit,
        "time": release.landed.date(ISO) or None,
        "author": _person(release.made.author),
        "committer": _person(release.landed.committer),
        "subject": release.made.subject,
        **(_version(release.version) or {}),
        "before": _version(release.before),
        "promotedFrom": release.promoted_from or None,
        "madeIn": release.made.id,
        "spec": release.path,
        "trailers": [{"key": key, "value": value} for key, value in release.made.trailers if key.startswith("Tiphys-")],
        "overrides": overrides_json(release.overrides),
        "endedBy": release.ended.id if release.ended else None,
        "atBoundary": release.at_boundary,
    }


def _version(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return version_json(version)


def version_json(version: Version) -> dict[str, Any]:
    """Return a version for programs."""
    return {
        "image": {"tag": version.image_tag or None, "digest": version.digest or None},
        "images": {image.name: {"tag": image.tag or None, "digest": image.digest or None} for image in version.images},
        "chart": {"name": version.chart_name or None, "version": version.chart_version or None},
    }


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "email": person.email}
