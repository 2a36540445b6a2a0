"""ValidatingAdmissionPolicies of the user, evaluated over the objects that a cluster would ask them about.

A policy that needs what only the cluster knows is told of once, or once for each service. All that a policy and its bindings look at is paid for,
also to find out whether they are about an object: each meets each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes import admission
from generator.kubernetes.admission import Subject, Subjects
from generator.kubernetes.admission_constraints import UnknownMatchError
from generator.kubernetes.admission_parameters import Beside
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.policy_evaluation import Evaluation, Refusal, Remark, Undecided
from generator.lint.policy_reading import Binding, Policy
from generator.lint.rules.rule import EVERY_KIND, Finding, Rule
from generator.lint.users import ADMISSION, OF_FINDING, OwnRules
from generator.syntax.budget import ITEM, STEP, Budget, SpentError

_OF_PAIR = 2 * STEP
"""What it takes to ask a binding about an object that it has nothing to do with."""
_KEPT_LETTER = 10
"""What it takes to keep a character of a message until all are shown."""


def of(items: Sequence[KubeObject], together: Budget, beside: Beside | None = None) -> OwnRules:
    """Return the policies among objects that a binding among them enforces, as rules, and what is wrong with the others.

    Parameters and Namespaces are those of the run if it has several sets, or else are among the same objects. All evaluations share a budget.
    """
    together.spent += len(items) * 2 * ITEM
    beside = beside or Beside(items)
    rules: list[Rule] = []
    problems: list[Diagnostic] = []
    for item, bindings in admission.bound(items):
        policy = Policy.of(item, together)
        if not bindings:
            problems += _unbound(policy)
        for binding in (Binding.of(one, together) for one in bindings):
            if binding.severity is not None:
                rule = Rule(__name__, ADMISSION, policy.name, binding.severity, EVERY_KIND)
                rule.check, rule.begin = _Bound(policy, binding, beside, together).check, policy.told.clear
                rules.append(rule)
    return OwnRules(tuple(rules), tuple(problems))


def _unbound(policy: Policy) -> Iterator[Diagnostic]:
    """Yield once that nothing enforces a policy."""
    source = policy.item.source
    message = f"{policy.name}: not evaluated, because no ValidatingAdmissionPolicyBinding among the manifests names it"
    if source is not None and message not in policy.told:
        policy.told.add(message)
        at_name: Pointer = (*policy.item.at, "metadata", "name")
        span, hint = source.span_of(at_name), "add its binding to the manifests"
        yield Diagnostic(source.path, span, ADMISSION, Severity.NOTE, message, hint, at_name)


class _Bound:
    """A policy with one binding, over the objects of a set."""

    def __init__(self, policy: Policy, binding: Binding, beside: Beside, together: Budget) -> None:
        self._policy, self._binding, self._beside, self._together = policy, binding, beside, together
        self._subjects = f"admission subjects {id(beside)}"

    def check(self, item: KubeObject, objects: Objects) -> Iterator[Finding]:
        """Yield why the API server would refuse an object, and once what cannot be known here."""
        try:
            self._together.spend(_OF_PAIR)
            subject = objects.once(self._subjects, self._seen).of(item)
            for remark in () if subject.is_exempt else self._remarks(subject):
                if isinstance(remark, Refusal):
                    yield self._refused(remark.message)
                else:
                    yield from self._once(remark)
        except SpentError:
            yield from self._too_expensive(item)

    def _seen(self, objects: Objects) -> Subjects:
        return Subjects(objects, self._beside.namespaces)

    def _remarks(self, subject: Subject) -> Iterator[Remark]:
        """Yield what the policy says of an object, if it is about it; raises SpentError."""
        together = self._together
        try:
            operation = self._policy.operation(subject, together)
            if operation and not self._binding.constraints(together).narrows(subject, together):
                for parameter in self._parameters_for(subject):
                    yield from Evaluation(self._policy, subject, operation, parameter, together).remarks()
        except UnknownMatchError as error:
            yield Undecided(("spec", "matchConstraints"), str(error))

    def _parameters_for(self, subject: Subject) -> Sequence[KubeObject | None]:
        """Return each parameter that the binding names; raises UnknownMatchError where it may be in the cluster alone."""
        found = self._beside.parameters(self._policy.item, self._binding.item, self._together)
        return (None,) if found is None else found.of(subject.namespace)

    def _refused(self, message: str) -> Finding:
        """Return a finding, which is paid for; raises SpentError."""
        hint = f"correct the object, or see {self._policy.where}, bound by {self._binding.name}"
        text = f"{self._policy.name}: {message}"
        self._together.spend(OF_FINDING + (len(text) + len(hint)) * _KEPT_LETTER)
        return Finding(("metadata", "name"), text, hint)

    def _once(self, remark: Undecided) -> Iterator[Finding]:
        """Yield, for the first object alone, that something cannot be decided without a cluster."""
        policy = self._policy
        if remark.why not in policy.told:
            policy.told.add(remark.why)
            message = f"{policy.name}: not decided without a cluster for all objects: {remark.why}"
            if remark.why not in policy.paid:
                policy.paid.add(remark.why)
                self._together.spend(OF_FINDING + len(message) * _KEPT_LETTER)
            hint = "test it with `kubectl apply --dry-run=server`"
            yield Finding(remark.pointer, message, hint, policy.item, severity=Severity.NOTE)

    def _too_expensive(self, item: KubeObject) -> Iterator[Finding]:
        """Yield that an object costs too much, and once for a policy that the budget of the run is spent."""
        policy = self._policy
        if policy.is_given_up:
            return
        policy.is_given_up = self._together.is_spent
        self._together.spent += OF_FINDING
        message = f"the policy costs too much to evaluate for {item.kind}"
        if policy.is_given_up:
            message = "the policies cost too much together, so that this one was not evaluated for all objects"
        yield Finding(("spec",), f"{policy.name}: {message}", "make it simpler", policy.item, severity=Severity.ERROR)
