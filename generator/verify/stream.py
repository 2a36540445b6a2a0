"""The YAML that Helm prints, as Kubernetes reads it.

Kubernetes reads YAML by Go's rules, in which `on` is true, `1e3` a number and a date a text. PyYAML's
own rules differ in all three, so scalars are resolved here by Go's.
Source: sigs.k8s.io/yaml v1.4, goyaml.v2/resolve.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import BaseResolver

from generator.objects import KubeObject
from generator.reader.parser import Parser


class Stream(NamedTuple):
    """What was read: objects, and what is wrong with the text itself."""

    objects: list[KubeObject]
    problems: list[str]


class _Constructor(SafeConstructor):
    """Data as Go makes it, with a note of every key that is given twice."""

    def __init__(self) -> None:
        super().__init__()
        self.twice: list[str] = []

    bool_values = {**SafeConstructor.bool_values, "y": True, "n": False}  # noqa: RUF012 - never changed

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) != len(keys):
            self.twice += sorted({key for key in keys if keys.count(key) > 1})
        return super().construct_mapping(node, deep=deep)


class _GoLoader(Parser, _Constructor, BaseResolver):
    def __init__(self, text: str) -> None:
        Parser.__init__(self, text)
        _Constructor.__init__(self)
        BaseResolver.__init__(self)


_SCALARS = (
    ("bool", r"y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF", "yYnNtTfFoO"),
    ("int", r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+0123456789.",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", ["<"]),
)
for _tag, _pattern, _first in _SCALARS:
    _GoLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), list(_first))

_SEPARATOR = re.compile(r"^---[ \t]*(?:#.*)?$", re.MULTILINE)
_ORIGIN = re.compile(r"^# Source: (.+)$", re.MULTILINE)


def read(text: str) -> Stream:
    """Return the objects of a YAML stream, Lists taken apart; each document is read by itself."""
    objects: list[KubeObject] = []
    problems: list[str] = []
    for part in _SEPARATOR.split(text):
        if not part.strip():
            continue
        match = _ORIGIN.search(part)
        origin = match[1].strip() if match else ""
        found, wrong = _document(part)
        problems += [f"{origin or 'the output'}: {what}" for what in wrong]
        objects += _taken_apart(found, origin)
    return Stream(objects, problems)


def without_tests(text: str) -> str:
    """Return a YAML stream without the pods of `helm test`, which Argo CD never applies."""
    parts = re.split(r"^(?=---[ \t]*(?:#.*)?$)", text, flags=re.MULTILINE)
    return "".join(part for part in parts if not all(map(is_test, read(part).objects or [_NOTHING])))


_NOTHING = KubeObject({})


def is_test(item: KubeObject) -> bool:
    """Tell whether an object is a hook of `helm test` and nothing else."""
    hooks = {hook.strip() for hook in str(item.annotations.get("helm.sh/hook") or "").split(",")}
    return bool(hooks) and hooks <= {"test", "test-success", "test-failure"}


def _document(text: str) -> tuple[Any, list[str]]:
    """Return the data of one document, and what is wrong with it."""
    loader = _GoLoader(text)
    try:
        data = loader.get_single_data()
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        problem = getattr(error, "problem", None) or error
        return None, [f"not valid YAML: {problem}"]
    wrong = [f"the key `{key}` is given twice" for key in loader.twice]
    if data is not None and not isinstance(data, dict):
        wrong.append("the document is no Kubernetes object")
    return data, wrong


def _taken_apart(data: Any, origin: str) -> Iterator[KubeObject]:
    if not isinstance(data, dict):
        return
    if str(data.get("kind") or "").endswith("List") and isinstance(data.get("items"), list):
        for item in data["items"]:
            yield from _taken_apart(item, origin)
        return
    yield KubeObject(data, origin=origin)
