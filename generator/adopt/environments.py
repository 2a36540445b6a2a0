"""The file of an environment: what its Applications share of their `argocd`, and what is left of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from generator.adopt.grouping import Cell
from generator.adopt.paths import drop, leaves, put
from generator.adopt.patterns import best, expand
from generator.adopt.settings import ARGOCD, Settings
from generator.adopt.sharing import common, rest
from generator.adopt.waves import waves_of, without_wave
from generator.syntax import placeholders
from generator.syntax.merge import lookup
from generator.workspace.destinations import CLUSTER

Data = dict[str, Any]

_USUAL = {"namespace": ARGOCD, "applicationName": "{service}-{environment}", "releaseName": "{service}", "onDelete": "orphan"}
"""What an environment need not say."""
_CERTAIN = 2
"""Placeholders by which a single name is known to be a pattern."""
_SHARED = ("syncPolicy", "labels", "annotations")


class Root(NamedTuple):
    """The root Application of an environment in the old tree."""

    name: str
    project: str
    sync_policy: Data
    on_delete: str
    """What deleting it does to the Applications."""


def environment_of(cells: Sequence[Settings], root: Root | None) -> tuple[Data, list[Data]]:
    """Return the spec of the environment of cells, and what is left of each."""
    waves = waves_of(cells)
    cells = [without_wave(one, cells) for one in cells] if waves else cells
    blocks = [one.data["argocd"] for one in cells]
    argocd: Data = {"namespace": most(one.namespace for one in cells)}
    for field in ("applicationName", "releaseName", "project"):
        found = [(str(block[field]), *one.cell.words) for block, one in zip(blocks, cells, strict=True) if field in block]
        if found:
            argocd[field] = _shared_name(found) if field != "project" else _project(found)
    argocd = {field: value for field, value in argocd.items() if value}
    named = argocd.get("applicationName")
    if cells[0].cell.destination and named and _named(named) == _named(_USUAL["applicationName"]):
        del argocd["applicationName"]
    argocd |= _places(cells) | ({"waves": waves} if waves else {})
    for field in _SHARED:
        shared = common([block.get(field) or {} for block in blocks])
        shared = {key: value for key, value in shared.items() if not placeholders.holds_placeholder(value)}
        shared |= _by_destination(field, cells)
        if shared:
            argocd[field] = shared
    argocd["onDelete"] = most(one.on_delete for one in cells)
    omits = [field for field in ("namespace", "releaseName") if all(field in one.omits for one in cells)]
    argocd["omit"] = [field for field in omits if field == "namespace" or any(field in block for block in blocks)]
    if "releaseName" in argocd["omit"]:
        argocd.pop("releaseName", None)
    argocd = {field: value for field, value in argocd.items() if value not in ([], _USUAL.get(field))}
    spec: Data = {"argocd": argocd}
    if root:
        spec["root"] = _root(root, prunes=argocd.get("onDelete", "orphan") != "orphan")
    of_root = root.project if root else most(block["project"] for block in blocks)
    if of_root != argocd["project"]:
        argocd["rootProject"] = of_root
    _chart_repository(spec, cells)
    rests = [_left(one, argocd, spec) for one in cells]
    values = _values_by_destination(cells, rests)
    if values:
        spec["defaults"] = {"values": values}
        rests = [_without(data, values) for data in rests]
    return spec, rests


def _shared_name(found: Sequence[tuple[str, str, str, str]]) -> str:
    """Return the name of most cells, if a new service can have it as well; else empty.

    That is a pattern with the service, or what all of several services have.
    """
    name = best(found)
    several = len({service for _, service, *_ in found}) > 1
    is_of_all = several and all(expand(name, *words) == text for text, *words in found)
    return name if "{service}" in name or is_of_all else ""


def _project(found: Sequence[tuple[str, str, str, str]]) -> str:
    """Return the project of most cells; a pattern if it gives that of all, and they have several."""
    name = best(found)
    is_of_all = "{service}" in name and all(expand(name, *words) == text for text, *words in found)
    texts = [text for text, *_ in found]
    return name if is_of_all and len({*texts}) > 1 else most(texts)


def most(values: Iterable[str]) -> str:
    """Return the most frequent of some texts, the first of equals."""
    return Counter(values).most_common(1)[0][0]


def _named(pattern: str) -> str:
    """Return the name of an Application as a pattern that has the destination: Tiphys adds it to one that has not."""
    return pattern if "{destination}" in pattern else f"{pattern}-{{destination}}"


def _places(cells: Sequence[Settings]) -> Data:
    """Return where an environment deploys to: most cells, or most of each destination."""
    namespace = _namespace(cells)
    if not cells[0].cell.destination:
        return {"destination": {**_cluster(cells), "namespace": namespace}}
    found: dict[str, Data] = {}
    for name in sorted({one.cell.destination for one in cells}):
        here = [one for one in cells if one.cell.destination == name]
        own = _namespace(here)
        fits = any(expand(namespace, *one.cell.words) == one.data["argocd"]["destination"]["namespace"] for one in here)
        found[name] = _cluster(here) | ({} if fits else {"namespace": own})
    return {"destination": {"namespace": namespace}, "destinations": found}


def _cluster(cells: Sequence[Settings]) -> Data:
    places = (one.data["argocd"]["destination"] for one in cells)
    return dict(Counter(tuple((key, place[key]) for key in CLUSTER if key in place) for place in places).most_common(1)[0][0])


def _namespace(cells: Sequence[Settings]) -> str:
    """Return the namespace of most cells, as a pattern if there are several services, or if it has the name of more than one thing."""
    names = [(one.data["argocd"]["destination"]["namespace"], *one.cell.words) for one in cells]
    if len({one.cell.service for one in cells}) == 1 and best(names).count("{") < _CERTAIN:
        return most(text for text, *_ in names)
    return _shared_name(names) or "{service}"


def _by_destination(field: str, cells: Sequence[Settings]) -> Data:
    """Return the labels, or annotations, that differ by nothing but the name of the destination."""
    found: Data = {}
    blocks = [one.data["argocd"].get(field) or {} for one in cells]
    for key in blocks[0] if cells[0].cell.destination and field != "syncPolicy" else ():
        if all(key in block for block in blocks) and len({block[key] for block in blocks}) > 1:
            if placeholders.holds_placeholder([block[key] for block in blocks]):
                continue  # the text has braces of its own
            marked = {best([(block[key], "", "", one.cell.destination)]) for block, one in zip(blocks, cells, strict=True)}
            found |= {key: next(iter(marked))} if len(marked) == 1 else {}
    return found


def _values_by_destination(cells: Sequence[Settings], rests: Sequence[Data]) -> Data:
    """Return the values of all services that differ by nothing but the name of the destination."""
    found: Data = {}
    for path, _ in leaves(rests[0].get("values") or {}) if cells[0].cell.destination else ():
        texts = [lookup(data.get("values") or {}, path)[1] for data in rests]
        if all(isinstance(text, str) for text in texts) and not placeholders.holds_placeholder(texts):
            marked = {best([(text, "", "", one.cell.destination)]) for text, one in zip(texts, cells, strict=True)}
            if len(marked) == 1 and "{destination}" in (text := next(iter(marked))):
                found = put(found, path, text)
    return found


def _without(data: Data, values: Data) -> Data:
    """Return the settings of a service without some of its values."""
    for path, _ in leaves(values):
        data = drop(data, ("values", *path))
    return data


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
    data, words = dict(one.data), one.cell.words
    block = {field: value for field, value in data["argocd"].items() if field not in argocd.get("omit", ())}
    usual = {**_USUAL, **argocd}
    if one.cell.destination:
        usual["applicationName"] = _named(usual["applicationName"])
    for field in ("applicationName", "releaseName", "project"):
        if field in block and expand(str(usual.get(field, "")), *words) == block[field]:
            del block[field]
        elif field in block:
            block[field] = best([(block[field], *words)]) if field != "project" else block[field]
    place, deletes = _own_place(one, argocd), one.on_delete if one.on_delete != usual["onDelete"] else ""
    block = {field: value for field, value in block.items() if field != "destination"}
    block |= {field: value for field, value in (("destination", place), ("onDelete", deletes)) if value}
    for field in _SHARED:
        inner = rest(block.pop(field, None) or {}, argocd.get(field) or {})
        if inner:
            block[field] = inner
    data["argocd"] = block
    if not block:
        del data["argocd"]
    if "chart" in data:
        shared = (spec.get("chart") or {}).get("repository")
        chart = patterned(data["chart"], one.cell)
        data["chart"] = {key: value for key, value in chart.items() if key != "repository" or value != shared}
    return data


def _own_place(one: Settings, argocd: Data) -> Data:
    """Return what of the destination of a cell its environment does not say."""
    place = {**argocd["destination"], **argocd.get("destinations", {}).get(one.cell.destination, {})}
    there = {key: expand(text, *one.cell.words) for key, text in place.items()}
    given = one.data["argocd"]["destination"]
    return {key: given[key] for key in (*CLUSTER, "namespace") if key in given and there.get(key) != given[key]}


def patterned(chart: Data, cell: Cell) -> Data:
    """Return what a spec says of a chart, with the name of its objects as a pattern; none if it is that of the service."""
    if not chart.get("fullname"):
        return chart
    pattern = best([(chart["fullname"], *cell.words)])
    rest = {key: value for key, value in chart.items() if key != "fullname"}
    return rest if pattern == "{service}" else {**rest, "fullname": pattern}
