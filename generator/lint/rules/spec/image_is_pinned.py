"""The rule TP101, image-is-pinned."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import dotted
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.images import images_of


def check(built: Built) -> Iterator[Finding]:
    """A service must have an image tag or a digest in every environment.

    Without one the chart has nothing to deploy, or falls back to `latest`, which can be a different image
    at each pull and cannot be rolled back. This applies to each of `images`, too. A chart whose profile says
    `image: appVersion` has a version of its own to fall back to, and so has an image with the `name` that a
    kustomization gives it: the tag in the manifests.
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
    Source: kubernetes.io, Configuration Best Practices, Container Images
    """
    if built.profile.image == "appVersion":
        return  # the version of the chart decides
    where = built.resolved.environment.name
    for pointer, image in images_of(built.resolved):
        if not {"tag", "digest", "name"} & image.keys():
            name = "" if pointer == ("image",) else f"`{pointer[-1]}`: "
            yield Finding(pointer, f"{name}no image tag for {where}", f"add `environments.{where}.{dotted(pointer)}.tag`")
