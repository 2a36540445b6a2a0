"""Which answers of an earlier run would not be the same now: by states where these are the same, or else by asking again."""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Collection, Iterator, Mapping

from generator.errors import ConfigError
from generator.pipeline.memory.rows import NOTHING, Rows
from generator.syntax.named_tuples import NamedTuple
from generator.system.files import Folder, UnreadableFileError, watching
from generator.system.files.watching import How, Note, Question
from generator.system.states import FIELDS, NO_STATE, State, is_folder, state_in, states


class Difference(NamedTuple):
    """What is not the same as in an earlier run."""

    changed: frozenset[Question]
    """The questions that have another answer now."""
    renewed: Mapping[Question, Note]
    """The answers that are the same, with another state."""


def ways_to(questions: Collection[Question]) -> dict[Question, Note]:
    """Return for each folder on the way to a path that it is one: behind a link, the same would be refused."""
    listed = {(question.base, question.path) for question in questions if question.how is How.LIST}
    ways: dict[tuple[str, str], None] = {}
    for base, path, _, _ in questions:
        above = posixpath.dirname(path)
        while above and (base, above) not in ways:
            ways[base, above] = None
            above = posixpath.dirname(above)
    needed = [way for way in ways if way not in listed]  # a folder that is listed is known by its own state
    now = states(f"{base}/{path}" for base, path in needed)
    found = {Question(*way, How.WAY): state_in(now, row) for row, way in enumerate(needed)}
    return {question: Note(NOTHING, state) for question, state in found.items() if is_folder(state)}


def entries_above(base: str, path: str) -> Iterator[Question]:
    """Yield the questions for the entries of each folder on the way to a path."""
    while path := posixpath.dirname(path):
        yield Question(base, path, How.LIST)


def difference(rows: Rows) -> Difference:
    """Return what is not the same now."""
    now = array("q", states(rows.places))
    changed, renewed, closed = set[Question](), dict[Question, Note](), set[tuple[str, str]]()
    for row in _differing(rows.states, now):
        question, state = rows.questions[row], state_in(now, row)
        note = asked(question, state)
        if note is None or note.answer != rows.answers[row]:
            changed.add(question)
            if question.how in (How.WAY, How.LIST) and not is_folder(state):
                closed.add((question.base, question.path))
        elif note.state != NO_STATE:
            renewed[question] = note
    if closed:  # what is below a link has the state that it had, and is refused
        changed.update(_changed_below(rows, closed))
    return Difference(frozenset(changed), renewed)


def _changed_below(rows: Rows, folders: Collection[tuple[str, str]]) -> Iterator[Question]:
    """Yield the questions about what is below some folders that have another answer now."""
    for question, answer in zip(rows.questions, rows.answers, strict=True):
        above = posixpath.dirname(question.path)
        while above and (question.base, above) not in folders:
            above = posixpath.dirname(above)
        if above and question.how is not How.WAY:
            note = asked(question, NO_STATE)
            if note is None or note.answer != answer:
                yield question


def _differing(before: array[int], now: array[int]) -> list[int]:
    """Return the rows whose state is not that of now, or that have none."""
    without = [row for row, mode in enumerate(before[::FIELDS]) if not mode]
    if before == now:
        return without
    pairs = zip(_by_row(before), _by_row(now), strict=True)
    return sorted({*without, *(row for row, (one, other) in enumerate(pairs) if one != other)})


def _by_row(states: array[int]) -> Iterator[tuple[int, ...]]:
    return zip(*[iter(states)] * FIELDS, strict=True)


def asked(question: Question, state: State) -> Note | None:
    """Return the answer to a question about something in this state; None if it cannot be had."""
    if question.how is How.WAY:
        return Note(NOTHING, state) if is_folder(state) else None
    folder, path = Folder(question.base), question.path
    with watching.watching() as watch:
        try:
            _ask(folder, path, question)
        except (UnreadableFileError, ConfigError):
            pass  # what it says is noted
        except (OSError, ValueError):  # ValueError: a name that the file system's encoding has not
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
