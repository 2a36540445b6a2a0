"""What differs between the environments of a service, and whether that is intended.

A difference is intended if it is set for an environment: below spec.environments, in the file of
the environment, or in a preset that one of these names. Any other is accidental, as when a preset
that one environment names replaces a strategy, and with it other settings of the spec.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.diagnostics import Pointer, dotted
from generator.kubernetes.strategy import kind as strategy_kind
from generator.report.site.trail import Links, kind_of
from generator.service.build import Built
from generator.syntax.merge import lookup
from generator.syntax.secrets.masking import masked
from generator.workspace.model import Layer

_ABSENT: Any = object()
_VERSIONS: tuple[Pointer, ...] = (("image", "tag"), ("image", "digest"), ("chart", "version"))
"""What is promoted, and so is meant to be behind; the page of promotions has it."""
_MOST = 120

INTENDED, SHARED, ACCIDENTAL = "service", "environment", "accidental"


class Difference(NamedTuple):
    """One value that is not the same in all environments."""

    path: str
    values: tuple[str, ...]
    """As JSON, in the order of the environments; empty if absent."""
    links: tuple[str, ...]
    """Link to the place that sets it; empty if it is not set."""
    meant: str
    """INTENDED: by the service; SHARED: by an environment, for all its services; ACCIDENTAL: set by neither."""


def differences(builts: Sequence[Built], links: Links) -> tuple[Difference, ...]:
    """Return what differs between environments, versions left out."""
    if len(builts) < 2:
        return ()
    datas = [built.resolved.data for built in builts]
    apart = [pointer for pointer in differing(datas) if not _is_version(pointer)]
    said = [masked(data) for data in datas] if apart else []
    return tuple(_difference(pointer, builts, said, links) for pointer in apart)


def _is_version(pointer: Pointer) -> bool:
    return pointer in _VERSIONS or (pointer[:1] == ("images",) and pointer[2:] in (("tag",), ("digest",)))


def differing(nodes: Sequence[Any], at: Pointer = ()) -> Iterator[Pointer]:
    """Yield the pointers at which nodes are not all the same: of maps the keys, of anything else the whole."""
    first = nodes[0]
    if all(node is first for node in nodes) or all(node == first for node in nodes):
        return
    if not all(isinstance(node, dict) for node in nodes) or _other_strategy(nodes, at):
        yield at
        return
    for key in dict.fromkeys(key for node in nodes for key in node):
        yield from differing([node.get(key, _ABSENT) for node in nodes], (*at, key))


def _other_strategy(nodes: Sequence[Any], at: Pointer) -> bool:
    """Tell whether nodes are strategies of several kinds, of which the keys say nothing."""
    return at == ("rollout", "strategy") and len({strategy_kind(node) for node in nodes}) > 1


def _difference(pointer: Pointer, builts: Sequence[Built], datas: Sequence[Any], links: Links) -> Difference:
    found = [lookup(data, pointer) for data in datas]
    said = [_speaker(built, pointer) for built in builts]
    shown = tuple(shortened(value) if there else "" for there, value in found)
    kinds = {speaker[2] for speaker in said if speaker}
    meant = INTENDED if "o" in kinds else SHARED if "e" in kinds else ACCIDENTAL
    places = tuple(
        links.to_pointer(speaker[0].source, speaker[1], speaker[0].locate(pointer)) if speaker else "" for speaker in said
    )
    return Difference(dotted(pointer), shown, places, meant)


def shortened(value: Any) -> str:
    """Return a value as JSON of one line, cut where it is long."""
    text = value if isinstance(value, str) and value.isprintable() and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def _speaker(built: Built, pointer: Pointer) -> tuple[Layer, str, str] | None:
    """Return the layer that sets or removes a value, its name, and whose intention that is; None if no layer does."""
    layers = built.resolved.layers
    for index in range(len(layers) - 1, -1, -1):
        layer = layers[index]
        if _speaks_of(layer, pointer):
            return layer, kind_of(layer, built.resolved), _will(layers, index, pointer, built)
        if layer.restarts_rollout and pointer[:1] == ("rollout",):
            return None
    return None


def _speaks_of(layer: Layer, pointer: Pointer) -> bool:
    """Tell whether a layer gives what is at a pointer, or takes it away with what is around it."""
    node: Any = layer.data
    for part in pointer:
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
        if node is None:
            return True
    return True


def _will(layers: Sequence[Layer], index: int, pointer: Pointer, built: Built) -> str:
    """Return whose intention a layer is; a preset belongs to the layer above that names it.

    Empty where a preset came over what the spec says of the same: who named it thought of the strategy.
    """
    resolved = built.resolved
    if not layers[index].restarts_rollout or index + 1 == len(layers):
        return kind_of(layers[index], resolved)
    lost = any(layer.source is resolved.spec.source and _speaks_of(layer, pointer) for layer in layers[:index])
    return "" if lost and pointer[:2] != ("rollout", "strategy") else kind_of(layers[index + 1], resolved)


def between_environments(specs: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    """Return what environments themselves set differently: the path, and the value of each."""
    nodes = list(specs.values())
    rows = []
    shown = [masked(node) for node in nodes]
    for pointer in differing(nodes) if len(nodes) > 1 else ():
        found = [lookup(node, pointer) for node in shown]
        rows.append((dotted(pointer), tuple(shortened(value) if there else "" for there, value in found)))
    return rows
