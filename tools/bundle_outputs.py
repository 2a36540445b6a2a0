"""Build the schemas of JSON output: schemas/output/<command>.json, draft 2020-12, from schemas/source/.

One command can print several documents: `plan` prints one plan, those of an environment, or that of a promotion.
"""

from __future__ import annotations

from typing import Any

REPORT = "report"
COMMANDS: dict[str, tuple[str, ...]] = {
    "affected": ("output/affected",),
    "bump": (REPORT,),
    "cache": ("output/cache",),
    "check": (REPORT, "output/files"),
    "config": ("output/settings",),
    "codeowners": ("output/codeowners", REPORT),
    "diff": ("diff", "import"),
    "explain": ("output/explanation", "output/rules", REPORT),
    "generate": (REPORT,),
    "history": ("output/history", "output/events"),
    "import": ("import",),
    "lint": (REPORT, "output/files"),
    "metrics": ("metrics",),
    "plan": ("output/plan", "output/plans", "output/waves", "output/set", REPORT),
    "promote": (REPORT,),
    "publish": (REPORT,),
    "release": (REPORT,),
    "render": ("output/rendered", REPORT),
    "rollback": (REPORT,),
    "rules": ("output/rules",),
    "status": ("output/status",),
    "verify": (REPORT, "diff"),
}
"""The documents that each command prints: files below schemas/source/."""
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def output(command: str, bundles: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of the output of a command, from the bundled draft-07 schemas of its documents."""
    names = COMMANDS[command]
    head = {"$schema": DRAFT, "$id": f"urn:tiphys:v1:output/{command}"}
    definitions: dict[str, Any] = {}
    bodies = [_converted(bundles[name], name, definitions) for name in names]
    if len(bodies) == 1:
        return {**head, **bodies[0], "$defs": dict(sorted(definitions.items()))}
    documents = {name.rpartition("/")[2]: body for name, body in zip(names, bodies, strict=True)}
    title, said = f"Output of {command}", f"What `tiphys {command} --format json` prints: one of these documents."
    references = [{"$ref": f"#/$defs/{name}"} for name in documents]
    return {
        **head,
        "title": title,
        "description": said,
        "type": "object",
        "anyOf": references,
        "$defs": {**documents, **definitions},
    }


def _converted(bundle: dict[str, Any], name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a document without its definitions, which are added to those of all documents.

    Those of schemas/source/output/ share their names; all others are called after the document as well.
    """
    is_shared = name.startswith("output/")
    own = bundle.get("definitions", {})
    names = {key: key if is_shared else f"{name}.{key}" for key in own}
    body = {key: value for key, value in bundle.items() if key not in ("definitions", "$schema", "$id")}
    found = {names[key]: _node(value, names, own) for key, value in own.items()}
    for key, value in found.items():
        if definitions.setdefault(key, value) != value:
            raise SystemExit(f"two definitions are called {key}")
    result: dict[str, Any] = _node(body, names, own)
    return result


def _node(node: Any, names: dict[str, str], own: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_node(item, names, own) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        key = node["$ref"].removeprefix("#/definitions/")
        return {**{name: value for name, value in node.items() if name != "$ref"}, "$ref": f"#/$defs/{names[key]}"}
    if "allOf" in node:
        return _node(_joined(node, own), names, own)
    kept = {key: value for key, value in node.items() if not key.startswith("x-")}
    return {
        key: _properties(value, names, own) if key == "properties" else _node(value, names, own) for key, value in kept.items()
    }


def _properties(node: dict[str, Any], names: dict[str, str], own: dict[str, Any]) -> dict[str, Any]:
    return {name: _node(value, names, own) for name, value in node.items()}


def _joined(node: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return what draft-07 needs `allOf` for: a reference with words of its own, or an object with more fields."""
    parts, rest = node["allOf"], {key: value for key, value in node.items() if key != "allOf"}
    if len(parts) == 1:
        return {**rest, **parts[0]}
    whole: dict[str, Any] = {"type": "object", "additionalProperties": True, "required": [], "properties": {}}
    for part in parts:
        found = own[part["$ref"].removeprefix("#/definitions/")] if "$ref" in part else part
        whole["required"] = [*whole["required"], *found["required"]]
        whole["properties"] = {**whole["properties"], **found["properties"]}
    return {**whole, **rest}
