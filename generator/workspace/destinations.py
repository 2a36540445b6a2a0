"""An environment on several clusters: its destinations, the waves in which releases reach them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.applications import cluster_of
from generator.syntax import names
from generator.syntax.placeholders import holds_placeholder
from generator.syntax.wording import listed, suggestion
from generator.workspace.model import ANY, Environment

CLUSTER = ("name", "server")
"""The fields of a destination that each name its cluster."""

RESERVED = ("manifests", "rendered")
"""Names that a destination may not have: it has a folder in that of a service, in which Tiphys has others."""

_ARGOCD: Pointer = ("spec", "argocd")
_ONE: Pointer = (*_ARGOCD, "destination")
_ALL: Pointer = (*_ARGOCD, "destinations")
_WAVES: Pointer = (*_ARGOCD, "waves")


def destinations_of(environment: Environment) -> Mapping[str, Mapping[str, Any]]:
    """Return the destinations of an environment by name; empty for an environment on one cluster."""
    found: Mapping[str, Mapping[str, Any]] = (environment.spec.get("argocd") or {}).get("destinations") or {}
    return found


def waves_of(environment: Environment) -> list[list[str]]:
    """Return the names of the destinations, wave by wave; without waves, all are in one."""
    waves: list[list[str]] | None = (environment.spec.get("argocd") or {}).get("waves")
    return waves or [list(destinations_of(environment))]


def targets_of(environment: Environment) -> tuple[Environment, ...]:
    """Return the environment once for each of its destinations, in the order of the waves; itself if it has none."""
    found = destinations_of(environment)
    if not found:
        return (environment,)
    argocd = environment.spec["argocd"]
    below = argocd.get("destination") or {}
    targets = []
    for wave, members in enumerate(waves_of(environment)):
        for name in members:
            destination = over(found[name], below)
            spec = {**environment.spec, "argocd": {**argocd, "destination": destination}}
            varying = environment.varying | ({"destination"} if holds_placeholder(destination) else set())
            targets.append(environment._replace(spec=spec, varying=varying, destination=name, wave=wave))
    return tuple(targets)


def whole(environment: Environment) -> Environment:
    """Return an environment for what is the same in all of its destinations, such as the version of a service."""
    return environment._replace(destination=ANY) if destinations_of(environment) else environment


def over(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return a destination with another merged over it; a cluster is replaced as a whole, by name or by server."""
    if not above.keys() & {*CLUSTER}:
        return {**below, **above}
    cluster = {key: above[key] for key in CLUSTER if key in above}
    return {**cluster, **{key: value for key, value in {**below, **above}.items() if key not in CLUSTER}}


def wrong_destinations(environment: Environment) -> Iterator[Diagnostic]:
    """Yield what is wrong with where an environment deploys to: one cluster, or several in waves."""
    argocd = environment.spec.get("argocd")
    if argocd is None:
        return
    if "destinations" not in argocd:
        if "destination" not in argocd:
            hint = "add `destination`: the cluster, by `name` or by `server`, and the namespace"
            yield _wrong(environment, _ARGOCD, "TP022", "`spec.argocd` needs `destination`", hint, at_key=True)
        if "waves" in argocd:
            message = "`waves` is set without `destinations`: there is only one cluster"
            yield _wrong(environment, _WAVES, "TP059", message, "add `destinations`, or remove `waves`", at_key=True)
        return
    yield from _clusters_beside(environment, argocd)
    yield from _each(environment, argocd)
    yield from _same_place(environment, argocd)
    if "waves" in argocd:
        yield from _wrong_waves(environment, argocd)


def _clusters_beside(environment: Environment, argocd: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for field in CLUSTER:
        if field in (argocd.get("destination") or {}):
            message = f"`destination.{field}` names a cluster, but the clusters of this environment are its `destinations`"
            yield _wrong(environment, (*_ONE, field), "TP059", message, f"remove `{field}`; `namespace` may stay", at_key=True)


def _each(environment: Environment, argocd: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for name, given in argocd["destinations"].items():
        at = (*_ALL, name)
        why = names.misread(name)
        if name in (*names.RESERVED, *RESERVED):
            why = "Tiphys writes a file or folder with this name"
        if why:
            message = f"`{name}` cannot be the name of a destination: {why}"
            yield _wrong(environment, at, "TP037", message, "choose another name", at_key=True)
        clusters = [field for field in CLUSTER if field in given]
        if len(clusters) != 1:
            message = (
                f"destination `{name}` has both `name` and `server`" if clusters else f"destination `{name}` has no cluster"
            )
            hint = "remove one of them" if clusters else "add `name`, as Argo CD calls the cluster, or `server`"
            yield _wrong(environment, at, "TP059", message, hint, at_key=True)
        if "namespace" not in given and "namespace" not in (argocd.get("destination") or {}):
            hint = "add it, or set `argocd.destination.namespace` for all destinations"
            yield _wrong(environment, at, "TP022", f"destination `{name}` needs `namespace`", hint, at_key=True)


def _same_place(environment: Environment, argocd: Mapping[str, Any]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, Any], str] = {}
    for name, given in argocd["destinations"].items():
        whole = over(given, argocd.get("destination") or {})
        other = first.setdefault((cluster_of(whole, ""), whole.get("namespace")), name)
        if other != name and whole.keys() & {*CLUSTER}:
            message = (
                f"destinations `{other}` and `{name}` have the same cluster and namespace: each object would be deployed twice"
            )
            hint = "correct its cluster, or remove one of the two"
            yield _wrong(environment, (*_ALL, name), "TP059", message, hint, at_key=True)


def _wrong_waves(environment: Environment, argocd: Mapping[str, Any]) -> Iterator[Diagnostic]:
    known, first = argocd["destinations"], dict[str, int]()
    for number, members in enumerate(argocd["waves"]):
        for index, name in enumerate(members):
            at = (*_WAVES, number, index)
            if name not in known:
                hint = suggestion(name, known, f"destinations of {environment.name}: {listed(known)}")
                yield _wrong(environment, at, "TP058", f"unknown destination `{name}`", hint)
            elif name in first:
                where = (
                    "listed twice in one wave" if first[name] == number else f"in wave {first[name] + 1} and wave {number + 1}"
                )
                yield _wrong(environment, at, "TP059", f"destination `{name}` is {where}", "remove one of the two")
            first.setdefault(name, number)
    missing = [name for name in known if name not in first]
    if missing and first.keys() <= known.keys():  # an unknown name is most likely that of a missing one
        message = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} in no wave"
        hint = "add each destination to the wave in which releases reach it"
        yield _wrong(environment, _WAVES, "TP059", message, hint, at_key=True)


def _wrong(environment: Environment, at: Pointer, rule: str, message: str, hint: str, *, at_key: bool = False) -> Diagnostic:
    part = environment.part(at)
    span = part.span_of_key(at) if at_key else part.span_of(at)
    return Diagnostic(part.path, span, rule, Severity.ERROR, message, hint, at)
