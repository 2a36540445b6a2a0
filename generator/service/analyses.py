"""The AnalysisTemplates of a service."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from generator.diagnostics import Pointer
from generator.service.origins import origins
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source
from generator.workspace.model import Problem, Resolved


class Analysis(NamedTuple):
    """An AnalysisTemplate that belongs to a service: inline, or in a separate file."""

    name: str
    spec: dict[str, Any]
    source: Source | None = None
    """The file that contains it; None if inline."""
    metadata: Mapping[str, Any] = MappingProxyType({})
    """Its name with labels and annotations, if the whole object is written."""


class UnbuildableError(Exception):
    """The resolved service cannot be built; `problems` lists the reasons."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s)")
        self.problems = tuple(problems)


def analyses_of(resolved: Resolved, files: Mapping[str, Source | None]) -> tuple[Analysis, ...]:
    """Return the AnalysisTemplates of a service; raises UnbuildableError for a bad reference."""
    found: list[Analysis] = []
    problems: list[Problem] = []
    for index, item in enumerate(resolved.rollout.get("analysisTemplates") or []):
        made = _analysis_of(item, ("rollout", "analysisTemplates", index), resolved, files)
        if isinstance(made, Problem):
            problems.append(made)
        elif any(made.name == other.name for other in found):
            message = f"two analysis templates are named `{made.name}`"
            problems.append(Problem("TP042", ("rollout", "analysisTemplates", index), message, "rename one of the two"))
        else:
            found.append(made)
    if problems:
        raise UnbuildableError(problems)
    return tuple(found)


def _analysis_of(
    item: dict[str, Any], pointer: Pointer, resolved: Resolved, files: Mapping[str, Source | None]
) -> Analysis | Problem:
    if "file" in item and len(item) == 1:
        path = file_path(resolved, pointer, item["file"])
        source = files.get(path)
        if source is None and path in files:
            raise UnbuildableError([])  # the file itself was already reported
        if source is None:
            message = f"analysis template `{item['file']}` does not exist"
            return Problem("TP042", (*pointer, "file"), message, "the path is relative to the file that contains it")
        return Analysis(source.data["metadata"]["name"], source.data["spec"], source, source.data["metadata"])
    if item.keys() == {"name", "spec"}:
        return Analysis(item["name"], item["spec"])
    if "file" not in item and "name" not in item and "metadata" in item and "spec" in item:
        return Analysis(item["metadata"]["name"], item["spec"], None, item["metadata"])
    message = "an analysis template requires `file`, or `name` and `spec`, or the whole object"
    return Problem("TP042", pointer, message, "set `file`, or write `name` and `spec` here")


def file_path(resolved: Resolved, pointer: Pointer, name: str) -> str:
    """Return the path of a file that a layer refers to, relative to the layer's own file."""
    origin = next(origins(resolved.layers, pointer))
    return posixpath.normpath(posixpath.join(posixpath.dirname(origin.layer.source.path), name))


def template_facts(analysis: Analysis) -> dict[str, Any]:
    """Return the input of the AnalysisTemplate template."""
    metadata = analysis.metadata
    return {
        "name": analysis.name,
        "labels": metadata.get("labels") or {},
        "annotations": metadata.get("annotations") or {},
        "spec": analysis.spec,
    }
