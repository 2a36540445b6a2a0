"""The image and the scale of a service: taken from the fields of the spec, whatever the chart's names are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diff.leaves import ABSENT, differences
from generator.diff.model import Change, change
from generator.history.moves import Changed, is_downgrade

_TITLES = {"tag": "image", "digest": "digest", "repository": "image repository"}


def image_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what changed of the image: `image 1.7.3 → 1.8.0`."""
    for leaf in differences(dict(old), dict(new)):
        field = str(leaf.path[0])
        title = _TITLES.get(field, f"image {field}")
        risk = "image-moved" if field == "repository" else "image-changed"
        if isinstance(leaf.old, str) and isinstance(leaf.new, str) and is_downgrade(Changed(field, leaf.old, leaf.new)):
            risk = "downgrade"
        said = None if ABSENT in (leaf.old, leaf.new) or field != "tag" else (str(leaf.old), str(leaf.new))
        yield change("image", leaf.path, leaf.old, leaf.new, title, risk=risk, said=said)


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
