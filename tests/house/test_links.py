"""Every link between files of this repository leads to a file, and to a heading of it, as a forge shows them."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from support.paths import ROOT

_HTML_ADDRESS = re.compile(r'(?:href|src|srcset)="([^"]+)"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def pages():
    listed = subprocess.run(["git", "ls-files", "-z", "*.md", ":!tests"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split("\0") if path]


@cache
def parsed(path: Path):
    return MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))


def spoken(token):
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


@cache
def anchors(path: Path):
    """Return the anchors that a forge gives the headings of a page."""
    found, seen = set(), {}
    tokens = parsed(path)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            slug = re.sub(r"[^\w\- ]", "", spoken(tokens[number + 1]).lower()).replace(" ", "-")
            count = seen[slug] = seen.get(slug, -1) + 1
            found.add(f"{slug}-{count}" if count else slug)
    return found


def links(path: Path):
    for token in parsed(path):
        if token.type == "html_block":
            yield from _HTML_ADDRESS.findall(token.content)
        for child in token.children or ():
            if child.type == "link_open":
                yield child.attrs["href"]
            elif child.type == "image":
                yield child.attrs["src"]
            elif child.type == "html_inline":
                yield from _HTML_ADDRESS.findall(child.content)


def dead(path: Path):
    """Return the links of a page that lead nowhere."""
    found = []
    for link in links(path):
        if _SCHEME.match(link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        if (
            not file.is_relative_to(ROOT)
            or not file.exists()
            or (anchor and file.suffix == ".md" and anchor not in anchors(file))
        ):
            found.append(link)
    return found


@pytest.mark.parametrize("page", pages())
def test_a_link_in_a_page_leads_somewhere(page):
    assert dead(ROOT / page) == []


@pytest.mark.parametrize("link", ["gone.md", "#gone", "page.md#gone", "../../outside.md"])
def test_a_link_that_leads_nowhere_is_found(link, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "page.md").write_text(f"# Here\n\n[a]({link}) [b](#here) [c](page.md#here)\n", encoding="utf-8")
    assert dead(tmp_path / "page.md") == [link]
