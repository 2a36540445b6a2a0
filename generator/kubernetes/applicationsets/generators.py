"""The generators of ApplicationSets, over the files at hand: list, git, matrix and merge.

Source: argo-cd, applicationset/generators
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets import git, lists
from generator.kubernetes.applicationsets.matching import laid_over, selector_problem, selects
from generator.kubernetes.applicationsets.model import Parameters, Problem, ProblemError, TreeOf, UnknownError
from generator.kubernetes.applicationsets.rendering import Manner, RefusedError, replaced
from generator.kubernetes.objects import maps
from generator.syntax.gotemplate.values import is_true, shown

TYPES = ("list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix", "merge", "plugin")
COMBINED = ("matrix", "merge")
MOST = 5_000
"""Applications of one ApplicationSet."""
_DEEPEST = 2
"""A matrix or merge in another one is the deepest that Argo CD reads."""
_NOT_HERE = {
    "clusters": "it lists the clusters that Argo CD knows",
    "scmProvider": "it asks a server for repositories",
    "pullRequest": "it asks a server for pull requests",
    "clusterDecisionResource": "it asks the cluster",
    "plugin": "it asks a plugin",
}


def types(generator: Mapping[str, Any]) -> list[str]:
    """Return the types that a generator has."""
    return [name for name in TYPES if generator.get(name) is not None]


def refused(pointer: Pointer, message: str, hint: str) -> ProblemError:
    """Return that Argo CD refuses a generator."""
    return ProblemError(Problem("generator", pointer, message, hint))


class Generators:
    """Expands the generators of one ApplicationSet."""

    def __init__(self, tree_of: TreeOf, manner: Manner) -> None:
        self._tree_of = tree_of
        self._manner = manner

    def sets(
        self, generator: Mapping[str, Any], kind: str, here: Pointer, above: Parameters | None = None, depth: int = 1
    ) -> list[Parameters]:
        """Return the parameters that a generator gives; `above` are those of a matrix so far.

        Raises UnknownError if they are not known here, and ProblemError if Argo CD refuses it.
        """
        selector = generator.get("selector")
        if (wrong := selector_problem(selector)) is not None:
            raise refused(
                (*here, "selector", *wrong[0]), wrong[1], "use In, NotIn, Exists or DoesNotExist, with values as each takes"
            )
        given = generator.get(kind)
        if above is not None and above.values:
            given = self._filled(given, above, (*here, kind))
        found = self._of(kind, given if isinstance(given, dict) else {}, (*here, kind), depth)
        if len(found) > MOST:
            raise UnknownError(f"it makes more than {MOST:,} Applications")
        return [one for one in found if selects(selector, one.values)]

    def _filled(self, given: Any, above: Parameters, here: Pointer) -> Any:
        """Return a generator with the parameters of the first one of a matrix; `values` may ask for its own, too."""
        try:
            own = given.get("values") if isinstance(given, dict) else None
            rest = {key: value for key, value in given.items() if key != "values"} if own is not None else given
            made = replaced(rest, above.values, self._manner, here)
        except RefusedError as error:
            raise refused(error.pointer, error.message, "use a parameter that the first generator gives") from None
        return {**made, "values": self._leniently(own, above)} if own is not None else made

    def _leniently(self, values: Any, above: Parameters) -> Any:
        if not isinstance(values, dict):
            return values
        found = {}
        for key, value in values.items():
            try:
                found[key] = replaced(value, above.values, self._manner._replace(missing="error"))
            except RefusedError:
                found[key] = value
        return found

    def _of(self, kind: str, given: Mapping[str, Any], here: Pointer, depth: int) -> list[Parameters]:
        if kind in _NOT_HERE:
            raise UnknownError(f"the generator `{kind}` cannot be expanded here: {_NOT_HERE[kind]}")
        if kind == "list":
            return lists.elements(given, here, self._manner)
        if kind == "git":
            return git.sets(given, here, self._tree_of, self._manner)
        if kind in COMBINED and depth > _DEEPEST:
            raise refused(here, f"a {kind} cannot be in a {kind} that is nested itself", "nest generators at most twice")
        if kind == "matrix":
            return self._matrix(given, here, depth)
        return self._merge(given, here, depth)

    def _inner(self, given: Mapping[str, Any], here: Pointer) -> list[tuple[Pointer, Mapping[str, Any], str]]:
        found: list[tuple[Pointer, Mapping[str, Any], str]] = []
        for index, one in maps(given.get("generators")):
            names = types(one)
            if len(names) != 1:
                message = f"a generator in a {here[-1]} has {' and '.join(names)}" if names else "the generator has no type"
                raise refused((*here, "generators", index), message, "give it one type")
            found.append(((*here, "generators", index), one, names[0]))
        return found

    def _matrix(self, given: Mapping[str, Any], here: Pointer, depth: int) -> list[Parameters]:
        inner = self._inner(given, here)
        if len(inner) != 2:
            raise refused(here, f"a matrix needs two generators, but this one has {len(inner)}", "give it two generators")
        (first_at, first, first_kind), (second_at, second, second_kind) = inner
        found: list[Parameters] = []
        for one in self.sets(first, first_kind, first_at, None, depth + 1):
            others = self.sets(second, second_kind, second_at, one, depth + 1)
            found += [self._combined(one, other, here) for other in others]
            if len(found) > MOST:
                break
        return found

    def _combined(self, first: Parameters, second: Parameters, here: Pointer) -> Parameters:
        origins = {**second.origins, **first.origins}
        if self._manner.go:
            return Parameters(laid_over(second.values, first.values), origins, second.at)
        one, other = _texts(first.values), _texts(second.values)
        for name in one.keys() & other.keys():
            if one[name] != other[name]:
                message = f"both generators give `{name}`, with different values: `{one[name]}` and `{other[name]}`"
                raise refused(here, message, "rename it in one of them, or set `pathParamPrefix` in git generators")
        return Parameters({**one, **other}, origins, second.at)

    def _merge(self, given: Mapping[str, Any], here: Pointer, depth: int) -> list[Parameters]:
        keys = list(dict.fromkeys(str(key) for key in given.get("mergeKeys") or ()))
        inner = self._inner(given, here)
        if len(inner) < 2:
            raise refused(
                here, f"a merge needs two or more generators, but this one has {len(inner)}", "give it two generators"
            )
        if not keys:
            raise refused(here, "the merge has no mergeKeys", "add the keys that its generators have in common")
        sets = [self.sets(one, kind, at, None, depth + 1) for at, one, kind in inner]
        first, *others = [_by_key(some, keys, at) for some, (at, _, _) in zip(sets, inner, strict=True)]
        for other in others:
            first = {key: self._over(one, other[key]) if key in other else one for key, one in first.items()}
        return list(first.values())

    def _over(self, below: Parameters, above: Parameters) -> Parameters:
        values = laid_over(below.values, above.values) if self._manner.go else {**below.values, **above.values}
        return Parameters(values, {**below.origins, **above.origins}, below.at)


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: shown(value) for key, value in values.items()}


def _by_key(sets: Iterable[Parameters], keys: list[str], here: Pointer) -> dict[tuple[str, ...], Parameters]:
    found: dict[tuple[str, ...], Parameters] = {}
    for one in sets:
        key = tuple(repr(one.values.get(name)) for name in keys)
        if key in found:
            absent = [name for name in keys if not is_true(one.values.get(name))]
            named = ", ".join(f"`{name}`" for name in absent or keys)
            message = (
                f"several of its parameter sets have no {named}" if absent else f"several of its parameter sets share {named}"
            )
            raise refused(here, f"{message}, so the merge cannot tell them apart", "merge by keys that each set has once")
        found[key] = one
    return found
