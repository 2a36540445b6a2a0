"""The generators of ApplicationSets, over the files at hand: list, git, matrix and merge.

Source: argo-cd, applicationset/generators
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets import git, lists
from generator.kubernetes.applicationsets.matching import laid_over, selects
from generator.kubernetes.applicationsets.model import Parameters, Problem, ProblemError, TreeOf, UnknownError
from generator.kubernetes.applicationsets.rendering import RefusedError, Renderer
from generator.kubernetes.applicationsets.shape import types
from generator.kubernetes.objects import maps, texts
from generator.syntax.gotemplate.values import cut, is_true, shown

MOST = 5_000
"""Applications of one generator."""
_NOT_HERE = {
    "clusters": "lists the clusters that Argo CD knows",
    "scmProvider": "asks a server for repositories",
    "pullRequest": "asks a server for pull requests",
    "clusterDecisionResource": "asks the cluster",
    "plugin": "asks a plugin",
}


class Generators:
    """Expands the generators of one ApplicationSet."""

    def __init__(self, tree_of: TreeOf, renderer: Renderer) -> None:
        self._tree_of = tree_of
        self._renderer = renderer
        self._go = renderer.manner.go
        self._budget = renderer.budget

    def sets(self, generator: Mapping[str, Any], kind: str, here: Pointer, above: Parameters | None = None) -> list[Parameters]:
        """Return the parameters that a generator of a sound shape gives; `above` are those of a matrix so far.

        Raises UnknownError if they are not known here, ProblemError if Argo CD refuses it, LimitError and SpentError.
        """
        given = generator.get(kind)
        if above is not None and above.values:
            given = self._filled(given, above, (*here, kind))
        if not isinstance(given, dict):
            raise UnknownError(f"its generator `{kind}` is not a mapping")
        found = self._of(kind, given, (*here, kind))
        if len(found) > MOST:
            raise UnknownError(f"it makes more than {MOST:,} Applications")
        selector = generator.get("selector")
        return [one for one in found if self._selects(selector, one)]

    def _selects(self, selector: Any, one: Parameters) -> bool:
        if isinstance(selector, dict):
            self._budget.read([one.values, selector], _COPIED)
        return selects(selector, one.values)

    def _filled(self, given: Any, above: Parameters, here: Pointer) -> Any:
        """Return a generator with the parameters of the first one of a matrix; `values` may ask for its own, too."""
        try:
            own = given.get("values") if isinstance(given, dict) else None
            rest = {key: value for key, value in given.items() if key != "values"} if own is not None else given
            made = self._renderer.replaced(rest, above.values, here)
        except RefusedError as error:
            raise _refused(error.pointer, error.message, "use a parameter that the first generator gives") from None
        return {**made, "values": self._leniently(own, above)} if own is not None else made

    def _leniently(self, values: Any, above: Parameters) -> Any:
        if not isinstance(values, dict):
            return values
        found = {}
        for key, value in values.items():
            try:
                found[key] = self._renderer.replaced(value, above.values, missing="error")
            except RefusedError:
                found[key] = value
        return found

    def _of(self, kind: str, given: Mapping[str, Any], here: Pointer) -> list[Parameters]:
        if kind in _NOT_HERE:
            raise UnknownError(f"its generator `{kind}` {_NOT_HERE[kind]}")
        if kind == "list":
            return lists.elements(given, here, self._renderer)
        if kind == "git":
            return git.sets(given, here, self._tree_of, self._renderer)
        return self._matrix(given, here) if kind == "matrix" else self._merge(given, here)

    def _inner(self, given: Mapping[str, Any], here: Pointer) -> list[tuple[dict[str, Any], str, Pointer]]:
        return [(one, types(one)[0], (*here, "generators", index)) for index, one in maps(given.get("generators"))]

    def _matrix(self, given: Mapping[str, Any], here: Pointer) -> list[Parameters]:
        first, second = self._inner(given, here)
        found: list[Parameters] = []
        for one in self.sets(*first):
            others = self.sets(*second, one)
            found += [self._combined(one, other, here) for other in others]
            if len(found) > MOST:
                break
        return found

    def _combined(self, first: Parameters, second: Parameters, here: Pointer) -> Parameters:
        self._budget.read([first.values, second.values], _COPIED)
        origins = {**second.origins, **first.origins}
        if self._go:
            return Parameters(laid_over(second.values, first.values), origins, second.at)
        one, other = _texts(first.values), _texts(second.values)
        for name in one.keys() & other.keys():
            if one[name] != other[name]:
                message = (
                    f"both generators give `{cut(name)}`, with different values: `{cut(one[name])}` and `{cut(other[name])}`"
                )
                raise _refused(here, message, "rename it in one of them, or set `pathParamPrefix` in git generators")
        return Parameters({**one, **other}, origins, second.at)

    def _merge(self, given: Mapping[str, Any], here: Pointer) -> list[Parameters]:
        keys = list(dict.fromkeys(key for _, key in texts(given.get("mergeKeys"))))
        first, *others = [self._by_key(self.sets(*one), keys, one[2]) for one in self._inner(given, here)]
        for other in others:
            first = {key: self._over(one, other[key]) if key in other else one for key, one in first.items()}
        return list(first.values())

    def _over(self, below: Parameters, above: Parameters) -> Parameters:
        self._budget.read([below.values, above.values], _COPIED)
        values = laid_over(below.values, above.values) if self._go else {**below.values, **above.values}
        return Parameters(values, {**below.origins, **above.origins}, below.at)

    def _by_key(self, sets: Sequence[Parameters], keys: list[str], here: Pointer) -> dict[tuple[str, ...], Parameters]:
        for one in sets:
            self._budget.read([one.values.get(name) for name in keys])
        return _by_key(sets, keys, here)


_MOST_NAMED = 5
_COPIED = 2
"""What parameters take that are laid over each other, or compared, in times of what reading them takes."""


def _refused(pointer: Pointer, message: str, hint: str) -> ProblemError:
    return ProblemError(Problem("generator", pointer, message, hint))


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: shown(value) for key, value in values.items()}


def _by_key(sets: Iterable[Parameters], keys: list[str], here: Pointer) -> dict[tuple[str, ...], Parameters]:
    found: dict[tuple[str, ...], Parameters] = {}
    for one in sets:
        key = tuple(repr(one.values.get(name)) for name in keys)
        if key in found:
            absent = [name for name in keys if not is_true(one.values.get(name))]
            named = ", ".join(f"`{cut(name)}`" for name in (absent or keys)[:_MOST_NAMED])
            message = (
                f"several of its parameter sets have no {named}" if absent else f"several of its parameter sets share {named}"
            )
            raise _refused(here, f"{message}, so the merge cannot tell them apart", "merge by keys that each set has once")
        found[key] = one
    return found
