"""What a run said, with the states of all that it depends on: while none of these changes, another run would say the same.

It is looked at before anything else of a run is imported, so this module imports next to nothing either.
"""

from __future__ import annotations

import os

from generator.system.states import FIELDS, is_settled, packed, state_in, states

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Said = tuple[str, str, int]
"""What a run printed to stdout and to stderr, and its exit code."""
_PARTS = 5
_NUMBER = 8
"""Bytes of a number of a state."""
_AT_ONCE = 500
"""Paths that are looked at before their states are compared."""


def encoded(
    said: Said, bases: Iterable[str], places: Sequence[str], found: Sequence[int], absent: Collection[str], began: int
) -> bytes | None:
    """Return what a run said that began at a time in nanoseconds, as bytes; None if states cannot tell whether it holds.

    `places` are the paths that it has asked for, below `bases`, and `found` their states, none where nothing can be told
    of it. None of the `absent` paths may ever exist.
    """
    without = [place for row, place in enumerate(places) if not found[row * FIELDS]]
    ways = sorted({way for place in without for way in _ways_to(place, frozenset(bases))})
    on_the_way = states(ways)
    if not all(is_settled(state_in(on_the_way, row), began) for row in range(len(ways))):
        return None
    if any(os.path.lexists(path) for path in (*without, *absent)):
        return None
    kept = [row for row in range(len(places)) if found[row * FIELDS]]
    held = list[int]()
    for row in kept:
        held.extend(found[row * FIELDS : (row + 1) * FIELDS])
    text, end, code = said
    paths = "\0".join([*(places[row] for row in kept), *ways])
    words = [f"{code}", text, end, "\0".join(absent), paths]
    parts = [word.encode("utf-8", "surrogatepass") for word in words]
    sizes = " ".join(str(len(part)) for part in parts)
    return b"\n".join([sizes.encode("ascii"), b"".join([*parts, packed(held + on_the_way)])])


def _ways_to(place: str, bases: Collection[str]) -> Iterable[str]:
    """Yield the folders on the way to something that is not there, from its base to the last one that is.

    Without its base, that is the nearest folder above: links to it are followed, as they are above each base. Behind a
    link that leads nowhere, it has no state.
    """
    while place not in bases and os.path.dirname(place) != place:
        place = os.path.dirname(place)
        if os.path.lexists(place):
            yield place
    if not os.path.exists(place):
        while not (os.path.exists(place) or os.path.islink(place)):
            place = os.path.dirname(place)
        yield f"{place}/"


def said(raw: bytes) -> Said | None:
    """Return what a run said, if nothing has changed since; raises ValueError for other bytes."""
    first, _, rest = raw.partition(b"\n")
    sizes = [int(size) for size in first.split(b" ")]
    if len(sizes) != _PARTS:
        raise ValueError("it has another number of parts")
    words, start = [], 0
    for size in sizes:
        words.append(rest[start : start + size].decode("utf-8", "surrogatepass"))
        start += size
    code, text, end, absent, paths = words
    if any(os.path.lexists(path) for path in absent.split("\0")) or not _are_same(rest[start:], paths.split("\0")):
        return None
    return text, end, int(code)


def _are_same(before: bytes, paths: Sequence[str]) -> bool:
    """Tell whether all paths have the states of before, looking no further than the first that have not: specs come first."""
    if len(before) != len(paths) * FIELDS * _NUMBER:
        return False
    size = _AT_ONCE * FIELDS * _NUMBER
    return all(
        before[row * size : (row + 1) * size] == packed(states(paths[row * _AT_ONCE : (row + 1) * _AT_ONCE]))
        for row in range(-(-len(paths) // _AT_ONCE))
    )
