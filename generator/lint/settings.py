"""Which rules count, and how severe they are: `lint` in tiphys.yaml, and the options of the command line.

Errors that prevent generation (a file that cannot be read, layers that do not merge, a template that
fails) and drift always count: no setting disables them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.lint import catalogue
from generator.lint.catalogue import is_fixed, own_name
from generator.syntax.globs import Glob
from generator.workspace.model import Workspace

_PREFIX = re.compile(r"TP\d{0,2}\Z")
OFF = "off"


class FailLevel(StrEnum):
    """The lowest severity that fails a run."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


class Asked(NamedTuple):
    """The rule options of the command line; they win over the workspace."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_level: str = ""


class Complaint(NamedTuple):
    """A selector that matches no rule, or one that cannot be disabled: its place in `lint`, and the problem."""

    at: Pointer
    message: str
    hint: str
    of_key: bool = False


def problem_with(selector: str, own: Collection[str] = (), *, switches_off: bool) -> tuple[str, str]:
    """Return (message, hint) about a selector; two empty strings for a valid one. `own` are names of the user's rules."""
    if selector in own:
        return "", ""
    matched = [id_ for id_, name in catalogue.names().items() if _strength(selector, id_, name)]
    if not matched:
        known = {*own, *(word for pair in catalogue.names().items() for word in pair)}
        return f"unknown rule `{selector}`", catalogue.hint_for(selector, known)
    fixed = [id_ for id_ in matched if is_fixed(id_)]
    if not switches_off or not fixed:
        return "", ""
    subject = f"`{selector}`" if matched == fixed[:1] else f"`{selector}` includes `{fixed[0]}`, which"
    others = [id_ for id_ in matched if not is_fixed(id_)]
    name = "name those that can: " + ", ".join(others[:5]) if others else "fix what it reports"
    return f"{subject} cannot be disabled: without it the generated files could be wrong", name


def _strength(selector: str, id_: str, name: str, own: str = "") -> int:
    """Return how specifically a selector matches a rule: 0 if not at all; an exact id or name beats any prefix.

    `own` is the name of the user's rule, which beats the id that all of these have.
    """
    if own and selector == own:
        return 11
    if selector in (id_, name):
        return 10
    return len(selector) if _PREFIX.match(selector) and id_.startswith(selector) else 0


class Settings:
    """The lint settings of one run."""

    def __init__(self, lint: Mapping[str, Any], asked: Asked | None = None) -> None:
        self._lint = lint
        self._asked = asked or Asked()

    @cached_property
    def _overrides(self) -> list[tuple[list[Glob], Mapping[str, Any]]]:
        return [([_pattern(glob) for glob in item["paths"]], item) for item in self._lint.get("overrides") or ()]

    @property
    def fail_level(self) -> FailLevel:
        """The lowest severity that fails the run."""
        return FailLevel(self._asked.fail_level or self._lint.get("failLevel") or FailLevel.ERROR)

    def severity(self, rule: str, severity: Severity, path: str, own: str = "") -> Severity | None:
        """Return the severity of a rule in a file, `own` if it is the user's; None if it is disabled there."""
        if is_fixed(rule):
            return severity
        name = catalogue.names().get(rule, "")
        here = [item for patterns, item in self._overrides if any(pattern.match(path) for pattern in patterns)]
        chosen, left_out = self._lists(here)
        selected = max((_strength(selector, rule, name, own) for selector in chosen), default=0)
        ignored = max((_strength(selector, rule, name, own) for selector in left_out), default=0)
        if (chosen and not selected) or (ignored and ignored >= selected):
            return None
        return self._changed((rule, name, own), severity, here)

    def _lists(self, here: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], Sequence[str]]:
        """Return the selected and the ignored rules; --select on the command line overrides both lists of tiphys.yaml."""
        if self._asked.select:
            return self._asked.select, self._asked.ignore
        ignored = [*(self._lint.get("ignore") or ()), *(selector for item in here for selector in item.get("ignore") or ())]
        return self._lint.get("select") or (), [*ignored, *self._asked.ignore]

    def _changed(self, rule: tuple[str, str, str], severity: Severity, here: Sequence[Mapping[str, Any]]) -> Severity | None:
        best, found = 0, severity.value
        for item in (self._lint, *here):
            for selector, word in (item.get("severity") or {}).items():
                strength = _strength(selector, *rule)
                if strength and strength >= best:
                    best, found = strength, word
        return None if found == OFF else Severity(found)

    def may_count(self, rule: str, severity: Severity) -> bool:
        """Tell whether a rule is enabled at all, so that it is worth running."""
        return self.severity(rule, severity, "") is not None

    def applied(self, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
        """Yield the findings that count, with the severity that the settings give them."""
        for item in found:
            severity = self.severity(item.rule, item.severity, item.path, own_name(item.rule, item.message))
            if severity is not None:
                yield item if severity is item.severity else item._replace(severity=severity)


def _pattern(glob: str) -> Glob:
    """Return the matcher of a glob; a folder followed by `/**` matches everything in it."""
    return Glob(f"{glob}/*" if glob.endswith("**") else glob)


def problems(workspace: Workspace, own: Collection[str] = ()) -> Iterator[Diagnostic]:
    """Yield a diagnostic for every setting that names an unknown rule, or one that cannot be disabled."""
    for complaint in _complaints(workspace.lint, own):
        at = ("spec", "lint", *complaint.at)
        source = workspace.source
        span = source.span_of_key(at) if complaint.of_key else source.span_of(at)
        yield Diagnostic(source.path, span, "TP045", Severity.ERROR, complaint.message, complaint.hint, at)


def _complaints(lint: Mapping[str, Any], own: Collection[str]) -> Iterator[Complaint]:
    blocks: list[tuple[Pointer, Mapping[str, Any]]] = [((), lint)]
    blocks += [(("overrides", index), item) for index, item in enumerate(lint.get("overrides") or ())]
    for at, block in blocks:
        for field in ("select", "ignore"):
            for index, selector in enumerate(block.get(field) or ()):
                message, hint = problem_with(selector, own, switches_off=field == "ignore")
                if message:
                    yield Complaint((*at, field, index), message, hint)
        for selector in block.get("severity") or {}:
            message, hint = problem_with(selector, own, switches_off=True)
            if message:
                yield Complaint((*at, "severity", selector), message, hint, of_key=True)
