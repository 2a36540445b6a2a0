"""The rule TP854, set-templates-valid."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.problems import of_expansion
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The templates of an ApplicationSet must be templates that Argo CD can parse.

    With `goTemplate: true` they are Go templates, with the functions of Sprig but env, expandenv and getHostByName, and
    with normalize, slugify, toYaml, fromYaml and fromYamlArray. A parameter begins with a dot. If one template does
    not parse, the set generates nothing. Without goTemplate, `{{.name}}` is not replaced but stays as it is written.
    A function such as `now` or `randAlphaNum` is a warning: its result differs each time.
    Wrong:
        kind: ApplicationSet
        spec:
          goTemplate: true
          generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
          template:
            metadata: {name: "web-{{env}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Right:
        kind: ApplicationSet
        spec:
          goTemplate: true
          generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
          template:
            metadata: {name: "web-{{.env}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Source: argo-cd, applicationset/utils/utils.go, Replace; issues 16819 and 19106
    """
    yield from of_expansion(item, objects, "template")
