"""Read the rules that a workspace has of its own."""

from __future__ import annotations

from generator.syntax.reader import Source
from generator.workspace.files import Sources

FOLDER = "rules"


def read(loader: Sources) -> list[Source]:
    """Return the files in rules/ that have the form of a rule; the loader keeps the problems of the others."""
    found = (loader.source(path, "rule") for path in loader.yaml_files(FOLDER))
    return [source for source in found if source is not None]
