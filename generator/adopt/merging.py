"""The values of an Application as one mapping, in the order in which Argo CD and Helm apply them.

Source: helm, pkg/cli/values/options.go (MergeValues); argo-cd, reposerver/repository/repository.go (helmTemplate)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.kubernetes.helm_sources import HelmSource
from generator.kubernetes.objects import maps
from generator.syntax import strvals


def merged(layers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return values files as one, lowest first. Null stays: it removes a default of the chart."""
    result: dict[str, Any] = {}
    for layer in layers:
        result = _over(result, layer)
    return result


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _over(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return result


def with_parameters(values: dict[str, Any], source: HelmSource) -> dict[str, Any]:
    """Return values with the parameters of an Application; raises strvals.SetError.

    Helm applies those that are typed first, whatever the order in the Application.
    """
    flags = list(source.parameters)
    for wanted, strings in (("--set", False), ("--set-string", True)):
        texts = [text for flag, text in flags if flag == wanted]
        values = strvals.applied(values, *texts, strings=strings) if texts else values
    return values


def file_parameters(source: HelmSource) -> list[tuple[str, str]]:
    """Return the parameters whose values are the content of files: their names, and the paths."""
    return [(str(item.get("name") or ""), str(item.get("path") or "")) for _, item in maps(source.helm.get("fileParameters"))]


def without_nulls(
    values: dict[str, Any], defaults: Any, at: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return values without nulls, the paths of those that remove a default of the chart, and the paths of the others."""
    result: dict[str, Any] = {}
    removed: list[tuple[str, ...]] = []
    others: list[tuple[str, ...]] = []
    for key, value in values.items():
        below = defaults.get(key) if isinstance(defaults, dict) else None
        if value is None:
            (others if below is None else removed).append((*at, key))
            continue
        if isinstance(value, dict):
            value, *more = without_nulls(value, below, (*at, key))
            removed += more[0]
            others += more[1]
        result[key] = value
    return result, removed, others
