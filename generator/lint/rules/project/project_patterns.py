"""The rule TP841, project-patterns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps, texts
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A project should not list a repository or a destination twice, nor deny everything with `!*`.

    The API and the user interface of Argo CD then refuse to save the project; what Git or kubectl applies is not
    checked like this.
    Wrong:
        kind: AppProject
        spec:
          sourceRepos: ["!*", "https://example.com/web.git"]
    Right:
        kind: AppProject
        spec:
          sourceRepos: ["!https://example.com/secret.git", "https://example.com/web.git"]
    Source: argo-cd, pkg/apis/application/v1alpha1/app_project_types.go, ValidateProject
    """
    seen: set[object] = set()
    for index, pattern in texts(item.spec.get("sourceRepos")):
        yield from _one(pattern, ("spec", "sourceRepos", index), [pattern], seen)
    for index, one in maps(item.spec.get("destinations")):
        key = tuple(str(one.get(field) or "") for field in ("server", "name", "namespace"))
        yield from _one(key, ("spec", "destinations", index), key, seen)
        if not one.get("server") and not one.get("name"):
            yield Finding(
                ("spec", "destinations", index), "the destination has neither server nor name", "add `server` or `name`"
            )


def _one(key: object, here: Pointer, patterns: Sequence[str], seen: set[object]) -> Iterator[Finding]:
    if "!*" in patterns:
        yield Finding(here, "`!*` denies everything", "remove it, or deny only a part")
    if key in seen:
        yield Finding(here, "this entry is already in the list above", "remove it")
    seen.add(key)
