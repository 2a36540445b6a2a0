"""Which answers of an earlier run would not be the same now: by states where these are the same, or else by asking again."""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from generator.errors import ConfigError
from generator.pipeline.memory.rows import NOTHING, Rows, packed
from generator.syntax.named_tuples import NamedTuple
from generator.system.files import Folder, UnreadableFileError, watching
from generator.system.files.watching import NO_STATE, How, Note, Question, State, is_folder


class Difference(NamedTuple):
    """What is not the same as in an earlier run."""

    changed: frozenset[Question]
    """The questions that have another answer now."""
    renewed: Mapping[Question, Note]
    """The answers that are the same, with another state."""


def ways_to(questions: Iterable[Question]) -> dict[Question, Note]:
    """Return for each folder on the way to a path that it is one: behind a link, the same would be refused."""
    ways: dict[Question, None] = {}
    for base, path, _, _ in questions:
        above = posixpath.dirname(path)
        while above and (way := Question(base, above, How.WAY)) not in ways:
            ways[way] = None
            above = posixpath.dirname(above)
    states = watching.states(f"{way.base}/{way.path}" for way in ways)
    return {way: Note(NOTHING, state) for way, state in zip(ways, states, strict=True) if is_folder(state)}


def difference(rows: Rows) -> Difference:
    """Return what is not the same now."""
    now = watching.states(f"{question.base}/{question.path}" for question in rows.questions)
    changed, renewed = set[Question](), dict[Question, Note]()
    for row in _differing(rows, now):
        question = rows.questions[row]
        note = asked(question) if question.how is not How.WAY else Note(NOTHING, now[row]) if is_folder(now[row]) else None
        if note is None or note.answer != rows.answers[row]:
            changed.add(question)
        elif note.state != NO_STATE:
            renewed[question] = note
    return Difference(frozenset(changed), renewed)


def _differing(rows: Rows, now: Sequence[State]) -> list[int]:
    """Return the rows whose state is not that of now, or that have none."""
    flat = array("q", chain.from_iterable(map(packed, now)))
    without = [row for row, mode in enumerate(rows.states[:: len(NO_STATE)]) if not mode]
    if flat == rows.states:
        return without
    pairs = zip(_by_row(flat), _by_row(rows.states), strict=True)
    return sorted({*without, *(row for row, (one, other) in enumerate(pairs) if one != other)})


def _by_row(states: array[int]) -> Iterator[tuple[int, ...]]:
    return zip(*[iter(states)] * len(NO_STATE), strict=True)


def asked(question: Question) -> Note | None:
    """Return the answer to a question now; None if there is no way to ask it."""
    folder, path = Folder(question.base), question.path
    with watching.watching() as watch:
        try:
            _ask(folder, path, question)
        except (UnreadableFileError, ConfigError):
            pass  # what it says is noted
        except OSError:
            return None
    return watch.notes.get(question)


def _ask(folder: Folder, path: str, question: Question) -> None:
    match question.how:
        case How.READ:
            folder.read(path, question.most)
        case How.HEAD:
            folder.head(path, question.most)
        case How.LIST:
            folder.entries(path)
        case How.KIND:
            folder.kind(path)
        case How.LINK:
            folder.may_be_folder(path)
