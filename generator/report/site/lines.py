"""Lines of YAML as HTML: escaped, with keys and comments set apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from types import MappingProxyType
from urllib.parse import quote

from generator.diagnostics import Diagnostic
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


Faults = Mapping[int, Sequence[tuple[str, str]]]
"""What is found at the lines of a file: the id of each finding on the page, and its rule."""


def source(text: str, faults: Faults = MappingProxyType({})) -> str:
    """Return the lines of a file without its secrets, each to be linked to as `#L12`; those at fault link to the findings."""
    lines = lines_of(shown(text))
    if len(lines) + 1 in faults:
        lines.append("")  # a file that ends too early is wrong after its end
    return "".join(
        f'<li id="L{number}" class=wrong>{marked(line)}{_flaws(faults[number])}\n'
        if number in faults
        else f'<li id="L{number}">{marked(line)}\n'
        for number, line in enumerate(lines, 1)
    )


def _flaws(found: Iterable[tuple[str, str]]) -> str:
    return "".join(f' <a href="#{anchor}">{escape(rule)}</a>' for anchor, rule in found)


def faults(found: Iterable[Diagnostic], path: str) -> Faults:
    """Return what is found at the lines of a file, of the findings of a page: their ids there are `f1`, `f2` and so on."""
    by_line: dict[int, list[tuple[str, str]]] = {}
    for number, item in enumerate(found, 1):
        if item.path == path:
            by_line.setdefault(item.span.line, []).append((f"f{number}", item.rule))
    return by_line


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
