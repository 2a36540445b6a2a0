"""Schemas of the custom resources of well-known operators, which ship with Tiphys.

`tools/bundle_crds.py` converts them from the CustomResourceDefinitions of one release of each. A cluster may have
another release, which only the user knows: definitions that the user has come first.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from generator.kubernetes.objects import KubeObject
from generator.syntax import shipped

_FOLDER = ("schemas", "operators")


def schema_of(item: KubeObject) -> dict[str, Any] | None:
    """Return the schema of an object of an operator; None if none ships."""
    group, _, version = item.api_version.partition("/")
    if group not in _releases() or not re.fullmatch(r"[A-Za-z]+", item.kind):
        return None
    return _schema(group, version, item.kind)


@cache
def _schema(group: str, version: str, kind: str) -> dict[str, Any] | None:
    path = (*_FOLDER, group, f"{kind.lower()}.json")
    if not shipped.is_file(*path):
        return None
    versions = json.loads(shipped.read(*path))
    found = versions.get(version)
    result: dict[str, Any] | None = versions[found] if isinstance(found, str) else found
    return result


def release_of(item: KubeObject) -> str:
    """Return the operator and the release that a schema is from, such as "Gateway API 1.7.0"."""
    return _releases()[item.group]


@cache
def _releases() -> dict[str, str]:
    found: dict[str, str] = json.loads(shipped.read(*_FOLDER, "releases.json"))
    return found
