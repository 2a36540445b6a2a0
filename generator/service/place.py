"""Map a pointer into a resolved service to the line to edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from generator.diagnostics import Diagnostic, Pointer, Severity, Span
from generator.service.origins import Origin, origins
from generator.syntax.abridged import abridged
from generator.syntax.merge import lookup
from generator.syntax.wording import listed
from generator.workspace.model import Environment, Layer, Problem, ServiceSpec


def place(
    problem: Problem, severity: Severity, spec: ServiceSpec, environment: Environment, layers: Sequence[Layer]
) -> Diagnostic:
    """Return the diagnostic for a problem of a resolved service.

    It points into the spec. If the cause is in a preset or an environment, it points at the reference to
    it, and the hint names the place of the cause.
    """
    path, span, pointer, elsewhere = spec.source.path, Span(1, 1, 1, 1), problem.pointer, ""
    said_in: tuple[str, Span] | None = None
    if problem.pointer or problem.layer:
        layer, span_there = _origin(problem, layers)
        if layer is not None and layer.source is spec.source:
            span, pointer = span_there, layer.locate(problem.pointer)
        else:
            pointer = _brought_in(spec, environment, layer)
            span = spec.source.span_of_key(pointer)
            if layer is not None:
                said_in = (layer.source.path, span_there)
                elsewhere = f"it is set in {layer.source.path}:{span_there.line}:{span_there.column}"
    else:
        pointer = ("metadata", "labels") if "labels" in spec.source.data["metadata"] else ("metadata",)
        span = spec.source.span_of_key(pointer)
    hint = "; ".join(part for part in (problem.hint, elsewhere) if part)
    where = (spec.name, environment.name)

    found = Diagnostic(path, span, problem.rule, severity, problem.message, hint, pointer, *where, origin=said_in)
    from generator.syntax.secrets.redaction import told  # imported late: most runs find nothing

    return told(found, spec.source.text, *(layer.source.text for layer in layers if layer.source is not spec.source))


def _origin(problem: Problem, layers: Sequence[Layer]) -> tuple[Layer | None, Span]:
    """Return the layer that causes a problem, and the place in its file; the nearest parent if the value is not set."""
    if problem.layer is not None:
        at = problem.layer.locate(problem.pointer)
        source = problem.layer.source
        return problem.layer, source.span_of_key(at) if problem.at_key else source.span_of(at)
    pointer = problem.pointer
    while pointer:
        found: Origin | None = next(origins(layers, pointer), None)
        if found is not None:
            exact = pointer == problem.pointer and not problem.at_key
            return found.layer, found.layer.source.span_of(found.layer.locate(pointer)) if exact else found.key
        pointer = pointer[:-1]
    return None, Span(1, 1, 1, 1)


def _brought_in(spec: ServiceSpec, environment: Environment, layer: Layer | None) -> Pointer:
    """Return the pointer in the spec that refers to a layer of another file.

    A file that environments extend is behind all of them, so that its fault is one finding and not one for each.
    """
    if layer is not None and layer.restarts_rollout:
        _, name = lookup(spec.source.data, layer.named_at)
        if name == layer.title.removeprefix("preset "):
            return layer.named_at
    if layer is not None and any(layer.source is part for part in environment.extended):
        return ("spec", "environments")
    return ("spec", "environments", environment.name)


def once_per_cause(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics sorted, merged if they differ only in the environment, and limited in number."""
    merged = _merged(sorted(diagnostics, key=lambda item: item.order), lambda item: (item.message, item.hint))
    return abridged(_of_all(one, *words) for words, one in _merged([one for _, one in merged], _without_environment))


def _merged(
    diagnostics: Iterable[Diagnostic], words_of: Callable[[Diagnostic], tuple[str, str]]
) -> list[tuple[tuple[str, str], Diagnostic]]:
    """Return one of the diagnostics with the same place, rule and words, about the environments of all, and the words."""
    merged: dict[tuple[object, ...], tuple[tuple[str, str], Diagnostic]] = {}
    for diagnostic in diagnostics:
        words = words_of(diagnostic)
        key = (diagnostic.path, diagnostic.span, diagnostic.rule, words)
        if key not in merged:
            merged[key] = (words, diagnostic)
            continue
        same = merged[key][1]
        more = [name for name in diagnostic.environments if name not in same.environments]
        merged[key] = (words, same._replace(environment=", ".join((*filter(None, (same.environment,)), *more))))
    return list(merged.values())


_NAMED = "\0"
"""Stands for the environment in a text."""


def _without_environment(found: Diagnostic) -> tuple[str, str]:
    """Return message and hint with the environment left open, where it is a word of a sentence and not a value."""
    name = found.environment
    if not name or ", " in name or (name not in found.message and name not in found.hint):
        return found.message, found.hint
    word = rf"(?<![-\w./`\"']){re.escape(name)}(?![-\w/`\"'])"
    return re.sub(word, _NAMED, found.message), re.sub(word, _NAMED, found.hint)


def _of_all(found: Diagnostic, message: str, hint: str) -> Diagnostic:
    """Return a diagnostic that names all of its environments, where the first of them named itself."""
    everywhere = found.environment if len(found.environments) < 2 else f"each of {listed(found.environments)}"
    return found._replace(message=message.replace(_NAMED, everywhere), hint=hint.replace(_NAMED, everywhere))
