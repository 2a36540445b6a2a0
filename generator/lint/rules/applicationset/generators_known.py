"""The rule TP851, generators-known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applicationsets import shape
from generator.kubernetes.objects import KubeObject, Objects, maps
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A generator of an ApplicationSet must have a type that Argo CD knows, and a matrix must have two generators.

    An empty generator stops the whole set with "unrecognized generators"; so does a matrix of one or three
    generators. A merge needs two or more generators, and the keys to join them by. Each generator in a matrix or
    a merge has one type, and a matrix or merge in another one is the deepest that Argo CD reads. A git generator
    needs directories or files, one of pull requests or repositories a provider, and a selector operators that
    Kubernetes has.
    Wrong:
        kind: ApplicationSet
        spec:
          generators: [{matrix: {generators: [{list: {elements: [{env: dev}]}}]}}]
          template:
            metadata: {name: web}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Right:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}]}}]
          template:
            metadata: {name: web}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Source: argo-cd, docs/operator-manual/applicationset/Generators-Matrix.md; applicationset/generators
    """
    for index, generator in maps(item.spec.get("generators")):
        for one in shape.problems(generator, ("spec", "generators", index)):
            yield Finding(one.pointer, one.message, one.hint)
