"""The names of the Applications that a set makes: each needs one of its own.

Source: argo-cd, applicationset/controllers/applicationset_controller.go, validateGeneratedApplications
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.model import Made, Origin, Problem
from generator.kubernetes.applicationsets.places import template_pointer, written
from generator.kubernetes.applicationsets.rendering import Manner, used
from generator.kubernetes.objects import KubeObject
from generator.syntax.gotemplate.values import cut

_NAME: Pointer = ("metadata", "name")
_USE = "use a parameter in it that differs for each Application"


def problems(applications: Sequence[KubeObject], manner: Manner) -> Iterator[Problem]:
    """Yield what is wrong with the names of the Applications that generators gave, once for each place."""
    by_name: dict[str, list[Made]] = {}
    for item in applications:
        if item.made is not None and item.made.parameters is not None:
            by_name.setdefault(item.name, []).append(item.made)
    told: set[tuple[Pointer, str]] = set()
    for name, some in by_name.items():
        for problem in _of_name(name, some, manner) if not name or len(some) > 1 else ():
            where = Origin(problem.pointer, problem.source).key
            if where not in told:
                told.add(where)
                yield problem


def places(applications: Sequence[KubeObject]) -> set[tuple[Pointer, None]]:
    """Return where in the set the names are written: what is wrong there is the cause of what the names come to."""
    return {(template_pointer(item.made, _NAME), None) for item in applications if item.made is not None}


def _of_name(name: str, some: Sequence[Made], manner: Manner) -> Iterator[Problem]:
    """Yield that a name is empty or shared: where a parameter is repeated, or else in the template."""
    first, *others = some
    here = template_pointer(first, _NAME)
    if not name:
        yield Problem("name", here, "the Applications of this set have no name", "set metadata.name in the template")
        return
    names = used(written(first, _NAME), manner)
    telling = next((one for one in names if len({_origin(made, one).key for made in some}) == len(some)), "")
    if not telling:
        yield Problem("name", here, f"{len(some)} Applications of this set would be called `{cut(name)}`", _USE)
        return
    for made in others:
        origin = _origin(made, telling)
        message = f"a second Application of this set would be called `{cut(name)}`"
        yield Problem("name", origin.pointer, message, "change it, or remove it", source=origin.source)


def _origin(made: Made, name: str) -> Origin:
    return made.parameters.origin(name) if made.parameters is not None else Origin(())
