"""Check that a merged service has everything it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.syntax.contents import Contents, content_of
from generator.syntax.merge import lookup
from generator.syntax.schema.validate import incomplete
from generator.workspace.model import Problem, Resolved

_PARTS = ("chart", "source", "image", "images", "autoscaling", "manifests", "argocd")
_WHOLE: dict[str, Any] = {"chart": {"name": "service"}}
"""The minimum that satisfies the strict schema, so that one part can be validated alone."""
_MAX_REMEMBERED = 1_000


def missing(part: str, resolved: Resolved) -> Problem:
    """Return the problem of a service without a required part, at the null that removes it if there is one."""
    where = resolved.environment.name
    removed = next((one for one in reversed(resolved.layers) if lookup(one.data, (part,)) == (True, None)), None)
    if removed is not None:
        hint = f"remove it, or give `{part}` a value"
        return Problem(
            "TP022", (part,), f"{resolved.service} needs `{part}` in {where}, and this null removes it", hint, removed
        )
    return Problem("TP022", (), f"{resolved.service} has no `{part}` in {where}", f"add `{part}` to the spec")


class Completeness:
    """Validates merged services against the strict schema.

    A layer may omit what other layers set, so only the merged result shows whether a required field is
    missing. Parts that environments share are checked once.
    """

    def __init__(self) -> None:
        self._complete: dict[int, Any] = {}
        """Parts without problems by id; holding the part keeps its id from being used again."""
        self._contents = Contents()
        """What they contain, as services name the same presets, and environments merge the same images."""

    def problems(self, resolved: Resolved) -> Iterator[Problem]:
        """Yield what is missing or incomplete."""
        if "chart" not in resolved.data and "source" not in resolved.data:
            yield missing("chart", resolved)
        if "chart" in resolved.data and "source" in resolved.data:
            message = "a service is deployed from a chart or from `source`, not from both"
            yield Problem("TP023", ("source",), message, "remove one of the two", at_key=True)
        parts: list[tuple[tuple[str, ...], Any]] = [((part,), resolved.data[part]) for part in _PARTS if part in resolved.data]
        parts += [(("rollout", field), value) for field, value in resolved.rollout.items()]  # services share those of a preset
        for at, value in parts:
            if value is not None and id(value) not in self._complete:
                yield from self._of(at, value)

    def _of(self, at: tuple[str, ...], value: Any) -> list[Problem]:
        content = content_of(at, value)
        if content in self._contents:
            return []
        whole: Any = value
        for name in reversed(at):
            whole = {name: whole}
        found = [Problem(*words) for words in incomplete("service", {**_WHOLE, **whole})]
        if not found:
            self._contents.add(content)
            if isinstance(value, dict | list):
                if len(self._complete) >= _MAX_REMEMBERED:
                    self._complete.clear()
                self._complete[id(value)] = value
        return found
