"""Problems between files that are each valid: two specs of one service, a promotion cycle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer, Severity, Span
from generator.service.claims import ANALYSIS, RELEASE, WORKLOAD
from generator.service.resolve import DESTINATIONS
from generator.syntax.merge import lookup
from generator.syntax.wording import listed, suggestion
from generator.workspace.extending import about_abstract

if TYPE_CHECKING:
    from generator.pipeline.generated import ApplicationName, Claim
    from generator.workspace.model import Environment

FindPlace = Callable[[str, Pointer], Span]
"""Returns the place of a key or a value in a spec by its path, or of what is nearest above it; only called for problems."""


def duplicates(services: Iterable[tuple[str, str]], place_of: FindPlace) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each (name, path) whose service another spec already describes."""
    first: dict[str, str] = {}
    for name, path in services:
        other = first.setdefault(name, path)
        if other != path:
            message = f"service `{name}` is already described by {other}"
            yield _at_name(path, name, "", "TP036", message, "rename one of the two", place_of)


def clashes(
    claims: Collection[Claim], roots: Mapping[ApplicationName, Environment], place_of: FindPlace
) -> Iterator[Diagnostic]:
    """Yield conflicts between services: objects with the same name, which only one of them can own.

    `roots` are the environments by the names of their root Applications.
    """
    applications: dict[ApplicationName, Claim] = {}
    objects: dict[tuple[str, str, str, str], Claim] = {}
    files: dict[str, Claim] = {}
    described: dict[str, str] = {}
    instances = {claim.application[0] for claim in claims}
    for claim in claims:
        if described.setdefault(claim.service, claim.path) != claim.path:
            continue  # a second spec of one service is reported by `duplicates`
        first = applications.setdefault(claim.application, claim)
        rooted = roots.get(claim.application)
        if first is not claim or rooted:
            message, hint = _name_taken(claim, first, rooted, of_several=len(instances) > 1)
            yield _at_name(claim.path, claim.service, claim.environment, "TP501", message, hint, place_of)
        same_file = files.setdefault(claim.file, claim)
        if same_file is not claim:
            message = f"{claim.file} is also the Application of {same_file.service} in {same_file.place}"
            hint = "rename the service, or the destination"
            yield _at_name(claim.path, claim.service, claim.environment, "TP501", message, hint, place_of)
        told = {claim.application}  # one finding for each other service, however many objects they share
        for key in claim.objects:
            other = objects.setdefault(key, claim)
            if other.application not in told:
                told.add(other.application)
                yield _shared(claim, other, key, place_of)


def _name_taken(claim: Claim, first: Claim, rooted: Environment | None, *, of_several: bool) -> tuple[str, str]:
    instance, _, name = claim.application
    if rooted:
        whose, other = f"the root Application of {rooted.name}", rooted.name
    else:
        whose, other = f"the Application of {first.service} in {first.place}", first.environment
    where = f", in Argo CD instance `{instance}`" if of_several else ""
    hint = "include {service} and {environment} in argocd.applicationName"
    if claim.destination and first.service == claim.service and not rooted:
        hint = "include {destination} in argocd.applicationName"
    if other != claim.environment:
        hint += f"; if {claim.environment} has an Argo CD of its own, set argocd.instance in it"
    return f"Application `{name}` is also {whose}{where}", hint


def _shared(claim: Claim, other: Claim, key: tuple[str, str, str, str], place_of: FindPlace) -> Diagnostic:
    if other.service != claim.service:
        message, hint = _of_two_services(claim, other, key)
        return _at_name(claim.path, claim.service, claim.environment, "TP502", message, hint, place_of)
    cluster, namespace, kind, name = key
    at: Pointer = ("spec", "environments", claim.environment)
    if other.environment == claim.environment:
        at, hint = _one_cluster(claim, other, place_of)
    else:
        at = (*at, *_DESTINATION)
        hint = f"set another {'namespace or cluster' if namespace else 'cluster'} in argocd.destination of {claim.environment}"
        hint += ", or include {environment} in " + ("chart.fullname" if kind == WORKLOAD else "the name")
        if cluster.endswith(f" of {claim.application[0]}"):
            hint += f"; if {claim.environment} has an Argo CD of its own, set argocd.instance in it"
    what = f"{kind.partition('.')[0]} `{name}`"
    where = "the same namespace of the same cluster" if namespace else "the same cluster"
    message = f"{claim.place} and {other.place} are {where}: {what} would be deployed twice"
    place = place_of(claim.path, at)
    return Diagnostic(claim.path, place, "TP502", Severity.ERROR, message, hint, at, claim.service, claim.environment)


