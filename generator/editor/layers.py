"""Map a place in a spec to the values of the service that it sets, and to the other layers that set them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import Pointer, Span
from generator.editor.hover import Story
from generator.service.build import Built
from generator.service.explain import explain
from generator.service.resolve import DESTINATIONS


class Target(NamedTuple):
    """A place in a file: relative to the workspace, or `tiphys:` and the path of a shipped one."""

    path: str
    span: Span


def stories(built: Sequence[Built], pointer: Pointer) -> list[Story]:
    """Return the value that a pointer of a spec is about, in each environment that it counts for."""
    found = []
    for environment, within in _meant(built, pointer):
        told = explain(environment, within)
        if told.found or told.words:
            found.append(Story(environment.resolved.environment.label, told))
    return found


def _meant(built: Sequence[Built], pointer: Pointer) -> Iterator[tuple[Built, Pointer]]:
    """Yield the environments that a pointer of a spec counts for, and the pointer into the service there."""
    if pointer[:1] != ("spec",) or pointer == ("spec", "environments"):
        return
    if pointer[:2] == ("spec", "environments"):
        here = [one for one in built if one.resolved.environment.name == pointer[2]]
        if pointer[3:4] == (DESTINATIONS,):
            within = pointer[5:]
            yield from ((one, within) for one in here if within and one.resolved.environment.destination == pointer[4])
        elif pointer[3:]:
            yield from ((one, pointer[3:]) for one in here)
    elif pointer[1:]:
        yield from ((one, pointer[1:]) for one in built)


def origins(told: Sequence[Story], here: Target) -> list[Target]:
    """Return where the layers that win say a value; if all of them do so here, where those do that they overrode."""
    winners, others = [], []
    for story in told:
        places = [Target(word.source.path, word.span) for word in story.told.words]
        winners += places[:1]
        others += places[1:]
    wins = list(dict.fromkeys(winners))
    if wins == [here]:
        return list(dict.fromkeys(others)) or wins
    return wins
