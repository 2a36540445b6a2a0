"""The rule TP105, image-stated-once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.images import repository_of
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.images import images_of
from generator.syntax.merge import lookup
from generator.workspace.model import SHIPPED

_OWN_CONTAINERS = ("workers", "jobs", "cronJobs", "initContainers", "extraContainers")
"""The values of the shipped chart whose containers have the image of the service unless they set one."""


def check(built: Built) -> Iterator[Finding]:
    """The image of a service must be stated once.

    `bump`, `promote` and `rollback` change `image` and `images`. The same image with a tag of its own in the values or
    in a plain manifest keeps it: a Job then runs the migrations of an old version.
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.1.0"}
          values:
            initContainers: [{name: migrate, image: "ghcr.io/acme/web:1.0.0", args: [migrate]}]
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.1.0"}
          values:
            initContainers: [{name: migrate, args: [migrate]}]
    Source: docs/spec.md
    """
    placeholders = {
        image["repository"]: "{image}" if pointer == ("image",) else f"{{images.{pointer[-1]}}}"
        for pointer, image in images_of(built.resolved)
        if isinstance(image.get("repository"), str)
    }
    data = built.resolved.data
    for pointer, image in _images(data.get("values"), ("values",), placeholders):
        yield Finding(pointer, _repeats(image), _hint(built, pointer, placeholders[repository_of(image)]))
    for pointer, image in _images(data.get("manifests"), ("manifests",), placeholders):
        yield Finding(pointer, _repeats(image), f"write `{placeholders[repository_of(image)]}`")
    for one in built.manifests:
        if one.item.source is not None:
            for _, image in _images(lookup(one.item.source.data, one.item.at)[1], (), placeholders):
                hint = f"write `{placeholders[repository_of(image)]}` in {one.item.source.path}"
                yield Finding(one.entry, _repeats(image, f" in {one.item.title}"), hint)


def _repeats(image: str, where: str = "") -> str:
    return f"`{image}`{where} repeats an image of the service, and keeps this version when that changes"


def _hint(built: Built, pointer: Pointer, placeholder: str) -> str:
    if built.profile.name == SHIPPED and pointer[1] in _OWN_CONTAINERS:
        if placeholder == "{image}":
            return "remove it: without an image of its own a container has that of the service"
        return "set `imageName` instead"
    return f"move the object to `manifests`, and write `{placeholder}` there"


def _images(node: Any, at: Pointer, repositories: dict[str, str]) -> Iterator[tuple[Pointer, str]]:
    """Yield the images with a version that have one of these repositories, at any depth."""
    if isinstance(node, str):
        if (":" in node or "@" in node) and (stem := repository_of(node)) != node and stem in repositories:
            yield at, node
        return
    if isinstance(node, dict) and (version := node.get("tag") or node.get("digest")):
        name = node.get("repository")
        if isinstance(name, str) and name in repositories:
            yield at, f"{name}{'@' if 'tag' not in node else ':'}{version}"
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _images(value, (*at, key), repositories)
