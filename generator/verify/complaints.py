"""Helm's words about an application, as problems of its spec.

Helm names values by their path in the chart; people look for them in the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from generator.diagnostics import Pointer, dotted
from generator.syntax.wording import suggestion
from generator.verify.known_values import KnownValues
from generator.verify.schema_words import Fault, faults
from generator.workspace.model import Problem

FAILED = "TP601"
LINT = "TP602"

_ADVICE = "Use --debug flag to render out invalid YAML"

_EXECUTION = re.compile(r"execution error at \((?P<at>[^)]+)\): (?P<said>.+)", re.DOTALL)
_TEMPLATE = re.compile(r"(?:template: |parse error at \()(?P<at>[^\s):]+:\d+)")
_VALUE = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")


class Provenance(Protocol):
    """Knows where the values of a chart are set."""

    def has(self, path: Sequence[str | int], /) -> bool:
        """Tell whether the values hold a path."""

    def value(self, path: Sequence[str | int], /) -> Any:
        """Return what the values have at a path; None for nothing."""

    def of_value(self, path: Sequence[str | int], /) -> Pointer:
        """Return the pointer of what gives a value of the chart."""

    def with_name(self, path: Sequence[str | int], name: str, /) -> tuple[str | int, ...]:
        """Return the path of a key that Helm rejects."""


def problems(said: str, origin: str, provenance: Provenance, known: KnownValues, rule: str = FAILED) -> Iterator[Problem]:
    """Yield what Helm says of an application; `origin` names the chart."""
    said = said.removeprefix("Error: ").replace(_ADVICE, "")
    by_schema = faults(said) if "schema" in said or rule == LINT else []
    if by_schema:
        for fault in by_schema:
            yield refused_by_schema(fault, origin, provenance, known, rule)
        return
    execution = _EXECUTION.search(said)
    if execution:
        text = " ".join(execution["said"].split())
        yield Problem(rule, _mentioned(text, provenance), f"the chart fails: {text}", f"see {execution['at']} of {origin}")
        return
    text = " ".join(said.split())
    at = _TEMPLATE.search(text)
    hint = f"see {at['at']} of {origin}" if at else f"see {origin}"
    yield Problem(rule, _mentioned(text, provenance), f"helm: {text}", hint)


def refused_by_schema(
    fault: Fault, origin: str, provenance: Provenance, known: KnownValues, rule: str, inside: int = 0
) -> Problem:
    """Return what the schema of a chart refuses; of a chart in another, `inside` parts of the path lead to its values."""
    if fault.unknown:
        parts = (*fault.path, fault.unknown)
        message = f"the chart has no value `{dotted(parts)}`"
        otherwise = f"correct the name, or remove it: the schema of {origin} allows no other values"
        hint = suggestion(fault.unknown, known.keys(fault.path[inside:]), otherwise)
        return Problem(rule, provenance.of_value(parts), message, hint, at_key=True)
    if fault.misnamed:
        *around, name = provenance.with_name(fault.path, fault.misnamed)
        message, hint = (
            f"the chart rejects the name `{name}` in `{dotted(tuple(around))}`",
            f"rename it; see the schema of {origin}",
        )
        return Problem(rule, provenance.of_value((*around, name)), message, hint, at_key=True)
    where = dotted(fault.path) or "the values"
    message = f"the chart rejects `{where}`: {fault.said}"
    return Problem(rule, provenance.of_value(fault.path), message, _way_out(fault, origin, provenance))


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?\Z")
_CHOICES = re.compile(r"must be (?:one of )?(?P<all>\".*\")\Z")


def _way_out(fault: Fault, origin: str, provenance: Provenance) -> str:
    """Return how to correct a value that a schema refuses."""
    value = provenance.value(fault.path)
    wanted, choices = fault.said.partition(", not ")[0], _CHOICES.match(fault.said)
    if isinstance(value, str) and _NUMBER.match(value) and re.search(r"\ba number|\ban integer", wanted):
        return f"write {value} without quotes"
    if isinstance(value, bool | int | float) and re.search(r"\ba string", wanted):
        return "put it in double quotes"
    if isinstance(value, list) and "a mapping" in wanted:
        return "write `NAME: VALUE` pairs instead of a list"
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list) and "must be a" in wanted:
        return "remove the brackets"
    if value is not None and not isinstance(value, dict | list) and wanted.endswith("a list"):
        return "put it in brackets"
    if isinstance(value, str) and choices:
        return suggestion(value, re.findall(r'"([^"]*)"', choices["all"]), f"see the schema of {origin}")
    return f"see the schema of {origin}"


def _mentioned(text: str, provenance: Provenance) -> Pointer:
    """Return the pointer of the value that a message names, by `.Values.a.b` or as `a.b is …`; else the chart."""
    match = _VALUE.search(text) or re.match(r"(?:[a-z ]+ )?((?:[a-zA-Z]\w*\.)+[a-zA-Z]\w*)\b", text)
    if match:
        path = tuple(part for part in match[1].split(".") if part)
        while path:
            pointer = provenance.of_value(path)
            if pointer != ("values", *path) or provenance.has(path):
                return pointer
            path = path[:-1]
    return ("chart",)
