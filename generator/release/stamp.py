"""What a release writes into a service's own chart: its version, and the image that it is about."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from generator.syntax.edit import style
from generator.syntax.reader.foreign import yaml_data
from generator.system.charts.limits import MAX_READ

_IMAGE = re.compile(r"\bimage\b")


def image_values(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a service's values that its profile writes from `image`.

    `template` is the profile's values.yaml as data, with its expressions.
    """
    found: dict[str, Any] = {}
    for key, leaf in template.items():
        value = values.get(key)
        if isinstance(leaf, dict) and isinstance(value, dict):
            below = image_values(leaf, value)
            if below:
                found[key] = below
        elif isinstance(leaf, str) and key in values and _IMAGE.search(leaf):
            found[key] = value
    return found


def with_values(text: str, values: Mapping[str, Any]) -> str:
    """Return a chart's values.yaml with other values in it; comments and everything else stay.

    Raises ValueError for what is not a YAML map, or cannot be read within bounds.
    """
    yaml_data(text.encode("utf-8"), most=MAX_READ["values.yaml"])  # ruamel.yaml itself has no bounds
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    try:
        data = yaml.load(text)
    except YAMLError as error:
        raise ValueError(str(getattr(error, "problem", None) or error)) from None
    except (ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"ruamel.yaml does not read it ({type(error).__name__})") from None
    data = CommentedMap() if data is None else data
    if not isinstance(data, CommentedMap):
        raise ValueError("it is no map")
    _put(data, values)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _put(data: Any, values: Mapping[str, Any]) -> None:
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    for key, value in values.items():
        if isinstance(value, Mapping):
            if not isinstance(data.get(key), CommentedMap):
                data[_key(key)] = CommentedMap()
            _put(data[key], value)
        elif not isinstance(value, str):
            data[_key(key)] = value
        elif data.get(key) != value:  # else it stays as it is quoted
            data[_key(key)] = DoubleQuotedScalarString(value)


def _key(name: str) -> str:
    """Return a key that Helm reads as it is meant: `no`, without quotes, is `false` for it."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return name if style.key(name) == name else DoubleQuotedScalarString(name)
