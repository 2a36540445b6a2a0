"""Validate a document against its schema: a quick yes, or every problem with its place.

Valid input is accepted by quick checks (accept.py) that say nothing but yes or no. On a no,
jsonschema looks at the same schema and finds the words; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, cast

from generator.diagnostics import Diagnostic, Pointer
from generator.syntax.compiled.schemas import DEFINITIONS, SCHEMAS
from generator.syntax.reader import Source
from generator.syntax.schema.accept import Acceptor, Schema

_ACCEPTOR = Acceptor(cast("dict[str, Schema]", SCHEMAS), cast("dict[str, Schema]", DEFINITIONS))


def accepts(kind: str, data: Any) -> bool:
    """Tell whether the data satisfies the schema of its kind."""
    return _ACCEPTOR.accepts(kind, data)


def validate(source: Source, kind: str) -> list[Diagnostic]:
    """Return the problems of a file by the schema of its kind; empty for a valid one."""
    if accepts(kind, source.data):
        return []
    from generator.syntax.schema.explaining import explain

    return [problem.placed(source) for problem in explain(kind, source.data)]


def incomplete(kind: str, data: Any) -> list[tuple[str, Pointer, str, str]]:
    """Return (rule, pointer, message, hint) for each problem of merged data; empty for valid data."""
    if accepts(kind, data):
        return []
    from generator.syntax.schema.explaining import explain

    return [(problem.rule, problem.pointer, problem.message, problem.hint) for problem in explain(kind, data)]
