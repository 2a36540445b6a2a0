"""A comparison of what is deployed, in the form that was asked for."""

from __future__ import annotations

from generator.diff import Comparison

FORMATS = ("text", "markdown", "json", "html")


def render(comparison: Comparison, form: str, *, color: bool = False) -> str:
    """Return the comparison as text that ends in a newline."""
    if form == "json":
        from generator.report.diffs.as_json import as_json

        return as_json(comparison)
    if form == "markdown":
        from generator.report.diffs.as_markdown import as_markdown

        return as_markdown(comparison)
    if form == "html":
        from generator.report.diffs.as_html import as_html

        return as_html(comparison)
    from generator.report.diffs.as_text import as_text

    return as_text(comparison, color=color)