_DESTINATION: Pointer = ("argocd", "destination")


def _one_cluster(claim: Claim, other: Claim, place_of: FindPlace) -> tuple[Pointer, str]:
    """Return where a spec makes two destinations one, and the way out: below one of them, or for all at once."""
    environment: Pointer = ("spec", "environments", claim.environment)
    for name in (claim.destination, other.destination):
        at = (*environment, DESTINATIONS, name, *_DESTINATION)
        if place_of(claim.path, at) != place_of(claim.path, at[:-1]):
            return at, f"set another cluster or namespace: {claim.environment} deploys to both destinations"
    for above in (environment, environment[:1]):
        at = (*above, *_DESTINATION)
        if place_of(claim.path, at) != place_of(claim.path, at[:-1]):
            return at, f"set it below environments.{claim.environment}.destinations, for one destination each"
    return environment, f"correct the destinations of {claim.environment}"


def _of_two_services(claim: Claim, other: Claim, key: tuple[str, str, str, str]) -> tuple[str, str]:
    _, namespace, kind, name = key
    whose = f"{other.service} in {other.place}"
    if kind == ANALYSIS:
        message = f"{whose} also defines AnalysisTemplate `{name}` in namespace `{namespace}`"
        return message, f"name it after the service: `{claim.service}-{name}`"
    if kind == RELEASE:
        message = f"{whose} also has release `{name}` in namespace `{namespace}`: their Services select each other's pods"
        return message, "include {service} in argocd.releaseName"
    if kind != WORKLOAD:
        where = f"in namespace `{namespace}`" if namespace else "in the same cluster"
        return (
            f"{whose} also defines {kind.partition('.')[0]} `{name}` {where}",
            f"name it after the service: `{claim.service}-{name}`",
        )
    message = f"{whose} also has a workload `{name}` in namespace `{namespace}`"
    return message, "include {service} in chart.fullname, or in argocd.releaseName if the chart names its objects itself"


def shared_roots(roots: Iterable[tuple[ApplicationName, Environment]]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each environment whose root Application has the name of another environment's."""
    first: dict[ApplicationName, Environment] = {}
    for name, environment in roots:
        other = first.setdefault(name, environment)
        if other is not environment:
            at = ("spec", "root", "name") if lookup(environment.spec, ("root", "name"))[0] else ("metadata", "name")
            message = f"root Application `{name[2]}` is also the root Application of {other.name}"
            hint = "set another root.name; if it has an Argo CD of its own, set argocd.instance"
            source = environment.part(at)
            span = source.span_of(at)
            yield Diagnostic(source.path, span, "TP501", Severity.ERROR, message, hint, at, environment=environment.name)


def _at_name(path: str, service: str, environment: str, rule: str, message: str, hint: str, place_of: FindPlace) -> Diagnostic:
    at = ("metadata", "name")
    return Diagnostic(path, place_of(path, at), rule, Severity.ERROR, message, hint, at, service, environment)


def promotion_problems(
    environments: dict[str, Environment], abstract: Mapping[str, str], is_broken: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    """Yield the problems of the promotion chain: an unknown or an abstract environment, a cycle."""
    reported: set[str] = set()
    for name, environment in environments.items():
        source = environment.promoted_from
        if not source or is_broken(source):
            continue
        at = ("spec", "promotion", "from")
        part = environment.part(at)
        span = part.span_of(at)
        if source not in environments:
            hint = suggestion(source, environments, f"known environments: {listed(environments)}")
            message = f"promotion from unknown environment `{source}`"
            if source in abstract:
                message, hint = about_abstract(source, environments, within=name)
            yield Diagnostic(part.path, span, "TP031", Severity.ERROR, message, hint, at, environment=name)
            continue
        cycle = _cycle(name, environments)
        if cycle and name not in reported:
            reported.update(cycle)
            message = f"promotion is a cycle: {' ← '.join([*cycle, cycle[0]])}"
            yield Diagnostic(
                part.path,
                span,
                "TP032",
                Severity.ERROR,
                message,
                "remove promotion.from from one of these environments",
                at,
                environment=name,
            )


def _cycle(start: str, environments: dict[str, Environment]) -> list[str]:
    """Return the environments of the cycle that contains `start`; empty without a cycle."""
    seen = [start]
    name = environments[start].promoted_from
    while name in environments and name not in seen:
        seen.append(name)
        name = environments[name].promoted_from
    return seen if name == start else []
