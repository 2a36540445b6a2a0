"""The rule TP857, generators-give."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.problems import of_expansion
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The generators of an ApplicationSet must give parameters that Argo CD can use.

    Elements of a list must be mappings, and without goTemplate their values must be strings. A file that a git generator
    reads must be a mapping, or a list of mappings. Both generators of a matrix must not give one parameter with
    different values, and the parameter sets that are merged must differ in the merge keys. Otherwise the set
    generates nothing. All ApplicationSets of a run together have one limit of work, which thousands of Applications
    with a large template reach; what is over it is not expanded.
    Wrong:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev, port: 80}]}}]
          template:
            metadata: {name: "web-{{env}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Right:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev, port: "80"}]}}]
          template:
            metadata: {name: "web-{{env}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Source: argo-cd, applicationset/generators/list.go, git.go, matrix.go and merge.go
    """
    yield from of_expansion(item, objects, "generator")
