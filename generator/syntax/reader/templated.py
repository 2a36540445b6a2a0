"""Text that is a Go template and no YAML yet."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(r"\{\{-?\s*[\w.$\"(/-]")
_RENDER = "render it first: helm template … | tiphys lint --manifests -"
_SET = re.compile(r"^kind:[ \t]*ApplicationSet\b", re.MULTILINE)


def is_templated(text: str) -> bool:
    """Tell whether a document has the braces of a Go template."""
    return _TEMPLATE.search(text) is not None


def of_template(text: str) -> tuple[str, str]:
    """Return what is wrong with such a document, and what to do: Argo CD fills in the braces of an ApplicationSet."""
    if _SET.search(text):
        return "a placeholder without quotes is a mapping, not text", "write the value in quotes: '{{ … }}'"
    return "this is a Helm template, not YAML", _RENDER
