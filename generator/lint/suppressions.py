"""Findings that the author of a spec has looked at and accepted: `# tiphys: ignore[TP201] because …`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Severity, Span
from generator.lint import catalogue
from generator.lint.catalogue import is_fixed
from generator.syntax.reader import ignores
from generator.syntax.reader.ignores import Ignore
from generator.syntax.wording import listed, suggestion

_WORDS = ("ignore", "ignore-file")
_MEANT = re.compile(r"ignor|disabl|suppress|noqa|skip|allow|off")
_FORM = "write `# tiphys: ignore[RULE] because` and the reason"


class Suppression(NamedTuple):
    """One comment that suppresses findings: which ones, where, and the errors in it."""

    path: str
    span: Span
    about: int
    """The line that it is about; 0 for the whole file."""
    rules: tuple[str, ...] = ()
    """The ids that it suppresses; empty if it is malformed."""
    wrong: tuple[tuple[str, str], ...] = ()
    """(message, hint) of each of its errors."""


def read(path: str, text: str) -> tuple[Suppression, ...]:
    """Return the suppressions of a file without syntax errors."""
    return understood(ignores.read(path, text))


def understood(comments: Iterable[Ignore]) -> tuple[Suppression, ...]:
    """Return comments as suppressions of known rules, each with its errors."""
    return tuple(found for comment in comments if (found := _suppression(comment)))


def _suppression(comment: Ignore) -> Suppression | None:
    path, span = comment.path, comment.span
    if comment.word not in _WORDS:
        wrong = (f"`{comment.word}` suppresses nothing", _FORM)
        return Suppression(path, span, 0, (), (wrong,)) if _MEANT.search(comment.word) else None
    errors: list[tuple[str, str]] = []
    rules = [rule for name in dict.fromkeys(comment.rules) if (rule := _rule(name, errors))]
    if not comment.rules:
        errors.append(("it names no rule, and so suppresses nothing", _FORM))
    if not comment.has_reason:
        errors.append(("it gives no reason, and so suppresses nothing", _FORM))
        rules = []
    return Suppression(path, span, comment.about, tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(errors)))


def _rule(name: str, wrong: list[tuple[str, str]]) -> str:
    """Return the id of a rule that may be suppressed; empty for any other, with the reason added to `wrong`."""
    by_name = {word: id_ for id_, known in catalogue.names().items() for word in (id_, known)}
    id_ = by_name.get(name) or by_name.get(name.upper()) or ""
    if not id_:
        wrong.append((f"there is no rule `{name}`", suggestion(name, by_name, "run `tiphys rules` for the list")))
    elif is_fixed(id_) or id_ == "TP002":
        wrong.append((f"`{id_}` cannot be suppressed", "mend what it finds"))
    elif protects_others(id_):
        hint = "ask whoever keeps tiphys.yaml for an entry under spec.lint"
        wrong.append((f"`{id_}` protects others than this service, and no spec can suppress it", hint))
    else:
        return id_
    return ""


def protects_others(id_: str) -> bool:
    """Tell whether a rule is not for the author of one spec to waive: policies of an environment, clashes of services."""
    return id_.startswith("TP5") or catalogue.names().get(id_, "").startswith("policy-")


class Suppressions:
    """The suppressions of a run, and which of them were needed."""

    def __init__(self, by_path: Mapping[str, tuple[Ignore, ...]]) -> None:
        self._by_path = {path: understood(comments) for path, comments in by_path.items()}
        self._used: set[tuple[Suppression, str]] = set()

    def left(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """Return what is not suppressed, and remember what was."""
        return [item for item in found if not self._suppressed(item)]

    def _suppressed(self, item: Diagnostic) -> bool:
        by = [
            (one, item.rule)
            for one in self._by_path.get(item.path, ())
            if item.rule in one.rules and one.about in (0, item.span.line)
        ]
        self._used.update(by)
        return bool(by)

    def problems(self, looked_for: Callable[[str, str], bool]) -> Iterator[Diagnostic]:
        """Yield what is wrong with suppressions, and those that nothing needs.

        `looked_for` tells whether a rule would have been found in a file, had there been anything: what
        nobody looked for is not missed.
        """
        for path, several in self._by_path.items():
            for one in several:
                for message, hint in one.wrong:
                    yield _said(one, message, hint)
                unused = [rule for rule in one.rules if (one, rule) not in self._used and looked_for(path, rule)]
                if unused:
                    where = "in this file" if one.about == 0 else f"on line {one.about}"
                    yield _said(one, f"nothing {where} needs the suppression of {listed(unused)}", "delete it")


def _said(one: Suppression, message: str, hint: str) -> Diagnostic:
    return Diagnostic(one.path, one.span, "TP002", Severity.WARNING, message, hint)
