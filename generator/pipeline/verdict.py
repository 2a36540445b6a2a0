"""Decide which findings are reported: apply suppressions, settings and the baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.errors import ConfigError
from generator.lint import users
from generator.lint.baseline import NONE, Baseline, Known, parse
from generator.lint.catalogue import is_fixed
from generator.lint.settings import FailLevel, Settings
from generator.lint.suppressions import Suppressions
from generator.pipeline.findings import rules_run
from generator.pipeline.shards import BETWEEN_SERVICES
from generator.service.place import once_per_cause
from generator.system import verbose
from generator.system.files import Folder, UnreadableFileError

if TYPE_CHECKING:
    from generator.pipeline.beyond import Beyond
    from generator.pipeline.inputs import Inputs
    from generator.pipeline.request import Outcome, Request
    from generator.syntax.reader.ignores import Ignore

_BETWEEN_FILES = ("TP002", "TP043", "TP047", "TP048", "TP050", "TP501", "TP502", "TP504", "TP505", "TP506")

LookedFor = Callable[[str, str], bool]
"""Tells, for a path and a rule, whether this run would have found the rule's findings there."""


class Judge:
    """Decides which findings are reported, for one run and its later steps."""

    def __init__(self, settings: Settings, suppressions: Suppressions, baseline: Baseline | None) -> None:
        self._settings = settings
        self._suppressions = suppressions
        self._baseline = baseline

    @property
    def fail_level(self) -> FailLevel:
        """The lowest severity that fails the run."""
        return self._settings.fail_level

    def kept(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return the findings of a step that are reported."""
        return self._counted(self._suppressions.left(list(found)))

    def _counted(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        counted = list(self._settings.applied(found))
        return self._baseline.new(counted) if self._baseline else counted

    def about_suppressions(self, looked_for: LookedFor) -> list[Diagnostic]:
        """Return the problems of suppressions, after all findings of a run are known."""
        return self._counted(list(self._suppressions.problems(looked_for)))

    def gone(self, looked_for: LookedFor) -> tuple[Known, ...]:
        """Return entries of the baseline that were not found any more, though their rules ran."""
        return tuple(entry for entry in self._baseline.gone if looked_for(entry.path, entry.rule)) if self._baseline else ()

    @property
    def known(self) -> int:
        """The number of findings suppressed by the baseline."""
        return self._baseline.met if self._baseline else 0


def judged(
    outcome: Outcome, inputs: Inputs, ignores: dict[str, tuple[Ignore, ...]], request: Request, beyond: Beyond
) -> Outcome:
    """Return the outcome with the findings that are reported, and the obsolete entries of the baseline.

    `ignores` are the suppression comments by path.
    """
    settings = Settings(inputs.workspace.lint, request.asked)
    judge = Judge(settings, Suppressions(ignores, users.names_of(inputs.loader, inputs.workspace)), _baseline(inputs, request))
    looked_for = _looked_for(outcome.diagnostics, inputs, request, beyond)
    kept = judge.kept(outcome.diagnostics)
    kept += judge.about_suppressions(looked_for)
    return outcome._replace(diagnostics=once_per_cause(kept), judge=judge, gone=judge.gone(looked_for))


def _looked_for(found: Sequence[Diagnostic], inputs: Inputs, request: Request, beyond: Beyond) -> LookedFor:
    """Return a function that tells whether a rule ran on a file.

    It returns False for all files in a run over some of the services, after an error in a file that prevents rules from
    running on it, in another shard, and for rules that only other commands run; rules of the user find more once Helm
    has rendered.
    """
    specs = frozenset(inputs.paths)
    errors = [item for item in found if item.severity is Severity.ERROR and is_fixed(item.rule)]
    wrong = {*beyond.broken, *(item.path for item in errors)}
    alone = {item.path for item in errors if item.rule not in BETWEEN_SERVICES}
    ran = {*rules_run(with_projects=bool(inputs.projects)), *_BETWEEN_FILES}
    tidy, tells = inputs.loader.tidy, beyond.part.tells(specs)

    def is_sound(path: str, rule: str) -> bool:
        """Tell whether no error prevents a rule from running: all specs can cause what is found in a shared file."""
        return path not in alone and wrong <= specs if path in specs and rule not in BETWEEN_SERVICES else not wrong

    def looked_for(path: str, rule: str) -> bool:
        if not (request.whole and is_sound(path, rule) and tells(path, rule)):
            return False
        return rule in ran or (rule in ("TP070", "TP071", "TP072") and tidy is not None and tidy(path))

    return looked_for


def _baseline(inputs: Inputs, request: Request) -> Baseline | None:
    """Return the configured baseline; raises ConfigError if it cannot be read."""
    path = request.baseline or inputs.workspace.lint.get("baseline") or ""
    if path in ("", NONE):
        return None
    inputs.loader.read.add(path)
    try:
        found = parse(path, Folder(request.root).read(path))
    except UnreadableFileError as error:
        hint = f"create it: tiphys lint --baseline {path} --write-baseline"
        raise ConfigError(f"baseline {path} {error.message}", hint) from None
    verbose.tell("baseline", path)
    return found
