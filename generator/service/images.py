"""The images of a service: the one of `image`, and those of `images`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.service.chart_objects import FindTemplate
from generator.service.completeness import missing
from generator.workspace.model import Problem, Profile, Resolved


def images_of(resolved: Resolved) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the images of a service with their pointers."""
    if "image" in resolved.data:
        yield ("image",), resolved.data["image"]
    for name, image in (resolved.data.get("images") or {}).items():
        yield ("images", name), image


def problems(resolved: Resolved, profile: Profile, find_template: FindTemplate) -> Iterator[Problem]:
    """Yield a problem if the chart's profile needs an image that is not set, or if further images would not reach the chart.

    A workspace's own template may not read them, whatever the profile says.
    """
    if profile.image == "required" and "image" not in resolved.data:
        yield missing("image", resolved)
    if not resolved.data.get("images"):
        return
    if profile.has_images and b"images" in find_template(f"{profile.folder}/values.yaml").raw:
        return
    message = f"profile `{profile.name}` does not pass further images on to the chart"
    what = "`images`" if profile.has_images else "them, with `images: supported` in profile.yaml"
    hint = f"set them under `values`, or let templates/profiles/{profile.name}/values.yaml write {what}"
    yield Problem("TP311", ("images",), message, hint, at_key=True)
