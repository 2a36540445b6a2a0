"""What a layer replaces as a whole when it is merged over others: more than the fields that it sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.service.either_source import without_other_source
from generator.syntax.merge import lookup
from generator.workspace.destinations import CLUSTER
from generator.workspace.model import Layer

STRATEGIES = ("canary", "blueGreen")


def make_way(data: dict[str, Any], layer: Layer) -> dict[str, Any]:
    """Remove what a layer replaces as a whole.

    That is a strategy of the other kind, any strategy if a preset is named, the version of a different
    chart, a chart by a folder in its place or the reverse, the digest of a different tag, and a cluster that
    is named otherwise: merged, each would silently deploy something unintended.
    """
    above = layer.data
    rollout = data.get("rollout") if "rollout" in above else None
    if rollout and (layer.restarts_rollout or _changes_kind(strategy_of(data), strategy_of(above))):
        dropped = (
            ("strategy", "preset", "rollbackWindow", "analysisTemplates") if layer.restarts_rollout else ("strategy", "preset")
        )
        data = {**data, "rollout": {key: rollout[key] for key in rollout if key not in dropped}}
    if "chart" in above or "source" in above:
        data = without_other_source(_make_way_for_chart(data, above["chart"]) if "chart" in above else data, above)
    if "image" in above or "images" in above:
        data = _make_way_for_tags(data, above)
    return _make_way_for_cluster(data, above) if "argocd" in above else data


def _make_way_for_chart(data: dict[str, Any], above: Any) -> dict[str, Any]:
    """Remove the version and the rest of a chart over which a layer sets a different one."""
    chart = data.get("chart")
    if chart and "name" in chart and isinstance(above, dict) and above.get("name") not in (None, chart["name"]):
        return {**data, "chart": {"fullname": chart["fullname"]} if "fullname" in chart else {}}
    return data


def _make_way_for_tags(data: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Remove the digests of images to which a layer gives a different tag."""
    image = without_old_digest(data.get("image"), above.get("image"))
    if image is not data.get("image"):
        data = {**data, "image": image}
    images, new_images = data.get("images"), above.get("images")
    if isinstance(images, dict) and isinstance(new_images, dict):
        data = {**data, "images": {name: without_old_digest(image, new_images.get(name)) for name, image in images.items()}}
    return data


def _make_way_for_cluster(data: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Remove the cluster of a destination over which a layer sets another: a destination has a name or a server."""
    there, destination = lookup(data, ("argocd", "destination"))
    given = lookup(above, ("argocd", "destination"))[1]
    if not there or not isinstance(given, dict) or not any(given.get(field) is not None for field in CLUSTER):
        return data
    kept = {field: value for field, value in destination.items() if field not in CLUSTER}
    return {**data, "argocd": {**data["argocd"], "destination": kept}}


def without_old_digest(image: Any, above: Any) -> Any:
    """Return an image without its digest, if a higher layer gives it a different tag."""
    if not (isinstance(image, dict) and isinstance(above, dict) and "digest" in image):
        return image
    is_other = above.get("tag") not in (None, image.get("tag"))
    return {key: image[key] for key in image if key != "digest"} if is_other else image


def strategy_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the strategy that a layer sets; empty without one."""
    rollout = data.get("rollout")
    strategy = rollout.get("strategy") if isinstance(rollout, dict) else None
    return strategy if isinstance(strategy, dict) else {}


def _changes_kind(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    kinds = {kind for kind in STRATEGIES if above.get(kind) is not None}
    return bool(kinds) and not kinds & below.keys() and any(kind in below for kind in STRATEGIES)
