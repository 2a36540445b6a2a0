"""The notes of a run as one text of bytes: what was asked, what the answer was, and in which state it was found.

Most often all that is looked at is the states, ten for each service. So these lie next to each other as numbers, and
are compared at once with those of now.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from generator.syntax.named_tuples import NamedTuple
from generator.system.files.watching import NO_STATE, How, Note, Question, State

_DIGEST = 16
NOTHING = bytes(_DIGEST)
"""The answer where the state says all."""
_FIELDS = len(NO_STATE)
_HOWS = tuple(How)
_POSITIVE = (1 << 63) - 1
_GRANULE = 2_000_000_000
"""Nanoseconds within which a file may change again without another time: some file systems count in two seconds."""


class Rows(NamedTuple):
    """Questions and answers, each a row."""

    questions: list[Question]
    answers: list[bytes]
    states: array[int]

    def state(self, row: int) -> State:
        """Return the state of a row."""
        mode, size, modified, changed, number, device = self.states[row * _FIELDS : (row + 1) * _FIELDS]
        return mode, size, modified, changed, number, device


def rows_of(notes: Mapping[Question, Note], started: int) -> Rows:
    """Return notes as rows; a state counts only if it is older than the run, by the nanoseconds of its start."""
    states = array("q")
    for note in notes.values():
        settled = max(note.state[2], note.state[3]) < started - _GRANULE
        states.extend(packed(note.state if settled else NO_STATE))
    return Rows(list(notes), [note.answer for note in notes.values()], states)


def packed(state: Iterable[int]) -> tuple[int, ...]:
    """Return a state as numbers of 64 bits."""
    return tuple(number & _POSITIVE for number in state)


def encoded(rows: Rows, head: Mapping[str, Any]) -> bytes:
    """Return rows, with what else is said of them, as bytes."""
    bases = list(dict.fromkeys(question.base for question in rows.questions))
    index = {base: number for number, base in enumerate(bases)}
    asked = array("q")
    for base, _, how, most in rows.questions:
        asked.extend((index[base], _HOWS.index(how), most))
    paths = "\0".join(question.path for question in rows.questions).encode("utf-8", "surrogateescape")
    parts = [paths, asked.tobytes(), rows.states.tobytes(), b"".join(rows.answers)]
    first = json.dumps({**head, "bases": bases, "rows": len(rows.questions), "sizes": [len(part) for part in parts]})
    return b"\n".join([first.encode("ascii"), b"".join(parts)])


def decoded(raw: bytes) -> tuple[Rows, dict[str, Any]]:
    """Return rows and what else is said of them; raises ValueError, TypeError or LookupError for other bytes."""
    first, _, rest = raw.partition(b"\n")
    head: dict[str, Any] = json.loads(first)
    parts, start = [], 0
    for size in head["sizes"]:
        parts.append(rest[start : start + size])
        start += size
    text, numbers, states, answers = parts
    count, bases = head["rows"], head["bases"]
    asked, found = array("q", numbers), array("q", states)
    paths = text.decode("utf-8", "surrogateescape").split("\0") if count else []
    whole = (
        len(paths) == count and len(asked) == 3 * count and len(found) == _FIELDS * count and len(answers) == _DIGEST * count
    )
    if not whole:
        raise ValueError("the sizes do not agree")
    of = zip(paths, asked[0::3], asked[1::3], asked[2::3], strict=True)
    questions = [Question(bases[base], path, _HOWS[how], most) for path, base, how, most in of]
    return Rows(questions, [answers[at : at + _DIGEST] for at in range(0, len(answers), _DIGEST)], found), head
