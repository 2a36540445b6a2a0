"""What a command says of its run with --verbose: what it reads, uses and skips. Nothing is said unless that is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Say = Callable[[str, str], None]
"""Called with a topic, which is one word or two, and what there is to say of it."""


class _Listener:
    """Who is told: each sentence once, in the order in which it becomes known."""

    def __init__(self, say: Say) -> None:
        self._say, self._told = say, set[tuple[str, str]]()
        self.names: dict[str, str] = {}
        """What folders are called, by their paths."""
        self._own = os.getpid()
        """Other processes work on a part of the specs: what they have to say is not about the run."""

    def tell(self, topic: str, text: str) -> None:
        """Say a sentence, unless it was said before."""
        for folder, name in self.names.items():
            text = text.replace(f"{folder}/", name)
        if (topic, text) not in self._told and os.getpid() == self._own:
            self._told.add((topic, text))
            self._say(topic, text)


_LISTENERS: list[_Listener] = []
"""Who is told now; empty in most runs."""


@contextmanager
def telling(say: Say) -> Iterator[None]:
    """Say what a `with` block has to tell."""
    before = list(_LISTENERS)
    _LISTENERS[:] = [_Listener(say)]
    try:
        yield
    finally:
        _LISTENERS[:] = before


@contextmanager
def silent() -> Iterator[None]:
    """Keep quiet in a `with` block: it is a part of the run that its user did not ask for."""
    before = list(_LISTENERS)
    _LISTENERS.clear()
    try:
        yield
    finally:
        _LISTENERS[:] = before


@contextmanager
def calling(folder: str, name: str) -> Iterator[None]:
    """Call the paths below a folder by another name in a `with` block, such as a temporary one by its commit."""
    for listener in _LISTENERS:
        listener.names[folder] = name
    try:
        yield
    finally:
        for listener in _LISTENERS:
            listener.names.pop(folder, None)


def is_on() -> bool:
    """Tell whether anything is to be said, before it takes time to find out what."""
    return bool(_LISTENERS)


def tell(topic: str, text: str) -> None:
    """Say something, if that is asked for."""
    if _LISTENERS:
        _LISTENERS[0].tell(topic, text)
