"""`{service}`, `{environment}`, `{destination}`, `{labels.X}` and `{fullname}` in environments and presets: a closed set, no language.

Braces that are doubled, as in an AnalysisTemplate's `{{args.name}}`, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from generator.diagnostics import Pointer

_PLACEHOLDER = re.compile(r"(?<!\{)\{([A-Za-z][A-Za-z0-9_./-]*)\}(?!\})")

_MOST_PARTED = 4096
"""Texts whose placeholders are remembered: all services have those of their environments and presets."""


class UnknownPlaceholderError(KeyError):
    """A placeholder that has no value; `name` is the text between the braces."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def holds_placeholder(node: Any) -> bool:
    """Tell whether any text below a node has a placeholder in it."""
    if isinstance(node, str):
        return "{" in node and _PLACEHOLDER.search(node) is not None
    if isinstance(node, dict):
        return any(holds_placeholder(value) for value in node.values())
    if isinstance(node, list):
        return any(holds_placeholder(value) for value in node)
    return False


def names_in(node: Any) -> frozenset[str]:
    """Return the names of all placeholders in the texts below a node, in order."""
    if isinstance(node, str):
        return frozenset(_PLACEHOLDER.findall(node)) if "{" in node else frozenset()
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return frozenset().union(*map(names_in, children))


def places_in(node: Any, at: Pointer) -> Iterator[Pointer]:
    """Yield the pointers of the strings that contain a known placeholder."""
    return _places(
        node, lambda name: name in ("service", "environment", "destination", "fullname") or name.startswith("labels."), at
    )


def named_in(node: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Yield every placeholder below a node, known or not: the pointer of its string, and its name."""
    for pointer in _places(node, lambda _name: True, at):
        text = node
        for key in pointer[len(at) :]:
            text = text[key]
        yield from ((pointer, name) for name in dict.fromkeys(_PLACEHOLDER.findall(text)))


def uses(node: Any, name: str, at: Pointer) -> Iterator[Pointer]:
    """Yield the pointers of the strings that contain a placeholder, by its name."""
    return _places(node, name.__eq__, at)


def _places(node: Any, wanted: Callable[[str], bool], at: Pointer) -> Iterator[Pointer]:
    if isinstance(node, str):
        if any(map(wanted, _PLACEHOLDER.findall(node))):
            yield at
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _places(value, wanted, (*at, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _places(value, wanted, (*at, index))


def expand(text: str, known: dict[str, str]) -> str:
    """Return the text with every placeholder replaced; raises UnknownPlaceholderError."""
    if "{" not in text:
        return text
    parts = [*_parted(text)]
    try:
        parts[1::2] = [known[name] for name in parts[1::2]]
    except KeyError as error:
        raise UnknownPlaceholderError(error.args[0]) from None
    return "".join(parts)


@lru_cache(_MOST_PARTED)
def _parted(text: str) -> tuple[str, ...]:
    """Return what is around the placeholders of a text and, at every second place, the names of the placeholders."""
    return tuple(_PLACEHOLDER.split(text))


def expand_known(node: Any, known: dict[str, str]) -> Any:
    """Return a node with its placeholders replaced and all other braces left as they are.

    Parts without a placeholder are returned as the same objects. Raises UnknownPlaceholderError for a label that the
    service does not have, and for the destination of an environment without any; any other `{word}` may be text of
    another language.
    """
    if isinstance(node, str):
        if "{" not in node:
            return node
        parts = [*_parted(node)]
        parts[1::2] = [_known(name, known) for name in parts[1::2]]
        text = "".join(parts)
        return node if text == node else text
    made: Any = None
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if isinstance(value, str):
            if "{" not in value:  # most have none, in which case the loop does nothing else
                continue
        elif not (isinstance(value, dict) or isinstance(value, list)):  # noqa: SIM101 - twice as fast, and often asked
            continue
        new = expand_known(value, known)
        if new is not value:
            made = node.copy() if made is None else made
            made[key] = new
    return node if made is None else made


def _known(name: str, known: dict[str, str]) -> str:
    lacks = "service" in known and name not in known  # otherwise only some are replaced, in text that may be of a spec
    if lacks and (name == "destination" or name.startswith("labels.")):
        raise UnknownPlaceholderError(name)
    return known.get(name, f"{{{name}}}")


def known_for(service: str, environment: str, labels: dict[str, str], destination: str = "") -> dict[str, str]:
    """Return the values of the placeholders; those of a destination only if one is given."""
    known = {f"labels.{name}": value for name, value in labels.items()}
    known["service"] = service
    known["environment"] = environment
    if destination:
        known["destination"] = destination
    return known
