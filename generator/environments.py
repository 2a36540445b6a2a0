"""What the schema of an environment cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Severity
from generator.merge import lookup
from generator.reader import Source

TAG_PATTERN = ("spec", "policy", "imageTag", "pattern")


def bad_patterns(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a policy whose regular expression is none."""
    _, pattern = lookup(source.data, TAG_PATTERN)
    if not isinstance(pattern, str):
        return
    try:
        re.compile(pattern)
    except re.error as error:
        message = f'"{pattern}" is not a regular expression: {error}'
        hint = "put a backslash before a character that is meant as it stands"
        span = source.span_of(TAG_PATTERN)
        yield Diagnostic(source.path, span, "MR023", Severity.ERROR, message, hint, TAG_PATTERN)
