"""The page of one field of a kind of file, as `tiphys explain spec.rollout` prints it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.editor.shapes import Shape, Shapes, types_of
from generator.errors import ConfigError
from generator.syntax.schema.values import TYPES
from generator.syntax.wording import suggestion

KINDS = ("pipeline", "environment", "workspace", "strategy", "profile")
"""The kinds of files whose fields have a page; a path without one of these names is of the first."""
_STARTS = ("spec", "metadata")


def field_of(text: str) -> tuple[str, str] | None:
    """Return the kind of file and the path in it that a text such as `environment.spec.policy` names; None for other texts."""
    kind, _, rest = text.partition(".")
    if kind in KINDS:
        return kind, rest
    return (KINDS[0], text) if kind.partition("[")[0] in _STARTS else None


def page(kind: str, pointer: Pointer, document: Mapping[str, Any]) -> str:
    """Return what the schema of a kind of file says of a field, and the fields below it; raises ConfigError for no field."""
    shapes, shape = Shapes(document), Shapes(document).at(())
    for depth, name in enumerate(pointer, 1):
        known: Mapping[str, Any] = (shape or {}).get("properties", {})
        shape = shapes.at(pointer[:depth])
        if shape is None:
            hint = suggestion(str(name), known, f"`tiphys schema {kind}` prints all fields")
            raise ConfigError(f"unknown field `{dotted(pointer[:depth])}` in the file format `{kind}`", hint)
    own = _about(dotted(pointer) if pointer else kind, shape or {})
    below = {name: shapes.at((*pointer, name)) or {} for name in (shape or {}).get("properties", {})}
    return "\n".join([*own, *_fields(below, (shape or {}).get("required", ()))]) + "\n"


def _about(name: str, shape: Shape) -> Iterator[str]:
    yield f"{name}: {_kind(shape)}"
    if shape.get("description"):
        yield from ("", str(shape["description"]))
    facts = [f"{key}: {_written(shape[key])}" for key in ("default", "minimum", "maximum") if key in shape]
    facts += [f"example: {_written(example)}" for example in shape.get("examples", ())]
    if facts:
        yield from ("", *facts)


def _fields(below: Mapping[str, Shape], needed: Collection[str]) -> Iterator[str]:
    if not below:
        return
    width = max(map(len, below))
    yield from ("", "fields:")
    for name, shape in below.items():
        first = str(shape.get("description", "")).partition(". ")[0].removesuffix(".")
        yield f"  {name:<{width}}  {first}{' (required)' if name in needed else ''}".rstrip()


def _kind(shape: Shape) -> str:
    if "const" in shape:
        return f"always {_written(shape['const'])}"
    if "enum" in shape:
        return "one of " + ", ".join(_written(value) for value in shape["enum"])
    return " or ".join(TYPES[kind] for kind in types_of(shape)) or "any value"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
