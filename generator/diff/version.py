"""The image and the scale of a service: taken from the fields of the spec, whatever the chart's names are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diff.model import Change, change
from generator.history.moves import Changed, is_downgrade
from generator.syntax.leaves import ABSENT, Path, differences

_TITLES = {"tag": "image", "digest": "digest", "repository": "image repository"}


def image_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what changed of the image: `image 1.7.3 → 1.8.0`."""
    yield from _image_changes("image", (), old, new)


def further_image_changes(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[Change]:
    """Yield what changed of the images that have names: `image proxy 0.4.1 → 0.5.0`, and which came and went."""
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name), new.get(name)
        if before is not None and after is not None:
            yield from _image_changes("images", (name,), before, after)
            continue
        said = (further_image(before or {}), further_image(after or {}))
        gone, made = (ABSENT if side is None else dict(side) for side in (before, after))
        yield change("images", (name,), gone, made, f"image {name}", risk="image-changed", said=said)


def further_image(image: Mapping[str, Any]) -> str:
    """Return the version of an image in words."""
    return str(image.get("tag") or image.get("digest") or "no tag")


def _image_changes(part: str, above: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for leaf in differences(dict(old), dict(new)):
        field = str(leaf.path[0])
        title = " ".join([_TITLES.get(field, f"image {field}"), *(f"of {name}" for name in above)])
        title = f"image {above[0]}" if above and field == "tag" else title
        risk = "image-moved" if field == "repository" else "image-changed"
        if isinstance(leaf.old, str) and isinstance(leaf.new, str) and is_downgrade(Changed(field, leaf.old, leaf.new)):
            risk = "downgrade"
        said = None if ABSENT in (leaf.old, leaf.new) or field != "tag" else (str(leaf.old), str(leaf.new))
        yield change(part, (*above, *leaf.path), leaf.old, leaf.new, title, risk=risk, said=said)


def scaling_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what changed of the number of pods, as one sentence where it changed hands."""
    if old and new and ("replicas" in old) != ("replicas" in new):
        said = (scale(old), scale(new))
        yield change("scale", (), dict(old), dict(new), "replicas", risk="replicas-flipped", said=said)
        return
    for leaf in differences(dict(old), dict(new)):
        field = str(leaf.path[0])
        lowered = field in ("replicas", "minReplicas", "maxReplicas") and _is_less(leaf.new, leaf.old)
        title = field if field == "replicas" else f"autoscaling.{field}"
        yield change("scale", leaf.path, leaf.old, leaf.new, title, risk="replicas-lowered" if lowered else "")


def scale(scaling: Mapping[str, Any]) -> str:
    """Return the scale of a service in words: `4, fixed` or `4 to 12, autoscaled`."""
    if "replicas" in scaling:
        return f"{scaling['replicas']}, fixed"
    if not scaling:
        return "chart default"
    return f"{scaling.get('minReplicas', 1)} to {scaling.get('maxReplicas', '?')}, autoscaled"


def _is_less(new: Any, old: Any) -> bool:
    return isinstance(new, int) and isinstance(old, int) and new < old
