"""Templates of an ApplicationSet with their parameters: `{{name}}`, and Go templates with `goTemplate`.

Source: argo-cd, applicationset/utils/utils.go, Replace and deeplyReplaceWithFilter; valyala/fasttemplate
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.model import UnknownError
from generator.kubernetes.objects import KubeObject, texts
from generator.syntax.gotemplate.evaluating import rendered
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError

_MOST_DEPTH = 60
_ONE_LINE = re.compile(r"\{\{.*\}\}")
NO_VALUE = "<no value>"


class Manner(NamedTuple):
    """How the templates of a set are written."""

    go: bool
    missing: str = "default"
    """What a missing key means in Go templates."""

    @classmethod
    def of(cls, item: KubeObject) -> Manner:
        """Return the manner of an ApplicationSet; the last `missingkey` counts."""
        options = [text.partition("=") for _, text in texts(item.spec.get("goTemplateOptions"))]
        missing = [
            value for name, _, value in options if name == "missingkey" and value in ("default", "invalid", "zero", "error")
        ]
        return cls(item.spec.get("goTemplate") is True, missing[-1] if missing else "default")


class RefusedError(ValueError):
    """A template that Argo CD does not render with these parameters."""

    def __init__(self, pointer: Pointer, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.parameter = parameter


def replaced(node: Any, parameters: Mapping[str, Any], manner: Manner, at: Pointer = ()) -> Any:
    """Return a template with its parameters, keys included; raises RefusedError and UnknownError."""
    if len(at) > _MOST_DEPTH:
        raise UnknownError("the template is nested too deeply")
    if isinstance(node, str):
        return text(node, parameters, manner, at)
    if isinstance(node, dict):
        return {
            text(key, parameters, manner, (*at, key)): replaced(value, parameters, manner, (*at, key))
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [replaced(item, parameters, manner, (*at, index)) for index, item in enumerate(node)]
    return node


def text(template: str, parameters: Mapping[str, Any], manner: Manner, at: Pointer = ()) -> str:
    """Return one text with its parameters; raises RefusedError and UnknownError."""
    if "{{" not in template:
        return template
    if not manner.go:
        return _plain(template, parameters, at)
    try:
        return rendered(template, parameters, missing=manner.missing)
    except ExecutionError as error:
        raise RefusedError(at, error.message, error.parameter) from None
    except UnevaluatedError as error:
        raise UnknownError(str(error)) from None
    except ValueError as error:
        raise RefusedError(at, str(error)) from None


def _plain(template: str, parameters: Mapping[str, Any], at: Pointer) -> str:
    if not _ONE_LINE.search(template):
        return template
    found: list[str] = []
    end = 0
    for start, stop, name in placeholders(template):
        if stop < 0:
            raise RefusedError(at, "`}}` is missing after `{{`")
        value = parameters.get(name) if name else None
        found += [template[end:start], value if isinstance(value, str) else template[start:stop]]
        end = stop
    return "".join([*found, template[end:]])


def placeholders(template: str) -> Iterator[tuple[int, int, str]]:
    """Yield the placeholders of a text without Go templates: start, end (-1 without one), and name."""
    at = 0
    while (start := template.find("{{", at)) >= 0:
        stop = template.find("}}", start + 2)
        if stop < 0:
            yield start, -1, ""
            return
        at = stop + 2
        yield start, at, template[start + 2 : stop].strip()


def unset(template: str, parameters: Mapping[str, Any], manner: Manner) -> str:
    """Return the first parameter of a text that has no value, and that Argo CD does not refuse; empty without one."""
    if not manner.go:
        names = (name for _, stop, name in placeholders(template) if stop >= 0 and _ONE_LINE.search(template))
        return next((name for name in names if _NAME.fullmatch(name) and not isinstance(parameters.get(name), str)), "")
    if NO_VALUE not in text(template, parameters, manner):
        return ""
    try:
        rendered(template, parameters, missing="error")
    except ExecutionError as error:
        return error.parameter
    return ""


_NAME = re.compile(r"[A-Za-z_][\w.\-/]*(?:\[[0-9]+\])?")
_USED = re.compile(r"(?<![\w)$\"])\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")


def strings(node: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Yield the texts of a template with braces, keys included, with their pointers."""
    if isinstance(node, str):
        if "{{" in node:
            yield at, node
    elif isinstance(node, dict):
        for key, value in node.items():
            if "{{" in key:
                yield (*at, key), key
            yield from strings(value, (*at, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from strings(item, (*at, index))


def used(node: Any, manner: Manner) -> list[str]:
    """Return the names of the parameters that a template asks for, in their order."""
    found: dict[str, None] = {}
    for _, template in strings(node):
        for _, stop, inner in placeholders(template):
            if stop >= 0:
                names = _USED.findall(inner) + _INDEXED.findall(inner) if manner.go else [inner]
                found.update(dict.fromkeys(names))
    return list(found)


_INDEXED = re.compile(r"index\s+\.\s+\"([^\"]+)\"")
