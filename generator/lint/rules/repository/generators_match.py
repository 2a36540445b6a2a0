"""The rule TP862, generators-match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.applicationsets.expansion import expansion_of
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A git generator should match some directory or file.

    One that matches nothing makes no Application, and Argo CD deletes those that it has made before. The patterns
    are compared with the repository that is linted; hidden directories never match.
    Wrong:
        kind: ApplicationSet
        spec:
          generators:
            - git:
                repoURL: "https://example.com/acme/config.git"
                revision: HEAD
                directories: [{path: app/*}]
    Right:
        kind: ApplicationSet
        spec:
          generators:
            - git:
                repoURL: "https://example.com/acme/config.git"
                revision: HEAD
                directories: [{path: apps/*}]
    Source: argo-cd, applicationset/generators/git.go; applicationset/controllers/applicationset_controller.go
    """
    expansion = expansion_of(item, objects)
    if expansion.problems or expansion.unknown:
        return
    making = {one.made.generator[:3] for one in expansion.applications if one.made is not None}
    for index, generator in maps(item.spec.get("generators")):
        pointer = ("spec", "generators", index)
        if pointer not in making and _reads_git(generator):
            yield Finding(pointer, "the generator matches nothing in this repository", "correct its paths")


def _reads_git(generator: dict[str, Any]) -> bool:
    inner = (one for kind in ("matrix", "merge") for _, one in maps(at(generator, kind, "generators")))
    return isinstance(generator.get("git"), dict) or any(map(_reads_git, inner))
