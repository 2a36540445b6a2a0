"""Questions as data: another checkout can read them, as its root may be elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from generator.syntax.named_tuples import NamedTuple
from generator.system import store
from generator.system.files.watching import How, Question

HOWS = tuple(How)
"""Each is written as its place in this order."""


_KEPT = "\0"
"""Begins the way to a base in the folder of what is kept, which may be restored elsewhere: no path has this character."""


def from_root(root: str, base: str) -> str:
    """Return the way to a base from the root, if one is within the other, or else from the folder of what is kept."""
    inside, around = f"{base}/".startswith(f"{root}/"), f"{root}/".startswith(f"{base}/")
    if inside or around:
        return posixpath.relpath(base, root)
    kept = posixpath.normpath(store.home())
    return f"{_KEPT}{posixpath.relpath(base, kept)}" if base.startswith(f"{kept}/") else base


def at_root(root: str, way: str) -> str:
    """Return the base that is at a way from the root, or from the folder of what is kept."""
    start = store.home() if way.startswith(_KEPT) else root
    return posixpath.normpath(posixpath.join(start, way.removeprefix(_KEPT)))


def text_of(questions: Iterable[Question], root: str) -> str:
    """Return questions as a text: most services ask the same, and then have the same text."""
    import json

    every = [[from_root(root, base), path, HOWS.index(how), most] for base, path, how, most in sorted(questions)]
    return json.dumps(every, separators=(",", ":"))


class Used(NamedTuple):
    """What services depend on that have it in common."""

    asked: frozenset[Question]
    read: frozenset[str]
    """The files of the workspace among it."""
    hold: bool
    """Whether all answers are what they were."""


class Shared:
    """Looks once at what many services have in common."""

    def __init__(self, same: Collection[Question], root: str) -> None:
        """Begin with the questions whose answers are what they were, and the root of the workspace."""
        self._same, self._root = same, root
        self._found: dict[str, Used] = {}

    def found(self, text: str) -> Used:
        """Return what a text of questions says; raises TypeError, ValueError or LookupError for another text."""
        if text not in self._found:
            asked = questions_in(text, self._root)
            read = frozenset(one.path for one in asked if one.how is How.READ and one.base == self._root)
            self._found[text] = Used(asked, read, all(one in self._same for one in asked))
        return self._found[text]


def questions_in(text: str, root: str) -> frozenset[Question]:
    """Return the questions in a text; raises TypeError, ValueError or LookupError for another."""
    import json

    return frozenset(Question(at_root(root, way), path, HOWS[how], most) for way, path, how, most in json.loads(text))
