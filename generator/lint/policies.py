"""ValidatingAdmissionPolicies of the user, evaluated over the objects that a cluster would ask them about.

What depends on the cluster (who applies an object, what it was before, objects that are not here) is not guessed: a
policy that needs it is told of once. Evaluations are bounded like those of rules of the user.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, TypeVar

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes import admission
from generator.kubernetes.admission import Subject, UnknownMatchError
from generator.kubernetes.defaults import is_known, with_defaults
from generator.kubernetes.objects import KubeObject, Objects, at, maps, texts
from generator.kubernetes.rollouts import table
from generator.kubernetes.selectors import is_empty, matches
from generator.lint.rules.rule import EVERY_KIND, Finding, Rule
from generator.lint.users import MOST, OF_FINDING, OwnRules
from generator.syntax.budget import ITEM, Budget, SpentError
from generator.syntax.cel.evaluating import evaluate
from generator.syntax.cel.functions import Unresolved
from generator.syntax.cel.lexing import AbsentError, CelError, UndecidedError
from generator.syntax.cel.parsing import Node, parse

Value = TypeVar("Value")

FINDING = "TP693"
_SEVERITIES = (("Deny", Severity.ERROR), ("Warn", Severity.WARNING), ("Audit", Severity.NOTE))
_Finding = Generator[Finding, None, Value]
"""Yields findings, and returns a value."""

_MATCHING = 1_000
"""Units of work to find out whether a policy is about an object."""
_UNKNOWN = "what is not known before the object is applied"


def of(items: Sequence[KubeObject], together: Budget) -> OwnRules:
    """Return the policies among objects that a binding among them enforces, as rules, and what is wrong with the others.

    Parameters and Namespaces are looked for among the same objects. All evaluations share a budget.
    """
    rules: list[Rule] = []
    problems: list[Diagnostic] = []
    for policy, bindings in admission.bound(items):
        if not bindings and policy.source is not None:
            at_name: Pointer = (*policy.at, "metadata", "name")
            message = f"{policy.name}: not evaluated, because no ValidatingAdmissionPolicyBinding among the manifests names it"
            span, hint = policy.source.span_of(at_name), "add its binding to the manifests"
            problems.append(Diagnostic(policy.source.path, span, FINDING, Severity.NOTE, message, hint, at_name))
        for binding in bindings:
            actions = {text for _, text in texts(binding.spec.get("validationActions"))}
            severity = next((severity for action, severity in _SEVERITIES if action in actions), None)
            if severity is not None:
                rule = Rule(__name__, FINDING, policy.name, severity, EVERY_KIND)
                rule.check = _Bound(policy, binding, items, together).check
                rules.append(rule)
    return OwnRules(tuple(rules), tuple(problems))


class _Bound:
    """A policy with one binding, ready to be evaluated."""

    def __init__(self, policy: KubeObject, binding: KubeObject, items: Sequence[KubeObject], together: Budget) -> None:
        self._policy, self._binding, self._together = policy, binding, together
        self._constraints, self._narrowed = table(policy.spec, "matchConstraints"), table(binding.spec, "matchResources")
        self._ignores_failures = policy.spec.get("failurePolicy") == "Ignore"
        self._groups = admission.groups_of(self._constraints)
        self._homes = {one.name: one for one in items if one.kind == "Namespace" and one.api_version == "v1"}
        wanted = tuple(table(policy.spec, "paramKind").get(field) for field in ("apiVersion", "kind"))
        self._params = [one for one in items if (one.api_version, one.kind) == wanted]
        together.spent += len(items) * ITEM
        self._told: set[str] = set()
        self._is_given_up = False

    def check(self, item: KubeObject, objects: Objects) -> Iterator[Finding]:
        """Yield why the API server would refuse an object, and once what cannot be known here."""
        if self._together.spent > self._together.most:
            yield from self._too_expensive(item)
            return
        self._together.spent += ITEM
        if not item.whole or item.kind in admission.EXEMPT or not (self._groups is None or item.group in self._groups):
            return
        self._together.spent += _MATCHING
        namespace = objects.namespace_of(item)
        home = objects.find("", "Namespace", namespace) or self._homes.get(namespace) if namespace else None
        subject = Subject(item, namespace, home)
        try:
            operation = admission.operation(self._constraints, subject)
            if not operation or admission.narrows(self._narrowed, subject):
                return
            for params in self._parameters(subject):
                yield from self._judged(subject, operation, params)
        except UnknownMatchError as error:
            yield from self._once(("spec", "matchConstraints"), str(error))
        except SpentError:
            yield from self._too_expensive(item)

    def _judged(self, subject: Subject, operation: str, params: Any) -> Iterator[Finding]:
        """Yield what is wrong with an object by one parameter; raises SpentError."""
        budget = Budget(MOST)
        try:
            budget.read([subject.item.data])
            names = self._names(subject, operation, params)
            met = yield from self._meets(names, subject, budget)
            if not met:
                return
            self._add_variables(names, budget)
            for index, validation in maps(self._policy.spec.get("validations")):
                pointer: Pointer = ("spec", "validations", index, "expression")
                passes = yield from self._value(pointer, names, subject, budget)
                if isinstance(passes, CelError):
                    yield from self._failed(passes, subject, "the expression")
                elif passes is False:
                    self._together.spent += OF_FINDING
                    yield self._finding(self._message(index, validation, names, subject, budget))
        finally:
            self._together.spent += budget.spent

    def _meets(self, names: dict[str, Any], subject: Subject, budget: Budget) -> _Finding[bool]:
        """Return whether an object meets all conditions; one that is false counts more than one that fails."""
        found = []
        for index, condition in maps(self._policy.spec.get("matchConditions")):
            holds = yield from self._value(("spec", "matchConditions", index, "expression"), names, subject, budget)
            if holds is False:
                return False
            found.append((condition.get("name"), holds))
        for name, holds in found:
            if isinstance(holds, CelError):
                yield from self._failed(holds, subject, f"condition `{name}`")
        return all(holds is True for _, holds in found)

    def _value(
        self, pointer: Pointer, names: dict[str, Any], subject: Subject, budget: Budget
    ) -> _Finding[bool | CelError | None]:
        """Return the value of an expression, the error of one that fails, and None for one that is undecided."""
        node = self._node(pointer)
        if isinstance(node, CelError):
            yield from self._once(pointer, f"it cannot be read here: {node.message}")
            return None
        try:
            value = evaluate(node, names, budget)
        except UndecidedError as error:
            yield from self._once(pointer, f"it depends on {error.message}")
            return None
        except AbsentError as error:
            if is_known(subject.item):
                return error
            yield from self._once(pointer, f"it reads a field that {subject.item.kind} may have by default: {error.message}")
            return None
        except CelError as error:
            return error
        return value if isinstance(value, bool) else CelError("the expression is neither true nor false")

    def _node(self, pointer: Pointer) -> Node | CelError:
        text = at(self._policy.data, *pointer)
        return self._together.kept(f"policy {text}", lambda: _parsed(text))

    def _names(self, subject: Subject, operation: str, params: Any) -> dict[str, Any]:
        unknown = Unresolved(UndecidedError(_UNKNOWN))
        item, namespace = subject.item, subject.namespace
        data = with_defaults(item)
        if subject.is_namespaced and not item.namespace:
            data = {**data, "metadata": {**item.metadata, "namespace": namespace or unknown}}
        kind = {"group": item.group, "version": subject.version, "kind": item.kind}
        resource = {"group": item.group, "version": subject.version, "resource": subject.resource}
        return {
            "object": data,
            "oldObject": None if operation == "CREATE" else unknown,
            "params": params,
            "namespaceObject": None if not subject.is_namespaced else subject.home.data if subject.home else unknown,
            "authorizer": unknown,
            "variables": {},
            "request": {
                "operation": operation,
                "name": item.name,
                "namespace": (namespace or unknown) if subject.is_namespaced else "",
                "kind": kind,
                "resource": resource,
                "requestKind": kind,
                "requestResource": resource,
                "subResource": "",
                "dryRun": False,
                **dict.fromkeys(("uid", "userInfo", "options", "object", "oldObject"), unknown),
            },
        }

    def _add_variables(self, names: dict[str, Any], budget: Budget) -> None:
        """Evaluate the variables in their order: each may use those before it, and one that fails fails where it is used."""
        for index, variable in maps(self._policy.spec.get("variables")):
            node = self._node(("spec", "variables", index, "expression"))
            try:
                if isinstance(node, CelError):
                    raise UndecidedError(node.message)
                value = evaluate(node, names, budget)
            except CelError as error:
                value = Unresolved(error)
            names["variables"][str(variable.get("name"))] = value

    def _message(self, index: int, validation: dict[str, Any], names: dict[str, Any], subject: Subject, budget: Budget) -> str:
        """Return what the API server answers: the message expression, or the message, or the expression."""
        own = validation.get("messageExpression")
        if isinstance(own, str) and subject.item.kind != "Secret":  # whatever it makes of a secret, no mask would know
            node = self._node(("spec", "validations", index, "messageExpression"))
            try:
                said = evaluate(node, names, budget) if isinstance(node, Node) else ""
            except CelError:
                said = ""
            if isinstance(said, str) and said.strip() and "\n" not in said:
                return said.strip()
        message = validation.get("message")
        if isinstance(message, str) and message.strip():
            return " ".join(message.split())
        return f"failed expression: {' '.join(str(validation.get('expression')).split())}"

    def _parameters(self, subject: Subject) -> Iterator[Any]:
        """Yield each parameter that the binding names; raises UnknownMatchError where it may be in the cluster alone."""
        kind, reference = table(self._policy.spec, "paramKind"), table(self._binding.spec, "paramRef")
        if not kind or not reference:
            yield None
            return
        namespace, selector = reference.get("namespace") or subject.namespace, reference.get("selector")
        found = [
            one
            for one in self._params
            if (not one.namespace or not namespace or one.namespace == namespace)
            and (
                one.name == reference["name"] if reference.get("name") else is_empty(selector) or matches(selector, one.labels)
            )
        ]
        if not found:
            raise UnknownMatchError(
                f"its parameter {reference.get('name') or ''} is not among the manifests".replace("  ", " ")
            )
        yield from (one.data for one in found)

    def _failed(self, error: CelError, subject: Subject, what: str) -> Iterator[Finding]:
        """Yield that an expression fails, which refuses the object by default."""
        if not self._ignores_failures:
            yield self._finding(f"{what} fails for {subject.item.kind}: {error.message}, at character {error.offset + 1}")

    def _finding(self, message: str) -> Finding:
        where = self._policy.source.path if self._policy.source else self._policy.title
        hint = f"correct the object, or see {where}, bound by {self._binding.name}"
        return Finding(("metadata", "name"), f"{self._policy.name}: {message}", hint)

    def _once(self, pointer: Pointer, why: str) -> Iterator[Finding]:
        """Yield, for the first object alone, that something cannot be decided without a cluster."""
        if why not in self._told:
            self._told.add(why)
            message = f"{self._policy.name}: not decided without a cluster for all objects: {why}"
            hint = "test it with `kubectl apply --dry-run=server`"
            yield Finding(pointer, message, hint, self._policy, severity=Severity.NOTE)

    def _too_expensive(self, item: KubeObject) -> Iterator[Finding]:
        if self._is_given_up:
            return
        self._is_given_up = self._together.spent > self._together.most
        message = f"the policy costs too much to evaluate for {item.kind}"
        if self._is_given_up:
            message = "the policies cost too much together, so that this one was not evaluated for all objects"
        yield Finding(("spec",), f"{self._policy.name}: {message}", "make it simpler", self._policy, severity=Severity.ERROR)


def _parsed(text: Any) -> Node | CelError:
    try:
        return parse(text) if isinstance(text, str) else CelError("it must be text")
    except CelError as error:
        return error
