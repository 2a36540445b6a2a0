"""Which version of a chart is released, and whether the specs ask for that one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator import semver
from generator.build import Built
from generator.chart_package import METADATA, OPEN
from generator.diagnostics import START, Diagnostic, Pointer, Severity
from generator.resolve import origins

DISAGREES = "MR610"
VERSION: Pointer = ("chart", "version")


class Agreement(NamedTuple):
    """What the specs of an environment make of a chart."""

    version: str
    """The version to release; empty if nobody says it."""
    owner: Built | None
    """The service whose own chart it is, where that service's spec fills in version and image."""
    users: tuple[Built, ...]
    """Those who would get this version."""
    others: tuple[Built, ...]
    """Those who ask for another one, which must have been released before."""
    problems: tuple[Diagnostic, ...] = ()


def agree(name: str, version: str, shown: str, built: Sequence[Built]) -> Agreement:
    """Return which version of a chart is released; `version` and `shown` are what Chart.yaml says, and where."""
    owner = next((item for item in built if item.resolved.service == name), None) if version == OPEN else None
    if version == OPEN:
        if owner is None:
            message = f"the version {OPEN} is filled in from the spec of the service `{name}`, which is not deployed here"
            hint = "give the chart a version of its own: it is shared, or call it like its service"
            return Agreement(
                "", None, (), (), (Diagnostic(f"{shown}/{METADATA}", START, DISAGREES, Severity.ERROR, message, hint),)
            )
        wanted = asked(owner)
        if semver.parse(wanted) is None:
            message = f"the version of {shown} is filled in from here, and this is no one version" if wanted else ""
            message = message or f"{shown} leaves its version to this spec, and chart.version is not said"
            problem = placed(owner, message, 'write the version to release, such as "1.4.2"')
            return Agreement("", owner, (), (), (problem,))
        version = wanted
    users = tuple(item for item in built if fits(version, asked(item)))
    others = tuple(item for item in built if not fits(version, asked(item)))
    problems = () if users else tuple(_nobody(item, version, shown) for item in others)
    return Agreement(version, owner, users, others, problems)


def asked(built: Built) -> str:
    """Return the version, or range, that a service asks for; empty where a path says it all."""
    return str(built.resolved.data["chart"].get("version") or "")


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version is what is asked for, by version or by range; anything is, where nothing is said."""
    one, exact = semver.parse(version), semver.parse(wanted)
    if not wanted or version == wanted:
        return True
    return one is not None and exact is None and bool(semver.satisfies(one, wanted))


def _nobody(built: Built, version: str, shown: str) -> Diagnostic:
    wanted = asked(built)
    number = semver.parse(version)
    if semver.parse(wanted) is None and number and number.pre and semver.satisfies(number._replace(pre=""), wanted):
        message = f'the range "{wanted}" lets no pre-release in, and {shown} is {version}'
        return placed(built, message, "name a pre-release in the range, as in `>=1.0.0-0`, or release a version without one")
    message = f'asks for version "{wanted}" of the chart, and {shown} is {version}'
    return placed(built, message, f'set chart.version to "{version}", or the version in {shown}/{METADATA}')


def unknown(built: Built, version: str, shown: str, title: str) -> Diagnostic:
    """Return the diagnostic for a service that asks for a version that is nowhere."""
    message = (
        f'asks for version "{asked(built)}" of the chart, which is neither in {shown}, where it is {version}, nor in {title}'
    )
    return placed(built, message, f'set chart.version to "{version}", or release the other one first')


def placed(built: Built, message: str, hint: str) -> Diagnostic:
    """Return a diagnostic at the words that say the version of a service's chart: in its spec or in its environment."""
    resolved = built.resolved
    said = next(origins(resolved.layers, VERSION), None) or next(origins(resolved.layers, VERSION[:1]), None)
    environment = resolved.environment.name
    if said is None:
        return Diagnostic(
            resolved.spec.source.path, START, DISAGREES, Severity.ERROR, message, hint, (), built.resolved.service, environment
        )
    source, pointer = said.layer.source, said.layer.locate(VERSION)
    service = resolved.service if source is resolved.spec.source else ""
    return Diagnostic(
        source.path, source.span_of(pointer), DISAGREES, Severity.ERROR, message, hint, pointer, service, environment
    )
