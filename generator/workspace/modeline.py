"""The comment that tells an editor the schema of a spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from generator.diagnostics import START, Diagnostic, Fix, Severity
from generator.syntax.reader import Source

SCHEMA = ".tiphys/pipeline.schema.json"
"""The path of the schema in a workspace."""

_MODELINE = re.compile(r"^[ \t]*#[ \t]*(?:yaml-language-server[ \t]*:.*)?\$schema[ \t]*[=:]", re.MULTILINE)


def problems(source: Source, exists: Callable[[str], bool]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a spec without a modeline, if its workspace contains the schema.

    A workspace without the schema may configure its editors differently, so nothing is reported.
    """
    if _MODELINE.search(source.text) or not exists(SCHEMA):
        return
    line = f"# yaml-language-server: $schema={'../' * source.path.count('/')}{SCHEMA}"
    end = "\r\n" if "\r\n" in source.text else "\n"
    hint = f"add the first line {line}"
    message = "the spec does not refer to its schema, so editors cannot complete or check it"
    yield Diagnostic(source.path, START, "TP071", Severity.NOTE, message, hint, fix=Fix(line + end, safe=True))
