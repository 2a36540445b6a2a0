"""From an object that Helm rendered back to the words of the spec that made it so.

The strategy, the image, replicas and autoscaling have fields of their own, whose way into the values the
chart's profile tells. Everything else came through free values, by ways that only the chart knows; there
the nearest node is looked for, by its value and by the names on the way to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.service.resolve import ITSELF
from generator.syntax.merge import lookup
from generator.syntax.reader import parse
from generator.workspace.templates import Templates

WORKLOADS = ("Rollout", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")

_HOMES = {
    "VirtualService": ("istio",),
    "DestinationRule": ("istio",),
    "HorizontalPodAutoscaler": ("autoscaling", "hpa"),
    "PodDisruptionBudget": ("pdb",),
    "TraefikService": ("traefik",),
    "ApisixRoute": ("apisix",),
    "Mapping": ("ambassador",),
    "VirtualRouter": ("appmesh",),
    "VirtualNode": ("appmesh",),
    "ConfigMap": ("config",),
    "ExternalSecret": ("externalsecrets",),
}
"""Kinds that charts keep below a key of another name."""

_FIELD = re.compile(
    r"(?<![\w.'\"])(?:workload\.)?(images?|replicas|autoscaling|strategy|rollbackWindow|fullnameOverride)((?:\.\w+)*)"
)
_POINTERS: dict[str, Pointer] = {
    "strategy": ("rollout", "strategy"),
    "rollbackWindow": ("rollout", "rollbackWindow"),
    "fullnameOverride": ITSELF,
}


_COMPONENT = "app.kubernetes.io/component"
_COMPONENTS = ("workers", "jobs", "cronJobs")
"""Where the shipped chart has what runs besides the service, by the value of that label."""


class Node(NamedTuple):
    """One node of the values of a chart."""

    path: tuple[Any, ...]
    names: tuple[str, ...]
    value: Any


class Provenance:
    """Says of one application which words of its spec a rendered value comes from."""

    def __init__(self, built: Built, templates: Sequence[dict[str, Any]]) -> None:
        self._data = built.resolved.data
        self.origin: Pointer = ("chart",) if "chart" in self._data else ("source",)
        """What chooses the objects themselves."""
        self._templates = templates
        """The profile's values templates, as data: what is written from which field."""
        self._files = {analysis.name: index for index, analysis in enumerate(built.analyses)}

    @cached_property
    def _nodes(self) -> list[Node]:
        return nodes_of(self._data.get("values") or {})

    def has(self, path: Sequence[str | int]) -> bool:
        """Tell whether the spec's free values hold a path."""
        return lookup(self._data, ("values", *path))[0]

    def value(self, path: Sequence[str | int]) -> Any:
        """Return what the spec's free values have at a path; None for nothing."""
        return lookup(self._data, ("values", *path))[1]

    def with_name(self, path: Sequence[str | int], name: str) -> tuple[str | int, ...]:
        """Return the path of a key in the values that Helm rejects: from Helm 3.18 on it names a place of another key."""
        if self.has((*path, name)):
            return (*path, name)
        found = (node.path[: node.path.index(name) + 1] for node in self._nodes if name in node.path)
        return next(found, (*path, name))

    def of_value(self, path: Sequence[str | int]) -> Pointer:
        """Return the pointer, into the resolved service, of what gives a value of the chart."""
        free: Pointer = ("values", *path)
        if self.has(path):
            return free
        for template in self._templates:
            pointer = _field(template, path)
            if pointer:
                return pointer
        return free

    def of_object(self, item: KubeObject, pointer: Pointer) -> Pointer:
        """Return the pointer, into the resolved service, of what a value of an object comes from."""
        component = self._component(item)
        field = self._field_of_component(component, pointer) if component else self._own_field(item, pointer)
        own = field or self._written_out(item, pointer)
        if own:
            return own
        value = lookup(item.data, pointer)[1]
        inside = [node for node in self._nodes if node.path[: len(component)] == component] if component else []
        rest = pointer
        while rest:
            node = _nearest(inside, item.kind, rest, value) or _nearest(self._nodes, item.kind, rest, value)
            if node is not None:
                return ("values", *node.path)
            rest = rest[:-1]
        if component:
            return ("values", *component)
        home = home_of(self._nodes, item.kind)
        return ("values", *home) if home else self.origin

    def _component(self, item: KubeObject) -> Pointer:
        """Return where the values hold the worker or job that an object belongs to; () for the service itself."""
        name = item.labels.get(_COMPONENT)
        if isinstance(name, str) and item.name.endswith(f"-{name}"):
            return next(((part, name) for part in _COMPONENTS if self.has((part, name))), ())
        return ()

    def _field_of_component(self, component: Pointer, pointer: Pointer) -> Pointer:
        if pointer[:2] == ("spec", "replicas") and self.has((*component, "replicaCount")):
            return ("values", *component, "replicaCount")
        if pointer[-1:] == ("image",) and pointer[-3:-2] == ("containers",):
            said = next((field for field in ("image", "imageName") if self.has((*component, field))), "")
            return ("values", *component, said) if said else ("image",)
        return ()

    def _own_field(self, item: KubeObject, pointer: Pointer) -> Pointer:
        if item.kind == "AnalysisTemplate" and item.name in self._files:
            return ("rollout", "analysisTemplates", self._files[item.name])
        if item.kind == "HorizontalPodAutoscaler" and "autoscaling" in self._data:
            return ("autoscaling", *[part for part in pointer[-1:] if part in self._data["autoscaling"]])
        if item.kind in WORKLOADS:
            if item.kind == "Rollout" and pointer[:2] == ("spec", "strategy"):
                return ("rollout", "strategy", *pointer[2:])
            if pointer[:2] == ("spec", "replicas"):
                return ("autoscaling",) if "autoscaling" in self._data else ("replicas",)
            if pointer[-1:] == ("image",) and {"containers", "initContainers"} & {*pointer}:
                return self._image(str(lookup(item.data, pointer)[1]))
        return ()

    def _image(self, reference: str) -> Pointer:
        """Return the pointer of the image that a container runs."""
        name = reference.partition("@")[0]
        known: dict[Pointer, Any] = {("image",): self._data.get("image") or {}}
        known |= {("images", further): image for further, image in (self._data.get("images") or {}).items()}
        for pointer, image in known.items():
            repository = image.get("repository")
            if any(one == repository or one.startswith(f"{repository}:") for one in (name, name.partition("/")[2])):
                return pointer
        return ("image",)

    def _written_out(self, item: KubeObject, pointer: Pointer) -> Pointer:
        """Return where the values hold the whole object, as a list of extra objects does."""
        for node in self._nodes:
            if isinstance(node.value, dict) and node.value.get("kind") == item.kind:
                metadata = node.value.get("metadata")
                if isinstance(metadata, dict) and metadata.get("name") == item.name:
                    return ("values", *node.path, *pointer)
        return ()


