"""What a service and its parts are called: its Application, its release, the objects of its chart, and where they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.service.analyses import UnbuildableError
from generator.service.resolve import ITSELF, of_destination
from generator.service.waves import broken_order
from generator.syntax import placeholders
from generator.syntax.merge import lookup
from generator.syntax.placeholders import UnknownPlaceholderError
from generator.workspace.destinations import CLUSTER, over
from generator.workspace.model import Environment, Problem, Resolved

IN_CLUSTER = "https://kubernetes.default.svc"
ARGOCD = "argocd"
"""The default namespace of Argo CD."""
INSTANCE = "default"
"""The Argo CD of environments that name none."""

NAMES = ("applicationName", "releaseName", "project", "destination", "labels", "annotations")
"""The fields of a spec's `argocd` that may contain placeholders; they replace those of the environment, or add to them."""
FREE = ("annotations",)
"""Those whose text may have other words in braces, which are left as they are."""


def settings(resolved: Resolved) -> dict[str, Any]:
    """Return the `argocd` block of one service: the environment's with the spec's names over it, and defaults filled in.

    Placeholders are replaced. Raises UnknownPlaceholderError for one of the environment, UnbuildableError for
    one of the spec.
    """
    environment, known = resolved.environment, resolved.known
    raw: dict[str, Any] = environment.spec.get("argocd") or {}
    given = {**raw, **{key: _expand(value, known) for key, value in raw.items() if key in environment.varying}}
    own = _own_names(resolved)
    destination = over(own.get("destination") or {}, given.get("destination") or {})
    if "name" not in destination and "server" not in destination:
        destination = {"server": IN_CLUSTER, **destination}
    name = _application_name(resolved, own, given)
    omit = [field for field in given.get("omit") or [] if field != "namespace" or "namespace" not in environment.varying]
    return {
        "instance": instance_of(environment),
        "namespace": given.get("namespace") or ARGOCD,
        "project": own.get("project") or given["project"],
        "applicationName": name,
        "releaseName": own.get("releaseName")
        or given.get("releaseName")
        or (name if "releaseName" in omit else resolved.service),
        "destination": destination,
        "syncPolicy": given.get("syncPolicy") or {},
        "onDelete": resolved.argocd.get("onDelete") or given.get("onDelete") or "orphan",
        "omit": omit,
        "labels": {**(given.get("labels") or {}), **(own.get("labels") or {})},
        "annotations": {**(given.get("annotations") or {}), **(own.get("annotations") or {})},
    }


def _application_name(resolved: Resolved, own: dict[str, Any], given: dict[str, Any]) -> str:
    """Return the name of the Application; that of a destination is added, unless the name was written for it alone."""
    name = own.get("applicationName") or given.get("applicationName")
    destination = resolved.environment.destination
    if not destination:
        return name or placeholders.expand("{service}-{environment}", resolved.known)
    written = resolved.argocd.get("applicationName") or resolved.environment.spec["argocd"].get("applicationName") or ""
    if "{destination}" in written or _is_own_name(resolved):
        return str(name)
    return f"{name or placeholders.expand('{service}-{environment}', resolved.known)}-{destination}"


def _is_own_name(resolved: Resolved) -> bool:
    """Tell whether the name of the Application is set for this destination alone."""
    at: Pointer = ("argocd", "applicationName")
    return any(of_destination(layer) and lookup(layer.data, at)[1] is not None for layer in resolved.layers)


def instance_of(environment: Environment) -> str:
    """Return the name of the Argo CD that reads the Applications of an environment."""
    return str((environment.spec.get("argocd") or {}).get("instance") or INSTANCE)


def _expand(node: Any, known: dict[str, str]) -> Any:
    if isinstance(node, str):
        return placeholders.expand(node, known)
    if isinstance(node, dict):
        return {key: _expand(value, known) for key, value in node.items()}
    if isinstance(node, list):
        return [_expand(item, known) for item in node]
    return node


