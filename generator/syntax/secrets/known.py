"""Secrets that are known, found in any text in whatever form they are there.

A text is searched once, however many secrets there are: at each place, the one known text that can end the farthest is
found by halving, and so are those that it begins with.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from generator.syntax.secrets.forms import SHORT_WORD, START, forms_of
from generator.syntax.secrets.looks import MASK, Hidden
from generator.syntax.secrets.roles import is_several

_SHORTEST = 2
"""Characters of a form from which on it is looked for: a single letter says nothing."""
_KEY = 4
"""Characters that tell quickly whether a form may begin at a place."""
_MOST_REMEMBERED = 64
"""Sets of secrets that are remembered: there are several messages about each chart."""


class Known:
    """Secrets in every form in which a program or a template may show them."""

    __slots__ = ("_chains", "_keys", "_reach", "_sizes", "_texts")

    def __init__(self, secrets: Iterable[str]) -> None:
        reach: dict[str, int] = {}
        for secret in secrets:
            for text, length in forms_of(secret):
                if len(text) >= _SHORTEST:
                    reach[text] = max(length, reach.get(text, 0))
        self._reach = reach
        """By the text that a form is known by, how many characters belong to the longest one."""
        self._texts = sorted(reach)
        self._chains = list(_chains(self._texts))
        """For each text, the lengths of all texts that it begins with, its own as the last."""
        self._keys = frozenset(text[:_KEY] for text in self._texts)
        self._sizes = sorted({len(key) for key in self._keys})

    def __bool__(self) -> bool:
        return bool(self._texts)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return where in a text secrets are, in order; those that overlap are one.

        One that is shorter than six characters counts only as a whole word or number.
        """
        starts = self._near(text) if self._texts else ()
        return joined((start, end) for start in starts if (end := self._end(text, start)))

    def masked(self, text: str) -> str:
        """Return a text with each secret masked."""
        return cut_out(text, self.places(text))

    def hidden(self, value: Any) -> Any:
        """Return data in which each value that holds a secret is a Hidden, and each key is masked.

        Of a text in several words nothing is said, as where masking finds a secret by itself.
        """
        if isinstance(value, dict):
            return {self.masked(key) if isinstance(key, str) else key: self.hidden(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.hidden(item) for item in value]
        if type(value) is str:
            said = self.masked(value)
            return value if said == value else Hidden(value, MASK if is_several(value) else said)
        if type(value) in (int, float) and len(str(value)) >= SHORT_WORD and self.places(str(value)):
            return Hidden(value, MASK)
        return value

    def _near(self, text: str) -> list[int]:
        """Return the places where the start of a form is."""
        keys, size = self._keys, _KEY
        if self._sizes == [size]:
            return [at for at in range(len(text) - size + 1) if text[at : at + size] in keys]
        return [at for at in range(len(text)) for length in self._sizes if text[at : at + length] in keys]

    def _end(self, text: str, start: int) -> int:
        """Return where the longest secret ends that starts at a place; 0 for none."""
        window = text[start : start + START]
        index = bisect_right(self._texts, window) - 1
        if index < 0:
            return 0
        # Whatever the window begins with, the text before it in the alphabet begins with as well.
        chain, last = self._chains[index], self._texts[index]
        same = bisect_right(chain, 0, key=lambda length: 0 if window[:length] == last[:length] else 1)
        for length in reversed(chain[:same]):
            if length >= SHORT_WORD or _is_word(text, start, start + length):
                return min(start + self._reach[last[:length]], len(text))
        return 0


class _Everything(Known):
    """Stands for secrets that are not known: any text may hold one."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return the whole text as one place."""
        return [(0, len(text))] if text else []


def _chains(texts: Iterable[str]) -> Iterator[tuple[int, ...]]:
    """Yield for each of sorted texts the lengths of those that it begins with, from the shortest on."""
    above: list[tuple[str, tuple[int, ...]]] = []
    for text in texts:
        while above and not text.startswith(above[-1][0]):
            above.pop()
        chain = (*(above[-1][1] if above else ()), len(text))
        above.append((text, chain))
        yield chain


def _is_word(text: str, start: int, end: int) -> bool:
    """Tell whether no letter and no digit is next to a part of a text."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches of a text that are sorted by their start; those that overlap become one."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def cut_out(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text with the mask in the place of each stretch of it; they are sorted, and none meets another."""
    parts, at = [], 0
    for start, end in places:
        parts += [text[at:start], MASK]
        at = end
    return "".join((*parts, text[at:]))


def known_of(secrets: Iterable[str]) -> Known:
    """Return what is to be found of secrets; the latest ones are remembered."""
    return _known_of(frozenset(secrets))


@lru_cache(_MOST_REMEMBERED)
def _known_of(secrets: frozenset[str]) -> Known:
    return Known(secrets)


NOTHING = Known(())
EVERYTHING = _Everything(())
"""Hides all of every text."""
