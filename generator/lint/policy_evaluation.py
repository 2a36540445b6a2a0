"""What a ValidatingAdmissionPolicy says of one object, by one parameter.

What depends on the cluster (who applies an object, what it was before, objects that are not here) is not guessed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from generator.diagnostics import Pointer
from generator.kubernetes.admission import Subject
from generator.kubernetes.defaults import is_known, with_defaults
from generator.kubernetes.objects import KubeObject
from generator.lint.disclosure import may_quote
from generator.lint.policy_reading import Policy, Validation
from generator.lint.users import MOST, OF_EVALUATION
from generator.syntax.budget import STEP, Budget
from generator.syntax.cel.evaluating import evaluate
from generator.syntax.cel.functions import Unresolved
from generator.syntax.cel.lexing import AbsentError, CelError, UndecidedError
from generator.syntax.cel.parsing import Node

Value = TypeVar("Value")

_OF_PART = 3 * STEP
"""What it takes to begin with an expression, even with one that cannot be read."""
_UNKNOWN = "what is not known before the object is applied"


class Refusal(NamedTuple):
    """The API server would refuse the object, with a message."""

    message: str


class Undecided(NamedTuple):
    """An expression needs what is not known here."""

    pointer: Pointer
    why: str


Remark = Refusal | Undecided
_Remarks = Generator[Remark, None, Value]
"""Yields remarks, and returns a value."""


class Evaluation:
    """One policy over one object, by one parameter, with a budget of its own that counts for all of the run."""

    def __init__(
        self, policy: Policy, subject: Subject, operation: str, parameter: KubeObject | None, together: Budget
    ) -> None:
        self._policy, self._subject, self._together = policy, subject, together
        self._parts = policy.parts(together)
        self._operation = operation
        self._parameter = parameter
        self._budget = Budget(MOST)
        self._names: dict[str, Any] = {}

    def remarks(self) -> Iterator[Remark]:
        """Yield what is wrong with the object, and what cannot be decided; raises SpentError."""
        try:
            self._budget.spend(OF_EVALUATION)
            self._budget.read([self._subject.item.data])
            self._names = self._known()
            if not (yield from self._meets()):
                return
            self._add_variables()
            for validation in self._parts.validations:
                passes = yield from self._value(("spec", "validations", validation.place, "expression"), validation.node)
                if isinstance(passes, CelError):
                    yield from self._failed(passes, "the expression")
                elif passes is False:
                    yield Refusal(self._message(validation))
        finally:
            self._together.spent += self._budget.spent

    @cached_property
    def _may_quote(self) -> bool:
        """Whether messages may say what an expression makes, or where one fails: both may tell of what it looks at."""
        home = self._subject.home
        return may_quote((self._subject.item, self._parameter, home.item if home else None), self._together)

    def _meets(self) -> _Remarks[bool]:
        """Return whether the object meets all conditions; one that is false counts more than one that fails."""
        found = []
        for place, name, node in self._parts.conditions:
            holds = yield from self._value(("spec", "matchConditions", place, "expression"), node)
            if holds is False:
                return False
            found.append((name or str(place + 1), holds))
        for name, holds in found:
            if isinstance(holds, CelError):
                yield from self._failed(holds, f"condition `{name}`")
        return all(holds is True for _, holds in found)

    def _value(self, pointer: Pointer, node: Node | CelError) -> _Remarks[bool | CelError | None]:
        """Return the value of an expression, the error of one that fails, and None for one that is undecided."""
        self._budget.spend(_OF_PART)
        if isinstance(node, CelError):
            yield Undecided(pointer, f"it cannot be read here: {node.message}")
            return None
        try:
            value = evaluate(node, self._names, self._budget)
        except UndecidedError as error:
            yield Undecided(pointer, f"it depends on {error.message if self._may_quote else _UNKNOWN}")
            return None
        except AbsentError as error:
            if is_known(self._subject.item):
                return error.bare()
            field = f": {error.message}" if self._may_quote else ""
            yield Undecided(pointer, f"it reads a field that {self._subject.kind} may have by default{field}")
            return None
        except CelError as error:
            return error.bare()
        return value if isinstance(value, bool) else CelError("the expression is neither true nor false")

    def _failed(self, error: CelError, what: str) -> Iterator[Remark]:
        """Yield that an expression fails, which refuses the object by default."""
        if not self._policy.ignores_failures:
            why = f": {error.message}, at character {error.offset + 1}" if self._may_quote else ""
            yield Refusal(f"{what} fails for {self._subject.kind}{why}")

    def _message(self, validation: Validation) -> str:
        """Return what the API server answers: the message expression, or the message, or the expression."""
        if isinstance(validation.made, Node) and self._may_quote:
            try:
                said = evaluate(validation.made, self._names, self._budget)
            except CelError:
                said = ""
            if isinstance(said, str) and said.strip() and "\n" not in said:
                return said.strip()
        return validation.message

    def _add_variables(self) -> None:
        """Evaluate the variables in their order: each may use those before it, and one that fails fails where it is used."""
        for _, name, node in self._parts.variables:
            self._budget.spend(_OF_PART)
            try:
                if isinstance(node, CelError):
                    raise UndecidedError(node.message)
                value = evaluate(node, self._names, self._budget)
            except CelError as error:
                value = Unresolved(error.bare())
            self._names["variables"][name] = value

    def _known(self) -> dict[str, Any]:
        unknown = Unresolved(UndecidedError(_UNKNOWN))
        subject = self._subject
        item, namespace = subject.item, subject.namespace
        data = with_defaults(item)
        if subject.is_namespaced and not item.namespace:
            data = {**data, "metadata": {**item.metadata, "namespace": namespace or unknown}}
        kind = {"group": subject.group, "version": subject.version, "kind": subject.kind}
        resource = {"group": subject.group, "version": subject.version, "resource": subject.resource}
        return {
            "object": data,
            "oldObject": None if self._operation == "CREATE" else unknown,
            "params": self._parameter.data if self._parameter is not None else None,
            "namespaceObject": None if not subject.is_namespaced else subject.home.item.data if subject.home else unknown,
            "authorizer": unknown,
            "variables": {},
            "request": {
                "operation": self._operation,
                "name": subject.name,
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
