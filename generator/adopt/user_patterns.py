"""Patterns by which the user says which service, environment and destination an Application is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from generator.adopt import clusters
from generator.adopt.model import Found
from generator.errors import ConfigError
from generator.system.files.refusals import printable

_PLACEHOLDER = re.compile(r"\{(service|environment|destination)\}")


class Patterns(NamedTuple):
    """How the user says which environment and service an Application is."""

    environment: str = ""
    service: str = ""

    @property
    def names_destinations(self) -> bool:
        """Whether the user says what the clusters of an environment are."""
        return "{destination}" in self.environment + self.service

    def found_in(self, found: Sequence[Found]) -> list[dict[str, str]]:
        """Return what they say of each Application; raises ConfigError for one without a placeholder, or that says nothing."""
        matchers = [_matcher(text) for text in self if text]
        for text, find in zip(filter(None, self), matchers, strict=True):
            if found and not any(map(find, found)):
                what = "path" if "/" in text else "name"
                example = found[0].below if "/" in text else found[0].name
                raise ConfigError(f"`{text}` matches the {what} of no Application", f"compare it with `{printable(example)}`")
        return [{key: text for find in matchers for key, text in find(one).items()} for one in found]


def said(names: Sequence[str], fixed: Sequence[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the environments that are clusters of one by a pattern of the user."""
    parts = {
        name: (known.get("environment", ""), known.get("destination", "")) for name, known in zip(names, fixed, strict=True)
    }
    return {name: part for name, part in parts.items() if all(map(clusters.is_destination, part))}


def _matcher(pattern: str) -> Callable[[Found], dict[str, str]]:
    """Return what finds the parts of a pattern in the path of an Application's file, or without a slash in its name.

    Raises ConfigError for a pattern without a placeholder.
    """
    if not _PLACEHOLDER.search(pattern):
        raise ConfigError(
            f"`{pattern}` has neither `{{service}}` nor `{{environment}}` nor `{{destination}}`",
            "write it like 'apps/{environment}'",
        )
    parts = _PLACEHOLDER.split(pattern.strip("/"))
    seen: set[str] = set()
    text = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            text += re.escape(part).replace(r"\*", "[^/]*")
        else:
            text += rf"(?P={part})" if part in seen else rf"(?P<{part}>[^/]+?)"
            seen.add(part)
    by_path = "/" in pattern
    whole = re.compile(rf"(?:.*/)?{text}(?:/.*|\.ya?ml)?\Z" if by_path else rf"{text}\Z")

    def find(one: Found) -> dict[str, str]:
        match = whole.match(one.below if by_path else one.name)
        return match.groupdict() if match else {}

    return find
