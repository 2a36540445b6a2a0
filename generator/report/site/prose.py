"""The little Markdown of rule pages as HTML: paragraphs, lists, blocks of code, words between backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from generator.report.as_text import printable

_CODE = re.compile(r"`([^`]+)`")


def prose(text: str) -> str:
    """Return text as markup."""
    return "".join(_blocks(text))


def inline(text: str) -> str:
    """Return one line of text as markup."""
    return _CODE.sub(r"<code>\1</code>", escape(printable(" ".join(text.split()))))


def _blocks(text: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines = block.split("\n")
        if not block.strip():
            continue
        if all(line.startswith("    ") or not line.strip() for line in lines):
            yield code("\n".join(line[4:] for line in lines))
        elif lines[0].lstrip().startswith("- "):
            yield f"<ul>{''.join(f'<li>{inline(item)}</li>' for item in _items(lines))}</ul>"
        else:
            yield f"<p>{inline(block)}</p>"


def _items(lines: list[str]) -> Iterator[str]:
    item: list[str] = []
    for line in lines:
        if line.lstrip().startswith("- ") and item:
            yield " ".join(item)
            item = []
        item.append(line.lstrip().removeprefix("- "))
    yield " ".join(item)


def code(text: str) -> str:
    """Return a block of code as markup."""
    shown = "\n".join(map(printable, text.split("\n")))
    return f'<pre class="example" tabindex="0"><code>{escape(shown)}</code></pre>'
