"""What is wrong between files that are each in order: two specs of one name, a promotion in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Severity
from generator.model import Environment, ServiceSpec
from generator.wording import closest, listed


def duplicates(specs: list[ServiceSpec]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each spec whose service another spec already describes."""
    first: dict[str, ServiceSpec] = {}
    for spec in specs:
        other = first.setdefault(spec.name, spec)
        if other is not spec:
            span = spec.source.span_of(("metadata", "name"))
            message = f"the service `{spec.name}` is already described by {other.source.path}"
            yield Diagnostic(
                spec.source.path, span, "MR036", Severity.ERROR, message, "rename one of the two", service=spec.name
            )


def promotion_problems(environments: dict[str, Environment]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the promotion chain: an unknown environment, a cycle."""
    reported: set[str] = set()
    for name, environment in environments.items():
        source = environment.promoted_from
        if not source:
            continue
        at = ("spec", "promotion", "from")
        span = environment.source.span_of(at)
        if source not in environments:
            meant = closest(source, environments)
            hint = f"did you mean `{meant}`?" if meant else f"known environments: {listed(environments)}"
            message = f"there is no environment `{source}` to promote from"
            yield Diagnostic(environment.source.path, span, "MR031", Severity.ERROR, message, hint, at, environment=name)
            continue
        cycle = _cycle(name, environments)
        if cycle and name not in reported:
            reported.update(cycle)
            message = f"promotion goes in a circle: {' ← '.join([*cycle, cycle[0]])}"
            yield Diagnostic(
                environment.source.path,
                span,
                "MR032",
                Severity.ERROR,
                message,
                "let one environment be the start of the chain",
                at,
                environment=name,
            )


def _cycle(start: str, environments: dict[str, Environment]) -> list[str]:
    """Return the environments of the circle that `start` is on; empty if it is on none."""
    seen = [start]
    name = environments[start].promoted_from
    while name in environments and name not in seen:
        seen.append(name)
        name = environments[name].promoted_from
    return seen if name == start else []
