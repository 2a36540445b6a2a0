"""Share the settings of all cells out: what is common goes into an environment or a spec, what differs below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from generator.adopt import relations
from generator.adopt.grouping import ordered
from generator.adopt.patterns import best, expand
from generator.adopt.settings import ARGOCD, Settings
from generator.adopt.sharing import common, rest
from generator.kubernetes.applications import place_of
from generator.syntax import semver

Data = dict[str, Any]

_SHARED_DEFAULTS = ("chart", "replicas", "autoscaling", "values", "rollout")
"""What the defaults of an environment may set for all its services."""
_USUAL = {"namespace": ARGOCD, "applicationName": "{service}-{environment}", "releaseName": "{service}", "onDelete": "orphan"}
"""What an environment need not say."""


class Layers(NamedTuple):
    """The data of the files of a workspace."""

    environments: dict[str, Data]
    """The `spec` of each, by name."""
    abstract: tuple[str, ...]
    """The names of the abstract environments."""
    services: dict[str, Data]
    """The `spec` of each service."""


class Root(NamedTuple):
    """The root Application of an environment in the old tree."""

    name: str
    project: str
    sync_policy: Data
    on_delete: str
    """What deleting it does to the Applications."""


def layered(cells: Sequence[Settings], roots: dict[str, Root]) -> Layers:
    """Return the files for cells; `roots` are the root Applications by environment."""
    if not cells:
        return Layers({}, (), {})
    names = ordered({one.cell.environment for one in cells})
    of = {name: [one for one in cells if one.cell.environment == name] for name in names}
    environments: dict[str, Data] = {}
    left: dict[tuple[str, str], Data] = {}
    instances = _need_instances(cells)
    for name in names:
        environments[name], rests = _environment(name, of[name], roots.get(name))
        if instances:
            environments[name]["argocd"] = {"instance": name, **environments[name]["argocd"]}
        left |= {(one.cell.service, name): data for one, data in zip(of[name], rests, strict=True)}
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
    for (service, name), data in left.items():
        services[service].setdefault("environments", {})[name] = data
    for name in names:
        _pin(environments[name], [service for service in services.values() if name in service["environments"]], name)
    relations.promote(environments)
    abstract = relations.abstract(environments, by_word)
    return Layers(environments, abstract, services)


def _environment(name: str, cells: Sequence[Settings], root: Root | None) -> tuple[Data, list[Data]]:
    """Return the spec of an environment, and what is left of its cells."""
    blocks = [one.data["argocd"] for one in cells]
    argocd: Data = {"namespace": _most(one.namespace for one in cells)}
    for field in ("applicationName", "releaseName", "project"):
        found = [
            (str(block[field]), one.cell.service, name) for block, one in zip(blocks, cells, strict=True) if field in block
        ]
        if found:
            argocd[field] = best(found) if field != "project" else _most(text for text, _, _ in found)
    argocd["destination"] = _destination(blocks, cells, name)
    for field in ("syncPolicy", "labels", "annotations"):
        shared = common([block.get(field) or {} for block in blocks])
        if shared:
            argocd[field] = shared
    argocd["onDelete"] = _most(one.on_delete for one in cells)
    argocd = {field: value for field, value in argocd.items() if value != _USUAL.get(field)}
    spec: Data = {"argocd": argocd}
    if root:
        spec["root"] = _root(root, prunes=argocd.get("onDelete", "orphan") != "orphan")
        if root.project != argocd["project"]:
            argocd["rootProject"] = root.project
    _chart_repository(spec, cells)
    return spec, [_left(one, argocd, spec) for one in cells]


def _most(values: Iterable[str]) -> str:
    return Counter(values).most_common(1)[0][0]


def _destination(blocks: Sequence[Data], cells: Sequence[Settings], environment: str) -> Data:
    """Return the destination of most cells: the cluster as one, the namespace as a pattern."""
    clusters = Counter(
        tuple((key, block["destination"][key]) for key in ("name", "server") if key in block["destination"]) for block in blocks
    )
    namespaces = [
        (block["destination"]["namespace"], one.cell.service, environment) for block, one in zip(blocks, cells, strict=True)
    ]
    alone = len({service for _, service, _ in namespaces}) == 1
    namespace = namespaces[0][0] if alone else best(namespaces)
    return {**dict(clusters.most_common(1)[0][0]), "namespace": namespace}


def _root(root: Root, *, prunes: bool) -> Data:
    """Return what an environment says of its root Application; without it, one syncs by itself."""
    policy, usual = dict(root.sync_policy), {"prune": prunes, "selfHeal": True}
    automated = policy.pop("automated", None)
    given = {"prune": False, "selfHeal": False, **automated} if isinstance(automated, dict) else {"enabled": False}
    found: Data = {"name": root.name}
    retry = policy.pop("retry", None)
    if given != usual:
        policy = {"automated": {key: value for key, value in given.items() if usual.get(key) != value}, **policy}
    if policy:
        found["syncPolicy"] = policy
    found |= {"onDelete": root.on_delete} if root.on_delete != "orphan" else {}
    return found | ({"retry": retry} if retry else {})


def _chart_repository(spec: Data, cells: Sequence[Settings]) -> None:
    """Set the chart repository of an environment: the one of most of its charts."""
    found = Counter(one.data["chart"]["repository"] for one in cells if (one.data.get("chart") or {}).get("repository"))
    if found:
        address, number = found.most_common(1)[0]
        if number * 2 >= len(cells):
            spec["chart"] = {"repository": address}


def _left(one: Settings, argocd: Data, spec: Data) -> Data:
    """Return the settings of a cell without what its environment says."""
    data, service, environment = dict(one.data), one.cell.service, one.cell.environment
    block = dict(data["argocd"])
    usual = {**_USUAL, **argocd}
    for field in ("applicationName", "releaseName", "project"):
        if field in block and expand(str(usual.get(field, "")), service, environment) == block[field]:
            del block[field]
        elif field in block:
            block[field] = best([(block[field], service, environment)]) if field != "project" else block[field]
    usual_place = {key: expand(text, service, environment) for key, text in argocd["destination"].items()}
    destination = {key: text for key, text in block.pop("destination").items() if usual_place.get(key) != text}
    if destination:
        block["destination"] = destination
    for field in ("syncPolicy", "labels", "annotations"):
        inner = rest(block.pop(field, None) or {}, argocd.get(field) or {})
        if inner:
            block[field] = inner
    data["argocd"] = block
    if not block:
        del data["argocd"]
    shared = spec.get("chart") or {}
    if "chart" in data and data["chart"].get("repository") == shared.get("repository"):
        data["chart"] = {key: value for key, value in data["chart"].items() if key != "repository"}
    return data


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
    """Return what the charts of all services share in all environments, if there are several services."""
    charts = [data.get("chart") or {} for data in left.values()]
    shared = common(charts) if len({service for service, _ in left}) > 1 else {}
    return {key: value for key, value in shared.items() if key in ("version", "profile", "fullname")}


def _defaults(environment: Data, here: dict[tuple[str, str], Data], everywhere: Data) -> dict[tuple[str, str], Data]:
    """Move what all cells of an environment share into its defaults, and return the rest.

    `everywhere` is what all charts share, which is left out of the cells already.
    """
    shared: Data = {}
    if len(here) > 1:
        shared = {key: value for key, value in common(list(here.values())).items() if key in _SHARED_DEFAULTS}
        shared.get("chart", {}).pop("name", None)
        shared = {key: value for key, value in shared.items() if value != {} or key not in ("chart", "values")}
    left = {key: rest(data, shared) for key, data in here.items()}
    if everywhere:
        shared["chart"] = {**everywhere, **shared.get("chart", {})}
    version = (shared.get("chart") or {}).pop("version", None)
    if version:
        environment["chart"] = {**environment.get("chart", {}), "version": version}
    shared = {key: value for key, value in shared.items() if value != {} or key not in ("chart", "values")}
    if shared:
        environment["defaults"] = shared
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
