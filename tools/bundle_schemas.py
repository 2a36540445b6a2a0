"""Build the schemas that ship, whole and compact, from schemas/source/.

For each kind, one self-contained draft-07 file (what an editor or `tiphys schema` wants), and one
Python module with all of them as data, so that valid input is accepted without any library.
Run it after a change below schemas/source/:

    python -m tools.bundle_schemas [--check]
"""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from pathlib import Path
from pprint import pformat
from typing import Any

import yaml

from generator.syntax.schema.accept import KNOWN as _KNOWN
from tools import bundle_outputs as outputs
from tools.fresh import main

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "schemas" / "source"
KINDS = ("pipeline", "environment", "workspace", "strategy", "profile", "rule", "service", "analysistemplate")
PRINTED = ("report", "diff", "import", "metrics")
"""Kinds of what tiphys prints: nothing is read by them, so their data need not be quick to check."""
BASE = "urn:tiphys:v1"
"""An identifier that needs no domain; nothing is fetched by it."""
COMPACT = ROOT / "generator" / "syntax" / "compiled" / "schemas.py"
CHART = ROOT / "templates" / "chart"
OF_CHART = COMPACT.with_name("chart.py")
FOR_PEOPLE = (
    "description",
    "examples",
    "default",
    "title",
    "$id",
    "$schema",
    "x-problem",
    "x-hint",
    "x-elsewhere",
    "x-required",
    "x-shape",
    "x-too-long",
    "format",
)


KNOWN = {*_KNOWN, *FOR_PEOPLE}
LOCAL = {
    "environment": ("duration", "version", "template", "server"),
    "workspace": ("folder", "rules", "severities"),
    "profile": ("name", "number", "paths"),
}
"""Definitions that belong to one kind; all others are shared by name."""

PARTIAL = {
    "anyOf": [
        {
            "type": "object",
            "additionalProperties": True,
            "required": [block],
            "properties": {
                block: {
                    "description": f"The block that has `{field}`.",
                    "type": "object",
                    "additionalProperties": True,
                    "required": [field],
                    "properties": {field: {"description": f"What `{field}` says.", **said}},
                }
            },
        }
        for block, field, said in (("metadata", "abstract", {"const": True}), ("spec", "extends", {}))
    ]
}
"""An environment that is a part of others, or has parts: it need not have all fields itself."""


