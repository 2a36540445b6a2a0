"""YAML, JSON, base64, hashes and versions in templates."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from typing import Any

from generator.syntax.budget import PARSED, Budget
from generator.syntax.emit import EmitError, emit
from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import cut, from_json
from generator.syntax.reader.foreign import json_data, yaml_data
from generator.syntax.semver import parse, satisfies


def _json(value: Any, *, escaped: bool = True, pretty: bool = False) -> str:
    spaces: Any = {"indent": 2} if pretty else {"separators": (",", ":")}
    text = json.dumps(_whole(value), sort_keys=True, ensure_ascii=False, **spaces)
    if escaped:
        for letter in "<>&":
            text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _whole(value: Any) -> Any:
    """Return data with floats that are whole numbers as integers, which is how JSON shows them."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


def _yaml(budget: Budget, value: Any) -> str:
    """Return data as YAML; where it breaks lines and what it quotes may differ from Go, and what it means does not."""
    budget.read([value], _WRITTEN)
    try:
        return emit(_ordered(_whole(value))).removesuffix("\n")
    except EmitError as error:
        raise UnevaluatedError(f"its YAML is not written: {error}") from None


_WRITTEN = 20
"""What writing YAML takes, in times of what reading the data takes."""


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _from_yaml(kind: type, empty: Any) -> Callable[[Budget, str], Any]:
    def read(budget: Budget, text: str) -> Any:
        budget.spend(len(text) * PARSED)
        try:
            found = from_json(yaml_data(text.encode("utf-8", "replace")))
        except ValueError as error:
            raise UnevaluatedError(f"its YAML is not read: {error}") from None
        if found is not None and not isinstance(found, kind):
            raise ExecutionError(f"the YAML is not a {'map' if kind is dict else 'list'}")
        return empty() if found is None else found

    return read


_JSON = 4
"""What a letter of JSON takes."""


def _from_json(budget: Budget, text: str) -> Any:
    budget.spend(len(text) * _JSON)
    try:
        return from_json(json_data(text.encode("utf-8", "replace")))
    except ValueError:
        return None


def _must_json(budget: Budget, text: str) -> Any:
    budget.spend(len(text) * _JSON)
    try:
        return from_json(json_data(text.encode("utf-8", "replace")))
    except ValueError as error:
        raise ExecutionError(f"the JSON is not valid: {error}") from None


def _decoded(call: Callable[[bytes], bytes]) -> Callable[[Budget, str], str]:
    def decode(budget: Budget, text: str) -> str:
        budget.spend(len(text) * _CODED)
        try:
            return call(text.encode("utf-8")).decode("utf-8")
        except (binascii.Error, ValueError):
            raise UnevaluatedError("its encoded text is not read") from None

    return decode


def _encoded(call: Callable[[bytes], bytes]) -> Callable[[Budget, str], str]:
    def encode(budget: Budget, text: str) -> str:
        budget.spend(len(text) * _CODED)
        return call(text.encode("utf-8")).decode("ascii")

    return encode


_CODED = 10
"""What a letter takes in base32, which is done in Python."""


def _sum(name: str) -> Callable[[str], str]:
    return lambda text: hashlib.new(name, text.encode("utf-8"), usedforsecurity=False).hexdigest()


_COMPARED = 60
"""What a letter of a range of versions takes; long ones are not read."""


def _fits(budget: Budget, constraint: str, version: str) -> bool:
    budget.spend(len(constraint) * _COMPARED)
    number = parse(version)
    if number is None:
        raise UnevaluatedError(f"the version `{cut(version)}` is not read")
    found = satisfies(number, constraint)
    if found is None:
        raise UnevaluatedError(f"the range `{cut(constraint)}` is not read")
    return found


TABLE: Table = {
    "toYaml": ("$a", _yaml),
    "fromYaml": ("$s", _from_yaml(dict, dict)),
    "fromYamlArray": ("$s", _from_yaml(list, list)),
    "toJson": ("a", _json),
    "mustToJson": ("a", _json),
    "toPrettyJson": ("a", lambda value: _json(value, pretty=True)),
    "mustToPrettyJson": ("a", lambda value: _json(value, pretty=True)),
    "toRawJson": ("a", lambda value: _json(value, escaped=False)),
    "mustToRawJson": ("a", lambda value: _json(value, escaped=False)),
    "fromJson": ("$s", _from_json),
    "mustFromJson": ("$s", _must_json),
    "b64enc": ("$s", _encoded(base64.b64encode)),
    "b64dec": ("$s", _decoded(lambda text: base64.b64decode(text, validate=True))),
    "b32enc": ("$s", _encoded(base64.b32encode)),
    "b32dec": ("$s", _decoded(base64.b32decode)),
    "sha1sum": ("s", _sum("sha1")),
    "sha256sum": ("s", _sum("sha256")),
    "sha512sum": ("s", _sum("sha512")),
    "semverCompare": ("$ss", _fits),
}
