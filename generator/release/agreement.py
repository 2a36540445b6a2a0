"""Determine which version of a chart to release, and check that the specs request it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.diagnostics import START, Diagnostic, Pointer, Severity
from generator.release.sources import Source
from generator.service.build import Built
from generator.service.origins import origins
from generator.syntax import semver
from generator.system.charts.package import METADATA, OPEN

DISAGREES = "TP651"
VERSION: Pointer = ("chart", "version")


class Agreement(NamedTuple):
    """The version of a chart that is released, and the services of an environment that request it."""

    version: str
    """The version to release; empty if none is set."""
    owner: Built | None
    """The service that owns the chart, if its spec provides version and image."""
    users: tuple[Built, ...]
    """The services that would get this version."""
    others: tuple[Built, ...]
    """The services that request a different version, which must already be released."""
    problems: tuple[Diagnostic, ...] = ()


def agree(source: Source, built: Sequence[Built]) -> Agreement:
    """Return which version of a chart is released to the services that use it."""
    version = source.version
    owner = next((item for item in built if item.resolved.service == source.name), None) if version == OPEN else None
    if version == OPEN:
        if owner is None:
            return Agreement("", None, (), (), (_nobodys(source),))
        version = asked(owner)
        if semver.parse(version) is None:
            message = f"{source.shown} takes its version from the spec"
            message += f', and "{version}" is not an exact version' if version else ", which does not set one"
            hint = 'set chart.version to an exact version, such as "1.4.2"'
            if version:
                hint += f"; to take the chart by a range, give it a version of its own in {source.shown}/{METADATA}"
            return Agreement("", owner, (), (), (placed(owner, message, hint),))
    users = tuple(item for item in built if fits(version, asked(item)))
    others = tuple(item for item in built if not fits(version, asked(item)))
    problems = () if users else tuple(_other(item, source) for item in others)
    return Agreement(version, owner, users, others, problems)


def _nobodys(source: Source) -> Diagnostic:
    message = f"{OPEN} means the version in the spec of service `{source.name}`, which is not deployed here"
    hint = "set a version in Chart.yaml if the chart is shared, or name the chart after its service"
    return Diagnostic(f"{source.shown}/{METADATA}", source.version_at, DISAGREES, Severity.ERROR, message, hint)


def asked(built: Built) -> str:
    """Return the version, or range, that a service requests; empty if it only sets a path."""
    return str(built.resolved.data["chart"].get("version") or "")


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version matches the requested version or range; any version matches an empty request."""
    one, exact = semver.parse(version), semver.parse(wanted)
    if not wanted or version == wanted:
        return True
    return one is not None and exact is None and bool(semver.satisfies(one, wanted))


def _other(built: Built, source: Source) -> Diagnostic:
    wanted, number = asked(built), semver.parse(source.version)
    if semver.parse(wanted) is None and number and number.pre and semver.satisfies(number._replace(pre=""), wanted):
        message = f'"{wanted}" does not match pre-releases, but {source.said}'
        return placed(
            built, message, "allow pre-releases in the range, as in `>=1.0.0-0`, or release a version that is not one"
        )
    hint = f'set chart.version to "{source.version}"' + (
        "" if source.shipped else f", or the version in {source.shown}/{METADATA}"
    )
    return placed(built, f'the spec requests "{wanted}", but {source.said}', hint)


def unknown(built: Built, source: Source, title: str) -> Diagnostic:
    """Return the diagnostic for a service that requests a version that exists nowhere."""
    message = f'the spec requests "{asked(built)}", but {source.said}, and {title} does not have it'
    return placed(built, message, f'set chart.version to "{source.version}", or release the other one first')


def placed(built: Built, message: str, hint: str, pointer: Pointer = ()) -> Diagnostic:
    """Return a diagnostic at the line that sets a field, by default the version of a service's chart.

    It is in the spec, or in the environment.
    """
    resolved = built.resolved
    pointer = pointer or (VERSION if asked(built) else VERSION[:1])
    said = next(origins(resolved.layers, pointer), None)
    environment = resolved.environment.name
    if said is None:
        return Diagnostic(
            resolved.spec.source.path, START, DISAGREES, Severity.ERROR, message, hint, (), built.resolved.service, environment
        )
    source, pointer = said.layer.source, said.layer.locate(pointer)
    service = resolved.service if source is resolved.spec.source else ""
    return Diagnostic(
        source.path, source.span_of(pointer), DISAGREES, Severity.ERROR, message, hint, pointer, service, environment
    )
