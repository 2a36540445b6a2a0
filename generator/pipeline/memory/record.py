"""What is kept of one run: its notes, sorted by what they are about, the units, and what it said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.pipeline.memory.rows import Rows, decoded, rows_of
from generator.syntax.named_tuples import NamedTuple
from generator.system.files.watching import Note, Question
from generator.system.store import MALFORMED, Store

Data = list[Any]
"""What one spec generates, as lists, texts and numbers."""


class Answer(NamedTuple):
    """What a run said in the end."""

    shape: str
    """In which form it was asked to say it."""
    output: str
    """The folder of generated files."""
    specs: tuple[str, ...]
    """The patterns that specs match."""
    text: str
    """What it printed to stdout."""
    end: str
    """What it printed to stderr."""
    code: int
    """Its exit code."""


class Notes(NamedTuple):
    """Notes by what they are about."""

    inputs: Mapping[Question, Note]
    """Of what is read before the first spec."""
    shared: Mapping[Question, Note]
    """Of what else several services can depend on."""
    specs: Mapping[Question, Note]
    files: Mapping[Question, Note]
    """Of generated files."""
    ways: Mapping[Question, Note]
    """Of folders on the way to the others."""


class Found(NamedTuple):
    """Which specs a run has found, where there was nothing else to report of folders."""

    of: str
    """What else than folders they follow from."""
    paths: tuple[str, ...]


class Record(NamedTuple):
    """What is kept of a run."""

    rows: Rows
    counts: tuple[int, ...]
    """How many rows there are of each kind of note, in their order."""
    units: tuple[str, str]
    """The names of the entries that the units are in; empty for none."""
    answer: Answer | None
    found: Found | None = None

    def questions(self, kind: str) -> list[Question]:
        """Return the questions of one kind of note."""
        number = Notes._fields.index(kind)
        start = sum(self.counts[:number])
        return self.rows.questions[start : start + self.counts[number]]


NONE = Record(rows_of({}, 0), (0,) * len(Notes._fields), ("", ""), None)


def read(store: Store, name: str, root: str) -> Record:
    """Return the record of a name, for a workspace with that root; an empty one if it is missing, or has another form."""
    raw = store.get(name)
    try:
        if raw is None:
            return NONE
        rows, head = decoded(raw, root)
        said = head["answer"]
        counts = tuple(map(int, head["counts"]))
        if sum(counts) != len(rows) or len(counts) != len(Notes._fields):
            return NONE
        every, since = head["units"]
        found = Found(str(head["found"][0]), tuple(map(str, head["found"][1]))) if head["found"] else None
        return Record(rows, counts, (str(every), str(since)), _answer(*said) if said else None, found)
    except MALFORMED:
        return NONE


def write(store: Store, name: str, record: Record, root: str) -> bool:
    """Keep a record; tell whether that worked."""
    head = {"counts": record.counts, "units": record.units, "answer": record.answer, "found": record.found}
    return store.put(name, record.rows.encoded(head, root))


def _answer(shape: str, output: str, specs: list[str], text: str, end: str, code: int) -> Answer:
    return Answer(str(shape), str(output), tuple(map(str, specs)), str(text), str(end), int(code))


def record_of(notes: Notes, units: tuple[str, str], answer: Answer | None, started: int) -> Record:
    """Return the record of a run that started at a time in nanoseconds."""
    every: dict[Question, Note] = {}
    for part in notes:
        every.update(part)
    return Record(rows_of(every, started), tuple(len(part) for part in notes), units, answer)
