"""What a run learns from the disk, so that a later one can tell whether it would learn the same.

While a run is watched, the door notes every question and its answer: which file has which content, what a folder
lists, what a path is. With the answer it notes the state in which it found the file or the folder. What else a run may
learn from (another program, a file that is opened in another way) spoils the notes: nothing can be told from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from generator.syntax.named_tuples import NamedTuple
from generator.system.states import NO_STATE, State


class How(StrEnum):
    """What is asked of a path."""

    READ = "read"
    HEAD = "head"
    LIST = "list"
    KIND = "kind"
    LINK = "link"
    """Whether a link may be meant as a folder."""
    WAY = "way"
    """Whether it is a folder on the way to something else, and no link."""


class Question(NamedTuple):
    """One question to the door."""

    base: str
    """The folder whose door was asked, by its absolute path."""
    path: str
    how: How
    most: int = 0
    """The limit in bytes of what is read."""


class Note(NamedTuple):
    """What the answer was."""

    answer: bytes
    """A digest."""
    state: State = NO_STATE
    """The state before it was read or listed; none of what has to be asked again each time."""


Noted = tuple[dict[Question, Note], bool]
"""Notes, and whether they are spoilt."""


class Watch:
    """The notes of one run."""

    def __init__(self, *, alone: bool = False) -> None:
        """Begin with nothing; one that is `alone` notes what the thread that first notes something asks, and no other."""
        self.notes: dict[Question, Note] = {}
        self.is_spoilt = False
        self._is_alone, self._thread = alone, 0

    def hears(self) -> bool:
        """Tell whether what this thread asks is noted."""
        if not self._is_alone:
            return True
        from _thread import get_ident

        self._thread = self._thread or get_ident()
        return self._thread == get_ident()

    def take(self) -> Noted:
        """Return what was noted since the last call, and whether it is spoilt."""
        found, self.notes = self.notes, {}
        return found, self.is_spoilt

    def add(self, notes: Mapping[Question, Note], is_spoilt: bool) -> None:
        """Add the notes of another process."""
        self.is_spoilt |= is_spoilt or any(
            self.notes[one].answer != note.answer for one, note in notes.items() if one in self.notes
        )
        self.notes.update(notes)


class Uses:
    """What is asked of the disk for something that several others share, and what else that shares.

    All who use it depend on all of this, also on what was asked when another one used it first.
    """

    __slots__ = ("asked", "parts")

    def __init__(self) -> None:
        self.asked: set[Question] = set()
        self.parts: dict[Uses, None] = {}
        """What it depends on as a whole."""

    def every(self) -> frozenset[Question]:
        """Return all questions so far."""
        seen, left = {self: None}, [self]
        while left:
            for part in left.pop().parts:
                if part not in seen:
                    seen[part] = None
                    left.append(part)
        return frozenset().union(*(one.asked for one in seen))


_WATCHING: list[Watch] = []
_MAKING: list[Uses] = []
"""What is being made by now, the innermost last."""


@contextmanager
def watching(watch: Watch | None = None) -> Iterator[Watch]:
    """Note what is asked during a `with` block."""
    watch = watch or Watch()
    _WATCHING.append(watch)
    try:
        yield watch
    finally:
        _WATCHING.remove(watch)


def is_watched() -> bool:
    """Tell whether anything has to be noted."""
    return bool(_WATCHING)


def note(question: Question, answer: bytes, state: State = NO_STATE) -> None:
    """Note an answer; one that differs from an earlier one to the same question spoils the notes."""
    if _MAKING:
        _MAKING[-1].asked.add(question)
    for watch in filter(Watch.hears, _WATCHING):
        before = watch.notes.get(question)
        if before is None:
            watch.notes[question] = Note(answer, state)
        elif before.answer != answer:
            watch.is_spoilt = True


def spoil() -> None:
    """Say that a run learns from something that is not noted."""
    for watch in filter(Watch.hears, _WATCHING):
        watch.is_spoilt = True


@contextmanager
def making(uses: Uses) -> Iterator[None]:
    """Add what is asked during a `with` block to the uses of what it is for, on which what is being made around it depends."""
    if not _WATCHING:
        yield
        return
    use(uses)
    _MAKING.append(uses)
    try:
        yield
    finally:
        del _MAKING[max(at for at, one in enumerate(_MAKING) if one is uses)]  # with threads, it may not be the last


def use(uses: Uses) -> None:
    """Say that what is being made uses something that was made before."""
    if _MAKING and _MAKING[-1] is not uses:
        _MAKING[-1].parts[uses] = None
