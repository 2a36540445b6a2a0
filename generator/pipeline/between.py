"""Problems between files that are each valid: two specs of one service, a promotion cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from generator.diagnostics import Diagnostic, Pointer, Severity, Span
from generator.pipeline.generated import Claim
from generator.syntax.merge import lookup
from generator.syntax.reader import Source
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import Environment, Workspace

FindPlace = Callable[[str], Span]
"""Maps the path of a spec to the place of its service name; only called for problems."""


def duplicates(services: Iterable[tuple[str, str]], place_of: FindPlace) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each (name, path) whose service another spec already describes."""
    first: dict[str, str] = {}
    for name, path in services:
        other = first.setdefault(name, path)
        if other != path:
            message = f"service `{name}` is already described by {other}"
            yield _at_name(path, name, "", "TP036", message, "rename one of the two", place_of)


def clashes(claims: Iterable[Claim], roots: Mapping[tuple[str, str], str], place_of: FindPlace) -> Iterator[Diagnostic]:
    """Yield conflicts between services: objects with the same name, which only one of them can own.

    `roots` are the environments by namespace and name of their root Applications.
    """
    applications: dict[tuple[str, str], Claim] = {}
    objects: dict[tuple[str, str, str, str], Claim] = {}
    described: dict[str, str] = {}
    for claim in claims:
        if described.setdefault(claim.service, claim.path) != claim.path:
            continue  # a second spec of one service is reported by `duplicates`
        first = applications.setdefault(claim.application, claim)
        rooted = roots.get(claim.application)
        if first is not claim or rooted:
            whose = (
                f"the root Application of {rooted}" if rooted else f"the Application of {first.service} in {first.environment}"
            )
            message = f"Application `{claim.application[1]}` is also {whose}"
            hint = "include {service} and {environment} in argocd.applicationName"
            yield _at_name(claim.path, claim.service, claim.environment, "TP501", message, hint, place_of)
        for key in claim.objects:
            other = objects.setdefault(key, claim)
            if other.service != claim.service:
                _, namespace, kind, name = key
                where = f"in namespace `{namespace}`" if namespace else "in the same cluster"
                message = f"{other.service} in {other.environment} also defines {kind.partition('.')[0]} `{name}` {where}"
                hint = f"name it after the service: `{claim.service}-{name}`"
                yield _at_name(claim.path, claim.service, claim.environment, "TP502", message, hint, place_of)


def _at_name(path: str, service: str, environment: str, rule: str, message: str, hint: str, place_of: FindPlace) -> Diagnostic:
    at = ("metadata", "name")
    return Diagnostic(path, place_of(path), rule, Severity.ERROR, message, hint, at, service, environment)


def no_repository(workspace: Workspace) -> Iterator[Diagnostic]:
    """Yield a diagnostic if the address of this repository is not set."""
    if workspace.repo_url:
        return
    span = workspace.source.span_of_key(("spec",))
    message = "`spec.repoURL` is not set: Argo CD reads the values from this repository and needs its address"
    hint = "set `repoURL:` to the URL that `git remote get-url origin` prints"
    yield Diagnostic(workspace.source.path, span, "TP022", Severity.ERROR, message, hint, ("spec",))


def promotion_problems(environments: dict[str, Environment], is_broken: Callable[[str], bool]) -> Iterator[Diagnostic]:
    """Yield the problems of the promotion chain: an unknown environment, a cycle."""
    reported: set[str] = set()
    for name, environment in environments.items():
        source = environment.promoted_from
        if not source or is_broken(source):
            continue
        at = ("spec", "promotion", "from")
        span = environment.source.span_of(at)
        if source not in environments:
            hint = suggestion(source, environments, f"known environments: {listed(environments)}")
            message = f"promotion from unknown environment `{source}`"
            yield Diagnostic(environment.source.path, span, "TP031", Severity.ERROR, message, hint, at, environment=name)
            continue
        cycle = _cycle(name, environments)
        if cycle and name not in reported:
            reported.update(cycle)
            message = f"promotion is a cycle: {' ← '.join([*cycle, cycle[0]])}"
            yield Diagnostic(
                environment.source.path,
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


PLACEHOLDERS = (
    "https://github.com/acme/deploy-config.git",
    "https://github.com/acme/online-boutique-config.git",
    "oci://registry.example.com/charts-",
    "oci://registry.example.com/online-boutique/charts-",
)
"""Prefixes of the addresses that `tiphys init` writes."""


def placeholder_addresses(workspace: Workspace, environments: Iterable[Environment]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each address in use that is still the one that `tiphys init` wrote."""
    places: list[tuple[Source, Pointer, str]] = [(workspace.source, ("spec", "repoURL"), "your repository")]
    places += [(one.source, ("spec", "chart", "repository"), "your chart repository") for one in environments]
    for source, at, what in places:
        _, address = lookup(source.data, at)
        if isinstance(address, str) and address.startswith(PLACEHOLDERS):
            message = f"`{address}` is a placeholder from `tiphys init`: Argo CD cannot fetch from it"
            yield Diagnostic(source.path, source.span_of(at), "TP048", Severity.NOTE, message, f"set the address of {what}", at)
