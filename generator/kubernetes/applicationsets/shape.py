"""What Argo CD refuses of generators whatever their parameters are: types, nesting, counts, keys and selectors.

Source: argo-cd, applicationset/generators/matrix.go, merge.go and git.go; pkg/apis/application/v1alpha1/applicationset_types.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.matching import selector_problem
from generator.kubernetes.applicationsets.model import Problem
from generator.kubernetes.objects import maps
from generator.syntax.wording import listed

TYPES = ("list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix", "merge", "plugin")
COMBINED = ("matrix", "merge")
_PROVIDERS = {
    "scmProvider": ("github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azureDevOps", "awsCodeCommit"),
    "pullRequest": ("github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azuredevops"),
}
_DEEPEST = 2
"""A matrix or merge in another one is the deepest that Argo CD reads."""


def types(generator: Mapping[str, Any]) -> list[str]:
    """Return the types that a generator has."""
    return [name for name in TYPES if generator.get(name) is not None]


def problems(generator: Mapping[str, Any], here: Pointer, depth: int = 0, holder: str = "") -> Iterator[Problem]:
    """Yield what Argo CD refuses of a generator and those in it; `holder` is the type of the one that it is in."""
    names = types(generator)
    if not names:
        yield _problem(here, "the generator has no type", f"add one of {listed(TYPES, last='or')}")
    if holder and len(names) > 1:
        yield _problem(here, f"a generator in a {holder} has several types: {listed(names)}", "make a generator of each")
    if (wrong := selector_problem(generator.get("selector"))) is not None:
        yield _problem((*here, "selector", *wrong[0]), wrong[1], "use In, NotIn, Exists or DoesNotExist, as each takes values")
    for name in names:
        given = generator[name]
        if name in COMBINED and isinstance(given, dict):
            yield from _combined(name, given, (*here, name), depth + 1, holder)
    for name, providers in _PROVIDERS.items():
        given = generator.get(name)
        if isinstance(given, dict) and not any(given.get(one) is not None for one in providers):
            yield _problem((*here, name), f"the {name} generator has no provider", f"add one of {listed(providers, last='or')}")
    git = generator.get("git")
    if isinstance(git, dict) and not git.get("directories") and not git.get("files"):
        yield _problem((*here, "git"), "the git generator has neither `directories` nor `files`", "add one of them")


def _combined(name: str, given: Mapping[str, Any], here: Pointer, depth: int, holder: str) -> Iterator[Problem]:
    if depth > _DEEPEST:
        yield _problem(here, f"a {name} cannot be in a {holder} that is itself in another", "nest generators at most twice")
        return
    inner = list(maps(given.get("generators")))
    if (name == "matrix" and len(inner) != 2) or len(inner) < 2:
        wanted = "two generators" if name == "matrix" else "two or more generators"
        yield _problem(here, f"a {name} needs {wanted}, but this one has {len(inner)}", f"give it {wanted}")
    if name == "merge" and not given.get("mergeKeys"):
        yield _problem(here, "the merge has no mergeKeys", "add the keys that its generators have in common")
    for index, one in inner:
        yield from problems(one, (*here, "generators", index), depth, name)


def _problem(pointer: Pointer, message: str, hint: str) -> Problem:
    return Problem("shape", pointer, message, hint)
