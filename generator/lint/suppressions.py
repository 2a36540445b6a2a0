"""Findings that the author of a spec has accepted: `# tiphys: ignore[TP201] because …`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Severity, Span
from generator.lint import catalogue
from generator.lint.catalogue import is_fixed, own_name
from generator.syntax.reader import ignores
from generator.syntax.reader.ignores import Ignore
from generator.syntax.wording import listed, suggestion

_WORDS = ("ignore", "ignore-file")
_MEANT = re.compile(r"ignor|disabl|suppress|noqa|skip|allow|off")
_MOST_SUGGESTIONS = 20
"""Unknown rules of a file for which a similar name is searched."""
_FORM = "write `# tiphys: ignore[RULE] because` and the reason"


class Suppression(NamedTuple):
    """One comment that suppresses findings: its rules, its place and its errors."""

    path: str
    span: Span
    about: int
    """The line that it applies to; 0 for the whole file."""
    rules: tuple[str, ...] = ()
    """The ids that it suppresses, and the names of rules of the user; empty if it is malformed."""
    wrong: tuple[tuple[str, str], ...] = ()
    """(message, hint) of each of its errors."""


def read(path: str, text: str, own: Collection[str] = ()) -> tuple[Suppression, ...]:
    """Return the suppressions of a file without syntax errors; `own` are the names of the user's rules."""
    return understood(ignores.read(path, text), own)


def understood(comments: Iterable[Ignore], own: Collection[str] = ()) -> tuple[Suppression, ...]:
    """Return the suppressions that comments contain, each with its errors."""
    left = iter(range(_MOST_SUGGESTIONS))
    return tuple(found for comment in comments if (found := _suppression(comment, own, left)))


def _suppression(comment: Ignore, own: Collection[str], left: Iterator[int]) -> Suppression | None:
    path, span = comment.path, comment.span
    if comment.word not in _WORDS:
        wrong = (f"`{comment.word}` does not suppress anything", _FORM)
        return Suppression(path, span, 0, (), (wrong,)) if _MEANT.search(comment.word) else None
    errors: list[tuple[str, str]] = []
    rules = [rule for name in dict.fromkeys(comment.rules) if (rule := name if name in own else _rule(name, own, errors, left))]
    if not comment.rules:
        errors.append(("the suppression names no rule, so it has no effect", _FORM))
    if not comment.has_reason:
        errors.append(("the suppression gives no reason, so it has no effect", _FORM))
        rules = []
    return Suppression(path, span, comment.about, tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(errors)))


@cache
def _by_name() -> Mapping[str, str]:
    return {word: id_ for id_, known in catalogue.names().items() for word in (id_, known)}


def _rule(name: str, own: Collection[str], wrong: list[tuple[str, str]], left: Iterator[int]) -> str:
    """Return the id of a rule that may be suppressed; otherwise add the reason to `wrong` and return an empty string.

    `left` counts the suggestions that may still be made.
    """
    by_name = _by_name()
    id_ = by_name.get(name) or by_name.get(name.upper()) or ""
    if not id_:
        otherwise = "run `tiphys rules` for the list"
        is_rare = next(left, None) is not None
        wrong.append((f"unknown rule `{name}`", suggestion(name, [*by_name, *own], otherwise) if is_rare else otherwise))
    elif is_fixed(id_) or id_ == "TP002":
        wrong.append((f"`{id_}` cannot be suppressed", "fix what it reports"))
    elif protects_others(id_):
        hint = "ask the owners of tiphys.yaml to change spec.lint"
        wrong.append((f"`{id_}` protects other services, so a spec cannot suppress it", hint))
    else:
        return id_
    return ""


def protects_others(id_: str) -> bool:
    """Tell whether the author of one spec may not waive a rule: an environment's policy, or a conflict between services."""
    return id_.startswith("TP5") or catalogue.names().get(id_, "").startswith("policy-")


class Suppressions:
    """The suppressions of a run, and which of them were used."""

    def __init__(self, by_path: Mapping[str, tuple[Ignore, ...]], own: Collection[str] = ()) -> None:
        self._by_path = {path: understood(comments, own) for path, comments in by_path.items()}
        self._used: set[tuple[Suppression, str]] = set()

    def left(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """Return the findings that are not suppressed, and record which suppressions were used."""
        return [item for item in found if not self._suppressed(item)]

    def _suppressed(self, item: Diagnostic) -> bool:
        by = [
            (one, rule)
            for one in self._by_path.get(item.path, ())
            for rule in (item.rule, own_name(item.rule, item.message))
            if rule in one.rules and one.about in (0, item.span.line)
        ]
        self._used.update(by)
        return bool(by)

    def problems(self, looked_for: Callable[[str, str], bool]) -> Iterator[Diagnostic]:
        """Yield the errors in suppressions, and the suppressions that are unused.

        `looked_for` tells whether a rule ran on a file: the suppression of a rule that did not run is not unused.
        """
        for path, several in self._by_path.items():
            for one in several:
                for message, hint in one.wrong:
                    yield _said(one, message, hint)
                unused = [rule for rule in one.rules if (one, rule) not in self._used and looked_for(path, rule)]
                if unused:
                    where = "in this file" if one.about == 0 else f"on line {one.about}"
                    yield _said(one, f"unused suppression of {listed(unused)} {where}", "remove it")


def _said(one: Suppression, message: str, hint: str) -> Diagnostic:
    return Diagnostic(one.path, one.span, "TP002", Severity.WARNING, message, hint)
