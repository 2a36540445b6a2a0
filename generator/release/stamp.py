"""Write the version and the image of a release to a service's own chart."""

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
    """Return the values of a service that its profile derives from `image`.

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
    """Return a chart's values.yaml with some values replaced; comments and everything else are kept.

    Raises ValueError for anything but a YAML mapping within the size limits.
    """
    yaml_data(text.encode("utf-8"), most=MAX_READ["values.yaml"])  # checks the limits, which ruamel.yaml does not have
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
        raise ValueError(f"ruamel.yaml cannot read it ({type(error).__name__})") from None
    data = CommentedMap() if data is None else data
    if not isinstance(data, CommentedMap):
        raise ValueError("the file is not a mapping")
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
        elif data.get(key) != value:  # an equal value keeps its quotes
            data[_key(key)] = DoubleQuotedScalarString(value)


def _key(name: str) -> str:
    """Return a key that Helm reads as a string: it reads `no` without quotes as `false`."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return name if style.key(name) == name else DoubleQuotedScalarString(name)
