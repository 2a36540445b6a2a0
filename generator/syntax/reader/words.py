"""Tell which YAML files cannot contain a word, so that they need not be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_ESCAPE = b"\\"


def may_contain(raw: bytes, words: Iterable[str]) -> bool:
    """Tell whether a key or value of a file may contain one of the words, each without spaces.

    A word that is not there literally can only come from an escape of one of its letters: no other syntax of YAML joins
    letters. So False is certain, and True is not.
    """
    return _ESCAPE in raw or any(word.encode("utf-8", "surrogatepass") in raw for word in words)


def may_be_named(raw: bytes, name: str) -> bool:
    """Tell the same of the name of a service, which is not meant where it is only a part of a longer one."""
    return _ESCAPE in raw or _whole(name).search(raw) is not None


@lru_cache(maxsize=1_000)
def _whole(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![-a-z0-9])" + re.escape(name.encode()) + rb"(?![-a-z0-9])")
