"""What a process keeps of a workspace that it looks at again and again while texts are edited: what other specs generate.

It holds as long as everything that was read is the same by content, be it on disk or held by an editor. Only texts of specs
can differ; after any other change all is generated again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from generator.diagnostics import Severity
from generator.pipeline.memory.comparing import asked
from generator.pipeline.memory.units import Extras, can_be_kept
from generator.system.files.watching import How, Note, Question, Watch
from generator.system.states import NO_STATE, state_in, states, trusted

if TYPE_CHECKING:
    from generator.pipeline.drift import Change
    from generator.pipeline.generated import Generated
    from generator.pipeline.inputs import Inputs

_EXTRAS = Extras(seen=lambda data: data)
"""Units stay as they are, with what was seen of them."""


class LiveMemory:
    """What is kept from one look at a workspace to the next."""

    def __init__(self, root: str) -> None:
        """Begin with nothing; all looks are made by the thread that makes the first one."""
        self._root = root
        self._began = 0
        self._notes: dict[Question, Note] = {}
        self._specs: frozenset[str] = frozenset()
        self._units: dict[str, Generated] = {}
        self._found: tuple[str, tuple[str, ...]] | None = None
        self._learned: Mapping[str, bytes] = {}
        """The texts that an editor held when the units were made."""
        self._held: Mapping[str, bytes] = {}
        self.settled_paths: frozenset[str] = frozenset()
        """The specs that this look has not generated again."""
        self.watch = Watch(alone=True)
        """To be noted in from now on."""

    files: frozenset[str] = frozenset()
    """No generated file is looked at."""

    def begin(self, held: Mapping[str, bytes], now: int) -> None:
        """Begin a look at a time in nanoseconds, with the texts that an editor holds, by path."""
        self.watch.take()
        self.watch.is_spoilt = False
        self._began, self._held, self.settled_paths = now, held, frozenset()
        changed = {path for path in {*held, *self._learned} if held.get(path) != self._learned.get(path)}
        changed.update(self._path_of(question) for question in self._differing())
        if not changed <= self._specs:
            self.forget()
        asked = {one for one in self._notes if one.base == self._root and one.path in changed}
        for path in [path for path, unit in self._units.items() if path in changed or not unit.asked.isdisjoint(asked)]:
            del self._units[path]  # another spec can be a file of its chart

    def _path_of(self, question: Question) -> str:
        """Return the path of a file whose content is asked for; empty for whatever else has another answer now."""
        return question.path if question.how is How.READ and question.base == self._root else ""

    def _differing(self) -> Iterator[Question]:
        """Yield the questions to the disk that have another answer now, but for files that are held."""
        now = states(f"{one.base}/{one.path}" for one in self._notes)
        for row, (question, note) in enumerate(list(self._notes.items())):
            state = state_in(now, row)
            if (note.state == NO_STATE or state != note.state) and self._path_of(question) not in self._held:
                again = asked(question, state)
                if again is None or again.answer != note.answer:
                    yield question
                else:
                    self._notes[question] = Note(again.answer, trusted(again.state, self._began))

    def forget(self) -> None:
        """Begin from nothing."""
        self._notes, self._units, self._specs, self._found = {}, {}, frozenset(), None

    def specs(self, of: str) -> list[str] | None:
        """Return the paths of specs that the last look has found, if this one would find the same."""
        return list(self._found[1]) if self._found and self._found[0] == of else None

    def found(self, of: str, paths: list[str]) -> None:
        """Take the paths of specs that this look has found."""
        self._found = of, tuple(paths)

    def settled(self, inputs: Inputs, *, on_disk: bool) -> dict[str, Generated]:
        """Return what the specs generate that need not be looked at again, by path."""
        found = {} if on_disk else {path: self._units[path] for path in inputs.paths if path in self._units}
        self.settled_paths = frozenset(found)
        return found

    def listed(self, output: str) -> None:
        """Return that nothing is known of generated files."""

    def wrote(self, changes: Iterable[Change]) -> None:
        """Forget everything if files have been written."""
        if list(changes):
            self.forget()

    def learn(self, inputs: Inputs, units: Mapping[str, Generated], *, is_sound: bool) -> None:
        """Take what a run has made, by the paths of specs; those with errors are looked at again."""
        notes, is_spoilt = self.watch.take()
        wrong = not is_sound and any(one.severity is Severity.ERROR for one in inputs.problems)
        if is_spoilt or wrong or not can_be_kept(units.values(), _EXTRAS):
            self.forget()
            return
        self._notes.update((one, Note(note.answer, trusted(note.state, self._began))) for one, note in notes.items())
        self._specs = frozenset(inputs.paths)
        self._units = {path: unit for path, unit in units.items() if not _has_errors(unit)}
        self._learned = self._held


def _has_errors(unit: Generated) -> bool:
    return any(one.severity is Severity.ERROR for one in unit.problems)