def _whole(node: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that demands what `x-required` lists, at any depth, and nothing else."""
    inner = {name: _whole(item) for name, item in node.get("properties", {}).items()}
    wanted = node.get("x-required", [])
    kept = {name: item for name, item in inner.items() if "type" in item or name in wanted}
    said = {"description": node["description"]} if "description" in node else {}
    if not (kept or wanted):
        return said
    result = {**said, "type": "object", "additionalProperties": True}
    return result | ({"required": wanted} if wanted else {}) | {"properties": kept}


class Bundler:
    """Collects what one schema refers to below its own `definitions`."""

    def __init__(self) -> None:
        paths = sorted(SOURCE.rglob("*.yaml"))
        self.files = {path.relative_to(SOURCE).as_posix(): yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}
        self.definitions: dict[str, Any] = {}

    def bundle(self, kind: str) -> dict[str, Any]:
        """Return the self-contained schema of a kind."""
        file = f"{kind}.yaml"
        body = {key: value for key, value in self.files[file].items() if key != "definitions"}
        if kind == "service":
            body = {"$ref": "#/definitions/service"}
        head = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": f"{BASE}:{kind}"}
        result = {**head, **self._resolved(body, file)}
        if set(result) == {"$schema", "$id", "$ref"}:
            result = {**head, **self.definitions.pop("service")}
        if kind == "environment":
            result |= {"if": PARTIAL, "else": _whole(result)}
        result["definitions"] = dict(sorted(self.definitions.items()))
        return result

    def _resolved(self, node: Any, file: str, *, layer: bool = False) -> Any:
        if isinstance(node, list):
            return [self._resolved(item, file, layer=layer) for item in node]
        if not isinstance(node, dict):
            return node
        if "x-extends" in node:
            return self._extended(node, file)
        if "$ref" in node:
            inner = layer or bool(node.get("x-layer"))
            extra = {key: value for key, value in node.items() if key in ("description", "default", "examples")}
            reference = {"$ref": self._refer(node["$ref"], file, layer=inner)}
            return {**extra, "allOf": [reference]} if extra else reference
        return self._relaxed(node, file) if layer else {key: self._value(key, value, file) for key, value in node.items()}

    def _value(self, key: str, value: Any, file: str) -> Any:
        if key in ("properties", "patternProperties", "definitions"):
            return {name: self._resolved(item, file) for name, item in value.items()}
        if key in ("enum", "const", "examples", "default", "required", "description"):
            return value
        return self._resolved(value, file)

    def _extended(self, node: dict[str, Any], file: str) -> dict[str, Any]:
        """Return a layer with properties of its own beside it: draft-07 cannot extend a closed object."""
        target, name = self._target(node["x-extends"], file)
        base = self._relaxed(self.files[target]["definitions"][name], target)
        own = {key: self._value(key, value, file) for key, value in node.items() if not key.startswith("x-")}
        properties = {**base["properties"], **own.pop("properties", {})}
        return {**base, **own, "properties": properties, "type": ["object", "null"] if node.get("x-null") else "object"}

    def _refer(self, reference: str, file: str, *, layer: bool) -> str:
        target, name = self._target(reference, file)
        label = f"{name}.layer" if layer else name
        if label not in self.definitions:
            self.definitions[label] = {}
            schema = deepcopy(self.files[target]["definitions"][name])
            self.definitions[label] = self._resolved(schema, target, layer=layer)
        return f"#/definitions/{label}"

    @staticmethod
    def _target(reference: str, file: str) -> tuple[str, str]:
        target, _, pointer = reference.partition("#/definitions/")
        beside = file.rpartition("/")[0]
        return (f"{beside}/{target}" if beside and target else target or file), pointer

    def _relaxed(self, schema: dict[str, Any], file: str) -> dict[str, Any]:
        """Return what a layer may say: any part of the whole, and null to take something away.

        What lists hold is whole: a list replaces another, so its items stay as strict as they are.
        """
        if "$ref" in schema:
            return self._resolved(schema, file, layer=True)
        result: dict[str, Any] = {}
        for key, value in schema.items():
            if key in ("required", "minProperties", "maxProperties"):
                continue
            if key == "properties":
                result[key] = {name: self._resolved(item, file, layer=True) for name, item in value.items()}
            elif key == "additionalProperties" and isinstance(value, dict):
                result[key] = self._resolved(value, file, layer=True)
            elif key == "type":
                kinds = value if isinstance(value, list) else [value]
                result[key] = list(dict.fromkeys([*kinds, "null"]))
            elif key == "enum":
                result[key] = [*value, None]
            else:
                result[key] = self._value(key, value, file)
        return result


def compact(bundles: dict[str, dict[str, Any]]) -> str:
    """Return the module that holds every schema without what only people read, definitions shared."""
    schemas: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for kind, bundle in bundles.items():
        local = {name for name in bundle["definitions"] if name in LOCAL.get(kind, ())}
        schemas[kind] = _stripped({key: value for key, value in bundle.items() if key != "definitions"}, kind, local)
        for name, schema in bundle["definitions"].items():
            label = f"{kind}.{name}" if name in local else name
            stripped = _stripped(schema, kind, local)
            if definitions.setdefault(label, stripped) != stripped:
                raise SystemExit(f"two definitions are called {label}")
    head = '"""The schemas as data for quick checks. Written by tools/bundle_schemas.py; do not edit."""\n\n'
    return (
        f"{head}SCHEMAS = {pformat(schemas, width=160, sort_dicts=False)}\n\nDEFINITIONS = {pformat(definitions, width=160)}\n"
    )


def _stripped(node: Any, kind: str, local: set[str], *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_stripped(item, kind, local) for item in node]
    if not isinstance(node, dict):
        return node
    strange = set() if names else set(node) - KNOWN
    if strange:
        raise SystemExit(f"not a keyword of a schema: {strange} in {str(node)[:200]}")
    if "$ref" in node and not names:
        name = node["$ref"].removeprefix("#/definitions/")
        return {"$ref": f"{kind}.{name}" if name in local else name}
    return {
        key: value
        if key in ("required", "enum", "const") and not names
        else _stripped(value, kind, local, names=key == "properties" and not names)
        for key, value in node.items()
        if names or key not in FOR_PEOPLE
    }


def of_chart() -> str:
    """Return the module that holds what the shipped chart says of its values, without what only people read."""
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    version = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))["version"]
    head = (
        '"""The values of the shipped chart as data for quick checks. Written by tools/bundle_schemas.py; do not edit."""\n\n'
    )
    parts = {"VERSION": version, "SCHEMA": _bare(schema), "DEFAULTS": values}
    return head + "\n".join(f"{name} = {pformat(part, width=160, sort_dicts=False)}\n" for name, part in parts.items())


def _bare(node: Any, *, names: bool = False) -> Any:
    """Return a schema with its references as they are, and without what only people read."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value
        if key in ("required", "enum", "const") and not names
        else _bare(value, names=key == "properties" and not names)
        for key, value in node.items()
        if names or key not in FOR_PEOPLE
    }


def generate() -> dict[Path, str]:
    """Return every file that is built, with its text."""
    schemas = {kind: Bundler().bundle(kind) for kind in KINDS}
    printed = {kind: Bundler().bundle(kind) for kind in PRINTED}
    files = {
        ROOT / "schemas" / f"{kind}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for kind, schema in (schemas | printed).items()
    }
    documents = {name for names in outputs.COMMANDS.values() for name in names}
    bundles = {name: Bundler().bundle(name) for name in documents}
    for command in outputs.COMMANDS:
        text = json.dumps(outputs.output(command, bundles), indent=2, ensure_ascii=False) + "\n"
        files[ROOT / "schemas" / "output" / f"{command}.json"] = text
    files[COMPACT] = compact(schemas)
    files[OF_CHART] = of_chart()
    return files


if __name__ == "__main__":
    sys.exit(main(generate()))
