"""The rule TP865, paths-apart."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import APPLICATION
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.kubernetes.repository import Reads, covers, folders_of, repository_of
from generator.kubernetes.rollouts import table
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A directory must not be deployed twice to one destination.

    An Application with `directory.recurse` deploys all directories below its path. Another one that deploys one
    of them to the same cluster and namespace owns the same objects, and each sync takes them from the other.
    Wrong:
        kind: Application
        metadata: {name: all}
        spec:
          destination: {name: in-cluster, namespace: shop}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy, directory: {recurse: true}}
        ---
        kind: Application
        metadata: {name: web}
        spec:
          destination: {name: in-cluster, namespace: shop}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
    Right:
        kind: Application
        metadata: {name: all}
        spec:
          destination: {name: in-cluster, namespace: shop}
          source: {repoURL: "https://example.com/acme/config.git", path: deploy, directory: {recurse: true}}
    Source: argo-cd, docs/user-guide/directory.md; controller/state.go, SharedResourceWarning
    """
    repository = repository_of(objects)
    wide = objects.once("applications of whole trees", _wide) if repository is not None else []
    for reads in folders_of(item, repository) if repository is not None and wide else ():
        for other, one in wide:
            if other is not item and one.path != reads.path and covers(one, reads.path) and _place(other) == _place(item):
                message = f"{other.title} deploys `{reads.path}` as well: it deploys all directories in `{one.path or '.'}`"
                yield Finding(reads.pointer, message, f"exclude it there, or remove {item.title}")
                break


def _wide(objects: Objects) -> list[tuple[KubeObject, Reads]]:
    """Return the Applications that deploy all directories below a path."""
    repository = repository_of(objects)
    if repository is None:
        return []
    every = ((item, one) for item in objects.of(*APPLICATION[0]) for one in folders_of(item, repository))
    return [(item, one) for item, one in every if at(dict(one.source), "directory", "recurse") is True]


def _place(item: KubeObject) -> tuple[str, ...]:
    destination = table(item.spec, "destination")
    return tuple(str(destination.get(field) or "").rstrip("/") for field in ("server", "name", "namespace"))
