"""What waits in Argo CD for a manual confirmation once the changes of a run are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.pipeline.drift import Change, Wanted, removed_applications
from generator.service.confirmation import Confirmation, confirmation
from generator.syntax.reader import try_parse


def confirmations(changes: Iterable[Change], wanted: Mapping[str, Wanted], output: str) -> list[Confirmation]:
    """Return, by environment, what waits after the Applications that changes remove; `wanted` are the generated files."""
    removed: dict[str, list[Mapping[str, Any]]] = {}
    for change in removed_applications(changes):
        data = _data(change.found)
        if data is not None:
            removed.setdefault(change.environment, []).append(data)
    found = []
    for environment, applications in sorted(removed.items()):
        file = wanted.get(f"{output}/{environment}/root.yaml")
        one = confirmation(environment, _data(file.content) if file else None, applications)
        if one:
            found.append(one)
    return found


def _data(content: bytes | None) -> Mapping[str, Any] | None:
    source, problems = try_parse("", content) if content is not None else (None, [])
    return source.data if source is not None and not problems and isinstance(source.data, dict) else None
