"""Clusters of one environment: destinations of it where a spec can say so and loses nothing, else environments.

A release of an environment with destinations is one version for all of them. So clusters whose versions are written
in files of their own stay environments, which can be released one after the other, as before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from generator.adopt.clusters import cluster_of
from generator.adopt.environments import patterned
from generator.adopt.grouping import Cell
from generator.adopt.settings import Settings
from generator.syntax.alignment import canonical
from generator.syntax.wording import listed


class Group(NamedTuple):
    """Environments that may be clusters of one."""

    environment: str
    """The one that they may be clusters of."""
    members: tuple[str, ...]
    """Their names as environments, in the order of their destinations."""
    destinations: tuple[str, ...]


class Form(NamedTuple):
    """What became of a group, and why."""

    group: Group
    why: str = ""
    """Why its clusters are environments; empty if they are destinations."""


def groups(cells: Sequence[Cell]) -> Iterator[Group]:
    """Yield the environments that may be clusters of one."""
    for environment in sorted({cell.split[0] for cell in cells} - {""}):
        found = sorted({(cell.split[1], cell.environment) for cell in cells if cell.split[0] == environment})
        if len(found) > 1:
            yield Group(environment, tuple(name for _, name in found), tuple(name for name, _ in found))


def prevents(group: Group, every: Sequence[Settings], roots: Collection[str], *, wanted: bool) -> str:
    """Return why a group cannot be destinations of one environment, or would lose something; empty if it can.

    `roots` are the environments with a root Application of their own. `wanted` tells that the user asks for destinations.
    """
    cells = [one for one in every if one.cell.environment in group.members]
    services = sorted({one.cell.service for one in cells})
    by_service = {name: [one for one in cells if one.cell.service == name] for name in services}
    lacking = next((name for name, of in by_service.items() if len(of) < len(group.members)), "")
    if lacking:
        there = {one.cell.environment for one in by_service[lacking]}
        return f"{lacking} is not in {listed([name for name in group.members if name not in there])}"
    own = [name for name in group.members if name in roots]
    if own:
        return f"{listed(own)} {'has a root Application of its' if len(own) == 1 else 'have root Applications of their'} own"
    return _of_places(group, cells) or next(
        (why for name, of in by_service.items() if (why := _of_service(name, of, wanted=wanted))), ""
    )


def _of_places(group: Group, cells: Sequence[Settings]) -> str:
    places = {
        member: {cluster_of(one.cell.found) for one in cells if one.cell.environment == member} for member in group.members
    }
    scattered = next((member for member, found in places.items() if len(found) > 1), "")
    if scattered:
        return f"{scattered} is on several clusters"
    if len({(one.namespace, one.cell.found.name) for one in cells}) < len(cells):
        return "they use the same names of Applications, so each has an Argo CD of its own"
    if len({next(iter(found)) for found in places.values()}) < len(group.members):
        return "they are on one cluster"
    return "they have Applications in different namespaces" if len({one.namespace for one in cells}) > 1 else ""


def _of_service(name: str, cells: Sequence[Settings], *, wanted: bool) -> str:
    """Return what of a service a destination cannot say, or what would be lost; empty if nothing."""
    fixed = [_fixed(one) for one in cells]
    different = next((what for what in fixed[0] if len({canonical(part[what]) for part in fixed}) > 1), "")
    if different:
        return f"{name} does not have the same {different} in all of them"
    if not wanted and len({one.versions for one in cells}) > 1:
        return f"the version of {name} is in a file of each, so each can be released by itself"
    return ""


def _fixed(one: Settings) -> dict[str, Any]:
    """Return what of a cell must be the same in all destinations."""
    data = one.data
    chart = patterned(data["chart"], one.cell.as_destination) if "chart" in data else {}
    images = {"": data.get("image") or {}, **(data.get("images") or {})}
    tags = {name: {key: text for key, text in image.items() if key != "repository"} for name, image in images.items()}
    return {"chart": chart, "source": data.get("source") or {}, "image": tags}


def chosen(
    settings: Sequence[Settings], own_roots: Collection[str], size: Callable[[Sequence[Settings]], int], *, wanted: bool
) -> list[Form]:
    """Return what becomes of each group: destinations, if a spec can say so and the files are shorter.

    `own_roots` are the environments with a root Application of their own, and `size` tells how long the files for
    settings are. `wanted` tells that the user asks for destinations.
    """
    forms: list[Form] = []
    for group in groups([one.cell for one in settings]):
        why = prevents(group, settings, own_roots, wanted=wanted)
        if not why:
            merged = [one._replace(cell=placed(one.cell, [Form(group)])) for one in settings]
            if wanted or size(merged) < size(settings):
                settings = merged
            else:
                why = "their files are shorter"
        forms.append(Form(group, why))
    return forms


def placed(cell: Cell, forms: Sequence[Form]) -> Cell:
    """Return a cell as a destination, if that is what its environment became."""
    return cell.as_destination if any(cell.environment in one.group.members for one in forms if not one.why) else cell
