"""Share the settings of all cells out: what is common goes into an environment or a spec, what differs below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from generator.adopt import relations
from generator.adopt.environments import Data, Root, environment_of
from generator.adopt.grouping import ordered
from generator.adopt.merging import merged
from generator.adopt.settings import Settings
from generator.adopt.sharing import common, over, plain, rest, usual
from generator.kubernetes.applications import place_of
from generator.syntax import semver

_SHARED_DEFAULTS = ("chart", "replicas", "autoscaling", "values", "rollout")
"""What the defaults of an environment may set for all its services."""


class Layers(NamedTuple):
    """The data of the files of a workspace."""

    environments: dict[str, Data]
    """The `spec` of each, by name."""
    abstract: tuple[str, ...]
    """The names of the abstract environments."""
    services: dict[str, Data]
    """The `spec` of each service."""


def layered(cells: Sequence[Settings], roots: dict[str, Root]) -> Layers:
    """Return the files for cells; `roots` are the root Applications by environment."""
    if not cells:
        return Layers({}, (), {})
    names = ordered({one.cell.environment for one in cells})
    of = {name: [one for one in cells if one.cell.environment == name] for name in names}
    environments: dict[str, Data] = {}
    left: dict[tuple[str, str], Data] = {}
    below: dict[tuple[str, str], Data] = {}
    instances = _need_instances(cells)
    for name in names:
        environments[name], rests = environment_of(of[name], roots.get(name))
        if instances:
            environments[name]["argocd"] = {"instance": name, **environments[name]["argocd"]}
        left |= _whole(of[name], rests, below)
    everywhere = _everywhere(left)
    left = {key: rest(data, {"chart": everywhere}) for key, data in left.items()}
    services, left = _specs(left)
    counts = Counter(service for service, _ in left)
    by_word, left = relations.families(left, [field for field in _SHARED_DEFAULTS if field != "chart"])
    for name in names:
        here = {key: data for key, data in left.items() if key[1] == name}
        left |= _defaults(environments[name], here, everywhere)
    for key, data in left.items():
        if counts[key[0]] == 1:
            services[key[0]] = _general(data)
            left[key] = rest(data, services[key[0]])
    for key, data in left.items():
        services[key[0]].setdefault("environments", {})[key[1]] = data | ({"destinations": below[key]} if key in below else {})
    for name in names:
        _pin(environments[name], [service for service in services.values() if name in service["environments"]], name)
    relations.promote(environments)
    abstract = relations.abstract(environments, by_word)
    return Layers(environments, abstract, services)


def _whole(cells: Sequence[Settings], rests: Sequence[Data], below: dict[tuple[str, str], Data]) -> dict[tuple[str, str], Data]:
    """Return what each service says of an environment; what differs by destination is added to `below`."""
    found: dict[tuple[str, str], dict[str, Data]] = {}
    for one, data in zip(cells, rests, strict=True):
        found.setdefault((one.cell.service, one.cell.environment), {})[one.cell.destination] = data
    shared = {key: _of_all([*of.values()]) for key, of in found.items()}
    for key, of in found.items():
        differing = {name: data for name in sorted(of) if (data := over(of[name], shared[key]))}
        below |= {key: differing} if differing else {}
    return shared


def _of_all(destinations: Sequence[Data]) -> Data:
    """Return what a service says for all destinations of an environment; those that differ say so themselves."""
    most = {key: value for key, value in usual(destinations).items() if key in ("replicas", "autoscaling", "values")}
    return {**common(destinations), **most}


def _specs(left: dict[tuple[str, str], Data]) -> tuple[dict[str, Data], dict[tuple[str, str], Data]]:
    """Return what the environments of each service share, and the rest; of a service in one environment, all is a rest."""
    services: dict[str, Data] = {}
    for service in sorted({key[0] for key in left}):
        mine = {key: data for key, data in left.items() if key[0] == service}
        shared = common(list(mine.values())) if len(mine) > 1 else {}
        services[service] = shared
        left = left | {key: rest(data, shared) for key, data in mine.items()}
    return services, left


def _everywhere(left: dict[tuple[str, str], Data]) -> Data:
    """Return what the charts of all services share in all environments, if there are several services.

    A part of one chart is not said without its name.
    """
    charts = [data.get("chart") or {} for data in left.values()]
    shared = common(charts) if len({service for service, _ in left}) > 1 else {}
    return {key: value for key, value in shared.items() if "name" in shared or key in ("version", "profile", "fullname")}


def _defaults(environment: Data, here: dict[tuple[str, str], Data], everywhere: Data) -> dict[tuple[str, str], Data]:
    """Move what all cells of an environment share into its defaults, and return the rest.

    `everywhere` is what all charts share, which is left out of the cells already.
    """
    shared: Data = {}
    if len(here) > 1:
        shared = {key: value for key, value in plain(common(list(here.values()))).items() if key in _SHARED_DEFAULTS}
        shared.get("chart", {}).pop("name", None)
        shared = {key: value for key, value in shared.items() if value != {} or key not in ("chart", "values")}
    left = {key: rest(data, shared) for key, data in here.items()}
    if everywhere:
        shared["chart"] = {**everywhere, **shared.get("chart", {})}
    for field in ("name", "version") if not shared.get("chart", {}).get("path") else ():
        if field in shared.get("chart", {}):
            environment["chart"] = {field: shared["chart"].pop(field), **environment.get("chart", {})}
    shared = {key: value for key, value in shared.items() if value != {} or key not in ("chart", "values")}
    if shared:
        environment["defaults"] = merged([shared, environment.get("defaults") or {}])
    return left


def _general(data: Data) -> Data:
    """Return what a spec says of a service that has only one environment: everything but its versions."""
    found = {field: value for field, value in data.items() if field not in ("image", "images", "replicas", "chart")}
    chart = {key: value for key, value in (data.get("chart") or {}).items() if key != "version"}
    image = {key: value for key, value in (data.get("image") or {}).items() if key == "repository"}
    return {**({"chart": chart} if chart else {}), **({"image": image} if image else {}), **found}


def _pin(environment: Data, services: Sequence[Data], name: str) -> None:
    """Allow ranges of chart versions where there are some."""
    versions = [(environment.get("chart") or {}).get("version")]
    for service in services:
        versions += [(block.get("chart") or {}).get("version") for block in (service, service["environments"][name])]
    if any(version and semver.is_range(version) for version in versions):
        environment["policy"] = {"chartVersion": "range"}


def _need_instances(cells: Sequence[Settings]) -> bool:
    """Tell whether each environment must have an Argo CD of its own: else names, or what they deploy, would clash."""
    names: dict[tuple[str, str], str] = {}
    places: dict[tuple[str, str, str], str] = {}
    for one in cells:
        environment, found = one.cell.environment, one.cell.found
        cluster, namespace = place_of(found.data, "")
        if names.setdefault((one.namespace, found.name), environment) != environment:
            return True
        release = str(one.data["argocd"].get("releaseName") or one.cell.service)
        if places.setdefault((cluster, namespace, release), environment) != environment:
            return True
    return False
