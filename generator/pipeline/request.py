"""The request and the outcome of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from generator.diagnostics import Diagnostic, Severity
from generator.kubernetes.target import UNSTATED, Target
from generator.pipeline.rendered import Programs
from generator.service.place import once_per_cause
from generator.syntax.named_tuples import NamedTuple

if TYPE_CHECKING:
    from generator.lint.baseline import Known
    from generator.lint.settings import Asked, FailLevel
    from generator.pipeline.drift import Change, Wanted
    from generator.pipeline.generated import Look
    from generator.pipeline.remembers import Remembers
    from generator.pipeline.shards import Shard
    from generator.service.build import Built
    from generator.workspace.model import Workspace
    from generator.workspace.parsed import Parsed

Progress = Callable[[int, int], None]


class Mode(Enum):
    """What a run does with the result; consulted once, after everything is known."""

    WRITE = "write"
    CHECK = "check"
    LINT = "lint"
    REPORT = "report"
    """Compares like a check, but despite errors: whatever could be built is compared."""


class Edited(NamedTuple):
    """A file of the workspace to be replaced together with the files generated from it."""

    found: bytes
    wanted: bytes


class Request(NamedTuple):
    """The request of a run."""

    root: str
    mode: Mode
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    output: str = ""
    """A different checkout to compare with and write to; empty for the workspace itself."""
    allow_delete: bool = False
    tracked: Collection[str] | None = None
    """For a hook: the files that Git tracks. Others are ignored, because they are not in the commit."""
    progress: Progress = lambda _done, _total: None
    edited: Mapping[str, Edited] = MappingProxyType({})
    """Edited specs by path, read with their wanted content and written with everything else."""
    patience: float = 0
    """Seconds to wait for another process that is writing."""
    on_built: Callable[[Built], None] | None = None
    """Called for each service in each environment, for callers that need more than files; everything then runs in one process."""
    look: Look | None = None
    """Called for each service; results are in the outcome. They must be plain data, because they may come from another process."""
    asked: Asked | None = None
    """The rule options of the command line, if any."""
    baseline: str = ""
    """The baseline file; empty for the one set in the workspace, `-` for none."""
    tidy: Callable[[str], bool] | None = None
    """Tells by path which specs are also checked for YAML style."""
    overlay: Mapping[str, bytes] = MappingProxyType({})
    """Files of the workspace whose content differs from the disk: unsaved files of an editor."""
    target: Target = UNSTATED
    """Versions in the place of those that the environments state."""
    parsed: Parsed | None = None
    """The files that earlier runs of the same command parsed; None to keep nothing in memory."""
    holds_values: bool = True
    """Whether values are checked with the chart that they are for; not where another one takes its place."""
    lints: bool = True
    """Whether rules run over what is built; not where only what is built is asked for."""
    memory: Remembers | None = None
    """What is remembered of earlier runs; None to begin from nothing."""
    shard: Shard | None = None
    """The part of the workspace to check; None for all of it."""
    programs: Programs = Programs()
    """With what environments with `output: rendered` are rendered."""

    @property
    def renders(self) -> bool:
        """Whether rendered files are made; a report of everything does without Helm, and leaves them alone."""
        return self.mode in (Mode.WRITE, Mode.CHECK)

    @property
    def contents(self) -> dict[str, bytes]:
        """The files whose content is taken from here instead of from disk."""
        return {**self.overlay, **{path: file.wanted for path, file in self.edited.items()}}

    @property
    def whole(self) -> bool:
        """Whether the whole workspace is checked, so that anything not found does not exist."""
        return not (self.services or self.environments or self.tracked is not None or (self.asked and self.asked.select))


class Judge(Protocol):
    """Decides which findings are reported."""

    @property
    def fail_level(self) -> FailLevel:
        """The lowest severity that fails the run."""

    @property
    def known(self) -> int:
        """The number of findings suppressed by the baseline."""

    def kept(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return the findings of a step that are reported."""


_IN_CHARTS = frozenset(["TP600", "TP601", "TP616", "TP704", "TP706", "TP747", "TP748", "TP749"])
"""Rules about charts and the values for them, despite which the rest can be rendered."""


class Outcome(NamedTuple):
    """The result of a run."""

    workspace: Workspace | None
    diagnostics: list[Diagnostic]
    changes: list[Change] = []  # noqa: RUF012 - never mutated
    wanted: dict[str, Wanted] = {}  # noqa: RUF012 - never mutated
    elsewhere: dict[str, Wanted] | None = {}  # noqa: RUF012 - never mutated
    """The files of the services of other shards by path, without content; None where they are not all known."""
    services: int = 0
    written: bool = False
    compared: bool = False
    """Whether `changes` is valid: it is not if there are errors, nor for lint."""

    completed: tuple[str, ...] = ()
    """Files of an interrupted run that this one completed first."""
    judge: Judge | None = None
    """Decides which findings are reported; None if all are."""
    seen: tuple[object, ...] = ()
    """The results of `look` for every service, in the order of their specs."""
    read: frozenset[str] = frozenset()
    """The files of the workspace that the outcome depends on."""
    gone: tuple[Known, ...] = ()
    """Entries of the baseline that were not found any more."""
    is_unrendered: bool = False
    """Whether something that has to be rendered could not be had."""
    remark: str = ""
    """What is to be said of the programs that were at work; empty for nothing."""

    def with_more(self, diagnostics: list[Diagnostic]) -> Outcome:
        """Return the outcome with the findings of a later step that are reported, sorted, each cause once.

        What an earlier step has told in the same words at the same place is not told again.
        """
        known = {found.order for found in self.diagnostics}
        more = [found for found in diagnostics if found.order not in known]
        more = self.judge.kept(once_per_cause(more)) if self.judge else more
        return self._replace(diagnostics=once_per_cause([*self.diagnostics, *more]))

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def fails_in_charts_alone(self) -> bool:
        """Whether the only errors are charts that are missing, and values: all else can be checked in the same run."""
        rules = {item.rule for item in self.diagnostics if item.severity is Severity.ERROR}
        return bool(rules) and rules <= _IN_CHARTS

    @property
    def blocked(self) -> bool:
        """Whether the findings prevent writing: errors, and warnings at fail level `warning`."""
        if self.judge and self.judge.fail_level == "warning":
            return any(diagnostic.severity is not Severity.NOTE for diagnostic in self.diagnostics)
        return self.errors > 0

    @property
    def failure(self) -> int:
        """The exit code if there are errors: 2 if tiphys.yaml itself is invalid, or what has to be rendered is missing."""
        return 2 if self.workspace is None or self.is_unrendered else 1
