"""The rule TP851, generators-known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, maps
from generator.lint.rules.rule import Finding, Rule
from generator.syntax.wording import listed

APPLICATION_SET = ((ROLLOUTS, "ApplicationSet"),)
_KNOWN = ("list", "clusters", "git", "scmProvider", "pullRequest", "clusterDecisionResource", "plugin", "matrix", "merge")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A generator of an ApplicationSet must have a type that Argo CD knows, and a matrix must have two generators.

    An empty generator stops the whole set with "unrecognized generators"; so does a matrix of one or three
    generators. A merge needs two or more generators, and the keys to join them by.
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
    yield from _generators(item.spec, ("spec",))


def _generators(holder: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    for index, one in maps(holder.get("generators")):
        pointer: Pointer = (*here, "generators", index)
        if not any(one.get(name) is not None for name in _KNOWN):
            yield Finding(pointer, "the generator has no type", f"add one of {listed(_KNOWN, last='or')}")
        for name in ("matrix", "merge"):
            nested = one.get(name)
            if isinstance(nested, dict):
                yield from _nested(name, nested, (*pointer, name))
                yield from _generators(nested, (*pointer, name))


def _nested(name: str, nested: dict[str, Any], here: Pointer) -> Iterator[Finding]:
    count = len(list(maps(nested.get("generators"))))
    if (name == "matrix" and count != 2) or count < 2:
        wanted = "two generators" if name == "matrix" else "two or more generators"
        yield Finding(here, f"a {name} needs {wanted}, but this one has {count}", f"give it {wanted}")
    if name == "merge" and not nested.get("mergeKeys"):
        yield Finding(here, "the merge has no mergeKeys", "add the keys that its generators have in common")


RULE = Rule("TP851", "generators-known", Severity.ERROR, APPLICATION_SET, check)
