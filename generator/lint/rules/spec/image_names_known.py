"""The rule TP104, image-names-known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import SHIPPED

_HOLDERS = ("workers", "jobs", "cronJobs", "initContainers", "extraContainers")
"""The values of the shipped chart that have containers with `imageName`."""


def check(built: Built) -> Iterator[Finding]:
    """An `imageName` in the values of the shipped chart must be one of `images`.

    Workers, jobs, cron jobs, init and sidecar containers run one of the images of the service by its name. The chart
    refuses any other name, and nothing of the service is deployed.
    Wrong:
        # services/web/pipeline.yaml
        spec:
          images: {mailer: {repository: ghcr.io/acme/mailer, tag: "1.0.0"}}
          values: {workers: {mail: {imageName: mialer}}}
    Right:
        # services/web/pipeline.yaml
        spec:
          images: {mailer: {repository: ghcr.io/acme/mailer, tag: "1.0.0"}}
          values: {workers: {mail: {imageName: mailer}}}
    Source: the chart `service`, README.md
    """
    if built.profile.name != SHIPPED:
        return
    data = built.resolved.data
    values = data.get("values") or {}
    known = sorted({*(data.get("images") or {}), *_names(values.get("images"))})
    for holder in _HOLDERS:
        for pointer, name in _used(values.get(holder), ("values", holder)):
            if name not in known:
                what = f"images of this service: {listed(known)}" if known else "add it to `images`"
                yield Finding(pointer, f"unknown image `{name}`", suggestion(name, known, what))


def _names(images: Any) -> list[str]:
    return [str(name) for name in images] if isinstance(images, dict) else []


def _used(node: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Yield the images that containers name, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "imageName" and isinstance(value, str) and value:
                yield (*at, key), value
            else:
                yield from _used(value, (*at, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _used(value, (*at, index))
