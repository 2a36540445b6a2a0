"""The rule TP819, hydrator-complete."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, at
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A sourceHydrator must have a repository, a branch and a path.

    The path must not be the root of the branch, because Argo CD replaces everything below it.
    Wrong:
        kind: Application
        spec:
          sourceHydrator:
            drySource: {repoURL: "https://example.com/web.git", path: chart, targetRevision: main}
            syncSource: {targetBranch: env/prod, path: .}
    Right:
        kind: Application
        spec:
          sourceHydrator:
            drySource: {repoURL: "https://example.com/web.git", path: chart, targetRevision: main}
            syncSource: {targetBranch: env/prod, path: web}
    Source: argo-cd, docs/user-guide/source-hydrator.md
    """
    hydrator = item.spec.get("sourceHydrator")
    if not isinstance(hydrator, dict):
        return
    here: Pointer = ("spec", "sourceHydrator")
    for path in (("drySource", "repoURL"), ("syncSource", "targetBranch"), ("syncSource", "path")):
        if not at(hydrator, *path):
            yield Finding((*here, *path), f"sourceHydrator has no {'.'.join(path)}", f"add `{path[-1]}`")
    if hydrator.get("hydrateTo") is not None and not at(hydrator, "hydrateTo", "targetBranch"):
        yield Finding((*here, "hydrateTo"), "hydrateTo has no targetBranch", "add `targetBranch`")
    if at(hydrator, "syncSource", "path") in (".", "/", "./"):
        yield Finding((*here, "syncSource", "path"), "the path is the root of the branch", "use a folder")
