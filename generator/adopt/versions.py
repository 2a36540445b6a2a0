"""The files of an old tree that say which versions of its chart and its images an Application runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from generator.adopt.lifting import Lifted
from generator.adopt.model import Found
from generator.adopt.parts import FromHelm, Part
from generator.kubernetes.objects import at, maps
from generator.syntax.merge import lookup


def files_of(found: Found, part: Part, lifted: Lifted | None, said: Mapping[str, Any]) -> frozenset[str]:
    """Return them as absolute paths; `said` is what a spec says of the service. What the chart itself says is in none."""
    return frozenset(_files(found, part, lifted, said))


def _files(found: Found, part: Part, lifted: Lifted | None, said: Mapping[str, Any]) -> Iterator[str]:
    for source in (said.get("chart") or {}, *(said.get("source") or {}).values()):
        if source.get("version") or source.get("revision"):
            yield found.file
    if not isinstance(part, FromHelm):
        if at(part.data, "kustomize", "images"):
            yield found.file
        return
    tags = [path for path, pointer in lifted.moved.items() if path and pointer == ("image", "tag")] if lifted else []
    for path in tags:
        if any(item.get("name") == ".".join(path) for _, item in maps(part.source.helm.get("parameters"))):
            yield found.file
            continue
        holding = [file for layer, file in zip(part.layers, part.files, strict=True) if lookup(layer.data, path)[0]]
        if holding:
            root, inside = holding[-1]
            yield posixpath.join(root, inside) if root else found.file
