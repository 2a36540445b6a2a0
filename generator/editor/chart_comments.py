"""The comments of a chart's values.yaml that describe a key, as helm-docs (`# -- …`) and Bitnami's generator read them."""

from __future__ import annotations

import re

from generator.diagnostics import Pointer
from generator.editor.outline import scan

_MOST_TEXT = 512 * 1024
"""Characters of a values.yaml in which comments are looked for."""
_LONGEST = 600
"""Characters of a comment that are shown."""
_PARAM = re.compile(r"^[ \t]*##?[ \t]*@param[ \t]+(\S+)[ \t]+(?:\[[^\]\n]*\][ \t]*)?(.*)$", re.MULTILINE)
_OWN = re.compile(r"#\s*--\s?")


def comments(text: str) -> dict[Pointer, str]:
    """Return what the comments of a values.yaml say of each key, by its pointer."""
    if len(text) > _MOST_TEXT:
        return {}
    lines = text.split("\n")
    found: dict[Pointer, str] = {}
    for key in scan(text):
        said = _above(lines, key.line - 1)
        if said:
            found[key.pointer] = said
    for match in _PARAM.finditer(text):
        found[tuple(match[1].split("."))] = match[2].strip()[:_LONGEST]
    return found


def _above(lines: list[str], number: int) -> str:
    """Return the comment right above a line: from the last `# --` on if it has one."""
    block: list[str] = []
    for line in reversed(lines[max(0, number - 20) : number]):
        bare = line.strip()
        if not bare.startswith("#"):
            break
        block.append(bare)
        if _OWN.match(bare):
            break
    texts = [_OWN.sub("", one) if _OWN.match(one) else one.lstrip("#").strip() for one in reversed(block)]
    said = " ".join(text for text in texts if text and not text.startswith("@"))
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