def _own_names(resolved: Resolved) -> dict[str, Any]:
    """Return the names that the layers of a service set; raises UnbuildableError for an unknown placeholder."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    argocd = resolved.argocd
    for field in NAMES if argocd else ():
        if field in argocd:
            at: Pointer = ("argocd", field)
            parts = argocd[field]
            if isinstance(parts, dict):
                expand = placeholders.expand_known if field in FREE else placeholders.expand
                found[field] = {key: expanded(text, (*at, key), resolved, problems, expand) for key, text in parts.items()}
            else:
                found[field] = expanded(parts, at, resolved, problems)
    if resolved.environment.destination:
        problems += (*_one_cluster_for_all(resolved), *broken_order(resolved))
    fullname = (resolved.data.get("chart") or {}).get("fullname")
    if fullname is not None:
        expanded(fullname, ITSELF, resolved, problems)  # so that all names are told at once
    if problems:
        raise UnbuildableError(problems)
    return found


def _one_cluster_for_all(resolved: Resolved) -> Iterator[Problem]:
    """Yield a problem where a layer moves all destinations of an environment to one cluster."""
    for layer in resolved.layers:
        for field in CLUSTER:
            at: Pointer = ("argocd", "destination", field)
            if not of_destination(layer) and lookup(layer.data, at)[0]:
                name = resolved.environment.name
                message = f"`{dotted(at)}` names one cluster, but `{name}` has several destinations"
                hint = f"remove it, or set it below environments.{name}.destinations.<name>"
                yield Problem("TP059", at, message, hint, layer)


def expanded(
    text: str,
    at: Pointer,
    resolved: Resolved,
    problems: list[Problem],
    expand: Callable[[str, dict[str, str]], str] = placeholders.expand,
) -> str:
    """Return a name with its placeholders replaced; an unknown one is added to the problems."""
    try:
        return expand(text, resolved.known)
    except UnknownPlaceholderError as error:
        problems.append(unknown_placeholder(error, at))
        return text


def unknown_placeholder(error: UnknownPlaceholderError, at: Pointer) -> Problem:
    """Return the problem of a placeholder without a value in the field of a service at a pointer."""
    label = error.name.removeprefix("labels.")
    if error.name == "destination":
        message = f"`{dotted(at)}` uses `{{destination}}`, but this environment has no destinations"
        return Problem("TP035", at, message, "remove it, or set it below an environment that has `argocd.destinations`")
    if label == error.name:
        known = "`{service}`, `{environment}`, `{labels.<name>}` and, with `argocd.destinations`, `{destination}`"
        return Problem("TP035", at, f"unknown placeholder `{{{error.name}}}` in `{dotted(at)}`", f"use one of {known}")
    message = f"`{dotted(at)}` uses label `{label}`, which this service does not have"
    return Problem("TP035", at, message, f"add `{label}` to metadata.labels")


def placeholder_of_environment(error: UnknownPlaceholderError, environment: Environment) -> Problem:
    """Return the problem of a label that the `argocd` of an environment uses, and that a service does not have."""
    argocd: Pointer = ("spec", "argocd")
    used_at = next(placeholders.uses(environment.spec["argocd"], error.name, argocd), argocd)
    part, label = environment.part(used_at), error.name.removeprefix("labels.")
    span = part.span_of(used_at)
    message = f"{part.path} uses label `{label}`, which this service does not have"
    return Problem(
        "TP035", (), message, f"add `{label}` to metadata.labels; it is used in {part.path}:{span.line}:{span.column}"
    )


def forced_name(resolved: Resolved) -> str | None:
    """Return what the objects of the chart are to be called; None if the chart names them itself.

    `settings` tells of an unknown placeholder.
    """
    given = (resolved.data.get("chart") or {}).get("fullname", "{service}")
    return None if given is None else placeholders.expand(given, resolved.known)
