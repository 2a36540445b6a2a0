"""The rule TP861, paths-exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.diagnostics import Severity
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.repository import Own, Reads, What, folders_of, repository_of, value_files_of
from generator.lint.rules.rule import Finding

_CURRENT = ("", "HEAD", "main", "master")
"""Revisions that are likely what is at hand; any other branch or tag may have other files."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The path and the values files of an Application must exist in their repository.

    Argo CD says that the app path does not exist, or that a values file cannot be opened, and syncs nothing.
    Only sources in the repository that is linted are checked, at the default branch: its address is one of a
    Git remote, which makes this an error, or most paths that Applications name at that address exist here,
    which makes it a warning.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/wep}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://example.com/acme/config.git", path: deploy/web}
    Source: argo-cd, util/app/path/path.go, Path; util/helm/cmd.go
    """
    repository = repository_of(objects)
    if repository is None:
        return
    missing: list[str] = []
    for reads in _current(folders_of(item, repository)):
        what = repository.kind(reads.path)
        if what in (What.NOTHING, What.FILE):
            missing.append(f"{reads.path}/")
            wrong = "is a file" if what is What.FILE else "does not exist in this repository"
            yield _finding(reads, f"the path `{reads.path}` {wrong}", "use the path of a directory, from the root")
    for reads in _current(value_files_of(item, repository)):
        if repository.kind(reads.path) in (What.NOTHING, What.FOLDER) and not reads.path.startswith(tuple(missing)):
            message = f"the values file `{reads.path}` does not exist in this repository"
            yield _finding(reads, message, "correct the name, or set ignoreMissingValueFiles")


def _current(found: Iterable[Reads]) -> Iterator[Reads]:
    return (one for one in found if one.source.get("targetRevision", "") in _CURRENT)


def _finding(reads: Reads, message: str, hint: str) -> Finding:
    return Finding(reads.pointer, message, hint, severity=None if reads.own is Own.YES else Severity.WARNING)
