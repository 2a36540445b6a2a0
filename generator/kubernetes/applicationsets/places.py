"""Where in an ApplicationSet a value of one of its Applications is written."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.model import Made
from generator.syntax.gotemplate.values import is_true
from generator.syntax.merge import lookup

TEMPLATE: Pointer = ("spec", "template")
PATCH: Pointer = ("spec", "templatePatch")


def template_pointer(made: Made, pointer: Pointer) -> Pointer:
    """Return where in the ApplicationSet a value of the Application is written."""
    if pointer and _sets(made.patch, pointer):
        return PATCH
    if pointer and _sets(made.own, pointer):
        return (*made.generator, "template", *pointer)
    return (*TEMPLATE, *pointer)


def _sets(layer: Any, pointer: Pointer) -> bool:
    exists, value = lookup(layer, pointer) if layer else (False, None)
    return exists and is_true(value)


def written(made: Made, pointer: Pointer) -> Any:
    """Return what is written for a value of the Application, with its placeholders; None without anything."""
    return lookup(made.by.data, template_pointer(made, pointer))[1]


_IDENTITY = frozenset(("name", "project", "destination", "repoURL", "path", "chart", "targetRevision", "ref"))
_LISTED = ("source", "sources", "metadata", "spec")


def decides(pointer: Pointer) -> bool:
    """Tell whether a field of a template decides what Argo CD deploys and where: text in braces is never meant there."""
    inner = pointer[2:] if pointer[:2] == TEMPLATE else ()
    words = [part for part in inner if isinstance(part, str) and part not in _LISTED]
    return bool(words) and words[0] in _IDENTITY
