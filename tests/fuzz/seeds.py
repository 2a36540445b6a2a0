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
_OWN = ("rules/", "policies/", "crds/")
_THINGS = b"""apiVersion: example.com/v1
kind: Thing
metadata: {name: "web-{environment}", labels: {team: shop}}
spec: {size: 3, mode: fast, parts: [{a: 1}], port: http}
"""
_PROJECT = b"""apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: NAME, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: "*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
  syncWindows: [{kind: allow, schedule: "0 22 * * *", duration: 1h, applications: ["*"]}]
"""
_LINTED = (
    _WORKSPACE
    + b"""  lint:
    baseline: lint-baseline.json
    ignore: [TP103]
    severity: {TP201: warning, short-names: note}
    crds: [crds]
    policies: [policies]
    overrides:
      - {paths: ["services/**"], severity: {TP714: warning}}
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
    base = read(TESTS / "data" / "base")
    found = {f"cases/{path.name}": read(path) for path in sorted((TESTS / "data" / "cases").iterdir())}
    found |= {f"rejected/{path.name}": {**base, **read(path)} for path in sorted((TESTS / "cli" / "rejected").iterdir())}
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
        + b"  # tiphys: ignore[TP714] because it is small\n  chart: {name: service, path: charts/web, profile: service}\n  manifests: [things.yaml]\n"
    )
    for path, raw in read(ROOT / "templates").items():
        if path.startswith("chart/") and "/templates/" not in path:
            files[f"charts/web/{path.removeprefix('chart/')}"] = raw
        elif path.startswith("strategies/"):
            files[path] = raw
        elif path.startswith(("profiles/service/", "profiles/helm-create/")) or "/" not in path:
            files[f"templates/{path}"] = raw
    own = Path(__file__).parent
    files |= {path: raw for path, raw in read(own).items() if path.startswith(_OWN)}
    files["services/web/things.yaml"] = _THINGS
    for name in ("default", "shop"):
        files[f"projects/{name}.yaml"] = _PROJECT.replace(b"NAME", name.encode())
    return files


@cache
def hostile_specs() -> tuple[bytes, ...]:
    """Return the specs that tried to be more than specs once."""
    return tuple(
        path.read_bytes()
        for path in sorted((TESTS / "unit" / "pipeline" / "hostile").glob("*.yaml"))
        if path.name != "index.yaml"
    )


@cache
def manifests() -> tuple[bytes, ...]:
    """Return files of Kubernetes objects."""
    found = [path.read_bytes() for path in sorted((TESTS / "cli" / "manifests").rglob("*.y*ml"))]
    found += [path.read_bytes() for path in sorted((TESTS / "data" / "cases").glob("*/expected/**/*.yaml"))]
    found += [path.read_bytes() for path in sorted((ROOT / "examples").glob("*/generated/prod/**/*.yaml"))][:40]
    for path in sorted((TESTS / "unit" / "lint" / "object_rules").glob("*.yaml")):
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


Key = tuple[str, str]
"""The kind of a document, and a key in it."""


@cache
def pairs() -> dict[Key, tuple[tuple[str, str], ...]]:
    """Return what stands below each key in some file: keys with values, as YAML in one line."""
    found: dict[Key, set[tuple[str, str]]] = {}

    def visit(node: object, key: Key, depth: int) -> None:
        if isinstance(node, dict) and depth < 12:
            for name, value in node.items():
                text = json.dumps(value, default=str, ensure_ascii=False)
                if len(text) < 400:
                    found.setdefault(key, set()).add((str(name), text))
                visit(value, (key[0], str(name)), depth + 1)
        elif isinstance(node, list):
            for item in node[:20]:
                visit(item, key, depth + 1)

    for raw in (*manifests(), *(raw for name in good() for raw in workspaces()[name].values())):
        try:
            for document in yaml.load_all(raw, yaml.CSafeLoader):
                kind = document.get("kind") if isinstance(document, dict) else None
                visit(document, (str(kind or ""), ""), 0)
        except (yaml.YAMLError, ValueError):
            continue
    return {key: tuple(sorted(some)) for key, some in found.items()}


@cache
def values_of(kind: str, key: str) -> tuple[str, ...]:
    """Return the values that a key has in some file of a kind."""
    return tuple(sorted({value for (of, _), some in pairs().items() if of == kind for name, value in some if name == key}))


@cache
def good() -> tuple[str, ...]:
    """Return the workspaces in which nothing is wrong."""
    return tuple(name for name in workspaces() if not name.startswith("rejected/"))


def kind_of(path: str) -> str:
    """Return which target of the fuzzer a file of a workspace belongs to."""
    if path.endswith("tiphys.yaml") and "/" not in path:
        return "settings"
    if path.endswith(".json") and path.startswith("lint-"):
        return "baselines"
    if path.startswith("templates/profiles/"):
        return "profiles"
    if path.startswith(_OWN):
        return "rules"
    for folder, kind in (("strategies", "presets"), ("templates", "templates"), ("charts", "charts"), ("projects", "projects")):
        if path.startswith(f"{folder}/"):
            return kind
    return "environments" if "environments" in os.path.dirname(path).split("/") else "specs"


@cache
def by_kind(kind: str, *, broken: bool = False) -> tuple[tuple[str, str], ...]:
    """Return the files of a kind in good workspaces, or in all, as the name of a workspace and a path in it."""
    names = workspaces() if broken else good()
    found = tuple((name, path) for name in names for path in workspaces()[name] if kind_of(path) == kind)
    return found or by_kind(kind, broken=True)


def any_file(chooser: random.Random) -> bytes:
    """Return the bytes of any file, to be spliced into another."""
    name, path = chooser.choice([*by_kind("specs"), *by_kind("environments"), *by_kind("presets"), *by_kind("profiles")])
    return workspaces()[name][path]
