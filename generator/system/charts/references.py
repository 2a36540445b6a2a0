"""References out of a chart that Helm may read: schemas of its values, and charts that it depends on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.syntax.reader.foreign import json_data
from generator.system.charts.limits import MAX_READ, NoPackageError, shown

_SCHEMA = re.compile(r"(?:charts/[^/]+/)*values\.schema\.json\Z")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef", "$schema")
_BASES = ("$id", "id")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ELSEWHERE = frozenset(["http", "https", "urn", "tag"])
"""Schemes that lead to no file of this machine."""


def check_schemas(files: Mapping[str, bytes]) -> None:
    """Raise NoPackageError for a schema of values that refers to files of the machine that Helm runs on."""
    for path in files:
        if not _SCHEMA.match(path):
            continue
        try:
            schema = json_data(files[path], most=MAX_READ["values.schema.json"])
        except ValueError as error:
            raise NoPackageError(f"{shown(path)} cannot be read: {error}") from None
        outside = next(_outside(schema), None)
        if outside is not None:
            raise NoPackageError(f"{shown(path)} refers to {shown(outside)}, which is not in the chart")


def _outside(schema: Any) -> Iterator[str]:
    """Yield the references that lead to files; without an address of its own, a schema is a file itself."""
    bases = [schema.get(key) for key in _BASES] if isinstance(schema, dict) else []
    has_address = any(isinstance(base, str) and _scheme(base) in ("http", "https") for base in bases)
    left = [schema]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            for key in (*_REFERENCES, *_BASES):
                value = node.get(key)
                if isinstance(value, str) and _is_outside(value, is_relative_fine=has_address or key in _BASES):
                    yield value
            left += node.values()
        elif isinstance(node, list):
            left += node


def _is_outside(reference: str, *, is_relative_fine: bool) -> bool:
    if reference.startswith("#") or not reference:
        return False
    scheme = _scheme(reference)
    return not is_relative_fine if scheme is None else scheme not in _ELSEWHERE


def _scheme(reference: str) -> str | None:
    match = _SCHEME.match(reference.strip())
    return match[1].lower() if match else None


def leaves_workspace(folder: str, repository: str) -> bool:
    """Tell whether the repository of a dependency is a folder of this machine outside of the workspace.

    `folder` is where the chart is in the workspace.
    """
    scheme, separator, path = repository.strip().partition("://")
    if not separator or scheme.lower() != "file":
        return False
    return path.startswith(("/", "~")) or posixpath.normpath(posixpath.join(folder, path)).startswith("..")


def outside_dependency(folder: str, metadata: Mapping[str, Any]) -> str:
    """Return the repository of a dependency that is outside of the workspace; empty if absent."""
    listed = metadata.get("dependencies")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    repositories = [entry.get("repository") for entry in entries]
    return next((one for one in repositories if isinstance(one, str) and leaves_workspace(folder, one)), "")
