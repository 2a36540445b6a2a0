"""The notes of a run as one text of bytes: what was asked, what the answer was, and in which state it was found.

Most often all that is looked at is the states, a dozen for each service. So these lie next to each other as numbers, and
are compared at once with those of now.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from generator.pipeline.memory.questions import HOWS, at_root, from_root
from generator.system.files.watching import Note, Question
from generator.system.states import FIELDS, state_in, trusted

_DIGEST = 16
NOTHING = bytes(_DIGEST)
"""The answer where the state says all."""


class Rows:
    """Questions, their answers, and the states in which these were found."""

    def __init__(
        self, bases: Sequence[str], paths: Sequence[str], asked: array[int], answers: bytes, states: array[int]
    ) -> None:
        """Begin with what is asked, as three numbers each: which base, how, and the most that is read."""
        self._paths, self._asked, self._answers = paths, asked, answers
        self.bases, self.states = bases, states

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def places(self) -> Iterator[str]:
        """The absolute paths."""
        starts = [f"{base}/" for base in self.bases]
        return (starts[base] + path for base, path in zip(self._asked[0::3], self._paths, strict=True))

    @cached_property
    def questions(self) -> list[Question]:
        """What was asked."""
        of = zip(self._asked[0::3], self._paths, self._asked[1::3], self._asked[2::3], strict=True)
        return [Question(self.bases[base], path, HOWS[how], most) for base, path, how, most in of]

    @cached_property
    def answers(self) -> list[bytes]:
        """What the answers were."""
        return [self._answers[at : at + _DIGEST] for at in range(0, len(self._answers), _DIGEST)]

    @cached_property
    def _row_of(self) -> dict[Question, int]:
        return {question: row for row, question in enumerate(self.questions)}

    def note(self, question: Question) -> Note:
        """Return what was noted of a question."""
        row = self._row_of[question]
        return Note(self.answers[row], state_in(self.states, row))

    def without_states(self) -> Rows:
        """Return the same answers without the states, so that each question is asked again."""
        return Rows(self.bases, self._paths, self._asked, self._answers, array("q", bytes(8 * len(self.states))))

    def patched(self, notes: Mapping[Question, Note], started: int) -> Rows | None:
        """Return the same questions with other answers to some of them; None if one of these was not asked before."""
        answers, states = bytearray(self._answers), self.states[:]
        for question, note in notes.items():
            row = self._row_of.get(question)
            if row is None:
                return None
            answers[row * _DIGEST : (row + 1) * _DIGEST] = note.answer
            states[row * FIELDS : (row + 1) * FIELDS] = array("q", trusted(note.state, started))
        return Rows(self.bases, self._paths, self._asked, bytes(answers), states)

    def encoded(self, head: Mapping[str, Any], root: str) -> bytes:
        """Return the rows, with what else is said of them, as bytes that another checkout can read: its root may be elsewhere."""
        import json  # late: a run that remembers nothing does without

        paths = "\0".join(self._paths).encode("utf-8", "surrogatepass")
        parts = [paths, self._asked.tobytes(), self._answers, self.states.tobytes()]
        first = {
            **head,
            "bases": [from_root(root, base) for base in self.bases],
            "rows": len(self),
            "sizes": [len(part) for part in parts],
        }
        return b"\n".join([json.dumps(first).encode("ascii"), b"".join(parts)])


def rows_of(notes: Mapping[Question, Note], started: int) -> Rows:
    """Return notes as rows; a state counts only if it is older than the run, by the nanoseconds of its start."""
    bases = list(dict.fromkeys(question.base for question in notes))
    index = {base: number for number, base in enumerate(bases)}
    asked, states = array("q"), array("q")
    for (base, _, how, most), note in notes.items():
        asked.extend((index[base], HOWS.index(how), most))
        states.extend(trusted(note.state, started))
    answers = b"".join(note.answer for note in notes.values())
    return Rows(bases, [question.path for question in notes], asked, answers, states)


def decoded(raw: bytes, root: str) -> tuple[Rows, dict[str, Any]]:
    """Return rows and what else is said of them; raises ValueError, TypeError or LookupError for other bytes."""
    import json

    first, _, rest = raw.partition(b"\n")
    head: dict[str, Any] = json.loads(first)
    parts, start = [], 0
    for size in head["sizes"]:
        parts.append(rest[start : start + size])
        start += size
    text, numbers, answers, states = parts
    count = head["rows"]
    paths = text.decode("utf-8", "surrogatepass").split("\0") if count else []
    asked, found = array("q", numbers), array("q", states)
    sizes = (len(paths), len(asked), len(answers), len(found))
    if sizes != (count, 3 * count, _DIGEST * count, FIELDS * count):
        raise ValueError("the sizes do not agree")
    bases = [at_root(root, base) for base in head["bases"]]
    return Rows(bases, paths, asked, answers, found), head
