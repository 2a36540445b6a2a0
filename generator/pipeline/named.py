"""Environments and destinations that a spec names, and that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.service.resolve import DESTINATIONS
from generator.syntax.merge import lookup
from generator.syntax.names import is_label
from generator.syntax.wording import listed, suggestion
from generator.workspace.destinations import destinations_of
from generator.workspace.extending import about_abstract

if TYPE_CHECKING:
    from generator.pipeline.inputs import Inputs
    from generator.syntax.reader import Source
    from generator.workspace.model import Environment, ServiceSpec


def unknown_environment(source: Source, service: str, name: str, inputs: Inputs) -> Diagnostic:
    """Return the diagnostic for an environment of a spec that does not exist, or that nothing is deployed to."""
    at, known = ("spec", "environments", name), inputs.environments
    hint = suggestion(name, known, f"known: {listed(known)}; or add {inputs.workspace.environments}/{name}.yaml")
    message = f"unknown environment `{name}`"
    if name in inputs.loader.abstract:
        message, hint = about_abstract(name, known)
    return Diagnostic(source.path, source.span_of_key(at), "TP031", Severity.ERROR, message, hint, at, service, name)


def also_wrong(source: Source, inputs: Inputs) -> Iterator[Diagnostic]:
    """Yield what a spec refers to in vain whose schema errors are reported: all problems are told in one run."""
    service = lookup(source.data, ("metadata", "name"))[1]
    named = lookup(source.data, ("spec", "environments"))[1]
    for name in named if isinstance(named, dict) else ():
        if not isinstance(name, str) or not is_label(name) or name in inputs.environments:
            continue  # what cannot be a name is one of the schema errors
        if not inputs.loader.is_broken(inputs.workspace.environments, name):
            yield unknown_environment(source, service if isinstance(service, str) else "", name, inputs)


def strange_destinations(spec: ServiceSpec, environment: Environment) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each destination of a spec that its environment does not have."""
    given = (spec.environments.get(environment.name) or {}).get(DESTINATIONS)
    if given is None:
        return
    known, at = destinations_of(environment), ("spec", "environments", environment.name, DESTINATIONS)
    whose = (spec.name, environment.name)
    if not known:
        message = f"`{environment.name}` has no destinations: it is a single cluster"
        hint = (
            f"move these settings to environments.{environment.name}, or add `argocd.destinations` to {environment.source.path}"
        )
        yield Diagnostic(spec.source.path, spec.source.span_of_key(at), "TP058", Severity.ERROR, message, hint, at, *whose)
        return
    for name in given:
        if name not in known:
            hint = suggestion(name, known, f"destinations of {environment.name}: {listed(known)}")
            message, here = f"unknown destination `{name}`", (*at, name)
            yield Diagnostic(
                spec.source.path, spec.source.span_of_key(here), "TP058", Severity.ERROR, message, hint, here, *whose
            )
