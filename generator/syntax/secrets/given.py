"""The secrets in what Helm was given, which its messages may quote: values, and parameters of all kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.syntax import strvals
from generator.syntax.merge import lookup
from generator.syntax.secrets.masking import places
from generator.syntax.secrets.redaction import redacted

_MOST_ENTRIES = 1_000
"""Entries of lists that one parameter is followed into."""
_SET = {"--set": False, "--set-string": True}


def of_values(values: Iterable[Any]) -> set[str]:
    """Return the secrets in data."""
    return {str(lookup(data, pointer)[1]) for data in values for pointer in places(data)}


def of_flags(flags: Iterable[str]) -> set[str]:
    """Return the secrets in parameters: `--set=` and `--set-string=`, each with its argument."""
    pairs = (flag.partition("=")[::2] for flag in flags)
    return {word for flag, text in pairs if flag in _SET for word in _of_parameter(text, strings=_SET[flag])}


def of_files(contents: Iterable[tuple[str, str]]) -> set[str]:
    """Return the secrets that masking knows in files that are parameters, each with its name."""
    every = [(name.rpartition(".")[2], text) for name, text in contents]
    return {word for _, text in every for word in redacted(text).every_word()} | of_values({name: text} for name, text in every)


def of_contents(contents: Iterable[tuple[str, str]]) -> set[str]:
    """Return the secrets in files that are parameters, each with its name: whatever is in them may be one."""
    return {word for _, text in contents if text for word in (text, *redacted(text).every_word())}


def _of_parameter(text: str, *, strings: bool) -> Iterator[str]:
    name, _, value = text.partition("=")
    try:
        data = strvals.applied({}, text, strings=strings, most=_MOST_ENTRIES)
    except (strvals.SetError, RecursionError, MemoryError):
        data = {}
    yield from of_values([data, {name.rpartition(".")[2]: value}])
