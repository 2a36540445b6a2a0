"""Lines of YAML as HTML: escaped, with keys and comments set apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from generator.report.as_text import printable
from generator.syntax.secrets.redaction import shown

_KEY = re.compile(r"""((?: |- )*)([^\s#"'|>{\[-][^#"]*?|"(?:[^"\\]|\\.)*"):(?=$| )(.*)""", re.DOTALL)
_MAX_REMEMBERED = 50_000


class _Marked(dict[str, str]):
    """A bounded memo of a pure function: services repeat each other's lines."""

    def __missing__(self, line: str) -> str:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        found = self[line] = _marked(printable(line))
        return found


_MARKED = _Marked()


def marked(line: str) -> str:
    """Return a line of YAML as markup that shows it, whatever is in it."""
    return _MARKED[line]


def _marked(line: str) -> str:
    if line.lstrip().startswith("#"):
        return f"<i>{escape(line)}</i>"
    match = _KEY.match(line)
    if match is None:
        return escape(line)
    indent, key, rest = match.groups()
    return f"{indent}<b>{escape(key)}</b>:{escape(rest)}"


def lines_of(text: str) -> list[str]:
    """Return the lines of a file as people count them."""
    lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def source(text: str, at_fault: Iterable[int] = ()) -> str:
    """Return the lines of a file without its secrets, each to be linked to as `#L12`; those at fault stand out."""
    wrong = set(at_fault)
    return "".join(
        f'<li id="L{number}"{" class=wrong" if number in wrong else ""}>{marked(line)}\n'
        for number, line in enumerate(lines_of(shown(text)), 1)
    )


def linked(text: str, links: Iterable[str]) -> str:
    """Return the lines of a generated file without its secrets, each after the link to where it comes from."""
    lines = shown(text).removesuffix("\n").split("\n")
    return "".join([f"<li>{link}{_MARKED[line]}\n" for link, line in zip(links, lines, strict=True)])


def page_of(path: str) -> str:
    """Return the page of a file that is not a service's spec, from the root of the site."""
    if path.startswith("tiphys:"):
        return f"shipped/{path.removeprefix('tiphys:')}.html"
    return f"sources/{path}.html"


def address(path: str) -> str:
    """Return a path within the site as it is in a link."""
    return quote(path, safe="/", errors="surrogateescape")
