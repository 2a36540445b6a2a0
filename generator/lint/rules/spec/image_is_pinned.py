"""The rule TP101, image-is-pinned."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.lint.rules.rule import About, Finding, Rule
from generator.service.build import Built


def check(built: Built) -> Iterator[Finding]:
    """Every environment must say which image runs: a tag or a digest.

    Without one the chart would have nothing to deploy, or would fall back to `latest`, which is
    another image each time it is pulled and which nobody can roll back to.
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
    Source: kubernetes.io, Configuration Best Practices, Container Images
    """
    image = built.resolved.data["image"]
    if "tag" not in image and "digest" not in image:
        where = built.resolved.environment.name
        yield Finding(("image",), f"no image tag for {where}", f"add `environments.{where}.image.tag`")


RULE = Rule("TP101", "image-is-pinned", Severity.ERROR, About.SERVICE, check)
