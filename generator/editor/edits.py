"""Edits to a file that fix or suppress a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from generator.diagnostics import Diagnostic, Span
from generator.lint import catalogue, suppressions
from generator.lint.catalogue import is_fixed, own_name
from generator.lint.suppressions import protects_others
from generator.syntax.edit.fixes import fixable, fixed
from generator.syntax.reader import try_parse
from generator.syntax.secrets.messages import without
from generator.syntax.secrets.redaction import redacted


class Edit(NamedTuple):
    """A change that an editor can offer."""

    title: str
    about: tuple[Diagnostic, ...]
    """The findings that it resolves."""
    parts: tuple[tuple[Span, str], ...]
    """Ranges of the file, each with its replacement."""
    sure: bool = False
    """Whether the fix is certain."""


def fixes(path: str, text: str, found: Sequence[Diagnostic]) -> list[Edit]:
    """Return a change for each finding with a fix that introduces no new problem."""
    edits = []
    for item in _few(fixable(found, unsafe=True), text):
        if fixed(path, text.encode("utf-8"), [item])[1]:
            sure = item.problem.fix is not None and item.problem.fix.safe
            said = without(item.text, redacted(text).words(item.problem.span))
            edits.append(Edit(f"Write {said}", (item.problem,), ((item.problem.span, item.text),), sure))
    return edits


_One = TypeVar("_One")


def _few(found: Sequence[_One], text: str) -> Sequence[_One]:
    """Return as many as a menu shows, and fewer for a long text, which is read for each."""
    return found[: max(1, min(_MOST_SHOWN, _MOST_READ // (len(text) + 1)))]


_MOST_SHOWN = 20
_MOST_READ = 1_000_000
"""Characters that are read for one menu."""


def fix_all(path: str, text: str, found: Sequence[Diagnostic]) -> Edit | None:
    """Return one change with all safe fixes; None without any."""
    fitting = fixable(found, unsafe=False)
    done = fixed(path, text.encode("utf-8"), fitting)[1] if fitting else []
    if not done:
        return None
    parts = tuple((item.problem.span, item.text) for item in done)
    return Edit("Apply all safe fixes", tuple(item.problem for item in done), parts, sure=True)


def ignores(path: str, text: str, found: Sequence[Diagnostic]) -> Iterator[Edit]:
    """Yield a suppression comment for each finding that can be suppressed; the author adds the reason."""
    for item in _few(found, text):
        if is_fixed(item.rule) or protects_others(item.rule) or item.rule == "TP002":
            continue
        lines = text.removeprefix("\ufeff").split("\n")
        if item.span.line > len(lines):
            continue
        line = lines[item.span.line - 1]
        own = own_name(item.rule, item.message)
        comment = f"{line[: len(line) - len(line.lstrip())]}# tiphys: ignore[{own or item.rule}] because"
        if _counts(path, lines, comment, item):
            end = "\r\n" if line.endswith("\r") else "\n"
            at = Span(item.span.line, 1, item.span.line, 1)
            name = own or catalogue.names().get(item.rule, item.rule)
            yield Edit(f"Ignore {item.rule} ({name}) here, because …", (item,), ((at, comment + end),))


def _counts(path: str, lines: list[str], comment: str, item: Diagnostic) -> bool:
    """Tell whether the comment is one there, and about the finding: not more text of a block scalar."""
    above = item.span.line - 1
    text = "\n".join([*lines[:above], f"{comment} it is intended", *lines[above:]])
    source, problems = try_parse(path, text.encode("utf-8", "surrogatepass"))
    if source is None or problems:
        return False
    own = own_name(item.rule, item.message)
    known = suppressions.read(path, source.text, (own,))
    return any(one.about == item.span.line + 1 and (own or item.rule) in one.rules for one in known)
