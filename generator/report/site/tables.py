"""Tables with too many rows for a template to be fast enough, so Python writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from generator.report.plans.svg import text
from generator.report.site.parity import ACCIDENTAL, INTENDED, SHARED, Difference


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


_MEANT = {
    INTENDED: '<span class="pill good">by the service</span>',
    SHARED: '<span class="pill calm">by the environment</span>',
    ACCIDENTAL: '<span class="pill warn">accidental</span>',
}


def differences_table(environments: Sequence[str], differences: Sequence[Difference]) -> str:
    """Return the values that are not the same in all environments, each with who said it there."""
    columns = ["Value", *environments, "Meant"]
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in columns)
    rows = (
        f'<tr><th scope="row"><code>{text(item.path)}</code></th>'
        f"{''.join(map(_said, item.values, item.links))}<td>{_MEANT[item.meant]}</td></tr>"
        for item in differences
    )
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"


def _said(value: str, link: str) -> str:
    shown = f"<code>{text(value)}</code>" if value else '<span class="none">not set</span>'
    return f'<td>{shown} <span class="from">{link}</span></td>'
