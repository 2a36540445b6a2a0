"""The files that a spec, a preset or the defaults of an environment refer to, as they are written there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def _blocks(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a spec, and what it says of each environment and of each destination."""
    yield spec
    for environment in (spec.get("environments") or {}).values():
        if isinstance(environment, dict):
            yield environment
            yield from (block for block in (environment.get("destinations") or {}).values() if isinstance(block, dict))


def manifests(spec: dict[str, Any]) -> Iterator[str]:
    """Yield the files of plain manifests that a spec names."""
    return (item for block in _blocks(spec) for item in block.get("manifests") or [] if isinstance(item, str))


def analyses(spec: dict[str, Any]) -> Iterator[str]:
    """Yield the files of AnalysisTemplates that a spec names."""
    for block in _blocks(spec):
        rollout = block.get("rollout")
        for item in (rollout or {}).get("analysisTemplates") or []:
            if isinstance(item.get("file"), str):
                yield item["file"]
