"""Rows for people, for programs and for spreadsheets. What others wrote is escaped in all three."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

LEAST = 8
"""Columns that are cut to fit keep at least this width."""

FORMATS = ("table", "json", "csv")

_UNPRINTABLE_IN_JSON = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")
_FORMULA = ("=", "+", "-", "@")


def printable(text: str) -> str:
    """Return a text without characters that move the cursor, set colours or reverse the line."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"\\x{ord(letter):02x}" if ord(letter) < 0x100 else f"\\u{ord(letter):04x}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], width: int = 0) -> str:
    """Return rows below a header in columns; with a width, long cells are cut so that lines fit into it."""
    lines = [list(header), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(header))]
    while width and sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
    text = ""
    for line in lines:
        text += "  ".join(_padded(cell, size) for cell, size in zip(line, widths, strict=True)).rstrip() + "\n"
    return text


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) != 0 for letter in text)


def _padded(text: str, size: int) -> str:
    if _width(text) > size:
        while _width(text) > size - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (size - _width(text))


def as_json(data: dict[str, Any]) -> str:
    """Return one JSON object, safe to print: what a terminal would obey is escaped."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return _UNPRINTABLE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as RFC 4180 has them; a cell that a spreadsheet would take for a formula starts with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in map(printable, row)] for row in rows)
    return out.getvalue()
