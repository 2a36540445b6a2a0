"""Tables whose rows are so many that they are written by hand, and not by a template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def steps_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the stages of a release: number, what happens, the numbers under `heads`, and what it takes."""
    columns = ["step", "what happens", *heads, "takes"]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(_step(row) for row in rows)
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


def _step(row: Sequence[str]) -> str:
    number, title, *cells = row
    rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><td>{number}</td><th scope="row">{escape(title)}</th>{rest}</tr>'
