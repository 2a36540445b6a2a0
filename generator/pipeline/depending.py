"""What is wrong with what services need of each other, once all of them are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.pipeline.between import FindPlace
from generator.service.dependencies import Dependency, circles, dependencies_of, is_range, unmet
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed, suggestion

if TYPE_CHECKING:
    from generator.pipeline.generated import Claim
    from generator.workspace.model import ServiceSpec


class Declared(NamedTuple):
    """What a spec declares of one environment: that the service is deployed there, and what it needs."""

    path: str
    service: str
    environment: str
    needs: tuple[Dependency, ...]


def declared_in(spec: ServiceSpec) -> Iterator[Declared]:
    """Yield what a spec declares, environment by environment."""
    for name in spec.environments:
        yield Declared(spec.source.path, spec.name, name, dependencies_of(spec, name))


def wrong_dependencies(
    declared: Sequence[Declared], claims: Sequence[Claim], place_of: FindPlace, *, all_known: bool
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the dependencies of services, environment by environment.

    A service that is not there is only reported if all specs could be read (`all_known`).
    """
    if not any(one.needs for one in declared):
        return
    deployed: dict[str, dict[str, Declared]] = {}
    for one in declared:
        deployed.setdefault(one.environment, {}).setdefault(one.service, one)
    versions = {(claim.environment, claim.service): claim.runs for claim in claims}
    services = {one.service for one in declared}
    known = _Known(services, deployed, versions, all_known)
    told: set[tuple[str, object]] = set()
    for here in deployed.values():
        for one in here.values():
            for needed in one.needs:
                yield from _once(told, _problem(one, needed, known, place_of))
        yield from _once(told, _circles(here, place_of))


class _Known(NamedTuple):
    services: set[str]
    deployed: dict[str, dict[str, Declared]]
    """What is declared, by environment and service."""
    versions: Mapping[tuple[str, str], str]
    """What services run, by environment and service; of those that could be built."""
    all_known: bool


def _once(told: set[tuple[str, object]], found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield findings without those that were told of another environment in the same words."""
    for one in found:
        key = (one.message, (one.path, one.pointer))
        if key not in told:
            told.add(key)
            yield one


def _problem(one: Declared, needed: Dependency, known: _Known, place_of: FindPlace) -> Iterator[Diagnostic]:
    service, where = needed.service, one.environment
    if needed.version and not is_range(needed.version):
        message = f"`{needed.version}` is not a range of versions"
        hint = 'write it as for a chart version, such as ">=1.4" or "^1.4"'
        yield _at(one, needed, "TP504", message, hint, place_of, "version")
    if service == one.service:
        yield _at(one, needed, "TP504", f"{service} depends on itself", "remove it", place_of, "service")
    elif service not in known.services:
        if known.all_known:
            others = (name for name in known.services if name != one.service)
            hint = suggestion(service, others, "use the name of a service of this workspace")
            yield _at(one, needed, "TP504", f"unknown service `{service}`", hint, place_of, "service")
    elif service not in known.deployed[where]:
        if known.all_known:
            message = f"{one.service} depends on {service}, which is not deployed to {where}"
            hint = f"deploy it there, or set `environments.{where}.dependsOn` without it"
            yield _at(one, needed, "TP504", message, hint, place_of, "service")
    elif (where, service) in known.versions:
        version = known.versions[where, service]
        why = unmet(needed, version)
        if why:
            message = f"{one.service} in {where} needs {needed}, but {where} has {version or 'no version'}, {why}"
            yield _at(one, needed, "TP506", message, _way_out(needed, why, where), place_of, "version")


def _way_out(needed: Dependency, why: str, where: str) -> str:
    if why.startswith("a pre-release"):
        return f'to include pre-releases, write the range with one, such as ">=1.4.0-0"; or release {needed.service} to {where}'
    return f"release a version of {needed.service} to {where} that is in the range, or set `environments.{where}.dependsOn`"


def _circles(here: Mapping[str, Declared], place_of: FindPlace) -> Iterator[Diagnostic]:
    """Yield one diagnostic for each circle, at its first service; it names the place of each dependency in it."""
    for circle in circles({name: [needed.service for needed in one.needs] for name, one in here.items()}):
        steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
        chosen = [next(needed for needed in here[name].needs if needed.service == other) for name, other in steps]
        places = []
        for name, needed in zip(circle, chosen, strict=True):
            span = place_of(here[name].path, (*needed.at, "service"))
            places.append(f"{here[name].path}:{span.line}:{span.column}")
        message = f"services depend on each other in a cycle: {' → '.join([*circle, circle[0]])} ({', '.join(places)})"
        hint = f"remove one of these dependencies: {listed(f'{name} on {other}' for name, other in steps)}"
        yield _at(here[circle[0]], chosen[0], "TP505", message, hint, place_of, "service")


def _at(one: Declared, needed: Dependency, rule: str, message: str, hint: str, place_of: FindPlace, field: str) -> Diagnostic:
    severity = Severity.WARNING if rule == "TP506" else Severity.ERROR
    at = (*needed.at, field)
    span = place_of(one.path, at)
    return Diagnostic(one.path, span, rule, severity, message, hint, at, one.service, one.environment)
