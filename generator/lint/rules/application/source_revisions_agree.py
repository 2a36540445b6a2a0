"""The rule TP805, source-revisions-agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Pointer, Severity
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects, at, maps, texts
from generator.kubernetes.repositories import normal
from generator.lint.rules.rule import Finding

_FIXED = re.compile(r"[0-9a-f]{40}|(?:[\w./-]*[/-])?v?[0-9]+\.[0-9]+\.[0-9]+[\w.+-]*|refs/tags/.+")
"""A commit, or a tag that reads as a version: it does not move."""
_HEAD = "HEAD"

Ref = tuple[Pointer, dict[str, Any]]


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A chart and the values that it takes from a `ref` must be at one revision of their repository.

    Argo CD checks out a repository once for a source. It refuses a source whose values files come from a
    different commit of its own repository, or from two revisions of another one. Sources that do not refer to
    each other may be at any revisions. One branch is a warning: Argo CD resolves it once for the chart and once
    for the values, so a commit in between is refused. A source reads values files of its own repository without
    a `ref`.
    Wrong:
        kind: Application
        spec:
          sources:
            - repoURL: https://example.com/web.git
              path: deploy
              targetRevision: v1
              helm: {valueFiles: [$values/prod.yaml]}
            - {repoURL: "https://example.com/web.git", ref: values, targetRevision: main}
    Right:
        kind: Application
        spec:
          source:
            repoURL: https://example.com/web.git
            path: deploy
            targetRevision: v1
            helm: {valueFiles: [/prod.yaml]}
    Source: argo-cd, reposerver/repository/repository.go, runManifestGenAsync; issues 27727, 29716
    """
    refs = {str(source["ref"]): (pointer, source) for pointer, source in sources(item) if source.get("ref")}
    for pointer, source in sources(item):
        chart = "" if source.get("chart") else _address(source)
        used: dict[str, str] = {}
        for name, here in _first_uses(source, pointer).items():
            if name not in refs or refs[name][1].get("chart"):
                continue
            other = used.setdefault(_address(refs[name][1]), name)
            if other != name:
                yield from _two_refs(refs, other, name)
            elif chart and chart == _address(refs[name][1]):
                yield from _of_chart(_revision(source), refs[name], here)


def _of_chart(own: str, ref: Ref, here: Pointer) -> Iterator[Finding]:
    """Yield what is wrong with values from the repository of the chart itself."""
    pointer, source = ref
    revision = _revision(source)
    hint = "remove the `ref`, and name the file by its path from the root of the repository, such as `/prod.yaml`"
    if own == revision:
        if not _FIXED.fullmatch(own):
            message = f"Argo CD resolves `{own}` of one repository twice, and refuses the two if there is a commit in between"
            yield Finding(here, message, hint, severity=Severity.WARNING)
        return
    may_agree = _HEAD in (own, revision)
    message = (
        f"`{source['repoURL']}` is used at `{own}` by the chart and at `{revision}` by its values, which Argo CD refuses"
        f"{' where the two are different commits' if may_agree else ''}"
    )
    yield Finding((*pointer, "targetRevision"), message, hint, severity=Severity.WARNING if may_agree else None)


def _two_refs(refs: dict[str, Ref], first: str, second: str) -> Iterator[Finding]:
    pointer, source = refs[second]
    one, two = _revision(refs[first][1]), _revision(source)
    if one != two:
        message = f"`{source['repoURL']}` is used at `{one}` by `{first}` and at `{two}` by `{second}`, which Argo CD refuses"
        yield Finding((*pointer, "targetRevision"), message, "use one revision")


def _first_uses(source: dict[str, Any], pointer: Pointer) -> dict[str, Pointer]:
    """Return the refs that the files of a source begin with, in the order in which Argo CD asks for them."""
    files: list[tuple[Pointer, Any]] = [
        *(((*pointer, "helm", "valueFiles", index), file) for index, file in texts(at(source, "helm", "valueFiles"))),
        *(
            ((*pointer, "helm", "fileParameters", index, "path"), parameter.get("path"))
            for index, parameter in maps(at(source, "helm", "fileParameters"))
        ),
    ]
    found: dict[str, Pointer] = {}
    for here, file in files:
        if isinstance(file, str) and file.startswith("$"):
            found.setdefault(file[1:].partition("/")[0], here)
    return found


def _address(source: dict[str, Any]) -> str:
    return normal(str(source.get("repoURL") or ""))


def _revision(source: dict[str, Any]) -> str:
    return str(source.get("targetRevision") or _HEAD)
