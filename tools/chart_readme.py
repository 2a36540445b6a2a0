"""Write the table of values into the README of the shipped chart, from its values.schema.json.

Run it after a change of the schema:

    python -m tools.chart_readme [--check]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHART = Path(__file__).resolve().parent.parent / "templates" / "chart"
START, END = "<!-- values: written by tools/chart_readme.py -->", "<!-- end of values -->"


def rows(node: dict[str, Any], schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Yield path, type, default and description of every value, in the order of the schema.

    A value that refers to another one has its type, and the rows below it are not repeated.
    """
    for name, value in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, kind(referred(value, schema)), default(value), value["description"]
        yield from rows(value, schema, here)
        for field, suffix in (("items", "[]"), ("additionalProperties", ".<name>")):
            inner = value.get(field)
            if isinstance(inner, dict):
                yield from rows(inner, schema, here + suffix)


def referred(value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the part of the schema that a value refers to, or the value itself."""
    node = value
    while "$ref" in node:
        path, node = node["$ref"].removeprefix("#/").split("/"), schema
        for part in path:
            node = node[part]
    return node


def kind(value: dict[str, Any]) -> str:
    """Return what may be written here, in words: the choices if there are any."""
    if "enum" in value:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in value["enum"])
    types = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return " or ".join(types)


def default(value: dict[str, Any]) -> str:
    """Return the default as JSON, or nothing where there is none."""
    return f"`{json.dumps(value['default'], ensure_ascii=False)}`" if "default" in value else ""


def table(schema: dict[str, Any]) -> str:
    """Return the Markdown table of all values."""
    lines = ["| Value | Type | Default | Meaning |", "|---|---|---|---|"]
    for path, *cells in rows(schema, schema):
        lines.append(f"| `{path}` | " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def with_table(text: str, schema: dict[str, Any]) -> str:
    """Return the README with the table of this schema between its markers."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"{CHART / 'README.md'} lacks the line {END if start else START}")
    return f"{before}{START}\n\n{table(schema)}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Write the README, or with `--check` only tell whether it is up to date."""
    target = CHART / "README.md"
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    found = target.read_text(encoding="utf-8")
    wanted = with_table(found, schema)
    if "--check" in arguments:
        if found != wanted:
            print(f"{target} does not match values.schema.json: run python -m tools.chart_readme")
        return int(found != wanted)
    target.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
