"""The further images of a service as a part of its version: `images` in a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

KEEP = ""


class Image(NamedTuple):
    """A further image as it is deployed; tag and digest are empty where unset."""

    name: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        """Return it as `bump --image` reads it: `proxy=0.4.1`, `proxy=0.4.1@sha256:…`."""
        return f"{self.name}={self.tag}@{self.digest}" if self.digest else f"{self.name}={self.tag}"

    @property
    def shown(self) -> str:
        """The image for people, with a short digest: `proxy 0.4.1`."""
        return f"{self.name} {self.tag or self.digest[:19] or '–'}"


class ImageMove(NamedTuple):
    """A change of a further image; empty parts are kept."""

    name: str
    tag: str = KEEP
    digest: str | None = KEEP
    """None removes the digest."""


Images = tuple[Image, ...]
"""All that a service declares, by name."""


def images_of(data: Mapping[str, Any]) -> Images:
    """Return the further images of a merged service; raises ValueError if they are malformed."""
    named = data.get("images") or {}
    if not isinstance(named, dict) or not all(isinstance(image, dict) for image in named.values()):
        raise ValueError("images must be mappings")
    found = [Image(name, image.get("tag") or "", image.get("digest") or "") for name, image in sorted(named.items())]
    if not all(isinstance(part, str) for image in found for part in image):
        raise ValueError("tags and digests must be strings")
    return tuple(found)


def listed(images: Images) -> str:
    """Return images for programs, as `bump --image` reads each, separated by spaces."""
    return " ".join(map(str, images))


def shared(first: Images, second: Images) -> tuple[Images, Images]:
    """Return those of two sets of images whose names are in both: one that only one of them has is not promoted."""
    names = {image.name for image in first} & {image.name for image in second}
    return tuple(image for image in first if image.name in names), tuple(image for image in second if image.name in names)


def agree(first: Images, second: Images) -> bool:
    """Tell whether two sets of images have the same versions of what is in both."""
    left, right = shared(first, second)
    return left == right
