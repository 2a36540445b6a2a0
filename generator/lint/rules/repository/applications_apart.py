"""The rule TP863, applications-apart."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.applications import APPLICATION, sources
from generator.kubernetes.helm_sources import release_of
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.repository import normal, same
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Two Applications must not deploy the same source to the same destination.

    Both own the same objects: each sync takes them from the other, and Argo CD warns of a SharedResourceWarning.
    If one of them has a finalizer and is deleted, the objects are gone for both. Two releases of one chart are not the same.
    Two sourceHydrators that write one path of one branch overwrite each other.
    Wrong:
        kind: Application
        metadata: {name: web}
        spec:
          destination: {name: in-cluster, namespace: web}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
        ---
        kind: Application
        metadata: {name: web-2}
        spec:
          destination: {name: in-cluster, namespace: web}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
    Right:
        kind: Application
        metadata: {name: web}
        spec:
          destination: {name: in-cluster, namespace: web}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
        ---
        kind: Application
        metadata: {name: web-2}
        spec:
          destination: {name: in-cluster, namespace: web-2}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
    Source: argo-cd, controller/state.go, SharedResourceWarning; issue 24179
    """
    by_place = objects.once("applications by what they deploy", _by_place)
    for pointer, key in (*_deployed(item), *_hydrated(item)):
        first = by_place[key]
        if first is not item and first.name != item.name:
            does = "is hydrated to the same path and branch as" if pointer[1] == "sourceHydrator" else "deploys the same as"
            yield Finding(
                pointer, f"{item.title} {does} {first.title}", "change the destination or the source of one, or remove it"
            )


_Key = tuple[str, ...]


def _by_place(objects: Objects) -> dict[_Key, KubeObject]:
    found: dict[_Key, KubeObject] = {}
    for item in objects.of(*APPLICATION[0]):
        for _, key in (*_deployed(item), *_hydrated(item)):
            found.setdefault(key, item)
    return found


def _deployed(item: KubeObject) -> Iterator[tuple[Pointer, _Key]]:
    """Yield the sources of an Application with what tells them apart from those of others."""
    destination = table(item.spec, "destination")
    where = tuple(str(destination.get(field) or "").rstrip("/") for field in ("server", "name", "namespace"))
    for pointer, source in sources(item) if any(where[:2]) else ():
        path, chart, address = source.get("path"), source.get("chart"), source.get("repoURL")
        if isinstance(address, str) and (chart or path) and not (path and source.get("ref")):
            is_helm = bool(chart) or isinstance(source.get("helm"), dict)
            settings = [repr(source.get(kind)) for kind in ("kustomize", "directory", "plugin") if source.get(kind)]
            what = (same(address), str(chart or ""), normal(str(path or "")), release_of(item.data, source) if is_helm else "")
            key = (*where, item.namespace, *what, *settings)
            if not any("{{" in part for part in key):
                yield pointer, key


def _hydrated(item: KubeObject) -> Iterator[tuple[Pointer, _Key]]:
    sync = at(item.spec, "sourceHydrator", "syncSource")
    address = at(item.spec, "sourceHydrator", "drySource", "repoURL")
    if isinstance(sync, dict) and isinstance(address, str):
        yield ("spec", "sourceHydrator", "syncSource"), (same(address), str(sync.get("targetBranch")), str(sync.get("path")))
