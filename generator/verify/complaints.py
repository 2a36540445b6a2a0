"""Helm's words about an application, as problems of its spec.

Helm names values by their path in the chart; people look for them in the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.syntax.wording import suggestion
from generator.verify.known_values import KnownValues
from generator.verify.provenance import Provenance
from generator.workspace.model import Problem

FAILED = "TP601"
LINT = "TP602"

_ADVICE = "Use --debug flag to render out invalid YAML"

_OLD = re.compile(r"^- (?P<path>\(root\)|[^:\s]+): (?P<said>.+)$", re.MULTILINE)
"""Up to Helm 3.17, by gojsonschema: `- image.tag: Invalid type. Expected: string, given: integer`."""

_NEW = re.compile(r"^- at '(?P<path>[^']*)': (?P<said>.+)$", re.MULTILINE)
"""From Helm 3.18 on, by santhosh-tekuri/jsonschema: `- at '/image/tag': got number, want string`."""

_ADDITIONAL = re.compile(r"[Aa]dditional propert(?:y|ies) ('?)(?P<key>[^' ]+)\1,? ?(?:is )?not allowed")
_NAME = re.compile(r"(?:Property name of|invalid propertyName) (['\"])(?P<key>.+?)\1")
_OF_A_NAME = "Does not match pattern"
"""What Helm up to 3.17 says besides of a name, without the name."""
_EXECUTION = re.compile(r"execution error at \((?P<at>[^)]+)\): (?P<said>.+)", re.DOTALL)
_TEMPLATE = re.compile(r"(?:template: |parse error at \()(?P<at>[^\s):]+:\d+)")
_INDEX = re.compile(r"[0-9]{1,9}\Z")
_VALUE = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")


def problems(said: str, origin: str, provenance: Provenance, known: KnownValues, rule: str = FAILED) -> Iterator[Problem]:
    """Yield what Helm says of an application; `origin` names the chart."""
    said = said.removeprefix("Error: ").replace(_ADVICE, "")
    by_schema = [*_OLD.finditer(said), *_NEW.finditer(said)] if "schema" in said or rule == LINT else []
    if by_schema:
        named = {match["path"] for match in by_schema if _NAME.search(match["said"])}
        for match in by_schema:
            if match["path"] in named and match["said"].startswith(_OF_A_NAME):
                continue
            yield _by_schema(match["path"], match["said"].strip(), origin, provenance, known, rule)
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


def _by_schema(path: str, said: str, origin: str, provenance: Provenance, known: KnownValues, rule: str) -> Problem:
    parts = _path(path)
    additional = _ADDITIONAL.search(said)
    if additional:
        parts = (*parts, additional["key"])
        message = f"the chart has no value `{'.'.join(map(str, parts))}`"
        otherwise = f"correct the name, or remove it: the schema of {origin} allows no other values"
        hint = suggestion(additional["key"], known.keys(parts[:-1]), otherwise)
        return Problem(rule, provenance.of_value(parts), message, hint, at_key=True)
    where = ".".join(map(str, parts)) or "the values"
    name = _NAME.search(said)
    if name:
        message, hint = f"the chart rejects the name `{name['key']}` in `{where}`", f"rename it; see the schema of {origin}"
        return Problem(rule, provenance.of_value((*parts, name["key"])), message, hint, at_key=True)
    said = re.sub(rf"^{re.escape(where)} ", "", said)
    return Problem(rule, provenance.of_value(parts), f"the chart rejects `{where}`: {said}", f"see the schema of {origin}")


def _path(text: str) -> tuple[str | int, ...]:
    parts = [] if text in ("(root)", "") else text.lstrip("/").split("/") if "/" in text else text.split(".")
    return tuple(int(part) if _INDEX.match(part) else part for part in parts)


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
