"""What is asked of a run, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.diagnostics import Diagnostic, Severity
from generator.pipeline.drift import Change, Wanted
from generator.service.build import Built
from generator.service.place import once_per_cause
from generator.workspace.model import Workspace

if TYPE_CHECKING:
    from generator.lint.baseline import Known
    from generator.lint.settings import Asked, FailLevel
    from generator.pipeline.harvest import Look

Progress = Callable[[int, int], None]


class Mode(Enum):
    """What a run is for; consulted once, after everything is known."""

    WRITE = "write"
    CHECK = "check"
    LINT = "lint"
    REPORT = "report"
    """Compares like a check, and in spite of errors: what could be built is judged."""


class Edited(NamedTuple):
    """A file of the workspace that is to become another one together with what is generated from it."""

    found: bytes
    wanted: bytes


class Request(NamedTuple):
    """What is asked of a run."""

    root: str
    mode: Mode
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    output: str = ""
    """Another checkout to compare with and write into; empty for the workspace itself."""
    allow_delete: bool = False
    tracked: Collection[str] | None = None
    """For a hook: the files that Git knows. Others are not looked at, as they are not in the commit."""
    progress: Progress = lambda _done, _total: None
    edited: Mapping[str, Edited] = MappingProxyType({})
    """Specs by path that are read as they are wanted, and written with everything else."""
    patience: float = 0
    """Seconds to wait for another run that is writing."""
    on_built: Callable[[Built], None] | None = None
    """Called for each service in each environment, by whoever needs more than files; all in one process then."""
    look: Look | None = None
    """Asked of each service; what it says is in the outcome. That must be plain data: it may come from another process."""
    asked: Asked | None = None
    """What the command line says of rules, if anything."""
    baseline: str = ""
    """The file of findings that are known; empty for what the workspace says, and `-` for none at all."""
    tidy: Callable[[str], bool] | None = None
    """Which specs are looked at for their style as well, by path."""
    overlay: Mapping[str, bytes] = MappingProxyType({})
    """Files of the workspace whose text is another than on disk: what an editor holds."""

    @property
    def contents(self) -> dict[str, bytes]:
        """The files that are read as they are wanted or held here, whatever is on disk."""
        return {**self.overlay, **{path: file.wanted for path, file in self.edited.items()}}

    @property
    def whole(self) -> bool:
        """Whether everything is looked at, so that what is not found is not there."""
        return not (self.services or self.environments or self.tracked is not None or (self.asked and self.asked.select))


class Judge(Protocol):
    """Who decides what of all that was found counts."""

    @property
    def fail_level(self) -> FailLevel:
        """What fails the run."""

    @property
    def known(self) -> int:
        """The number of findings that a baseline keeps back."""

    def kept(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return what is reported of what a step has found."""


class Outcome(NamedTuple):
    """What came of a run."""

    workspace: Workspace | None
    diagnostics: list[Diagnostic]
    changes: list[Change] = []  # noqa: RUF012 - never changed
    wanted: dict[str, Wanted] = {}  # noqa: RUF012 - never changed
    services: int = 0
    written: bool = False
    compared: bool = False
    """Whether `changes` means anything: it does not while there are errors, nor for lint."""

    completed: tuple[str, ...] = ()
    """Files that an interrupted run had left to be written, and that this one has written before all else."""
    judge: Judge | None = None
    """Who decides what counts, where anything but the rules themselves has a say."""
    seen: tuple[object, ...] = ()
    """What was seen of every service by whoever looked, in the order of their specs."""
    read: frozenset[str] = frozenset()
    """The files of the workspace that it depends on."""
    gone: tuple[Known, ...] = ()
    """What the baseline knows and nobody finds any more."""

    def with_more(self, diagnostics: list[Diagnostic]) -> Outcome:
        """Return the outcome with what a later step found, as far as it counts, sorted in, each cause once."""
        more = self.judge.kept(once_per_cause(diagnostics)) if self.judge else diagnostics
        return self._replace(diagnostics=once_per_cause([*self.diagnostics, *more]))

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def lacks_charts_alone(self) -> bool:
        """Whether the only errors are charts that are missing: all else can be looked at, and told in the same run."""
        rules = {item.rule for item in self.diagnostics if item.severity is Severity.ERROR}
        return rules == {"TP600"}

    @property
    def blocked(self) -> bool:
        """Whether what was found keeps anything from being written: errors, and warnings where they count as much."""
        if self.judge and self.judge.fail_level == "warning":
            return any(diagnostic.severity is not Severity.NOTE for diagnostic in self.diagnostics)
        return self.errors > 0

    @property
    def failure(self) -> int:
        """The exit code when there are errors: 2 if the configuration itself is at fault."""
        return 2 if self.workspace is None else 1