def nodes_of(values: Any) -> list[Node]:
    """Return all nodes of values, those above first."""
    return [Node(path, _names(path), value) for path, value in _walk(values, ())]


def nearest_to(nodes: Sequence[Node], item: KubeObject, pointer: Pointer) -> Pointer:
    """Return the path of the node that most likely became a field of an object; () if none is near."""
    value, rest = lookup(item.data, pointer)[1], pointer
    while rest:
        node = _nearest(nodes, item.kind, rest, value)
        if node is not None:
            return node.path
        rest = rest[:-1]
    return home_of(nodes, item.kind)


def home_of(nodes: Iterable[Node], kind: str) -> Pointer:
    """Return the key of the values that is called like a kind; () without one."""
    return next((node.path for node in nodes if len(node.path) == 1 and _is_home(node.names[0], kind)), ())


def _nearest(nodes: Iterable[Node], kind: str, pointer: Pointer, value: Any) -> Node | None:
    """Return the node of the free values that is most similar to the value at a pointer of an object of a kind.

    What counts is the end of the way to it, the same single value, the key that is called like the
    kind, and the same place in the last list.
    """
    names, index = _names(pointer), _last_index(pointer)
    best: tuple[int, Node | None] = (0, None)
    for node in nodes:
        suffix = _common_suffix(names, node.names)
        same = not isinstance(value, dict | list) and node.value == value and type(node.value) is type(value)
        home = _is_home(node.names[0], kind)
        if suffix >= 2 or (suffix and (same or home)):
            score = 4 * suffix + 6 * same + 6 * home + (index == _last_index(node.path))
            if score > best[0]:
                best = (score, node)
    return best[1]


def _last_index(path: Sequence[Any]) -> int:
    return next((part for part in reversed(path) if isinstance(part, int)), -1)


def _walk(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key), value
        yield from _walk(value, (*path, key))


def _names(path: Sequence[Any]) -> tuple[str, ...]:
    return tuple(part.lower() for part in path if isinstance(part, str))


def _common_suffix(first: Sequence[str], second: Sequence[str]) -> int:
    length = 0
    while length < min(len(first), len(second)) and first[-1 - length] == second[-1 - length]:
        length += 1
    return length


def _is_home(name: str, kind: str) -> bool:
    return name == kind.lower() or name in _HOMES.get(kind, ())


def _field(template: Any, path: Sequence[str | int]) -> Pointer:
    """Return the field of the service that a values template writes at a path; () if it writes none there."""
    depth = 0
    while depth < len(path) and isinstance(template, dict) and path[depth] in template:
        template = template[path[depth]]
        depth += 1
    fields = list(_FIELD.finditer(template)) if isinstance(template, str) and depth else []
    if not fields:
        return ()
    name, rest = fields[-1].groups()
    return (*_POINTERS.get(name, (name,)), *rest.split(".")[1:], *path[depth:])


def provenance_of(built: Built, templates: Templates) -> Provenance:
    """Return what knows where the values of a rendered object come from."""
    if "chart" not in built.resolved.data:
        return Provenance(built, [])
    folder = built.profile.folder
    files = [f"{folder}/values.yaml"] + ([f"{folder}/rollout.yaml"] if built.profile.mode == "values" else [])
    return Provenance(built, [_template_data(file, templates(file).raw) for file in files])


@lru_cache(maxsize=256)
def _template_data(path: str, raw: bytes) -> dict[str, Any]:
    data: dict[str, Any] = parse(path, raw).data
    return data
