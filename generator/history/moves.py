"""Move a service to a different version: which values of its spec change, and which do not.

A version is an image tag, optionally with a digest, and a chart version. It is always written under the
environment in the spec, so that a move in dev never affects prod.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.syntax import semver
from generator.syntax.edit import Edit
from generator.syntax.merge import lookup
from generator.workspace.model import Resolved, ServiceSpec

KEEP = ""


class Version(NamedTuple):
    """The version of a service in an environment; unset parts are empty."""

    image_tag: str = ""
    image_digest: str = ""
    chart_version: str = ""
    """The revision of a chart that comes from another Git repository."""


class Move(NamedTuple):
    """A change of a service's version in one environment; empty parts are kept."""

    service: str
    environment: str
    image_tag: str = KEEP
    image_digest: str | None = KEEP
    """None removes the digest."""
    chart_version: str = KEEP
    origin: str = ""
    """The environment that the version is promoted from, if any."""


class Changed(NamedTuple):
    """One part of a version that a move changes."""

    what: str
    """`image`, `digest` or `chart`."""
    before: str
    after: str

    def __str__(self) -> str:
        """Return it for display: `image 1.7.3 → 1.8.0`."""
        return f"{self.what} {self.before or 'none'} → {self.after or 'none'}"


def version_of(resolved: Resolved) -> Version:
    """Return the version of a service in an environment, after all layers."""
    image, chart = resolved.data.get("image") or {}, resolved.data.get("chart") or {}
    return Version(image.get("tag") or "", image.get("digest") or "", chart.get(chart_field(chart)) or "")


def chart_field(chart: Mapping[str, Any]) -> str:
    """Return the field of `chart` that holds its version: a chart of another Git repository has a revision."""
    return "revision" if chart.get("repoURL") else "version"


def edits(move: Move, spec: ServiceSpec, stand: Resolved) -> Iterator[Edit]:
    """Yield the edits of a move, given the service as it is; none if it already has the wanted version."""
    here: Pointer = ("spec", "environments", move.environment)
    now = version_of(stand)
    new_tag = bool(move.image_tag) and move.image_tag != now.image_tag
    if new_tag:
        yield Edit((*here, "image", "tag"), move.image_tag)
    has_digest = lookup(spec.source.data, (*here, "image", "digest"))[0]
    if move.image_digest:
        if move.image_digest != now.image_digest or (new_tag and not has_digest):
            yield Edit((*here, "image", "digest"), move.image_digest)
    elif has_digest and (new_tag or move.image_digest is None):
        yield Edit((*here, "image", "digest"), None)  # it belongs to the old tag, and would override the new one
    if move.chart_version and move.chart_version != now.chart_version:
        yield Edit((*here, "chart", chart_field(stand.data.get("chart") or {})), move.chart_version)


def changes(before: Version, after: Version) -> list[Changed]:
    """Return what differs between two versions."""
    pairs = (
        ("image", before.image_tag, after.image_tag),
        ("digest", before.image_digest, after.image_digest),
        ("chart", before.chart_version, after.chart_version),
    )
    return [Changed(what, old, new) for what, old, new in pairs if old != new]


def is_downgrade(change: Changed) -> bool:
    """Tell whether a change is a downgrade; False if the versions cannot be compared."""
    before, after = semver.parse(change.before), semver.parse(change.after)
    return before is not None and after is not None and after.order < before.order


def staying(source: Resolved, target: Resolved) -> list[str]:
    """Return the settings that differ between two environments and are not promoted, by path, two levels deep."""
    left, right = _without_version(source.data), _without_version(target.data)
    found: list[str] = []
    for key in sorted({*left, *right}):
        first, second = left.get(key), right.get(key)
        if first == second:
            continue
        if isinstance(first, dict) and isinstance(second, dict):
            found += [f"{key}.{name}" for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
        else:
            found.append(key)
    return found


def _without_version(data: dict[str, Any]) -> dict[str, Any]:
    dropped = {"image": ("tag", "digest"), "chart": ("version", "revision")}
    return {
        key: {name: part for name, part in value.items() if name not in dropped[key]} if key in dropped else value
        for key, value in data.items()
    }
