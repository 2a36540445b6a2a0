"""The files of a workspace that people edit, from layers."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from generator.adopt import comments
from generator.adopt.comments import Comment
from generator.adopt.layering import Layers
from generator.adopt.overrides import is_override
from generator.adopt.presets import Presets
from generator.adopt.remarks import Placed
from generator.diagnostics import Pointer
from generator.system.files import Folder
from generator.workspace import schema_copies

_API = "tiphys/v1"


def files_of(layers: Layers, repo_url: str, revision: str, said: Placed) -> dict[str, bytes]:
    """Return tiphys.yaml, environments and specs by path, with the schemas that editors use."""
    files = {"tiphys.yaml": _document("Workspace", "", _workspace(repo_url, revision), "workspace", 0, {})}
    for name, spec in layers.environments.items():
        metadata: dict[str, Any] = {"name": name} | ({"abstract": True} if name in layers.abstract else {})
        path = f"environments/{name}.yaml"
        files[path] = _document("Environment", metadata, _ordered(spec), "environment", 1, said.get(path, {}))
    for name, spec in layers.services.items():
        path = f"services/{name}/pipeline.yaml"
        files[path] = _document("Pipeline", {"name": name}, _ordered(spec), "pipeline", 2, said.get(path, {}))
    return {**files, **schema_copies.copies()}


def lines_of(layers: Layers) -> int:
    """Return how many lines the files of environments and specs have."""
    files = files_of(layers, "", "", {})
    return sum(content.count(b"\n") for path, content in files.items() if path.startswith(("environments/", "services/")))


def presets_of(found: Presets, said: Placed) -> dict[str, bytes]:
    """Return the files of presets by path."""
    files = {}
    for name, block in found.items():
        data, path = (
            {"apiVersion": _API, "kind": "Strategy", "metadata": {"name": name}, "spec": block},
            f"strategies/{name}.yaml",
        )
        files[path] = comments.written(data, "", said.get(path, {})).encode("utf-8")
    return files


def _workspace(repo_url: str, revision: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"repoURL": repo_url} if repo_url else {}
    return spec | ({"targetRevision": revision} if revision not in ("", "HEAD") else {})


_ORDER = (
    "extends", "promotion", "chart", "source", "image", "images", "replicas", "autoscaling", "argocd", "root", "target",
    "values", "rollout", "manifests", "defaults", "policy", "environments",
)  # fmt: skip


_OF_CHART = ("name", "repository", "repoURL", "path", "revision", "version")


def _ordered(spec: dict[str, Any]) -> dict[str, Any]:
    found = {key: spec[key] for key in (*_ORDER, *spec) if key in spec}
    if isinstance(found.get("chart"), dict):
        found["chart"] = {key: found["chart"][key] for key in (*_OF_CHART, *found["chart"]) if key in found["chart"]}
    if isinstance(found.get("defaults"), dict):
        found["defaults"] = _ordered(found["defaults"])
    if isinstance(found.get("environments"), dict):
        found["environments"] = {name: _ordered(block) for name, block in found["environments"].items()}
    return found


def _document(
    kind: str, metadata: Any, spec: dict[str, Any], schema: str, depth: int, notes: Mapping[Pointer, Comment]
) -> bytes:
    data = {"apiVersion": _API, "kind": kind, **({"metadata": metadata} if metadata else {}), "spec": spec}
    header = f"yaml-language-server: $schema={'../' * depth}.tiphys/{schema}.schema.json"
    return comments.written(data, header, notes).encode("utf-8")


_MOST_COPIED = 64 * 1024 * 1024
"""Bytes of one directory that is copied into the workspace."""


def tree_of(root: str, path: str) -> dict[str, bytes]:
    """Return the files below a directory by path; links are left out, and files that override sources: specs have these."""
    files = Folder(root).read_tree(path, lambda below: posixpath.basename(below).startswith(".git"), _MOST_COPIED)
    return {name: content for name, content in files.items() if content is not None and not is_override(name)}
