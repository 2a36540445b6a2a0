"""The results of rendering specs: plain data, so that they can come from another process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.diagnostics import Diagnostic
from generator.pipeline.drift import Wanted
from generator.service.build import Built
from generator.service.chart_objects import FindTemplate
from generator.workspace.model import ServiceSpec

if TYPE_CHECKING:
    from generator.syntax.reader.ignores import Ignore


class Claim(NamedTuple):
    """The names that one service in one environment claims, and that no other may use."""

    path: str
    service: str
    environment: str
    application: tuple[str, str]
    """Namespace and name of its Application."""
    templates: tuple[tuple[str, str, str], ...]
    """Cluster, namespace and name of each AnalysisTemplate."""


class Harvest(NamedTuple):
    """The result of some specs; plain data, so that it can come from another process."""

    services: list[tuple[str, str]]
    """(name, path of the spec) of every service, requested or not."""
    claims: list[Claim]
    wanted: dict[str, Wanted]
    diagnostics: list[Diagnostic]
    ignores: dict[str, tuple[Ignore, ...]]
    seen: list[object]
    """The results of `look` for every service."""
    read: frozenset[str] = frozenset()
    """The files that were read."""


Look = Callable[[ServiceSpec, Sequence[Built], FindTemplate, Mapping[str, Wanted]], object]
"""Called for each service, with its results per environment, the templates, and the files by path."""
