"""What the fuzzer starts from: the workspaces, manifests and words that the project already has."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
Tree = Mapping[str, bytes]

_SKIPPED = ("expected", "generated", ".tiphys", ".github")
_WORKSPACE = b"apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/config.git\n"
_LINTED = (
    _WORKSPACE
    + b"""  lint:
    baseline: lint-baseline.json
    rules: {TP201: warning, TP103: off}
    overrides:
      - {paths: ["services/**"], rules: {TP714: error}}
"""
)


def read(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder that are inputs, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_file() and not set(below.parts) & set(_SKIPPED) and below.name not in ("expected.txt", "README.md"):
            found[below.as_posix()] = path.read_bytes()
    return found


@cache
def workspaces() -> dict[str, Tree]:
    """Return every workspace by its name."""
    base = read(TESTS / "base")
    found = {f"cases/{path.name}": read(path) for path in sorted((TESTS / "cases").iterdir())}
    found |= {f"rejected/{path.name}": {**base, **read(path)} for path in sorted((TESTS / "rejected").iterdir())}
    found["quickstart"] = read(ROOT / "examples" / "quickstart")
    found["rich"] = _rich(found["quickstart"], base)
    boutique = read(ROOT / "examples" / "online-boutique")
    kept = ("services/frontend/", "services/checkoutservice/")
    found["boutique"] = {
        path: raw for path, raw in boutique.items() if not path.startswith("services/") or path.startswith(kept)
    }
    return {name: tree for name, tree in found.items() if any(path.endswith("tiphys.yaml") for path in tree)}


def _rich(quickstart: Tree, base: Tree) -> dict[str, bytes]:
    """Return a workspace that has a file of every kind."""
    files = {path: raw for path, raw in quickstart.items() if path.startswith(("environments/", "services/"))}
    files["tiphys.yaml"] = _LINTED
    files["lint-baseline.json"] = json.dumps(
        {
            "version": 1,
            "findings": [{"fingerprint": "0" * 32, "rule": "TP714", "path": "services/hello/pipeline.yaml", "message": "x"}],
        }
    ).encode()
    files["services/web/pipeline.yaml"] = (
        base["services/web/pipeline.yaml"]
        + b"  # tiphys: ignore[TP714] because it is small\n  chart: {name: web, path: charts/web, profile: service}\n"
    )
    for path, raw in read(ROOT / "templates").items():
        if path.startswith("chart/") and "/templates/" not in path:
            files[f"charts/web/{path.removeprefix('chart/')}"] = raw
        elif path.startswith("strategies/"):
            files[path] = raw
        elif path.startswith(("profiles/service/", "profiles/helm-create/")) or "/" not in path:
            files[f"templates/{path}"] = raw
    files.update(read(TESTS / "rejected" / "project-forbids"))
    return files


@cache
def hostile_specs() -> tuple[bytes, ...]:
    """Return the specs that tried to be more than specs once."""
    return tuple(path.read_bytes() for path in sorted((TESTS / "hostile").glob("*.yaml")) if path.name != "index.yaml")


@cache
def manifests() -> tuple[bytes, ...]:
    """Return files of Kubernetes objects."""
    found = [path.read_bytes() for path in sorted((TESTS / "manifests").rglob("*.y*ml"))]
    found += [path.read_bytes() for path in sorted((TESTS / "cases").glob("*/expected/**/*.yaml"))]
    found += [path.read_bytes() for path in sorted((ROOT / "examples").glob("*/generated/prod/**/*.yaml"))][:40]
    for path in sorted((TESTS / "objects").glob("*.yaml")):
        for case in (yaml.load(path.read_bytes(), yaml.CSafeLoader) or {}).values():
            objects = case.get("objects") if isinstance(case, dict) else None
            if objects:
                found.append(yaml.dump_all(objects, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode())
    return tuple(raw for raw in found if len(raw) < 20_000)


@cache
def words() -> tuple[str, ...]:
    """Return the fields and short values of all schemas, examples and manifests: what a file may well say."""
    found: set[str] = set()
    for path in sorted((ROOT / "schemas").glob("*.json")):
        found.update(_names(json.loads(path.read_bytes())))
    for raw in (*manifests(), *(raw for tree in workspaces().values() for raw in tree.values())):
        found.update(re.findall(r"[A-Za-z][A-Za-z0-9.:/_{}-]{1,40}", raw.decode("utf-8", "replace")))
    return tuple(sorted(found))


def _names(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from _names(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _names(value)
    elif isinstance(schema, str) and len(schema) < 40:
        yield schema


def kind_of(path: str) -> str:
    """Return which target of the fuzzer a file of a workspace belongs to."""
    if path.endswith("tiphys.yaml") and "/" not in path:
        return "settings"
    if path.endswith(".json") and path.startswith("lint-"):
        return "baselines"
    if path.startswith("templates/profiles/"):
        return "profiles"
    for folder, kind in (("strategies", "presets"), ("templates", "templates"), ("charts", "charts"), ("projects", "projects")):
        if path.startswith(f"{folder}/"):
            return kind
    return "environments" if "environments" in os.path.dirname(path).split("/") else "specs"


@cache
def by_kind(kind: str) -> tuple[tuple[str, str], ...]:
    """Return every file of a kind, as the name of a workspace and a path in it."""
    return tuple((name, path) for name, tree in workspaces().items() for path in tree if kind_of(path) == kind)


def any_file(chooser: random.Random) -> bytes:
    """Return the bytes of any file, to be spliced into another."""
    name, path = chooser.choice([*by_kind("specs"), *by_kind("environments"), *by_kind("presets"), *by_kind("profiles")])
    return workspaces()[name][path]
