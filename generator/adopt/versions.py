"""The files of an old tree that say which versions of its chart and its images an Application runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from generator.adopt.lifting import Lifted
from generator.adopt.model import Found
from generator.adopt.parts import FromHelm, Part
from generator.kubernetes.objects import at, maps
from generator.syntax.merge import lookup


def files_of(found: Found, part: Part, lifted: Lifted | None) -> frozenset[str]:
    """Return them as absolute paths; an image that is a default of the chart is in none."""
    return frozenset(_files(found, part, lifted))


def _files(found: Found, part: Part, lifted: Lifted | None) -> Iterator[str]:
    source = part.source.data if isinstance(part, FromHelm) else part.data
    if source.get("chart"):
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
