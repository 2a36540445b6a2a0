"""Which violations of a shipped schema are reported: each fault of the data once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, ValidationError, validators

from generator.diagnostics import Pointer
from generator.syntax.schema.errors import SchemaProblem, schema, words

_LENGTH = "up to "
"""What the words of a pattern contain if they name the maximum length."""


def explain(kind: str, data: Any) -> list[SchemaProblem]:
    """Return every violation, each once, in document order of their pointers."""
    errors = list(_validator(kind).iter_errors(data))
    # A pattern whose words contain the maximum length says all that is wrong with a text that is also too long.
    told = {
        _value_of(error) for error in errors if error.validator == "pattern" and _LENGTH in error.schema.get("x-problem", "")
    }
    left = (error for error in errors if error.validator != "maxLength" or _value_of(error) not in told)
    return list(dict.fromkeys(problem for error in left for problem in words(error)))


def _value_of(error: Any) -> tuple[Pointer, int]:
    """Return which value an error is about, and by which part of the schema."""
    return tuple(error.absolute_path), id(error.schema)


@cache
def _validator(kind: str) -> Any:
    def pattern(validator: Any, wanted: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        # `$` means the very end, as it does for editors and for the compiled validators.
        if validator.is_type(instance, "string") and not re.search(wanted.replace("$", r"\Z"), instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    extended: Any = validators.extend(Draft7Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]
    return extended(schema(kind))
