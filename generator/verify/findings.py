"""What a check of rendered objects finds, before it has a place in a file of the user."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import KubeObject
from generator.syntax.secrets.known import Known
from generator.syntax.secrets.messages import hidden
from generator.workspace.model import Problem


class OfObject(NamedTuple):
    """A problem at a field of an object."""

    item: KubeObject
    pointer: Pointer
    rule: str
    severity: Severity
    message: str
    hint: str = ""
    at_key: bool = False
    is_of_service: bool = True
    """Whether it is about the service that has the object, and not about a rule of the user."""


class OfValue(NamedTuple):
    """A problem of a value that a chart is given."""

    path: Pointer
    """In the values of the chart."""
    rule: str
    severity: Severity
    message: str
    hint: str = ""
    at_key: bool = False


class OfChart(NamedTuple):
    """A problem of the chart itself."""

    rule: str
    severity: Severity
    message: str
    hint: str = ""


_Said = TypeVar("_Said", OfObject, OfValue, OfChart, OfObject | OfValue | OfChart, Problem)


def without(found: _Said, known: Known) -> _Said:
    """Return a finding that tells none of the secrets that are known, in whatever form a template has printed them."""
    return found._replace(message=hidden(found.message, [known]), hint=hidden(found.hint, [known]))


Found = OfObject | OfValue | OfChart
