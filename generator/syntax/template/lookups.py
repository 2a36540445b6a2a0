"""Filters of structural templates that look into a spec's free values, whose shape is unchecked."""

from __future__ import annotations

import re
from typing import Any

from generator.diagnostics import Pointer
from generator.syntax import semver
from generator.syntax.template.omit import OMIT
from generator.syntax.wording import listed

_KINDS = {dict: "a mapping", list: "a list", str: "a string", bool: "true or false", int: "an integer", float: "a number"}


class ShapeError(ValueError):
    """Values do not have the shape that a chart knows: what is at fault is at `path` inside of `inside`."""

    def __init__(self, inside: Any, path: Pointer, message: str, hint: str) -> None:
        super().__init__(message)
        self.inside = inside
        self.path = path
        self.hint = hint


def at(values: Any, path: str, default: Any) -> Any:
    """Return what is at a dotted path, or the default where nothing does.

    It must be of the default's own type; `omit` as a default stands for any. Raises ShapeError.
    """
    parts = path.split(".")
    node = values
    for depth, part in enumerate(parts):
        if type(node) is not dict:
            _insist(node, dict, values, tuple(parts[:depth]))
        if part not in node:
            return default
        node = node[part]
    if default is not OMIT and type(node) is not type(default):
        _insist(node, type(default), values, tuple(parts))
    return node


def _insist(node: Any, wanted: type, inside: Any, path: Pointer) -> None:
    if type(node) is not wanted:
        what = f"`{'.'.join(map(str, path))}`" if path else "it"
        message = f"{what} is {_KINDS.get(type(node), 'nothing')}, but the chart needs {_KINDS[wanted]}"
        raise ShapeError(inside, path, message, f"write {_KINDS[wanted]}")


def one(values: Any, path: str, usual: str) -> str:
    """Return the key that is meant, in the map at a path, where a chart lets users call things as they like.

    That is the usual one if it is there, else the only one; without a mapping, the usual one. Entries
    with `enabled: false` do not count. Raises ShapeError if several are left.
    """
    items = at(values, path, {})
    names = [name for name, item in items.items() if not (isinstance(item, dict) and item.get("enabled") is False)]
    if usual in names or not names:
        return usual
    if len(names) > 1:
        message = f"cannot determine which of {listed(names)} the fields of the spec apply to"
        raise ShapeError(values, tuple(path.split(".")), message, f"rename it to `{usual}`")
    return str(names[0])


def cut(text: str, length: int) -> str:
    """Return the beginning of a name, as charts shorten names: without a hyphen where it was cut."""
    return text[:length].removesuffix("-")


def slug(text: str) -> str:
    """Return a name of letters and digits, in lower case, with one hyphen for each run of other characters."""
    return cut(_OTHERS.sub("-", text).lower(), 63)


_OTHERS = re.compile(r"[^A-Za-z0-9]+")


def older(version: str, than: str) -> bool:
    """Tell whether a chart version is below another; a range, and no version at all, is not."""
    this, other = semver.parse(version), semver.parse(than)
    return this is not None and other is not None and this.order < other.order
