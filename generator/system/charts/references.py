"""References out of a chart that Helm may read: schemas of its values, and charts that it depends on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.syntax.reader.foreign import json_data
from generator.system.charts.limits import MAX_READ, NoPackageError, shown

_SCHEMA = re.compile(r"(?:charts/[^/]+/)*values\.schema\.json\Z")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NO_FILE = frozenset(["http", "https", "urn", "tag"])
"""Schemes of an identifier that leads to no file of this machine; it is a name, and is not fetched."""
_DIALECT = re.compile(r"https?://json-schema\.org/(?:schema|draft-0[467]/schema|draft/20(?:19-09|20-12)/schema)#?\Z")
"""The schemas of schemas that Helm contains, in all of its versions; any other would be fetched."""
_INLINE = "copy the definitions that it needs into the schema, and refer to them as `#/definitions/NAME`"


def check_schemas(files: Mapping[str, bytes]) -> None:
    """Raise NoPackageError for a schema of values that makes Helm read a file of its machine, or ask a server."""
    for path in files:
        if not _SCHEMA.match(path):
            continue
        try:
            schema = json_data(files[path], most=MAX_READ["values.schema.json"])
        except ValueError as error:
            raise NoPackageError(f"{shown(path)} cannot be read: {error}") from None
        outside = next(_outside(schema), None)
        if outside is not None:
            place, reference = outside
            at = shown(f"{path}#{place}")
            raise NoPackageError(f"{at} refers to {shown(reference)}, which is not in the chart: {_INLINE}")


def _outside(schema: Any) -> Iterator[tuple[str, str]]:
    """Yield the place of each reference to another document, as a JSON pointer, and the reference.

    Only a fragment certainly stays in the schema: which identifiers name a part of it depends on the draft and on the
    version of Helm, and Helm asks the network for all others.
    """
    left = [("", schema)]
    while left:
        place, node = left.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, str) and _leads_out(key, value):
                    yield f"{place}/{key}", value
            left += ((f"{place}/{key}", value) for key, value in node.items() if isinstance(value, dict | list))
        elif isinstance(node, list):
            left += ((f"{place}/{number}", value) for number, value in enumerate(node) if isinstance(value, dict | list))


def _leads_out(key: str, value: str) -> bool:
    if key in _REFERENCES:
        return not value.startswith("#") and value != ""
    if key == "$schema":
        return not _DIALECT.match(value) and value != ""
    if key not in ("$id", "id"):
        return False
    scheme, fragment = _SCHEME.match(value.strip()), value.partition("#")[2]
    # Helm does not know a document by an address with a fragment, and asks for it.
    return (scheme is not None and scheme[1].lower() not in _NO_FILE) or (fragment != "" and not value.startswith("#"))


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
