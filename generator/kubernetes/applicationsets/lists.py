"""The list generator. Source: argo-cd, applicationset/generators/list.go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.model import Origin, Parameters, Problem, ProblemError, UnknownError
from generator.kubernetes.applicationsets.rendering import Renderer
from generator.syntax.budget import PARSED, Budget
from generator.syntax.gotemplate.values import cut, from_json, type_name
from generator.syntax.reader.foreign import yaml_data


def elements(given: Mapping[str, Any], here: Pointer, renderer: Renderer) -> list[Parameters]:
    """Return the parameters of each element; raises ProblemError, UnknownError and SpentError."""
    listed = given.get("elements")
    found = []
    for index, element in enumerate(listed if isinstance(listed, list) else ()):
        at: Pointer = (*here, "elements", index)
        if not isinstance(element, dict):
            raise _refused(at, f"the element is a {_word(element)}, and not a mapping", "write it as `name: value`")
        renderer.budget.read([element], _COPIED)
        found.append(_of_go(element, at) if renderer.manner.go else _of_texts(element, at))
    return [*found, *_in_text(given, here, renderer.budget)]


_COPIED = 2
"""What parameters with their places take, in times of what reading them takes."""


def _of_go(element: Mapping[str, Any], at: Pointer) -> Parameters:
    return Parameters(from_json(element), {str(key): Origin((*at, key)) for key in element}, Origin(at))


def _of_texts(element: Mapping[str, Any], at: Pointer) -> Parameters:
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for key, value in element.items():
        if key == "values" and not isinstance(value, dict):
            raise _refused(
                (*at, key), f"`values` is a {_word(value)}, and not a mapping", "write its names and values below it"
            )
        inner = (
            [(f"values.{name}", one, (*at, key, name)) for name, one in value.items()]
            if key == "values"
            else [(key, value, (*at, key))]
        )
        for name, one, pointer in inner:
            if not isinstance(one, str):
                hint = f'write "{cut(one)}"' if isinstance(one, int | float) and not isinstance(one, bool) else "write text"
                message = f"the parameter `{cut(name)}` is a {_word(one)}; without `goTemplate` each one must be a string"
                raise _refused(pointer, message, f"{hint}, or set `goTemplate: true`")
            values[name], origins[name] = one, Origin(pointer)
    return Parameters(values, origins, Origin(at))


def _in_text(given: Mapping[str, Any], here: Pointer, budget: Budget) -> list[Parameters]:
    """Return the elements of `elementsYaml`."""
    text, at = given.get("elementsYaml"), (*here, "elementsYaml")
    if not isinstance(text, str) or not text:
        return []
    if "{{" in text:
        raise UnknownError("`elementsYaml` has placeholders of a generator that is not expanded here")
    budget.spend(len(text) * PARSED)
    try:
        data = from_json(yaml_data(text.encode("utf-8", "replace")))
    except ValueError as error:
        raise UnknownError(f"`elementsYaml` is not read: {error}") from None
    if data is not None and (not isinstance(data, list) or not all(isinstance(one, dict) for one in data)):
        raise _refused(at, "elementsYaml is not a list of mappings", "write a list of mappings")
    budget.read([data], _COPIED)
    return [Parameters(one, {str(key): Origin(at) for key in one}, Origin(at)) for one in data or ()]


def _refused(pointer: Pointer, message: str, hint: str) -> ProblemError:
    return ProblemError(Problem("generator", pointer, message, hint))


def _word(value: Any) -> str:
    words = {"bool": "boolean", "int": "number", "float64": "number", "invalid": "null"}
    name = type_name(value)
    return words.get(name, "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else name)
