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
from generator.syntax.budget import FIELD, STEP, Budget, SpentError
from generator.syntax.gotemplate.evaluating import Templates
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import MAX_TEXT, shown
from generator.syntax.merge import lookup

_MOST_DEPTH = 60
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


class LimitError(Exception):
    """The budget of the run is used up in a field."""

    def __init__(self, pointer: Pointer) -> None:
        super().__init__()
        self.pointer = pointer


class Text(NamedTuple):
    """A text of a template with braces, and what it becomes."""

    pointer: Pointer
    written: str
    made: str


class Renderer:
    """Renders the templates of one set within the budget of the run."""

    def __init__(self, manner: Manner, budget: Budget) -> None:
        self.manner = manner
        self.budget = budget
        self._templates = Templates(budget)
        self._names: dict[str, list[str]] = {}

    def replaced(
        self,
        node: Any,
        parameters: Mapping[str, Any],
        at: Pointer = (),
        *,
        texts: list[Text] | None = None,
        missing: str = "",
    ) -> Any:
        """Return a template with its parameters, keys included; its texts with braces are added to `texts`.

        `missing` is what a missing key means, if that is not what the set says. Raises RefusedError, UnknownError and LimitError.
        """
        if len(at) > _MOST_DEPTH:
            raise UnknownError("the template is nested too deeply")
        self.pay(FIELD, at)
        if isinstance(node, str):
            return self._noted(node, parameters, at, texts, missing)
        if isinstance(node, dict):
            return {
                self._noted(key, parameters, (*at, key), texts, missing): self.replaced(
                    value, parameters, (*at, key), texts=texts, missing=missing
                )
                for key, value in node.items()
            }
        if isinstance(node, list):
            return [
                self.replaced(item, parameters, (*at, index), texts=texts, missing=missing) for index, item in enumerate(node)
            ]
        return node

    def _noted(self, written: str, parameters: Mapping[str, Any], at: Pointer, texts: list[Text] | None, missing: str) -> str:
        made = self.text(written, parameters, at, missing)
        if texts is not None and "{{" in written:
            texts.append(Text(at, written, made))
        return made

    def text(self, template: str, parameters: Mapping[str, Any], at: Pointer = (), missing: str = "") -> str:
        """Return one text with its parameters; raises RefusedError, UnknownError and LimitError."""
        self.pay(len(template), at)
        if "{{" not in template:
            return template
        try:
            return self._go(template, parameters, at, missing) if self.manner.go else self._plain(template, parameters, at)
        except SpentError:
            raise LimitError(at) from None

    def pay(self, units: int, at: Pointer) -> None:
        """Pay for work that a field asks for; raises LimitError."""
        try:
            self.budget.spend(units)
        except SpentError:
            raise LimitError(at) from None

    def _go(self, template: str, parameters: Mapping[str, Any], at: Pointer, missing: str) -> str:
        try:
            return self._templates.rendered(template, parameters, missing=missing or self.manner.missing)
        except ExecutionError as error:
            raise RefusedError(at, error.message, error.parameter) from None
        except UnevaluatedError as error:
            raise UnknownError(str(error)) from None
        except ValueError as error:
            raise RefusedError(at, str(error)) from None

    def _plain(self, template: str, parameters: Mapping[str, Any], at: Pointer) -> str:
        if not _is_templated(template):
            return template
        found: list[str] = []
        end = size = 0
        for start, stop, name in placeholders(template):
            if stop < 0:
                raise RefusedError(at, "`}}` is missing after `{{`")
            value = parameters.get(name) if name else None
            found += [template[end:start], value if isinstance(value, str) else template[start:stop]]
            size += len(found[-1])
            self.budget.spend(STEP + len(found[-1]))
            if size > MAX_TEXT:
                raise UnknownError("it makes a very long text")
            end = stop
        return "".join([*found, template[end:]])

    def unset(self, text: Text, parameters: Mapping[str, Any]) -> str:
        """Return the first parameter of a text that has no value, and that Argo CD does not refuse; empty without one."""
        if not self.manner.go:
            found = placeholders(text.written) if _is_templated(text.written) else ()
            names = (name for _, stop, name in found if stop >= 0)
            return next((name for name in names if _NAME.fullmatch(name) and not isinstance(parameters.get(name), str)), "")
        if NO_VALUE not in text.made:
            return ""
        try:
            self.text(text.written, parameters, text.pointer, "error")
        except RefusedError as error:
            return error.parameter
        return ""

    def exponent(self, text: Text, parameters: Mapping[str, Any]) -> tuple[str, str]:
        """Return a parameter that is written with an exponent, and how; empty without one: Go reads numbers as floats."""
        for name in self._used(text.written) if self.manner.go else ():
            exists, value = lookup(parameters, tuple(name.split(".")))
            if exists and isinstance(value, float) and "e" in shown(value) and shown(value) in text.made:
                return name, shown(value)
        return "", ""

    def _used(self, written: str) -> list[str]:
        if written not in self._names:
            self._names[written] = used(written, self.manner)
        return self._names[written]


def _is_templated(template: str) -> bool:
    """Tell whether some line has braces that open and close."""
    return any(0 <= line.find("{{") < line.rfind("}}") - 1 for line in template.split("\n"))


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
