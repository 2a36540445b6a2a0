"""Rules that users write: a condition in CEL over an object, with cases that show what it finds.

Any author of a pull request can propose one, so each evaluation has a budget, and all of a run have one together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint import catalogue
from generator.lint.catalogue import Page
from generator.lint.disclosure import may_quote
from generator.lint.rules.rule import EVERY_KIND, Finding, Kinds, Rule
from generator.lint.users import MOST, OF_EVALUATION, OF_FINDING, OwnRules
from generator.syntax.budget import Budget, SpentError
from generator.syntax.cel.evaluating import evaluate
from generator.syntax.cel.lexing import CelError
from generator.syntax.cel.parsing import Node, parse
from generator.syntax.emit import emit
from generator.syntax.reader import Source
from generator.syntax.schema.validate import validate
from generator.syntax.wording import listed

FINDING, INVALID = "TP691", "TP692"
_EXPRESSION: Pointer = ("spec", "expression")


def of(sources: Iterable[Source], together: Budget) -> OwnRules:
    """Return the rules in files that have the form of a rule; one with a case that fails does not run.

    All evaluations share a budget.
    """
    rules: list[Rule] = []
    problems: list[Diagnostic] = []
    taken = dict.fromkeys(catalogue.names().values(), "a rule of Tiphys")
    for source in sources:
        name = source.data["metadata"]["name"]
        other = taken.setdefault(name, source.path)
        if other != source.path:
            problems.append(_invalid(source, ("metadata", "name"), f"`{name}` is also the name of {other}", "rename the rule"))
            continue
        try:
            own = _Own(source, parse(source.data["spec"]["expression"]), together)
        except CelError as error:
            problems.append(_invalid(source, _EXPRESSION, f"{error.message}, at character {error.offset + 1}", _FORM))
            continue
        wrong = [_invalid(source, *found) for found in own.failing_cases()]
        problems += wrong
        if not wrong:
            rules.append(_rule(own))
    return OwnRules(tuple(rules), tuple(problems))


def pages_of(sources: Iterable[Source]) -> list[Page]:
    """Return the manual pages of rules: what each requires, why, and an object that passes or does not."""
    return [_page(source.data["metadata"]["name"], source.data["spec"], source.path) for source in sources]


def _page(name: str, spec: dict[str, Any], path: str) -> Page:
    examples = {case["passes"]: emit(case["object"]).rstrip("\n") for case in reversed(spec["cases"])}
    kinds = [kind["kind"] for kind in (spec.get("match") or {}).get("kinds") or ()]
    about = f"A rule of this workspace about {listed(kinds) if kinds else 'all objects'}:"
    why = "\n\n".join(filter(None, (spec.get("description"), about, f"    {spec['expression'].strip()}")))
    severity = spec.get("severity") or Severity.ERROR.value
    source = spec.get("page") or path
    return Page(FINDING, name, severity, spec["message"], why, source, examples.get(False, ""), examples.get(True, ""))


def of_objects(items: Iterable[KubeObject], together: Budget) -> OwnRules:
    """Return the rules among the documents of files that were not checked yet."""
    sources = list({id(item.source): item.source for item in items if item.source is not None}.values())
    problems = [problem for source in sources for problem in validate(source, "rule")]
    broken = {problem.path for problem in problems}
    found = of([source for source in sources if source.path not in broken], together)
    return OwnRules(found.rules, (*problems, *found.problems))


_FORM = "correct the expression; docs/own-rules.md lists what there is"


def _invalid(source: Source, pointer: Pointer, message: str, hint: str) -> Diagnostic:
    return Diagnostic(source.path, source.span_of(pointer), INVALID, Severity.ERROR, message, hint, pointer)


def _rule(own: _Own) -> Rule:
    """Return a rule as those that ship with Tiphys are, but with a condition for code."""
    rule = Rule(__name__, FINDING, own.name, own.severity, own.kinds)
    rule.check = own.check
    return rule


class _Own:
    """One rule, ready to be evaluated."""

    def __init__(self, source: Source, condition: Node, together: Budget) -> None:
        spec: dict[str, Any] = source.data["spec"]
        self.name: str = source.data["metadata"]["name"]
        self.severity = Severity(spec.get("severity") or "error")
        kinds = (spec.get("match") or {}).get("kinds") or ()
        self.kinds: Kinds = tuple((kind.get("group") or "", kind["kind"]) for kind in kinds) or EVERY_KIND
        self._spec, self._source = spec, source
        self._condition, self._together = condition, together
        self._at = _pointer(spec["at"]) if spec.get("at") else ("metadata", "name")

    def check(self, item: KubeObject, _objects: Objects) -> Iterator[Finding]:
        """Yield a finding if an object does not pass; what is not known as a whole yet is left for later."""
        together = self._together
        if not item.whole or together.spent > together.most:
            return
        try:
            why = self._why_not(item)
        except SpentError:
            why = " (the expression costs too much to evaluate)"
        together.spent += OF_FINDING if why is not None else 0
        if together.spent > together.most:
            at_fault = KubeObject(self._source.data, self._source)
            message = "the rules of this workspace cost too much, so that this one was not evaluated for all objects"
            yield Finding(_EXPRESSION, f"{self.name}: {message}", "make it simpler", at_fault, severity=Severity.ERROR)
            return
        if why is not None:
            hint = self._spec.get("hint") or (
                f"see {self._spec['page']}" if self._spec.get("page") else f"see {self._source.path}"
            )
            yield Finding(self._at, f"{self.name}: {self._spec['message']}{why}", hint)

    def failing_cases(self) -> Iterator[tuple[Pointer, str, str]]:
        """Yield the cases that do not come out as they say: where, what, and what to do."""
        for index, case in enumerate(self._spec["cases"]):
            here: Pointer = ("spec", "cases", index)
            called = f"case `{case['name']}`" if case.get("name") else f"case {index + 1}"
            if self._together.spent > self._together.most:
                message = f"the rules of this workspace cost too much, so that {called} was not evaluated"
                yield here, message, "make them simpler, or remove some"
                return
            item = KubeObject(case["object"])
            if self.kinds != EVERY_KIND and (item.group, item.kind) not in self.kinds:
                yield (*here, "object"), f"{called} has a kind that `match` does not name", "correct its apiVersion and kind"
                continue
            try:
                why = self._why_not(item)
            except SpentError:
                yield (*here, "object"), f"{called} costs too much to evaluate", "make the expression simpler"
                continue
            if case["passes"] and why is not None:
                yield (*here, "passes"), f"{called} must pass, but does not{why}", "correct the expression, or the case"
            elif not case["passes"] and why is None:
                yield (*here, "passes"), f"{called} must not pass, but does", "correct the expression, or the case"

    def _why_not(self, item: KubeObject) -> str | None:
        """Return None for an object that passes, or else what is to be added to the message; raises SpentError."""
        budget = Budget(MOST)
        try:
            budget.spend(OF_EVALUATION)
            passes = evaluate(self._condition, {"object": item.data}, budget)
        except CelError as error:
            why = f"the expression fails: {error.message}, at character {error.offset + 1}"
        else:
            if isinstance(passes, bool):
                return None if passes else ""
            why = "the expression is neither true nor false"
        finally:
            self._together.spent += budget.spent
        return f" ({why if may_quote([item], self._together) else 'the expression fails'})"


def _pointer(text: str) -> Pointer:
    return tuple(int(part) if part.isdecimal() else part for part in text.replace("[", ".").replace("]", "").split("."))
