"""The rule TP105, image-stated-once."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.images import images_of
from generator.service.repeats import WITHIN, Looked, Repeat, obstacle, place_for_environment, repeats
from generator.syntax.merge import lookup
from generator.syntax.wording import listed
from generator.workspace.model import SHIPPED

_OWN_CONTAINERS = ("workers", "jobs", "cronJobs", "initContainers", "extraContainers")
"""The values of the shipped chart whose containers have the image of the service unless they set one."""
_LOOKED = Looked()
"""What the environments of a service share is looked at once."""


def check(built: Built) -> Iterator[Finding]:
    """The image of a service must be stated once.

    `bump`, `promote` and `rollback` change `image` and `images`. In the values, and in the objects of `manifests`, they
    also change the same image where it has the same version. With a different one, in a list that several environments
    share, or in a file, it keeps its version: a Job then runs the migrations of an old version.
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
    for part in WITHIN:
        for repeat in _LOOKED.repeats(data.get(part), (part,), placeholders):
            message = _problem(built, repeat)
            if message:
                yield Finding(repeat.pointer, message, _hint(built, repeat.pointer, placeholders[repeat.repository]))
    for one in built.manifests:
        if one.item.source is not None:
            for repeat in repeats(lookup(one.item.source.data, one.item.at)[1], (), placeholders):
                hint = f"write `{placeholders[repeat.repository]}` in {one.item.source.path}"
                yield Finding(
                    one.entry,
                    f"`{repeat}` in {one.item.title} repeats an image of the service, and keeps this version when that changes",
                    hint,
                )


def _problem(built: Built, repeat: Repeat) -> str:
    """Return what is wrong with an image that is stated again; empty for one that moves with the image of the service."""
    images = [image for _, image in images_of(built.resolved) if image.get("repository") == repeat.repository]
    if not any(repeat.runs(image.get("tag") or "", image.get("digest") or "") for image in images):
        runs = listed({image.get("tag") or image.get("digest") or "no tag" for image in images})
        return f"`{repeat}` is an image of the service, which runs {runs}; this one keeps its version"
    if place_for_environment(built.resolved, repeat.pointer) is not None:
        return ""
    where = obstacle(built.resolved, repeat.pointer)
    return f"`{repeat}` repeats an image of the service {where}, and keeps this version when that changes"


def _hint(built: Built, pointer: Pointer, placeholder: str) -> str:
    if pointer[0] == "manifests":
        return f"write `{placeholder}`"
    if built.profile.name == SHIPPED and pointer[1] in _OWN_CONTAINERS:
        if placeholder == "{image}":
            return "remove it: without an image of its own a container has that of the service"
        return "set `imageName` instead"
    return f"move the object to `manifests`, and write `{placeholder}` there"
