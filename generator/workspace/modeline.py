"""The comment by which an editor knows the schema of a spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from generator.diagnostics import START, Diagnostic, Fix, Severity
from generator.syntax.reader import Source

SCHEMA = ".tiphys/pipeline.schema.json"
"""Where a workspace keeps the schema that its specs name."""

_MODELINE = re.compile(r"^\s*#\s*(?:yaml-language-server\s*:.*)?\$schema\s*[=:]", re.MULTILINE)


def problems(source: Source, exists: Callable[[str], bool]) -> Iterator[Diagnostic]:
    """Yield what a spec without a modeline lacks, if its workspace has a schema to name.

    A workspace that keeps none has other ways to tell editors, and is left in peace.
    """
    if _MODELINE.search(source.text) or not exists(SCHEMA):
        return
    line = f"# yaml-language-server: $schema={'../' * source.path.count('/')}{SCHEMA}"
    end = "\r\n" if "\r\n" in source.text else "\n"
    hint = f"begin it with {line}"
    message = "the spec does not name its schema, so editors neither complete nor check it"
    yield Diagnostic(source.path, START, "TP071", Severity.NOTE, message, hint, fix=Fix(line + end, safe=True))
