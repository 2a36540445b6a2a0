"""Elements of SVG as text: escaped, and the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape

from generator.report.as_text import printable


def element(name: str, content: str = "", **attributes: str | float | None) -> str:
    """Return an element; `content` is markup already. Underscores of attributes become hyphens, None leaves one out."""
    given = "".join([f' {_dashed(key)}="{quoted(value)}"' for key, value in attributes.items() if value is not None])
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


@cache
def _dashed(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


@lru_cache(8192)
def quoted(value: str | float) -> str:
    """Return an attribute's value: a number with at most one decimal, or escaped text."""
    return number(value) if isinstance(value, int | float) else text(value)


@lru_cache(4096)
def text(value: str) -> str:
    """Return text as markup that shows it, control characters included."""
    return escape(printable(value))


@lru_cache(8192)
def number(value: float) -> str:
    """Return a coordinate, short."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")


def label(x: float, y: float, words: str, kind: str = "tiphys-muted", anchor: str = "start") -> str:
    """Return a line of text at a place."""
    return element("text", text(words), x=x, y=y, class_=kind, text_anchor=None if anchor == "start" else anchor)


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the data of a path along points."""
    steps = [f"{number(x)} {number(y)}" for x, y in points]
    return f"M{' L'.join(steps)}{' Z' if closed else ''}"


def width(words: str, size: float = 13) -> float:
    """Return about how wide a text is."""
    return len(words) * size * 0.56


def cut(words: str, most: int) -> str:
    """Return a text of at most this many letters."""
    return words if len(words) <= most else words[: most - 1] + "…"
