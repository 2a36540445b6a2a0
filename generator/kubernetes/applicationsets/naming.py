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

_NAME: Pointer = ("metadata", "name")
_USE = "use a parameter in it that differs for each Application"


def problems(applications: Sequence[KubeObject], manner: Manner) -> Iterator[Problem]:
    """Yield what is wrong with the names of the Applications that generators gave."""
    by_name: dict[str, list[Made]] = {}
    for item in applications:
        if item.made is not None and item.made.parameters is not None:
            by_name.setdefault(item.name, []).append(item.made)
    for name, some in by_name.items():
        if not name:
            where = template_pointer(some[0], _NAME)
            yield Problem("name", where, "the Applications of this set have no name", "set metadata.name in the template")
        elif len(some) > 1:
            yield from _shared(name, some, manner)


def places(applications: Sequence[KubeObject]) -> set[tuple[Pointer, None]]:
    """Return where in the set the names are written: what is wrong there is the cause of what the names come to."""
    return {(template_pointer(item.made, _NAME), None) for item in applications if item.made is not None}


def _shared(name: str, some: Sequence[Made], manner: Manner) -> Iterator[Problem]:
    """Yield that Applications share a name: where the parameter is repeated, or in the template that does not tell them apart."""
    first, *others = some
    names = used(written(first, _NAME), manner)
    places = {_place(one, names) for one in some} if names else set()
    if len(places) < len(some):
        message = f"{len(some)} Applications of this set would be called `{name}`"
        yield Problem("name", template_pointer(first, _NAME), message, _USE)
        return
    for one in others:
        origin = _origin(one, names)
        message = f"a second Application of this set would be called `{name}`"
        yield Problem("name", origin.pointer, message, "change it, or remove it", source=origin.source)


def _origin(made: Made, names: Sequence[str]) -> Origin:
    return made.parameters.origin(names[0]) if made.parameters is not None else Origin(())


def _place(made: Made, names: Sequence[str]) -> tuple[Pointer, int]:
    origin = _origin(made, names)
    return origin.pointer, id(origin.source)
