"""The placeholders of plain manifests: what they stand for in a service, and objects with them replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import Resolved

_WORD = re.compile(r"(?<![{$])\{([A-Za-z][A-Za-z0-9_./-]*)\}(?!\})")
"""A placeholder. Doubled braces are text of another language, and `${NAME}` is a variable of a shell."""


class Fault(NamedTuple):
    """A placeholder without a value, by the pointer of its text in the object."""

    pointer: Pointer
    message: str
    hint: str


class Values(NamedTuple):
    """What stands for placeholders, and why others have no value."""

    known: dict[str, str]
    lacking: dict[str, str]

    def fault(self, word: str) -> tuple[str, str]:
        """Return what is wrong with a word that is not known, and what to do."""
        if word in self.lacking:
            return f"`{{{word}}}` has no value: {self.lacking[word]}", "set it in the spec, or write the value itself"
        known = [name for name in (*self.known, *self.lacking) if not name.startswith("labels.")]
        otherwise = f"use one of {listed(known)}; if the text is meant as it is, suppress this on its line"
        if word.startswith("labels."):
            return f"`{{{word}}}` has no value: the service has no such label", "add it to metadata.labels"
        if word.startswith("images."):
            images = [name for name in known if name.startswith("images.")]
            return f"`{{{word}}}` has no value: the service has no such image", suggestion(
                word, images, "add it to `images`, or correct the name"
            )
        return f"`{{{word}}}` is not a placeholder", suggestion(word, known, otherwise)


def words_in(data: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield what is a placeholder in an object, known or not: the pointer of its text, and the word."""
    waiting: list[tuple[Pointer, Any]] = [((), data)]
    while waiting:
        at, node = waiting.pop()
        if isinstance(node, str):
            yield from ((at, match[1]) for match in _WORD.finditer(node))
        elif isinstance(node, (dict, list)):
            waiting += [((*at, key), value) for key, value in (node.items() if isinstance(node, dict) else enumerate(node))]


def values_of(resolved: Resolved) -> Values:
    """Return what stands for the placeholders of manifests in a service."""
    known, lacking = dict(resolved.known), dict[str, str]()
    images = {"image": resolved.data.get("image")}
    images |= {f"images.{name}": image for name, image in (resolved.data.get("images") or {}).items()}
    for name, image in images.items():
        reference = _reference(image or {})
        if reference:
            known[name] = reference
        else:
            lacking[name] = "the image has no tag and no digest" if image else "the service has no image"
    return Values(known, lacking)


def _reference(image: Mapping[str, str]) -> str:
    """Return an image as containers name it, with its digest or its tag; empty without both."""
    if image.get("digest"):
        return f"{image['repository']}@{image['digest']}"
    return f"{image['repository']}:{image['tag']}" if image.get("tag") else ""


def expanded(data: dict[str, Any], values: Values) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return an object with its placeholders replaced, and those without a value."""
    faults: list[Fault] = []
    made: dict[str, Any] = _node(data, (), values, faults)
    return made, tuple(faults)


def _node(node: Any, at: Pointer, values: Values, faults: list[Fault]) -> Any:
    """Return a part of an object with its placeholders replaced, and without nulls, which the API server drops as well."""
    if isinstance(node, str):
        return _text(node, at, values, faults) if "{" in node else node
    if isinstance(node, dict):
        return {key: _node(value, (*at, key), values, faults) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [_node(value, (*at, index), values, faults) for index, value in enumerate(node)]
    return node


def _text(text: str, at: Pointer, values: Values, faults: list[Fault]) -> str:
    def replaced(match: re.Match[str]) -> str:
        if match[1] in values.known:
            return values.known[match[1]]
        faults.append(Fault(at, *values.fault(match[1])))
        return match[0]

    return _WORD.sub(replaced, text)
