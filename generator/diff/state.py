"""Turn the output of a service into its state, which is compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.diff.application import by_purpose
from generator.diff.model import State
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject
from generator.plan.workload import replica_range
from generator.service.build import Built
from generator.service.releasing import workload_of
from generator.syntax.leaves import is_same
from generator.workspace.model import Document, Environment

_USUAL_NAMES = ("prod", "production", "live", "prd")


def production(environments: Mapping[str, Environment]) -> frozenset[str]:
    """Return the environments that are production: the ends of the chains along which releases are promoted.

    Where nothing is promoted, the usual names count; where there are none of those, all count, so that
    nothing is taken lightly.
    """
    sources = {environment.promoted_from for environment in environments.values()}
    ends = {name for name, environment in environments.items() if environment.promoted_from and name not in sources}
    named = {name for name in environments if name in _USUAL_NAMES or name.startswith(tuple(f"{one}-" for one in _USUAL_NAMES))}
    return frozenset(ends | named or environments)


def state_of(built: Built, *, production: bool) -> State:
    """Return what is deployed of a service in an environment."""
    resolved = built.resolved
    data = resolved.data
    documents = {_part(document): _told_elsewhere(document.data, built) for document in built.documents}
    application = _without_values(documents.pop("Application", {}), built)
    scaling = data.get("autoscaling") or ({"replicas": data["replicas"]} if data.get("replicas") is not None else {})
    return State(
        resolved.service,
        resolved.environment.label,
        production,
        resolved.spec.source.path,
        data.get("image") or {},
        scaling,
        built.strategy,
        by_purpose(_with_origin(application, built)),
        documents,
        data.get("values") or {},
        workload_of(built, replica_range(data, built.profile.name)[1]),
        data.get("images") or {},
    )


def root_state(document: Document, environment: str, *, production: bool) -> State:
    """Return the state of the root Application of an environment."""
    return State("", environment, production, document.origin, {}, {}, {}, by_purpose(document.data), {})


def _with_origin(application: dict[str, Any], built: Built) -> dict[str, Any]:
    """Return an Application of rendered files with what they are rendered from as a source, too."""
    if not built.is_rendered or not isinstance(application.get("spec"), dict):
        return application
    origin, own = ([source for _, source in sources(KubeObject(one))] for one in (built.rendered_from, application))
    spec = {key: value for key, value in application["spec"].items() if key != "source"}
    return {**application, "spec": {**spec, "sources": [*origin[:1], *own]}}


def _without_values(application: dict[str, Any], built: Built) -> dict[str, Any]:
    """Return an Application without the values that are compared as documents of their own."""
    sources = (application.get("spec") or {}).get("sources") or [(application.get("spec") or {}).get("source")]
    if not any(document.inline for document in built.documents) or not all(isinstance(one, dict) for one in sources):
        return application
    kept = [
        {**one, "helm": {key: value for key, value in one["helm"].items() if key != "valuesObject"}}
        if isinstance(one.get("helm"), dict)
        else one
        for one in sources
    ]
    spec = {key: value for key, value in application["spec"].items() if key not in ("source", "sources")}
    return {**application, "spec": {**spec, "sources": kept}}


def _part(document: Document) -> str:
    """Return what a document is called: `values`, `rollout`, `Application`, or kind and name."""
    kind = document.data.get("kind")
    stem = document.path.rpartition("/")[2].removesuffix(".yaml")
    if "/manifests/" not in document.path and stem in ("values", "rollout"):
        return stem
    if kind == "Application" and "/manifests/" not in document.path:
        return "Application"
    metadata = document.data.get("metadata") or {}
    return f"{kind} {metadata.get('name')}"


def _told_elsewhere(data: Mapping[str, Any], built: Built) -> dict[str, Any]:
    """Return a document without the strategy, if it is the one that is compared step by step."""
    for at in ("rollout", "spec"):
        block = data.get(at)
        if isinstance(block, dict) and "strategy" in block and is_same(block["strategy"], built.strategy):
            return {**data, at: {key: value for key, value in block.items() if key != "strategy"}}
    return dict(data)
