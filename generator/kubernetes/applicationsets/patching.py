"""The `templatePatch` of an ApplicationSet: a strategic merge over the rendered Application.

Source: argo-cd, applicationset/controllers/template/patch.go
"""

from __future__ import annotations

from typing import Any

from generator.kubernetes.applicationsets.model import UnknownError
from generator.kubernetes.applicationsets.places import PATCH
from generator.kubernetes.applicationsets.rendering import RefusedError
from generator.kubernetes.rollouts import table
from generator.syntax.reader.stream import read_stream

_REPEATED_KEY, _NO_YAML = "TP007", "TP001"


def patched(application: dict[str, Any], text: str) -> tuple[dict[str, Any], Any]:
    """Return an Application with a rendered patch, and the patch; raises RefusedError and UnknownError."""
    part = next(read_stream("", text), None)
    wrong = [one for one in part.problems if one.rule != _REPEATED_KEY] if part else []
    if wrong and wrong[0].rule != _NO_YAML:
        raise UnknownError(f"templatePatch: line {wrong[0].span.line}: {wrong[0].message}")
    if wrong:
        raise RefusedError(PATCH, f"the rendered templatePatch is not valid YAML: {wrong[0].message}")
    patch = part.source.data if part else None
    if patch is None:
        return application, {}
    if not isinstance(patch, dict):
        raise RefusedError(PATCH, "the rendered templatePatch is not a mapping")
    found = _merged(application, patch)
    spec = found.get("spec")
    if isinstance(spec, dict):
        found["spec"] = {**spec, "project": table(application, "spec").get("project", "")}
    return found, patch


def _merged(below: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for key, value in patch.items():
        if str(key).startswith("$"):
            raise UnknownError(f"the directive `{key}` of templatePatch is not evaluated")
        own = found.get(key)
        if value is None:
            found.pop(key, None)
        elif key == "finalizers" and isinstance(own, list) and isinstance(value, list):
            found[key] = [*own, *(one for one in value if one not in own)]
        elif isinstance(value, dict):
            found[key] = _merged(own if isinstance(own, dict) else {}, value)
        else:
            found[key] = value
    return found
