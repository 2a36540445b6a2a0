"""ApplicationSets as the Applications that Argo CD would make of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.adopt.generators import GeneratorError, Generators
from generator.adopt.model import Found, Note
from generator.adopt.repositories import Repositories
from generator.adopt.templating import TemplateError, rendered, said
from generator.kubernetes.objects import maps
from generator.kubernetes.rollouts import table

_API = "argoproj.io/v1alpha1"


def expanded(one: Found, repositories: Repositories) -> tuple[list[Found], list[Note]]:
    """Return the Applications of an ApplicationSet, and why others are not known."""
    spec = one.item.spec
    go = spec.get("goTemplate") is True
    notes: list[Note] = []
    made: dict[str, Found] = {}
    for field in ("templatePatch", "strategy"):
        if spec.get(field):
            why = (
                "it is not evaluated here"
                if field == "templatePatch"
                else "Tiphys writes Applications, which sync on their own"
            )
            notes.append(_note(one, ("spec", field), f"`{field}`", why))
    if spec.get("templatePatch"):
        return [], notes
    for index, generator in maps(spec.get("generators")):
        pointer = ("spec", "generators", index)
        try:
            for parameters in Generators(repositories, go=go).sets(generator):
                application = _application(one, rendered(spec.get("template") or {}, parameters, go=go), parameters)
                made.setdefault(application.name, application)
        except (GeneratorError, TemplateError) as error:
            notes.append(_note(one, pointer, "the Applications of a generator", str(error)))
    if not made and not notes:
        notes.append(_note(one, ("spec",), "this ApplicationSet", "its generators give no Application over the files at hand"))
    return list(made.values()), notes


def _note(one: Found, pointer: tuple[str | int, ...], what: str, why: str) -> Note:
    return Note(*one.place(pointer), f"ApplicationSet {one.name}: {what}", why)


def _application(one: Found, template: Any, parameters: dict[str, Any]) -> Found:
    metadata = dict(table(template, "metadata"))
    if one.item.namespace:
        metadata.setdefault("namespace", one.item.namespace)
    data = {"apiVersion": _API, "kind": "Application", "metadata": metadata, "spec": table(template, "spec")}
    marks = dict(_marks(parameters))
    maker = f"ApplicationSet {one.name}"
    return Found(data, one.path, one.below, one.file, line=one.line, maker=maker, marks=marks)


def _marks(parameters: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in parameters.items():
        if isinstance(value, dict):
            yield from _marks(value, f"{prefix}{key}.")
        elif not isinstance(value, list) and value is not None:
            yield f"{prefix}{key}", said(value)
