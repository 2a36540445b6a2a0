"""The files that a spec, a preset or the defaults of an environment refer to, as they are written there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from generator.syntax.merge import lookup
from generator.syntax.reader import Source

_FOLDERS = (("chart", "path"), ("source", "kustomize", "path"), ("source", "directory", "path"))
"""Where a folder is named, from the root of the workspace."""


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


def paths(source: Source) -> Iterator[str]:
    """Yield all files and folders that a spec or an environment names, from the root of the workspace, and its own file."""
    spec, folder = source.data["spec"], posixpath.dirname(source.path)
    yield source.path
    for name in (*manifests(spec), *analyses(spec)):
        yield posixpath.normpath(posixpath.join(folder, name))
    for block in _blocks(spec):
        for pointer in _FOLDERS:
            path = lookup(block, pointer)[1]
            if isinstance(path, str) and path:
                yield posixpath.normpath(path)
