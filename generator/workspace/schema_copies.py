"""The JSON schemas in `.tiphys/`, which editors read: copies of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import START, Diagnostic, Severity
from generator.syntax import shipped
from generator.syntax.wording import listed
from generator.system.files import Folder, UnreadableFileError

KINDS = ("pipeline", "environment", "workspace", "strategy", "profile", "rule")
"""The kinds of files that people write."""


def copies() -> dict[str, bytes]:
    """Return the files that belong into `.tiphys/`, by path."""
    return {path_of(kind): shipped.read("schemas", f"{kind}.schema.json") for kind in KINDS}


def path_of(kind: str) -> str:
    """Return the path of the schema of a kind in a workspace."""
    return f".tiphys/{kind}.schema.json"


def differing(folder: Folder) -> dict[str, bool]:
    """Return the paths of the copies in a workspace that are not what ships, and whether each exists.

    A file that cannot be read, such as a link, differs.
    """
    found = {}
    for path, wanted in copies().items():
        try:
            if folder.read(path) != wanted:
                found[path] = True
        except UnreadableFileError as error:
            found[path] = not error.is_missing
    return found


def problems(folder: Folder) -> Iterator[Diagnostic]:
    """Yield a diagnostic if copies in a workspace are not what ships; missing ones are not reported."""
    found = [path for path, exists in differing(folder).items() if exists]
    if found:
        others = f"; so do {listed(found[1:])}" if found[1:] else ""
        message = f"this schema differs from that of the installed version, and editors check and complete by it{others}"
        yield Diagnostic(found[0], START, "TP072", Severity.NOTE, message, "run `tiphys upgrade`")
