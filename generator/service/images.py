"""The images of a service: the one of `image`, and those of `images`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.service.analyses import file_path
from generator.service.chart_objects import FindTemplate
from generator.service.completeness import missing
from generator.service.manifests import Read
from generator.syntax import placeholders
from generator.workspace.model import Problem, Profile, Resolved


def images_of(resolved: Resolved) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the images of a service with their pointers."""
    if "image" in resolved.data:
        yield ("image",), resolved.data["image"]
    for name, image in (resolved.data.get("images") or {}).items():
        yield ("images", name), image


def named_in_vain(resolved: Resolved) -> Iterator[Problem]:
    """Yield a problem for each image with the name that manifests give it, of a service that is not a kustomization."""
    for pointer, image in images_of(resolved):
        if "name" in image:
            message = "`name` is the name of an image in a kustomization; nothing reads it here"
            yield Problem("TP311", (*pointer, "name"), message, "remove it, or write `name: null`")


def problems(resolved: Resolved, profile: Profile, find_template: FindTemplate, plain: Read) -> Iterator[Problem]:
    """Yield a problem if the chart's profile needs an image that is not set, or if nothing would run a further image.

    A workspace's own template may not read them, whatever the profile says. Plain manifests may name them.
    """
    yield from named_in_vain(resolved)
    if profile.image == "required" and "image" not in resolved.data:
        yield missing("image", resolved)
    if not resolved.data.get("images"):
        return
    if profile.has_images and b"images" in find_template(f"{profile.folder}/values.yaml").raw:
        return
    unused = [name for name in resolved.data["images"] if not any(_uses(node, name) for node in _manifests(resolved, plain))]
    if not unused:
        return
    message = f"profile `{profile.name}` does not pass further images on to the chart"
    what = "`images`" if profile.has_images else "them, with `images: supported` in profile.yaml"
    mine = profile.name if profile.knows_workload else resolved.data["chart"]["name"]
    hint = f"set them under `values`, use them in `manifests`, or let templates/profiles/{mine}/values.yaml write {what}"
    at: Pointer = ("images",) if len(unused) == len(resolved.data["images"]) else ("images", unused[0])
    yield Problem("TP311", at, message, hint, at_key=True)


def _manifests(resolved: Resolved, plain: Read) -> Iterator[Any]:
    for index, entry in enumerate(resolved.data.get("manifests") or []):
        if not isinstance(entry, str):
            yield entry
        elif file := plain.get(file_path(resolved, ("manifests", index), entry)):
            yield from (item.data for item in file.objects)


def _uses(node: Any, name: str) -> bool:
    return any(True for _ in placeholders.uses(node, f"images.{name}", ()))
