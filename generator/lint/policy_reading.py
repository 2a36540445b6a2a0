"""A ValidatingAdmissionPolicy and its binding, read once for all objects that they are asked about."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.diagnostics import Severity
from generator.kubernetes.admission import Subject
from generator.kubernetes.admission_constraints import Constraints
from generator.kubernetes.objects import KubeObject, maps, texts
from generator.kubernetes.rollouts import table
from generator.syntax.budget import ITEM, PARSED, Budget
from generator.syntax.cel.lexing import CelError
from generator.syntax.cel.parsing import Node, parse

_SEVERITIES = (("Deny", Severity.ERROR), ("Warn", Severity.WARNING), ("Audit", Severity.NOTE))


class Part(NamedTuple):
    """An expression with its name."""

    place: int
    name: str
    node: Node | CelError
    """The error of one that cannot be read."""


class Validation(NamedTuple):
    """What must hold, and what is said where it does not."""

    place: int
    node: Node | CelError
    message: str
    made: Node | CelError | None
    """The message that an expression makes."""


class Parts(NamedTuple):
    """A policy, taken apart."""

    constraints: Constraints
    conditions: tuple[Part, ...]
    variables: tuple[Part, ...]
    validations: tuple[Validation, ...]


class Policy:
    """A policy, which is read at its first use, and what was told of it already."""

    def __init__(self, item: KubeObject) -> None:
        self.item, self.name, self.spec = item, item.name, item.spec
        self.where = item.source.path if item.source else item.title
        self.ignores_failures = item.spec.get("failurePolicy") == "Ignore"
        self.told: set[str] = set()
        """What was told of it, in this service where each tells it again."""
        self.paid: set[str] = set()
        """What was told of it at any time: it is shown once."""
        self.is_given_up = False
        self._parts: Parts | None = None
        self._asked: tuple[Subject | None, str] = (None, "")

    def parts(self, budget: Budget) -> Parts:
        """Return its parts; raises SpentError."""
        if self._parts is None:
            self._parts = Parts(
                Constraints(table(self.spec, "matchConstraints"), budget),
                _parts(self.spec.get("matchConditions"), budget),
                _parts(self.spec.get("variables"), budget),
                tuple(_validation(index, one, budget) for index, one in maps(self.spec.get("validations"))),
            )
        return self._parts

    def operation(self, subject: Subject, budget: Budget) -> str:
        """Return the operation on an object that it is about; empty for none. Its bindings ask one after the other.

        Raises UnknownMatchError and SpentError.
        """
        if self._asked[0] is not subject:
            self._asked = subject, self.parts(budget).constraints.operation(subject, budget)
        return self._asked[1]

    @classmethod
    def of(cls, item: KubeObject, budget: Budget) -> Policy:
        """Return a policy that is read once in a run, however many sets of objects it is for."""
        return budget.kept(f"admission policy {id(item.data)}", lambda: cls(item))


class Binding:
    """A binding, the constraints of which are read at their first use."""

    def __init__(self, item: KubeObject) -> None:
        self.item, self.name, self.spec = item, item.name, item.spec
        actions = {text for _, text in texts(item.spec.get("validationActions"))}
        self.severity = next((severity for action, severity in _SEVERITIES if action in actions), None)
        """The severity of what it refuses; None if it has no effect."""
        self._constraints: Constraints | None = None

    def constraints(self, budget: Budget) -> Constraints:
        """Return what it narrows the policy to; raises SpentError."""
        if self._constraints is None:
            self._constraints = Constraints(table(self.spec, "matchResources"), budget)
        return self._constraints

    @classmethod
    def of(cls, item: KubeObject, budget: Budget) -> Binding:
        """Return a binding that is read once in a run."""
        return budget.kept(f"admission binding {id(item.data)}", lambda: cls(item))


def _parts(node: Any, budget: Budget) -> tuple[Part, ...]:
    return tuple(
        Part(index, one["name"] if isinstance(one.get("name"), str) else "", _parsed(one.get("expression"), budget))
        for index, one in maps(node)
    )


def _validation(index: int, node: dict[str, Any], budget: Budget) -> Validation:
    made, message, expression = node.get("messageExpression"), node.get("message"), node.get("expression")
    if not (isinstance(message, str) and message.strip()):
        message = f"failed expression: {expression}" if isinstance(expression, str) else "failed expression"
    budget.spend(len(message))
    return Validation(
        index,
        _parsed(expression, budget),
        " ".join(message.split()),
        _parsed(made, budget) if isinstance(made, str) else None,
    )


def _parsed(text: Any, budget: Budget) -> Node | CelError:
    budget.spend(ITEM)
    if not isinstance(text, str):
        return CelError("it must be text")

    def read() -> Node | CelError:
        budget.spend(len(text) * PARSED)
        try:
            return parse(text)
        except CelError as error:
            return error.bare()

    return budget.kept(f"policy {text}", read)
