"""The fingerprint that GitHub's code scanning knows a line by, wherever in the file it moves."""

from __future__ import annotations

_BLOCK = 100
_FACTOR = 37
_DROPPED = pow(_FACTOR, _BLOCK, 1 << 64)
_MASK = (1 << 64) - 1
_END = 0xFFFF


def line_hashes(text: str) -> dict[int, str]:
    """Return the `primaryLocationLineHash` of every line, by line number.

    It is a rolling hash of the 100 characters (UTF-16 units, without spaces and tabs, every line end
    a newline) from the start of the line on, followed by how often that hash has occurred so far.
    Source: github/codeql-action, src/fingerprints.ts
    """
    units, starts = _units(text)
    padded = [0] * _BLOCK + units + [0] * _BLOCK
    hashes: dict[int, str] = {}
    seen: dict[int, int] = {}
    value = 0
    lines = {start + _BLOCK: line for line, start in enumerate(starts, 1)}
    for position, unit in enumerate(padded[_BLOCK:]):
        value = (value * _FACTOR + unit - _DROPPED * padded[position]) & _MASK
        line = lines.get(position + 1)
        if line is not None:
            seen[value] = seen.get(value, 0) + 1
            hashes[line] = f"{value:x}:{seen[value]}"
    return hashes


def _units(text: str) -> tuple[list[int], list[int]]:
    """Return what is hashed of a text, and at which index of it each line starts."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    raw = kept.encode("utf-16-le", "surrogatepass")
    units = [raw[index] | raw[index + 1] << 8 for index in range(0, len(raw), 2)] + [_END]
    starts = [0, *(index + 1 for index, unit in enumerate(units) if unit == 0x0A)]
    return units, starts
