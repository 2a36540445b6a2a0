"""The files that a run reads, one path on each line, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from generator.report.table import as_json as json_text
from generator.report.table import printable


class File(Protocol):
    """A file: its path relative to the root of the workspace, its kind, and why it is ignored."""

    @property
    def path(self) -> str:
        """The path."""

    @property
    def kind(self) -> str:
        """One of `workspace.kinds.KINDS`."""

    @property
    def why(self) -> str:
        """Empty for a file that is read."""


def as_text(files: Sequence[File]) -> str:
    """Return the paths of the files that are read."""
    return "".join(f"{printable(file.path)}\n" for file in files if not file.why)


def as_json(files: Sequence[File]) -> str:
    """Return all files, with `why` for those that are ignored."""
    rows = [{"path": file.path, "kind": file.kind, **({"why": file.why} if file.why else {})} for file in files]
    return json_text({"version": 1, "files": rows})
