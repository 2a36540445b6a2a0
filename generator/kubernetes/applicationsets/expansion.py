"""An ApplicationSet as the Applications that Argo CD would make of it, or the reasons that it makes none.

Source: argo-cd, applicationset/controllers/template/template.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets import naming, patching, shape, templates
from generator.kubernetes.applicationsets.generators import Generators
from generator.kubernetes.applicationsets.model import (
    Expansion,
    Made,
    Parameters,
    Problem,
    ProblemError,
    TreeOf,
    UnknownError,
)
from generator.kubernetes.applicationsets.places import PATCH, TEMPLATE, decides, template_pointer
from generator.kubernetes.applicationsets.rendering import LimitError, Manner, RefusedError, Renderer, Text, strings, used
from generator.kubernetes.applicationsets.shape import types
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects, maps
from generator.kubernetes.rollouts import table
from generator.syntax.budget import FIELD, Budget, SpentError
from generator.syntax.gotemplate.values import cut, is_true

APPLICATION_SET = ((ROLLOUTS, "ApplicationSet"),)
_LEFT = ("parameter", "template")
_GIVE = "add it to the generator, or correct the name"


class ApplicationSets:
    """Expands ApplicationSets, each once, all of them within one budget of work."""

    def __init__(self, budget: Budget, tree_of: TreeOf = lambda _address: None) -> None:
        self._budget = budget
        self._tree_of = tree_of
        self._known: dict[int, tuple[KubeObject, Expansion]] = {}

    def expansion(self, item: KubeObject) -> Expansion:
        """Return what is known of an ApplicationSet; never raises."""
        known = self._known.get(id(item.data))
        if known is None or known[0].data is not item.data:
            known = self._known[id(item.data)] = (item, _Expander(item, self._tree_of, self._budget).expansion())
        return known[1]


_OF_AN_APPLICATION = 60
"""Fields that an Application takes besides its own: rules look at it, and compare it with others."""


class _Expander:
    def __init__(self, item: KubeObject, tree_of: TreeOf, budget: Budget) -> None:
        self._item = item
        self._manner = Manner.of(item)
        self._budget = budget
        self._began = budget.spent
        self._renderer = Renderer(self._manner, budget)
        self._generators = Generators(tree_of, self._renderer)
        self._patches = patching.Patches(budget)
        self._template = table(item.spec, "template")
        self._problems: dict[tuple[object, ...], Problem] = {}
        self._unknown: list[tuple[Pointer, str]] = []
        self._refused: dict[tuple[Pointer, str, bool], list[tuple[Parameters, str]]] = {}

    def expansion(self) -> Expansion:
        if self._budget.is_spent:
            return Expansion((), unknown=((("spec",), "the ApplicationSets before it take all the work that a run may do"),))
        try:
            return self._whole()
        except LimitError as error:
            return Expansion((), (self._limit(error.pointer),))

    def _limit(self, pointer: Pointer) -> Problem:
        """Return that the budget is used up, at the field at which it was."""
        share = round(100 * (self._budget.spent - self._began) / self._budget.spent)
        message = (
            f"all ApplicationSets together take more than {self._budget.most:,} units of work to expand, "
            f"{share} % of them for this one"
        )
        return Problem("generator", pointer, message, "use fewer elements, or smaller templates, loops and texts")

    def _whole(self) -> Expansion:
        made: list[KubeObject] = []
        for index, generator in maps(self._item.spec.get("generators")):
            here: Pointer = ("spec", "generators", index)
            wrong = list(shape.problems(generator, here))
            for problem in wrong:
                self._note(problem)
            for kind in types(generator) if not wrong else ():
                made += self._of(generator, kind, here)
        made = self._checked(made)
        if self._unknown and not self._has_templates():
            made += [self._object(self._template, Made(self._item, None))] if self._template else []
        return Expansion(tuple(made), tuple(self._problems.values()), tuple(self._unknown))

    def _has_templates(self) -> bool:
        """Tell whether something else than the template of the set may complete it."""
        generators = [one for _, one in maps(self._item.spec.get("generators"))]
        own = any(table(one, kind, "template") for one in generators for kind in types(one))
        return own or isinstance(self._item.spec.get("templatePatch"), str)

    def _checked(self, made: list[KubeObject]) -> list[KubeObject]:
        """Note what is wrong with the templates, and with the names that they give; return the Applications.

        Those of Go templates without `goTemplate` say nothing: their placeholders are all left.
        """
        found = [one.made.parameters for one in made if one.made is not None and one.made.parameters is not None]
        known = frozenset(name for one in found for name in templates.names(one.values))
        in_templates = list(templates.problems(self._item, known))
        slipped = bool(in_templates) and not self._manner.go
        for problem in in_templates:
            told = self._problems.items()
            self._problems = {key: one for key, one in told if one[:2] != problem[:2] and not (slipped and one.kind in _LEFT)}
            self._note(problem)
        if slipped:
            return []
        wrong = {(one.pointer, one.source) for one in self._problems.values()}
        for problem in naming.problems(made, self._manner):
            where = (problem.pointer, problem.source)
            if where not in wrong and not any(at in wrong for at in naming.places(made)):
                self._note(problem)
        return made

    def _of(self, generator: Mapping[str, Any], kind: str, here: Pointer) -> list[KubeObject]:
        try:
            sets = self._generators.sets(generator, kind, here)
        except UnknownError as error:
            self._unknown.append((here, str(error)))
            return []
        except ProblemError as error:
            self._note(error.problem)
            return []
        except SpentError:
            raise LimitError((*here, kind)) from None
        own = table(generator, kind, "template")
        merged = filled(own, self._template)
        found, self._refused = [], {}
        for one in sets:
            try:
                found.append(self._rendered(one, merged, Made(self._item, one, (*here, kind), own)))
            except RefusedError as error:
                self._refuse(error.pointer, error.message, one, error.parameter, is_certain=True)
            except UnknownError as error:
                if (here, str(error)) not in self._unknown:
                    self._unknown.append((here, str(error)))
        self._explain(len(sets))
        return found

    def _rendered(self, one: Parameters, merged: Mapping[str, Any], made: Made) -> KubeObject:
        self._renderer.pay(_OF_AN_APPLICATION * FIELD, TEMPLATE)
        if not one.values:  # Argo CD leaves the template as it is written
            for pointer, written in strings(merged):
                for name in used(written, self._manner)[:1]:
                    self._refuse(template_pointer(made, pointer), "", one, name, is_certain=False)
            return self._object(merged, made)
        texts: list[Text] = []
        try:
            data = self._renderer.replaced(merged, one.values, texts=texts)
            unset = [(text.pointer, self._renderer.unset(text, one.values)) for text in texts]
        except (RefusedError, LimitError) as error:
            error.pointer = template_pointer(made, error.pointer)
            raise
        for pointer, name in unset:
            if name:
                self._refuse(template_pointer(made, pointer), "", one, name, is_certain=False)
        for text in texts:
            number, shown = self._renderer.exponent(text, one.values)
            if number:
                origin = one.origin(number)
                message = f"the number `{cut(number)}` becomes `{shown}` in the Application"
                self._note(
                    Problem(
                        "parameter",
                        origin.pointer,
                        message,
                        "write it in quotes, or use `int` in the template",
                        source=origin.source,
                    )
                )
        patch = self._item.spec.get("templatePatch")
        if isinstance(patch, str) and patch:
            data, patch = self._patches.over(data, self._renderer.text(patch, one.values, PATCH))
            made = made._replace(patch=patch)
        return self._object(data, made)

    def _object(self, template: Mapping[str, Any], made: Made) -> KubeObject:
        metadata = {key: value for key, value in table(template, "metadata").items() if key != "namespace"}
        if self._item.namespace:
            metadata["namespace"] = self._item.namespace
        data = {
            "apiVersion": f"{ROLLOUTS}/v1alpha1",
            "kind": "Application",
            "metadata": metadata,
            "spec": table(template, "spec"),
        }
        return KubeObject(data, self._item.source, self._item.at, made=made)

    # problems

    def _note(self, problem: Problem) -> None:
        self._problems.setdefault((problem.kind, problem.pointer, problem.message), problem)

    def _refuse(self, pointer: Pointer, message: str, one: Parameters, parameter: str, *, is_certain: bool) -> None:
        self._refused.setdefault((pointer, message or parameter, is_certain), []).append((one, parameter))

    def _explain(self, sets: int) -> None:
        """Note what is refused: in the template if every set of parameters has the problem, or else where they come from."""
        for (pointer, message, is_certain), some in self._refused.items():
            parameter = some[0][1]
            if not parameter:
                self._note(Problem("template", pointer, message, "correct the template"))
            elif len(some) == sets:
                said = f"no generator gives the parameter `{cut(parameter)}`"
                self._note(Problem("parameter", pointer, said, _GIVE, is_certain or self._is_harm(pointer)))
            else:
                for one, _ in some:
                    said = f"the parameter `{cut(parameter)}` is missing here, which the template uses"
                    harms = is_certain or self._is_harm(pointer)
                    self._note(Problem("parameter", one.at.pointer, said, "add it", harms, one.at.source))

    def _is_harm(self, pointer: Pointer) -> bool:
        """Tell whether a parameter without a value does something else than is written: with Go templates, always."""
        return self._manner.go or decides(pointer)


def filled(own: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template of a generator, with what it leaves empty from that of the set."""
    found = dict(own)
    for key, value in template.items():
        mine = found.get(key)
        if isinstance(mine, dict) and isinstance(value, dict):
            found[key] = filled(mine, value)
        elif not is_true(mine):
            found[key] = value
    return found


_KEY = "application sets"


def with_sets(objects: Objects, sets: ApplicationSets) -> None:
    """Have the rules over some objects see ApplicationSets with what `sets` knows of the files at hand."""
    objects.once(_KEY, lambda _: sets)


def expansion_of(item: KubeObject, objects: Objects) -> Expansion:
    """Return what is known of an ApplicationSet among some objects."""
    return objects.once(_KEY, lambda _: ApplicationSets(Budget())).expansion(item)


def applications(items: Iterable[KubeObject], sets: ApplicationSets) -> list[KubeObject]:
    """Return the Applications that the ApplicationSets among some objects make, each name of a set once."""
    found: list[KubeObject] = []
    for item in items:
        if (item.group, item.kind) == APPLICATION_SET[0]:
            names: set[str] = set()
            for one in sets.expansion(item).applications:
                if one.name not in names:
                    names.add(one.name)
                    found.append(one)
    return found
