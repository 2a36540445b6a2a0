"""What of all that was found is reported: suppressions in files, the settings, and a baseline have their say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generator.baseline import NONE, Baseline, Known, parse
from generator.catalogue import is_fixed
from generator.diagnostics import Diagnostic, Severity
from generator.errors import ConfigError
from generator.files import Folder, UnreadableFileError
from generator.load import Loader
from generator.model import Workspace
from generator.object_rules.before_helm import BEFORE_HELM
from generator.outcome import Outcome, Request
from generator.place import once_per_cause
from generator.rules import RULES
from generator.settings import FailLevel, Settings
from generator.suppressions import Suppressions

_BETWEEN_FILES = ("TP002", "TP043", "TP501", "TP502")

LookedFor = Callable[[str, str], bool]
"""From the path of a file and a rule to whether it would have been found there."""


class Judge:
    """Decides what counts, for one run and whatever is found by later steps of it."""

    def __init__(self, settings: Settings, suppressions: Suppressions, baseline: Baseline | None) -> None:
        self._settings = settings
        self._suppressions = suppressions
        self._baseline = baseline

    @property
    def fail_level(self) -> FailLevel:
        """What fails the run."""
        return self._settings.fail_level

    def kept(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return what is reported of what a step has found."""
        return self._counted(self._suppressions.left(list(found)))

    def _counted(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        counted = list(self._settings.applied(found))
        return self._baseline.new(counted) if self._baseline else counted

    def about_suppressions(self, looked_for: LookedFor) -> list[Diagnostic]:
        """Return what is wrong with suppressions, after all was found that a run of the pipeline finds."""
        return self._counted(list(self._suppressions.problems(looked_for)))

    def gone(self, looked_for: LookedFor) -> tuple[Known, ...]:
        """Return what the baseline still knows and nobody finds any more, though it was looked for."""
        return tuple(entry for entry in self._baseline.gone if looked_for(entry.path, entry.rule)) if self._baseline else ()

    @property
    def known(self) -> int:
        """The number of findings that the baseline keeps back."""
        return self._baseline.met if self._baseline else 0


def judged(outcome: Outcome, workspace: Workspace, request: Request, loader: Loader) -> Outcome:
    """Return the outcome with what counts of what was found, and what the baseline knows too much."""
    settings = Settings(workspace.lint, request.asked)
    judge = Judge(settings, Suppressions(loader.suppressions), _baseline(workspace, request))
    looked_for = _looked_for(outcome.diagnostics, request, loader)
    kept = judge.kept(outcome.diagnostics)
    kept += judge.about_suppressions(looked_for)
    return outcome._replace(diagnostics=once_per_cause(kept), judge=judge, gone=judge.gone(looked_for))


def _looked_for(found: Sequence[Diagnostic], request: Request, loader: Loader) -> LookedFor:
    """Return which rules would have found something in which files, had there been anything.

    Nothing is missed in a run over some of the services, nor after something that keeps rules from being
    run; a rule that only other commands run is not missed either.
    """
    sound = request.whole and not any(item.severity is Severity.ERROR and is_fixed(item.rule) for item in found)
    ran = {*(rule.id for rule in RULES), *(rule.id for rule in BEFORE_HELM), *_BETWEEN_FILES}

    def looked_for(path: str, rule: str) -> bool:
        return sound and (rule in ran or (rule in ("TP070", "TP071") and loader.tidy is not None and loader.tidy(path)))

    return looked_for


def _baseline(workspace: Workspace, request: Request) -> Baseline | None:
    """Return the baseline that was named; raises ConfigError where there is none."""
    path = request.baseline or workspace.lint.get("baseline") or ""
    if path in ("", NONE):
        return None
    try:
        return parse(path, Folder(request.root).read(path))
    except UnreadableFileError as error:
        hint = f"write it: tiphys lint --baseline {path} --write-baseline"
        raise ConfigError(f"the baseline {path} {error.message}", hint) from None
