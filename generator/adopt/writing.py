"""The files of a workspace that people edit, from layers."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from generator.adopt import comments, words
from generator.adopt.comments import Comment
from generator.adopt.layering import Layers
from generator.adopt.lifting import Lifted
from generator.adopt.overrides import is_override
from generator.adopt.parts import FromHelm, Part
from generator.diagnostics import Pointer
from generator.syntax import shipped
from generator.syntax.labels import label_of, label_parts
from generator.syntax.merge import lookup
from generator.system.files import Folder

_SCHEMAS = ("pipeline", "environment", "workspace")
_API = "tiphys/v1"

CellComments = Mapping[tuple[str, str], Mapping[Pointer, Comment]]
"""The comments of values by service, and by environment and destination; pointers as in a service."""


def files_of(layers: Layers, repo_url: str, revision: str, said: CellComments) -> dict[str, bytes]:
    """Return tiphys.yaml, environments and specs by path, with the schemas that editors use."""
    files = {"tiphys.yaml": _document("Workspace", "", _workspace(repo_url, revision), "workspace", 0, {})}
    for name, spec in layers.environments.items():
        metadata: dict[str, Any] = {"name": name} | ({"abstract": True} if name in layers.abstract else {})
        notes = _of_environment(name, said)
        files[f"environments/{name}.yaml"] = _document("Environment", metadata, _ordered(spec), "environment", 1, notes)
    for name, spec in layers.services.items():
        notes = _of_service(name, spec, said)
        files[f"services/{name}/pipeline.yaml"] = _document("Pipeline", {"name": name}, _ordered(spec), "pipeline", 2, notes)
    for kind in _SCHEMAS:
        files[f".tiphys/{kind}.schema.json"] = shipped.read("schemas", f"{kind}.schema.json")
    return files


def lines_of(layers: Layers) -> int:
    """Return how many lines the files of environments and specs have."""
    files = files_of(layers, "", "", {})
    return sum(content.count(b"\n") for path, content in files.items() if path.startswith(("environments/", "services/")))


def presets_of(found: Mapping[str, dict[str, Any]]) -> dict[str, bytes]:
    """Return the files of presets by path."""
    return {
        f"strategies/{name}.yaml": comments.written(
            {"apiVersion": _API, "kind": "Strategy", "metadata": {"name": name}, "spec": block}, "", {}
        ).encode("utf-8")
        for name, block in found.items()
    }


def _workspace(repo_url: str, revision: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"repoURL": repo_url} if repo_url else {}
    return spec | ({"targetRevision": revision} if revision not in ("", "HEAD") else {})


_ORDER = (
    "extends", "promotion", "chart", "source", "image", "images", "replicas", "autoscaling", "argocd", "root", "target",
    "values", "rollout", "manifests", "defaults", "policy", "environments",
)  # fmt: skip


def _ordered(spec: dict[str, Any]) -> dict[str, Any]:
    found = {key: spec[key] for key in (*_ORDER, *spec) if key in spec}
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


def _of_environment(name: str, said: CellComments) -> dict[Pointer, Comment]:
    every = [(label_parts(label)[0], notes) for (_, label), notes in said.items()]
    shared = _agreed([notes for other, notes in every if name == other or name in words.tokens(other)])
    return {("spec", "defaults", *pointer): comment for pointer, comment in shared.items()}


def _of_service(name: str, spec: Mapping[str, Any], said: CellComments) -> dict[Pointer, Comment]:
    mine = {label: notes for (service, label), notes in said.items() if service == name}
    found: dict[Pointer, Comment] = {}
    for environment, block in spec.get("environments", {}).items():
        for destination, own in block.get("destinations", {}).items():
            notes = mine.pop(label_of(environment, destination), {})
            there = {pointer: comment for pointer, comment in notes.items() if lookup(own, pointer)[0]}
            found |= _below(("spec", "environments", environment, "destinations", destination), there)
            mine[label_of(environment, destination)] = {key: notes[key] for key in notes.keys() - there.keys()}
        here = [notes for label, notes in mine.items() if label_parts(label)[0] == environment]
        found |= _below(("spec", "environments", environment), _agreed(here))
    return found | _below(("spec",), _agreed([*mine.values()]))


def _below(at: Pointer, notes: Mapping[Pointer, Comment]) -> dict[Pointer, Comment]:
    return {(*at, *pointer): comment for pointer, comment in notes.items()}


def _agreed(several: Sequence[Mapping[Pointer, Comment]]) -> dict[Pointer, Comment]:
    """Return the comments that no other file contradicts at the same value."""
    found: dict[Pointer, Comment] = {}
    unclear: set[Pointer] = set()
    for notes in several:
        unclear |= {pointer for pointer, comment in notes.items() if found.setdefault(pointer, comment) != comment}
    return {pointer: comment for pointer, comment in found.items() if pointer not in unclear}


def comments_of(parts: Sequence[Part], lifted: Lifted | None) -> dict[Pointer, Comment]:
    """Return the comments of the values of an Application, by pointers of a service."""
    found: dict[Pointer, Comment] = {}
    for part in parts[:1]:
        for layer in part.layers if isinstance(part, FromHelm) else ():
            for pointer, comment in comments.of(layer.text).items():
                moved = lifted.moved.get(tuple(map(str, pointer))) if lifted else None
                found[moved or ("values", *pointer)] = comment
    return found


_MOST_COPIED = 64 * 1024 * 1024
"""Bytes of one directory that is copied into the workspace."""


def tree_of(root: str, path: str) -> dict[str, bytes]:
    """Return the files below a directory by path; links are left out, and files that override sources: specs have these."""
    files = Folder(root).read_tree(path, lambda below: posixpath.basename(below).startswith(".git"), _MOST_COPIED)
    return {name: content for name, content in files.items() if content is not None and not is_override(name)}
