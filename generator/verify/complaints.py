"""Helm's words about an application, as problems of its spec.

Helm names values by their path in the chart; people look for them in the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

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
            yield _by_schema(fault, origin, provenance, known, rule)
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


def _by_schema(fault: Fault, origin: str, provenance: Provenance, known: KnownValues, rule: str) -> Problem:
    if fault.unknown:
        parts = (*fault.path, fault.unknown)
        message = f"the chart has no value `{'.'.join(map(str, parts))}`"
        otherwise = f"correct the name, or remove it: the schema of {origin} allows no other values"
        hint = suggestion(fault.unknown, known.keys(fault.path), otherwise)
        return Problem(rule, provenance.of_value(parts), message, hint, at_key=True)
    if fault.misnamed:
        *around, name = provenance.with_name(fault.path, fault.misnamed)
        message, hint = (
            f"the chart rejects the name `{name}` in `{dotted(tuple(around))}`",
            f"rename it; see the schema of {origin}",
        )
        return Problem(rule, provenance.of_value((*around, name)), message, hint, at_key=True)
    where = ".".join(map(str, fault.path)) or "the values"
    message = f"the chart rejects `{where}`: {fault.said}"
    return Problem(rule, provenance.of_value(fault.path), message, f"see the schema of {origin}")


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
