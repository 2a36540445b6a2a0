"""What an Argo CD Application says, read from any data, and what its project permits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, Reference, at, maps, texts
from generator.kubernetes.repositories import normal
from generator.kubernetes.rollouts import table
from generator.syntax.globs import Pattern

APPLICATION = ((ROLLOUTS, "Application"),)
PROJECT = ((ROLLOUTS, "AppProject"),)

_OPTIONS: Pointer = ("spec", "syncPolicy", "syncOptions")


def sources(item: KubeObject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the sources of an Application, with their pointers; `sources` win over `source`."""
    return sources_in(item.spec)


def sources_in(spec: Mapping[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the sources in the spec of an Application, as `sources` does."""
    several = spec.get("sources")
    if isinstance(several, list) and several:
        for index, source in maps(several):
            yield ("spec", "sources", index), source
    elif isinstance(spec.get("source"), dict):
        yield ("spec", "source"), spec["source"]


def sync_options(item: KubeObject) -> Iterator[tuple[Pointer, str]]:
    """Yield the sync options of an Application, with their pointers."""
    for index, option in texts(at(item.data, *_OPTIONS)):
        yield (*_OPTIONS, index), option


def has_option(item: KubeObject, option: str) -> bool:
    """Tell whether an Application has a sync option, exactly as Argo CD compares it."""
    return any(text == option for _, text in sync_options(item))


def ignored(item: KubeObject, group: str, kind: str) -> list[dict[str, Any]]:
    """Return what an Application leaves alone in objects of a kind."""
    rules = [rule for _, rule in maps(item.spec.get("ignoreDifferences"))]
    return [rule for rule in rules if rule.get("kind") in (kind, "*") and (rule.get("group") or "") in (group, "*")]


def rollouts_of(item: KubeObject, objects: Objects) -> list[KubeObject]:
    """Return the Rollouts that an Application deploys, as far as its namespace tells; all, if it is the only one."""
    namespace = str(table(item.data, "spec", "destination").get("namespace") or "")
    alone = len(objects.of(*APPLICATION[0])) == 1
    found = objects.of(ROLLOUTS, "Rollout")
    return [one for one in found if (alone and one.namespace in ("", namespace)) or (namespace and one.namespace == namespace)]


def project(item: KubeObject) -> Iterator[Reference]:
    """Yield the project of an Application; the one that Argo CD brings along is always there."""
    name = item.spec.get("project")
    if isinstance(name, str) and name not in ("", "default"):
        yield Reference(("spec", "project"), *PROJECT[0], name, "project", near=False)


def project_of(item: KubeObject, objects: Objects) -> KubeObject | None:
    """Return the project of an Application, in its namespace or in the namespace of Argo CD; None if it is not here."""
    for reference in project(item):
        return objects.find(*PROJECT[0], reference.name, item) or objects.referred(reference, item)
    return None


def place_of(application: Mapping[str, Any], instance: str) -> tuple[str, str]:
    """Return the cluster and the namespace that an Application deploys to.

    Its own cluster, and the names that it has for others, mean something else in every Argo CD; `instance` is its name.
    """
    destination = table(application, "spec", "destination")
    return cluster_of(destination, instance), str(destination.get("namespace") or "")


def cluster_of(destination: Mapping[str, Any], instance: str) -> str:
    """Return a text that two destinations share if they are surely one cluster, in the Argo CD of a name."""
    name, server = str(destination.get("name") or ""), str(destination.get("server") or "").rstrip("/")
    if name == _OWN["name"] or server == _OWN["server"]:
        return f"{_OWN['name']} of {instance}"
    return server.lower().removesuffix(":443") if server else f"{name or _OWN['name']} of {instance}"


def takes_from(permitting: KubeObject, namespace: str) -> bool:
    """Tell whether a project takes Applications of a namespace: its own, and those that sourceNamespaces names.

    What stands between slashes is a regular expression, of a kind that nothing here reads: it may take any.
    Source: argo-cd, pkg/apis/application/v1alpha1/app_project_types.go, IsAppNamespacePermitted
    """
    own = permitting.namespace
    if not own or not namespace or namespace == own:
        return True
    patterns = [pattern for _, pattern in texts(permitting.spec.get("sourceNamespaces"))]
    return any(matches(pattern, namespace) or (pattern[:1] == "/" == pattern[-1:]) for pattern in patterns)


def permits_source(permitting: KubeObject, address: str) -> bool:
    """Tell whether a project permits a repository: some pattern does, and none forbids it; one that forbids others does.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, IsSourcePermitted
    """
    wanted = _address(address)
    patterns = [pattern for _, pattern in texts(permitting.spec.get("sourceRepos"))]
    return _allowed(patterns, lambda pattern: matches(_address(pattern), wanted, separator="/"))


def permits_destination(permitting: KubeObject, destination: dict[str, Any]) -> bool:
    """Tell whether a project permits a destination: its cluster and its namespace.

    A cluster has a name and a server, and a project may permit it by either. Which belong together only
    Argo CD knows, but of its own cluster: what cannot be compared is taken for permitted.
    Source: argo-cd, pkg/apis/application/v1alpha1/app_project_types.go, isDestinationMatched
    """
    cluster = {field: str(destination.get(field) or "") for field in ("name", "server")}
    if cluster["name"] == _OWN["name"] or cluster["server"] == _OWN["server"]:
        cluster = _OWN
    permitted = False
    for _, one in maps(permitting.spec.get("destinations")):
        fits = {field: _fits(str(one.get(field) or ""), value) for field, value in cluster.items()}
        space = str(one.get("namespace") or "")
        here = _matches(space, str(destination.get("namespace") or ""))
        denied = [field for field, fit in fits.items() if not fit and str(one.get(field)).startswith("!")]
        if any(fits.values()) and here:
            permitted = True
        elif denied or (any(fits.values()) and space.startswith("!")):
            return False
    return permitted


_OWN = {"name": "in-cluster", "server": "https://kubernetes.default.svc"}
"""The cluster that Argo CD runs in."""


def _fits(pattern: str, value: str) -> bool:
    """Tell whether a pattern takes a name or a server, or may: what is not known fits."""
    return bool(pattern) and (not value or _matches(pattern, value))


def _matches(pattern: str, text: str) -> bool:
    return not matches(pattern[1:], text) if pattern.startswith("!") else matches(pattern, text)


def permits_namespaces(permitting: KubeObject) -> bool:
    """Tell whether a project permits Applications to create their namespace.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, IsGroupKindPermitted
    """
    return permits_cluster_kind(permitting, "", "Namespace")


def permits_cluster_kind(permitting: KubeObject, group: str, kind: str) -> bool:
    """Tell whether a project permits objects of a kind that is in no namespace: only those that it lists.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, IsGroupKindPermitted
    """
    forbidden, allowed = (permitting.spec.get(f"clusterResource{side}list") for side in ("Black", "White"))
    return not _lists(forbidden, group, kind) and _lists(allowed, group, kind)


def permits_kind(permitting: KubeObject, group: str, kind: str) -> bool:
    """Tell whether a project permits objects of a kind in namespaces: all, unless it lists some.

    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, IsGroupKindPermitted
    """
    forbidden, allowed = (permitting.spec.get(f"namespaceResource{side}list") for side in ("Black", "White"))
    return not _lists(forbidden, group, kind) and (not isinstance(allowed, list) or _lists(allowed, group, kind))


def _lists(entries: Any, group: str, kind: str) -> bool:
    return any(
        matches(str(one.get("group") or ""), group) and matches(str(one.get("kind") or ""), kind) for _, one in maps(entries)
    )


def _allowed(patterns: list[str], fits: Any) -> bool:
    if any(pattern.startswith("!") and fits(pattern[1:]) for pattern in patterns):
        return False
    return any(pattern.startswith("!") or fits(pattern) for pattern in patterns)


def _address(text: str) -> str:
    deny = "!" if text.startswith("!") else ""
    return deny + normal(text.removeprefix("!"))


def matches(pattern: str, text: str, *, separator: str = "") -> bool:
    """Tell whether a glob of Argo CD matches; `*` does not cross a separator, `**` does, and `*` alone is all."""
    return pattern in ("*", text) or _glob(pattern, separator).fullmatch(text)


@lru_cache(maxsize=1024)
def _glob(pattern: str, separator: str) -> Pattern:
    return Pattern(pattern, separator)
