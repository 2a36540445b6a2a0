"""The images and replicas of a kustomization as fields of a spec, so that they can be moved."""

from __future__ import annotations

from typing import Any

from generator.adopt.fields import split, valid
from generator.adopt.parts import FromFolder
from generator.kubernetes import kustomization
from generator.kubernetes.objects import at, maps
from generator.kubernetes.rollouts import number

_MOST_NAME = 50


def images_of(part: FromFolder) -> dict[str, Any]:
    """Return `image`, `images` and `replicas` of a folder: those of the Application, and those of the kustomization itself."""
    if part.kind != "kustomize":
        return {}
    images = [str(item) for item in at(part.data, "kustomize", "images") or []]
    edited = kustomization.edited(part.stock.data, images, ())
    found = [image for _, entry in maps(edited.get("images")) if (image := _image(entry))]
    fields: dict[str, Any] = {}
    if found:
        fields["image"] = found[0]
    if found[1:]:
        fields["images"] = {_name(image["repository"], count): image for count, image in enumerate(found[1:], 2)}
    counts = [item.get("count") for _, item in maps(at(part.data, "kustomize", "replicas"))]
    if len(counts) == 1 and number(counts[0]) is not None:
        fields["replicas"] = counts[0]
    return fields


def _image(entry: dict[str, Any]) -> dict[str, str] | None:
    repository = str(entry.get("newName") or entry.get("name") or "")
    if not entry.get("newTag") and not entry.get("digest"):
        return None
    image = {"repository": repository}
    image |= {"tag": str(entry["newTag"])} if entry.get("newTag") else {}
    image |= {"digest": str(entry["digest"])} if entry.get("digest") else {}
    return valid(image)


def _name(repository: str, number: int) -> str:
    name = split(repository)[0].rpartition("/")[2].lower().replace("_", "-").replace(".", "-")[:_MOST_NAME].strip("-")
    return name or f"image-{number}"
