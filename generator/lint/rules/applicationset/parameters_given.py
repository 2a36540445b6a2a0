"""The rule TP855, parameters-given."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.problems import of_expansion
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The template of an ApplicationSet must use parameters that its generators give.

    With `missingkey=error` nothing is generated otherwise; with Go templates alone, the text becomes `<no value>`;
    without goTemplate the placeholder stays as it is written. The last is a warning in a field that may hold text in
    braces, such as Helm values. With Go templates, a large number is written with an exponent, such as `1e+06`. Only
    generators that can be expanded are checked: list, git over the files that are linted, and matrix and merge of
    these.
    Wrong:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
          template:
            metadata: {name: "web-{{environment}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Right:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
          template:
            metadata: {name: "web-{{env}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Source: argo-cd, applicationset/utils/utils.go, Replace; issue 16832
    """
    yield from of_expansion(item, objects, "parameter")
