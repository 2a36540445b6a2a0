"""The `templatePatch` of an ApplicationSet: a strategic merge over the rendered Application.

Source: argo-cd, applicationset/controllers/template/patch.go
"""

from __future__ import annotations

from typing import Any

from generator.kubernetes.applicationsets.model import UnknownError
from generator.kubernetes.applicationsets.places import PATCH
from generator.kubernetes.applicationsets.rendering import LimitError, RefusedError
from generator.kubernetes.rollouts import table
from generator.syntax.budget import PARSED, Budget, SpentError
from generator.syntax.reader.stream import read_stream

_REPEATED_KEY, _NO_YAML = "TP007", "TP001"


class Patches:
    """The patches of a set as they are rendered, those with one text read once."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._known: dict[str, dict[str, Any]] = {}

    def over(self, application: dict[str, Any], text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return an Application with a rendered patch, and the patch; raises RefusedError, UnknownError and LimitError."""
        try:
            if text not in self._known:
                self._budget.spend(len(text) * PARSED)
                self._known[text] = _read(text)
            patch = self._known[text]
            self._budget.read([patch], _MERGED)
        except SpentError:
            raise LimitError(PATCH) from None
        if not patch:
            return application, {}
        found = _merged(application, patch)
        spec = found.get("spec")
        if isinstance(spec, dict):
            found["spec"] = {**spec, "project": table(application, "spec").get("project", "")}
        return found, patch


_MERGED = 10
"""What the merge takes, and the schema that a patched Application is held against, in times of what reading takes."""


def _read(text: str) -> dict[str, Any]:
    part = next(read_stream("", text), None)
    wrong = [one for one in part.problems if one.rule != _REPEATED_KEY] if part else []
    if wrong and wrong[0].rule != _NO_YAML:
        raise UnknownError(f"templatePatch: line {wrong[0].span.line}: {wrong[0].message}")
    if wrong:
        raise RefusedError(PATCH, f"the rendered templatePatch is not valid YAML: {wrong[0].message}")
    patch = part.source.data if part else None
    if patch is not None and not isinstance(patch, dict):
        raise RefusedError(PATCH, "the rendered templatePatch is not a mapping")
    return patch or {}


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
