"""Move a service to a different version: which values of its spec change, and which do not.

A version is an image tag, optionally with a digest, the same of every further image, and a chart version. It is
always written under the environment in the spec, so that a move in dev never affects prod.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.history.code import Code
from generator.history.images import KEEP, Image, ImageMove, Images, agree, images_of, shared
from generator.service.replaced import without_old_digest
from generator.service.resolve import merged
from generator.syntax import semver
from generator.syntax.edit import NULL, Edit
from generator.syntax.merge import lookup
from generator.workspace.model import Resolved


class Version(NamedTuple):
    """The version of a service in an environment; unset parts are empty."""

    image_tag: str = ""
    image_digest: str = ""
    chart_version: str = ""
    """The revision of a chart that comes from another Git repository."""
    images: Images = ()

    def image(self, name: str) -> Image:
        """Return a further image; without tag and digest if it has none, or does not exist."""
        return next((image for image in self.images if image.name == name), Image(name))

    def agrees_with(self, other: Version) -> bool:
        """Tell whether it is the same version, but for images that only one of the two has and that are not promoted."""
        return self[:3] == other[:3] and agree(self.images, other.images)


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
    images: tuple[ImageMove, ...] = ()
    code: Code | None = None
    """The commit of the source code that the version was built from, if it is known."""


class Changed(NamedTuple):
    """One part of a version that a move changes."""

    what: str
    """`image`, `digest` or `chart`; of a further image `image NAME` or `digest of NAME`."""
    before: str
    after: str
    image: str = ""
    """The name of the further image; empty for anything else."""

    def __str__(self) -> str:
        """Return it for display: `image 1.7.3 → 1.8.0`."""
        return f"{self.what} {self.before or 'none'} → {self.after or 'none'}"


def version_of(resolved: Resolved) -> Version:
    """Return the version of a service in an environment, after all layers."""
    image, chart = resolved.data.get("image") or {}, resolved.data.get("chart") or {}
    version = chart.get(chart_field(chart)) or ""
    return Version(image.get("tag") or "", image.get("digest") or "", version, images_of(resolved.data))


def images_to(wanted: Images, now: Images) -> tuple[ImageMove, ...]:
    """Return the moves that give further images the versions of those that have the same names."""
    return tuple(ImageMove(image.name, image.tag, image.digest or None) for image in shared(wanted, now)[0])


def moved(now: Version, move: Move) -> Version:
    """Return the version after a move."""
    tag, digest = _after(now.image_tag, now.image_digest, move.image_tag, move.image_digest)
    images = {image.name: image for image in now.images}
    for asked in move.images:
        before = now.image(asked.name)
        images[asked.name] = Image(asked.name, *_after(before.tag, before.digest, asked.tag, asked.digest))
    return Version(tag, digest, move.chart_version or now.chart_version, tuple(images[name] for name in sorted(images)))


def _after(tag: str, digest: str, new_tag: str, new_digest: str | None) -> tuple[str, str]:
    """Return tag and digest of an image after a move: a digest belongs to its tag."""
    kept = digest if new_tag in (KEEP, tag) else ""
    return new_tag or tag, kept if new_digest == KEEP else new_digest or ""


def chart_field(chart: Mapping[str, Any]) -> str:
    """Return the field of `chart` that holds its version: a chart of another Git repository has a revision."""
    return "revision" if chart.get("repoURL") else "version"


def edits(move: Move, stand: Resolved) -> Iterator[Edit]:
    """Yield the edits of a move, given the service as it is; none if it already has the wanted version."""
    here: Pointer = ("spec", "environments", move.environment)
    now = version_of(stand)
    first = Image("", now.image_tag, now.image_digest)
    yield from _image_edits(("image",), ImageMove("", move.image_tag, move.image_digest), first, stand)
    for image in move.images:
        yield from _image_edits(("images", image.name), image, now.image(image.name), stand)
    if move.chart_version and move.chart_version != now.chart_version:
        yield Edit((*here, "chart", chart_field(stand.data.get("chart") or {})), move.chart_version)


def _image_edits(at: Pointer, move: ImageMove, now: Image, stand: Resolved) -> Iterator[Edit]:
    """Yield the edits of one image, which is at a pointer of the service."""
    here: Pointer = ("spec", "environments", stand.environment.name, *at)
    own = lookup(stand.spec.source.data, here)[1]
    own = own if isinstance(own, dict) else {}
    new_tag = bool(move.tag) and move.tag != now.tag
    if new_tag:
        yield Edit((*here, "tag"), move.tag)
    if move.digest:
        if move.digest != now.digest or (new_tag and "digest" not in own):
            yield Edit((*here, "digest"), move.digest)
        return
    if not new_tag and move.digest is not None:
        return
    inherited = _inherited(at, stand)
    if "digest" in without_old_digest(inherited, {"tag": move.tag if new_tag else own.get("tag")}):
        yield Edit((*here, "digest"), NULL)  # a layer below has the same tag with a digest
    elif "digest" in own:
        yield Edit((*here, "digest"), None)  # it belongs to the old tag, and would override the new one


def _inherited(at: Pointer, stand: Resolved) -> dict[str, Any]:
    """Return an image as the layers below that of the environment in the spec make it."""
    below = (one for one in stand.layers if one.source is not stand.spec.source or one.at[:2] != ("spec", "environments"))
    image = lookup(merged(below), at)[1]
    return image if isinstance(image, dict) else {}


def changes(before: Version, after: Version) -> list[Changed]:
    """Return what differs between two versions."""
    pairs = [
        Changed("image", before.image_tag, after.image_tag),
        Changed("digest", before.image_digest, after.image_digest),
        Changed("chart", before.chart_version, after.chart_version),
    ]
    for name in sorted({image.name for image in (*before.images, *after.images)}):
        old, new = before.image(name), after.image(name)
        pairs.append(Changed(f"image {name}", old.tag, new.tag, name))
        pairs.append(Changed(f"digest of {name}", old.digest, new.digest, name))
    return [change for change in pairs if change.before != change.after]


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
    kept = {
        key: {name: part for name, part in value.items() if name not in dropped[key]} if key in dropped else value
        for key, value in data.items()
    }
    if data.get("images"):
        kept["images"] = {name: _without_version({"image": image})["image"] for name, image in data["images"].items()}
    return kept
