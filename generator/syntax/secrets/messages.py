"""Messages without the secrets that they quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.syntax.secrets.known import Known, cut_out, joined, known_of
from generator.syntax.secrets.looks import without_looks

MOST_SAID = 2_000
"""Characters of a message that are looked at, and kept."""
MOST_OF_PROGRAM = 64 * 1024
"""Characters of what a program says that are looked at, and kept: it may name many faults, and quote all that it was given."""
_BEYOND = 100
"""Characters after those that are kept which are looked at as well, as a secret may begin before."""


def without(message: str, secrets: Iterable[str] | Known) -> str:
    """Return what a program says without secrets, in whatever form it quotes them, and without what is one by its look."""
    return hidden(message, [secrets if isinstance(secrets, Known) else known_of(secrets)], MOST_OF_PROGRAM)


def hidden(message: str, known: Sequence[Known], most: int = MOST_SAID) -> str:
    """Return the start of a message without the secrets that are known, and without what is one by its look.

    A long secret is known by its start, and all is hidden that could belong to it.
    """
    if len(message) <= most and not any(known):
        return without_looks(message)
    start = message[: most + _BEYOND]
    every = joined(sorted(place for one in known for place in one.places(start)))
    places = [place for place in every if place[0] < most]
    if len(message) <= most:
        return without_looks(cut_out(message, places))
    end = max(most, places[-1][1] if places else 0)
    return without_looks(cut_out(message[:end], places) + "…")
