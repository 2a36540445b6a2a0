"""Write where a value of a service comes from."""

from __future__ import annotations

import json
from typing import Any

from generator.service.explain import Explanation, Word


def as_text(path: str, story: Explanation) -> str:
    """Return the value, and each layer that sets it, the winning one first."""
    lines = [f"{path}: {_said(story.value) if story.found else 'not set'}"]
    if story.derived and not story.words:
        source = "" if path.startswith("argocd") else ", from the strategy and the chart's profile"
        lines.append(f"  filled in by tiphys{source}")
    for number, word in enumerate(story.words):
        verb = (
            "removes it" if word.removes else "sets it" if number == 0 else f"set {_said(word.value)} ({_beaten(story, word)})"
        )
        lines.append(f"  {_place(word)}  {word.layer} {verb}")
    lines += [f"  {_place(word)}  {word.layer} requires: {_said(word.value)}" for word in story.bounds]
    return "\n".join(lines) + "\n"


def _beaten(story: Explanation, word: Word) -> str:
    """Return what became of the value of a lower layer: maps are merged key by key."""
    return "merged" if isinstance(word.value, dict) and isinstance(story.value, dict) else "overridden"


def as_json(path: str, story: Explanation) -> str:
    """Return the same for programs."""

    def word(one: Word) -> dict[str, Any]:
        place = {"path": one.source.path, "line": one.span.line, "column": one.span.column}
        return {"layer": one.layer, **place, "value": one.value}

    told = {
        "version": 1,
        "path": path,
        "found": story.found,
        "value": story.value if story.found else None,
        "derived": story.derived,
        "layers": [word(one) for one in story.words],
        "bounds": [word(one) for one in story.bounds],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _place(word: Word) -> str:
    return f"{word.source.path}:{word.span.line}:{word.span.column}"


def _said(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
