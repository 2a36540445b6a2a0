"""What is said of the versions that environments state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.target import PRODUCTS, UNSTATED, Target, of, outdated
from generator.workspace.model import Environment

OUTDATED = "TP674"


def outdated_targets(environments: Iterable[Environment]) -> Iterator[Diagnostic]:
    """Yield a note for each version of an environment that gets no more fixes."""
    for environment in environments:
        for product, message, hint in notes(of(environment.spec.get("target"))):
            at: Pointer = ("spec", "target", product)
            source = environment.part(at)
            hint = f"{hint}, then set target.{product}"
            yield Diagnostic(
                source.path, source.span_of(at), OUTDATED, Severity.NOTE, message, hint, at, environment=environment.name
            )


def notes(target: Target) -> Iterator[tuple[str, str, str]]:
    """Yield the products of a target that get no more fixes, each with a message and a hint."""
    for product, version, oldest in outdated(target):
        name = PRODUCTS[product]
        yield product, f"{name} {version} gets no more fixes; {oldest} is the oldest release that does", f"upgrade {name}"


def targeted(environment: Environment, target: Target) -> Environment:
    """Return an environment with other versions in the place of those that it states."""
    stated = environment.spec.get("target") or {}
    versions = {product: version for product, version in target._asdict().items() if version}
    return environment._replace(spec={**environment.spec, "target": {**stated, **versions}})


def oldest(environments: Iterable[Environment]) -> Target:
    """Return the target with the oldest Argo CD; an AppProject must be right for each."""
    stated = (of(environment.spec.get("target")) for environment in environments)
    return min((one for one in stated if one.argocd), key=lambda one: one.release("argocd") or (0, 0, 0), default=UNSTATED)
