"""Hover texts for fields, findings and values, in Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Span
from generator.editor.shapes import Shape, types_of
from generator.lint.catalogue import Page
from generator.service.explain import Explanation, Word
from generator.syntax.schema.values import TYPES

Link = Callable[[str, Span], str]
"""From a path and a place in it to a Markdown link."""

_LONGEST = 80

_MARKUP = re.compile(r"[^\w ,.;'\"?=+%/-]|_|(?<=www)\.", re.IGNORECASE)
"""What begins markup, a link or an address: editors run the commands of links, and load images from any server."""


def about_shape(name: str, shape: Shape) -> str:
    """Return the schema's description of a field, with its type, bounds, default and examples."""
    head = f"**{shape['title']}**" if "title" in shape and not name else f"**`{said(name)}`**"
    kinds = [TYPES[kind] for kind in types_of(shape)]
    if "const" in shape:
        kinds = [f"always `{said(shape['const'])}`"]
    elif "enum" in shape:
        kinds = ["one of " + ", ".join(f"`{said(value)}`" for value in shape["enum"] if value is not None)]
    lines = [f"{head}: {' or '.join(kinds)}" if kinds else head]
    if shape.get("description"):
        lines.append(str(shape["description"]))
    facts = [*_bounds(shape), *_examples(shape)]
    if facts:
        lines.append("  \n".join(facts))
    return "\n\n".join(lines)


def _bounds(shape: Shape) -> Iterable[str]:
    if shape.get("x-problem"):
        yield f"It must be {shape['x-problem']}."
    least, most = shape.get("minimum"), shape.get("maximum")
    if least is not None and most is not None:
        yield f"From {least:,} to {most:,}."
    elif least is not None or most is not None:
        yield f"At least {least:,}." if least is not None else f"At most {most:,}."
    if "default" in shape:
        yield f"Default: `{said(shape['default'])}`"


def _examples(shape: Shape) -> Iterable[str]:
    examples = shape.get("examples", ())
    if examples:
        yield ("Example: " if len(examples) == 1 else "Examples: ") + ", ".join(f"`{said(one)}`" for one in examples)


def said(value: Any) -> str:
    """Return a value on one line, cut where it is long; a text without its quotation marks."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("`", "'").replace("\n", "\\n")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class Story(NamedTuple):
    """What a value is in one environment, and why."""

    environment: str
    told: Explanation


def about_value(stories: Sequence[Story], here: tuple[str, Span], link: Link) -> str:
    """Return what a value is in each environment, the layer that sets it, and those it overrides; equal environments are grouped."""
    by_line: dict[str, list[str]] = {}
    for story in stories:
        by_line.setdefault(_about_one(story.told, here, link), []).append(story.environment)
    return "\n".join(f"- **{', '.join(environments)}**: {line}" for line, environments in by_line.items() if line)


def _about_one(told: Explanation, here: tuple[str, Span], link: Link) -> str:
    if not told.words:
        return f"`{said(told.value)}`, set by Tiphys" if told.found else ""
    by = [_who(word, here, link) for word in told.words]
    if isinstance(told.value, dict):
        parts = [f"merged from {', over '.join(by)}" if len(by) > 1 else f"from {by[0]}"]
    else:
        parts = [f"`{said(told.value)}` from {by[0]}" if told.found else f"removed by {by[0]}"]
        parts += [f"over `{said(word.value)}` from {who}" for word, who in zip(told.words[1:], by[1:], strict=True)]
    parts += [f"bounded by {_who(word, here, link)}: `{said(word.value)}`" for word in told.bounds]
    return "; ".join(parts)


def _who(word: Word, here: tuple[str, Span], link: Link) -> str:
    return "here" if (word.source.path, word.span) == here else f"{word.layer} ({link(word.source.path, word.span)})"


def _inert(text: str) -> str:
    """Return a message, which may quote the file, as Markdown without markup but for its words in backticks."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # the last backtick ends nothing
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    shown = (_MARKUP.sub(lambda match: f"&#{ord(match[0])};", part) for part in parts)
    return "".join(_code(parts[number]) if number % 2 else part for number, part in enumerate(shown))


def _code(text: str) -> str:
    one_line = "".join(letter if letter.isprintable() else f"\\u{{{ord(letter):04x}}}" for letter in text)
    return f"`{one_line}`" if one_line.strip() else "&#96;" + one_line + "&#96;"


def about_own(found: Diagnostic, page: Page) -> str:
    """Return a finding with the page of the user's rule, whose text anyone may have proposed."""
    parts = (
        f"**{_inert(page.law)}**",
        *(_inert(part.strip()) for part in page.why.split("\n\n")),
        f"Source: {_inert(page.source)}",
    )
    return "\n\n".join((_head(found, page), *parts))


def about_finding(found: Diagnostic, page: Page) -> str:
    """Return a finding with the page of its rule."""
    return f"{_head(found, page)}\n\n{page.markdown().rstrip()}"


def _head(found: Diagnostic, page: Page) -> str:
    head = f"**{found.rule} {page.name}** ({found.severity.value}): {_inert(found.message)}"
    hint = f"\n\nHint: {_inert(found.hint)}" if found.hint else ""
    return f"{head}{hint}"
