"""The templates of an ApplicationSet as such: what Go does not parse, and Go templates without `goTemplate`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.model import Problem
from generator.kubernetes.applicationsets.places import PATCH, TEMPLATE, decides
from generator.kubernetes.applicationsets.rendering import Manner, placeholders, strings
from generator.kubernetes.applicationsets.shape import types
from generator.kubernetes.objects import KubeObject, maps
from generator.kubernetes.rollouts import table
from generator.syntax.gotemplate.evaluating import parsed
from generator.syntax.gotemplate.functions import FUNCTIONS
from generator.syntax.gotemplate.problems import TemplateSyntaxError
from generator.syntax.wording import suggestion

_LONGEST = 60
_DOTTED = re.compile(r"-?\s*\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*-?\Z")


def problems(item: KubeObject, known: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with the templates of an ApplicationSet; `known` are the names of its parameters."""
    if Manner.of(item).go:
        for pointer, text in _templates(item):
            yield from _of_go(pointer, text, known)
        return
    slips = (problem for pointer, text in _templates(item) for problem in _of_text(pointer, text, known))
    yield from islice(slips, 1)  # one is enough to see that `goTemplate` is missing


def _templates(item: KubeObject) -> Iterator[tuple[Pointer, str]]:
    yield from strings(table(item.data, *TEMPLATE), TEMPLATE)
    yield from strings(item.spec.get("templatePatch"), PATCH)
    for index, one in maps(item.spec.get("generators")):
        for kind in types(one):
            here: Pointer = ("spec", "generators", index, kind)
            yield from strings(table(one, kind, "template"), (*here, "template"))
            yield from strings(table(one, kind, "values"), (*here, "values"))


def _of_go(pointer: Pointer, text: str, known: frozenset[str]) -> Iterator[Problem]:
    try:
        parsed(text)
    except TemplateSyntaxError as error:
        yield Problem("template", pointer, f"not a valid Go template: {error.message}", _hint(error, text, known))


def _hint(error: TemplateSyntaxError, text: str, known: frozenset[str]) -> str:
    name = error.function
    if not name:
        return "close what is open, and correct the template"
    alone = re.search(rf"\{{\{{-?\s*{re.escape(name)}(?:\.[\w.]+)?\s*-?\}}\}}", text)
    if name in known or alone:
        return f"write `{{{{ .{name} }}}}`: with goTemplate, a parameter begins with a dot"
    if name in _OF_HELM:
        return "it exists in Helm alone"
    return suggestion(name, FUNCTIONS, "use a function of Sprig, or one of Argo CD: normalize, slugify, toYaml, fromYaml")


_OF_HELM = frozenset(("include", "tpl", "required", "lookup", "toToml", "fromToml"))


def _of_text(pointer: Pointer, text: str, known: frozenset[str]) -> Iterator[Problem]:
    for start, stop, inner in placeholders(text):
        match = _DOTTED.match(inner) if stop >= 0 else None
        if match and (decides(pointer) or match[1] in known):
            shown = text[start:stop][:_LONGEST]
            message = f"`{shown}` is a Go template, but this set has no `goTemplate: true`, so it stays as it is written"
            yield Problem("template", pointer, message, f"set `goTemplate: true`, or write {{{{{match[1]}}}}}")
            return


def names(parameters: Any) -> set[str]:
    """Return the names by which templates can ask for parameters."""
    return {part for name in parameters for part in (name, name.split(".")[0])}
