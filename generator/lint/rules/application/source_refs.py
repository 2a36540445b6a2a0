"""The rule TP802, source-refs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath

from generator.diagnostics import Pointer
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects, at, texts
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A `$ref` in valueFiles must be at the start, and name the ref of another source.

    The path after it is relative to the root of that repository. A ref consists of letters, digits, `_` and
    `-`, is unique, and cannot be on a chart source.
    Wrong:
        kind: Application
        spec:
          sources:
            - repoURL: https://charts.example.com
              chart: web
              targetRevision: 1.2.3
              helm: {valueFiles: [$value/prod/web.yaml]}
            - {repoURL: "https://example.com/config.git", ref: values}
    Right:
        kind: Application
        spec:
          sources:
            - repoURL: https://charts.example.com
              chart: web
              targetRevision: 1.2.3
              helm: {valueFiles: [$values/prod/web.yaml]}
            - {repoURL: "https://example.com/config.git", ref: values}
    Source: argo-cd, docs/user-guide/multiple_sources.md; util/argo/argo.go, GetRefSources; issues 10524, 15463
    """
    refs: dict[str, Pointer] = {}
    for pointer, source in sources(item):
        ref = source.get("ref")
        if not isinstance(ref, str) or not ref:
            continue
        here: Pointer = (*pointer, "ref")
        if not _NAME.match(ref):
            yield Finding(here, f"`{ref}` is not a valid ref", "use letters, digits, _ and -")
        if ref in refs:
            yield Finding(here, f"two sources have the ref `{ref}`", "rename one of the two")
        if source.get("chart"):
            yield Finding(here, "a chart source cannot have a ref", "move the ref to a Git source")
        refs[ref] = here
    for pointer, source in sources(item):
        for index, file in texts(at(source, "helm", "valueFiles")):
            yield from _file(file, (*pointer, "helm", "valueFiles", index), refs)


def _file(file: str, here: Pointer, refs: dict[str, Pointer]) -> Iterator[Finding]:
    if file.startswith("$"):
        ref = file[1:].partition("/")[0]
        if normpath(file[1:].partition("/")[2]).startswith(".."):
            yield Finding(here, f"`{file}` is outside the repository", "use a path below the root of the repository")
        elif ref not in refs:
            hint = suggestion(ref, refs, f"add a source with `ref: {ref}`")
            yield Finding(here, f"no source has the ref `{ref}`", hint)
    elif "$" in file:
        yield Finding(here, f"`{file}` has a `$` that is not at its start", "start the path with the `$ref`, unescaped")
