"""What the last run of the same command learned and made, and what of that still holds.

What a spec generates depends on the spec, on what is read before all specs (environments, projects, rules, settings), and
on what else was asked of the disk for it (its presets, templates, charts): so it is made again if any of these is not the
same by content, or if a file that it generates is not on disk as it was made. What lies between services is judged again in
each run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.pipeline.memory import record as records
from generator.pipeline.memory.comparing import Difference, difference, entries_above, ways_to
from generator.pipeline.memory.kept_units import KeptUnits, Names
from generator.pipeline.memory.questions import Shared
from generator.pipeline.memory.record import Answer, Data, Notes, Record
from generator.pipeline.memory.rows import NOTHING, Rows, rows_of
from generator.syntax.named_tuples import NamedTuple
from generator.system.files.folder import MAX_FILE
from generator.system.files.watching import How, Note, Question, Watch
from generator.system.rights import rights
from generator.system.states import digest, digest_of, is_read_only
from generator.system.store import MALFORMED, Store

if TYPE_CHECKING:
    from generator.pipeline.drift import Change
    from generator.pipeline.generated import Generated
    from generator.pipeline.inputs import Inputs
    from generator.pipeline.memory.units import Extras

_OF_INPUTS = frozenset([How.READ, How.KIND, How.LINK])
"""What services can depend on of what is asked while inputs are loaded; where specs are is found out in each run."""


class _Learned(NamedTuple):
    """What this run has learned and made, before it has written anything."""

    inputs: Inputs
    units: Mapping[str, Generated]
    notes: dict[Question, Note]


class Memory:
    """What is remembered of a workspace for one command."""

    def __init__(
        self, store: Store, root: str, words: Sequence[str], started: int, extras: Callable[[], Extras] | None = None
    ) -> None:
        """Begin a run at a time in nanoseconds; `words` say what else than files its result depends on.

        If nothing is remembered of this checkout, the last run of any other one is asked.
        `extras` are what the command keeps with each unit.
        """
        self._extras_of = extras
        self._store, self._root, self.started = store, root, started
        self._name, self._last = f"{digest_of([root, rights(), *words]).hex()}.notes", f"{digest_of(words).hex()}.last"
        self._record = records.read(store, self._name, root)
        self._is_own = self._record is not records.NONE
        if not self._is_own:
            self._record = records.read(store, (store.get(self._last) or b"").decode("ascii", "replace"), root)
        if not self._is_own or is_read_only(root):
            self._record = self._record._replace(rows=self._record.rows.without_states())
        self._now = difference(self._record.rows)
        self._at_start: dict[Question, Note] = {}
        self._kept: dict[str, Data] = {}
        self._asked: set[Question] = set()
        """What these depend on, besides what is read before all specs."""
        self._units = KeptUnits(store, Names())
        self._files: frozenset[str] = frozenset()
        self._is_listed = False
        self._found: records.Found | None = None
        self._learned: _Learned | None = None
        self.watch = Watch()
        """To be noted in from now on."""

    def answer(self, shape: str) -> Answer | None:
        """Return what the last run said in this form, if this one would learn the same from the disk, and so say the same."""
        found = self._record.answer
        if found is None or found.shape != shape or self._now.changed:
            return None
        if self._now.renewed:  # the same content in another state: next time it is not read
            rows = rows_of(self._remembered(self._record.rows.questions), self.started)
            self._write(self._record._replace(rows=rows))
        return found

    def _write(self, record: Record) -> None:
        self._record = record
        records.write(self._store, self._name, record, self._root)
        self._store.put(self._last, self._name.encode("ascii"))

    @property
    def last(self) -> Record:
        """The last run, this one included once it is kept."""
        return self._record

    def forget(self) -> None:
        """Begin from nothing, as files have changed since they were looked at."""
        self._record, self._now, self._found = records.NONE, Difference(frozenset(), {}), None

    def specs(self, of: str) -> list[str] | None:
        """Return the paths of specs that the last run has found, if nothing of what is read before them has changed."""
        found, asked = self._record.found, self._record.questions("inputs")
        if found is None or found.of != of or not self._now.changed.isdisjoint(asked):
            return None
        self.watch.add(self._remembered(asked), is_spoilt=False)
        self._found = found
        return list(found.paths)

    def found(self, of: str, paths: list[str]) -> None:
        """Take the paths of specs that this run has found, besides which there was nothing to report."""
        self._found = records.Found(of, tuple(paths))

    def settled(self, inputs: Inputs, *, on_disk: bool) -> dict[str, Generated]:
        """Return what the specs generate that need not be looked at again, by path; to be asked before the first spec is read.

        With `on_disk`, these are only specs whose files are on disk as they are wanted.
        """
        from generator.pipeline.memory.units import asked, digests, unit_of

        extras = self._extras()
        self._at_start = dict(self.watch.notes)
        if not self._starts_the_same(inputs):
            return {}
        answers = zip(self._record.rows.questions, self._record.rows.answers, strict=True)
        known = {question: answer for question, answer in answers if question not in self._now.changed}
        self._units = KeptUnits(self._store, Names(*self._record.units), is_own=self._is_own)
        units = self._units.read()
        specs = {question.path: question for question in self._record.questions("specs") if question in known}
        found, files, shared = {}, set[str](), Shared(known.keys(), self._root)
        for path in inputs.paths:
            if path in specs and path in units:
                try:
                    files_of, used = digests(units[path]) if on_disk else [], shared.found(asked(units[path]))
                    if used.hold and all(known.get(self._file(one)) == wanted for one, wanted in files_of):
                        found[path] = unit_of(units[path], self._root, used.read | {path}, extras)
                        self._kept[path] = units[path]
                        self._asked |= {specs[path], *used.asked}
                        files.update(one for one, _ in files_of)
                except MALFORMED:
                    continue
        self._files = frozenset(files)
        return found

    def _starts_the_same(self, inputs: Inputs) -> bool:
        """Tell whether all is as it was that is read before the specs, but for presets, of which each has its users."""
        answers = dict(zip(self._record.questions("inputs"), self._record.rows.answers, strict=False))
        presets = dict.fromkeys(inputs.loader.of_presets, b"")
        before = {question: answer for question, answer in answers.items() if question.how in _OF_INPUTS}
        now = {question: note.answer for question, note in self._at_start.items() if question.how in _OF_INPUTS}
        return before.keys() == now.keys() and before | presets == now | presets

    def _file(self, path: str) -> Question:
        return Question(self._root, path, How.READ, MAX_FILE)

    @property
    def files(self) -> frozenset[str]:
        """The generated files that are known to be on disk as they are wanted."""
        return self._files

    def listed(self, output: str) -> frozenset[str] | None:
        """Return all files below the output, if no folder there has changed; None if that is not known."""
        asked = self._record.questions("files")
        folders = {one for one in asked if one.how is How.LIST}
        if Question(self._root, output, How.LIST) not in folders or not folders.isdisjoint(self._now.changed):
            return None
        self._is_listed = True
        return frozenset(one.path for one in asked if one.how is How.READ)

    def learn(self, inputs: Inputs, units: Mapping[str, Generated], *, is_sound: bool) -> None:
        """Take what a run has made, by the paths of specs, before it writes; nothing of one with errors."""
        if not is_sound:
            return
        notes, is_spoilt = self.watch.take()
        self._learned = None if is_spoilt else _Learned(inputs, units, notes)

    def wrote(self, changes: Iterable[Change]) -> None:
        """Take what the run has written since."""
        if self._learned is None:
            return
        self.watch.take()  # what is read in order to write is no longer there
        for change in changes:
            question = self._file(change.path)
            self._learned.notes.pop(question, None)
            if change.wanted is not None:
                self._learned.notes[question] = Note(digest(change.wanted))
            if change.wanted is None or change.found is None:  # the folders were listed before that: no listing is like NOTHING
                self._learned.notes.update((one, Note(NOTHING)) for one in entries_above(self._root, change.path))

    def keep(self, answer: Answer | None) -> None:
        """Keep this run, with what it said, if that depends on nothing else."""
        later, is_spoilt = self.watch.take()
        if self._learned is None or is_spoilt:
            return
        inputs, units, notes = self._learned
        names = self._kept_units(units)
        if not names[0] and answer is None:
            return
        shown = {one for one in later if one.how is How.READ and self._is_generated(one, inputs)}  # it may be no file
        noted = {**{one: note for one, note in later.items() if one not in shown}, **notes}
        rows = self._patched(noted)
        self._write(
            self._record._replace(rows=rows, units=names, answer=answer, found=self._found)
            if rows
            else records.record_of(self._sorted(inputs, noted), names, answer, self.started)._replace(found=self._found)
        )
        self._store.shrink()

    def _kept_units(self, units: Mapping[str, Generated]) -> tuple[str, str]:
        """Keep the units, and return the names of their entries; empty if they cannot be kept."""
        from generator.pipeline.memory.units import can_be_kept, data_of

        before = len(self._record.questions("specs"))
        if len(self._kept) == len(units) == before:
            return self._record.units  # nothing was made in this run
        extras = self._extras()
        if not can_be_kept(units.values(), extras):
            return "", ""
        try:
            made = {path: data_of(unit, path, self._root, extras) for path, unit in units.items() if path not in self._kept}
        except TypeError:  # something of a type that is not kept
            return "", ""
        return self._units.write(self._kept, made, is_less=len(units) < before)

    def _extras(self) -> Extras:
        from generator.pipeline.memory.units import NO_EXTRAS

        return self._extras_of() if self._extras_of else NO_EXTRAS

    def _sorted(self, inputs: Inputs, noted: Mapping[Question, Note]) -> Notes:
        """Return the notes of this run, and those of the last one about what this one did not look at again."""
        paths = frozenset(inputs.paths)
        made = self._remembered(filter(self._still_holds, self._record.questions("files")))
        specs, shared, inputs_of = dict[Question, Note](), dict[Question, Note](), dict[Question, Note]()
        for question, note in {**self._remembered(self._asked), **noted}.items():
            if question.base == self._root and question.path in paths and question.how is How.READ:
                specs[question] = note
            elif self._is_generated(question, inputs):
                made[question] = note
            elif question in self._at_start:
                inputs_of[question] = note
            else:
                shared[question] = note
        found = Notes(inputs_of, shared, specs, made, {})
        return found._replace(ways=ways_to([question for part in found for question in part]))

    def _is_generated(self, question: Question, inputs: Inputs) -> bool:
        return question.base == self._root and f"{question.path}/".startswith(f"{inputs.workspace.output}/")

    def _still_holds(self, question: Question) -> bool:
        """Tell whether what is remembered of a generated file or folder is used in this run, which did not look at it."""
        return self._is_listed if question.how is How.LIST else question.path in self.files

    def _patched(self, noted: Mapping[Question, Note]) -> Rows | None:
        """Return the rows of the last run with what this one noted; None if this one depends on anything more or less."""
        last = self._record
        is_less = (
            not self._kept
            or not noted.keys() >= self._now.changed
            or not noted.keys() >= set(last.questions("inputs"))
            or any(one not in noted and one not in self._asked for one in (*last.questions("specs"), *last.questions("shared")))
            or any(one not in noted and not self._still_holds(one) for one in last.questions("files"))
        )
        return None if is_less else last.rows.patched({**self._now.renewed, **noted}, self.started)

    def _remembered(self, questions: Iterable[Question]) -> dict[Question, Note]:
        """Return what is remembered of questions, in the states of now."""
        rows = self._record.rows
        return {one: self._now.renewed.get(one) or rows.note(one) for one in questions}
