"""Strategies that several services share, as presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.adopt.settings import Settings
from generator.kubernetes.strategy import kind
from generator.syntax.alignment import canonical
from generator.workspace.model import Preset

Presets = dict[str, dict[str, Any]]
"""Rollout blocks by the names of presets."""

_KINDS = {"canary": "canary", "blueGreen": "blue-green"}


def shared(settings: Sequence[Settings], presets: Mapping[str, Preset]) -> tuple[list[Settings], Presets]:
    """Return settings that name presets, and those that are new; a strategy of one service stays with it.

    `presets` are those that ship with Tiphys.
    """
    shipped = {canonical(one.spec): name for name, one in presets.items()}
    users: dict[str, set[str]] = {}
    blocks: dict[str, dict[str, Any]] = {}
    for one in settings:
        block = _block(one)
        if block:
            key = canonical(block)
            users.setdefault(key, set()).add(one.cell.service)
            blocks[key] = block
    several = [key for key, services in users.items() if len(services) > 1 and key not in shipped]
    new: dict[str, str] = {}
    for key in sorted(several, key=lambda key: (-len(users[key]), key)):
        new[key] = _free(_KINDS[kind(blocks[key]["strategy"])], [*presets, *new.values()])
    return [_named(one, shipped | new) for one in settings], {name: blocks[key] for key, name in new.items()}


def _block(one: Settings) -> dict[str, Any]:
    """Return the rollout block of a cell with a placeholder for the name of its service; empty without a strategy."""
    block = one.data.get("rollout") or {}
    if kind(block.get("strategy") or {}) not in _KINDS:
        return {}
    templated: dict[str, Any] = _templated(block, one.cell.service)
    return templated


def _templated(node: Any, service: str) -> Any:
    if isinstance(node, dict):
        return {key: _templated(value, service) for key, value in node.items()}
    if isinstance(node, list):
        return [_templated(item, service) for item in node]
    if isinstance(node, str) and (node == service or node.startswith(f"{service}-")):
        return "{service}" + node.removeprefix(service)
    return node


def _free(stem: str, taken: Sequence[str]) -> str:
    number = 1
    name = f"shared-{stem}"
    while name in taken:
        number += 1
        name = f"shared-{stem}-{number}"
    return name


def _named(one: Settings, names: dict[str, str]) -> Settings:
    name = names.get(canonical(_block(one)))
    return one._replace(data={**one.data, "rollout": {"preset": name}}) if name else one
