"""Read a scalar as Go's reader does, and so Kubernetes.

`on` is true, `1e3` the number 1000, `012` the number 10 and a date is text. PyYAML, YAML 1.2 and our own
strict reader each see some of these otherwise, so they are read here by Go's rules.
Source: sigs.k8s.io/yaml v1.4, goyaml.v2/resolve.go
"""

from __future__ import annotations

import re

GoScalar = bool | int | float | str | None

_TAG = "tag:yaml.org,2002:"
_WORDS: dict[str, GoScalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **{form: True for word in ("y", "yes", "on", "true") for form in (word, word.title(), word.upper())},
    **{form: False for word in ("n", "no", "off", "false") for form in (word, word.title(), word.upper())},
    **{form: float("inf") for form in (".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF")},
    **{form: float("-inf") for form in ("-.inf", "-.Inf", "-.INF")},
    **{form: float("nan") for form in (".nan", ".NaN", ".NAN")},
}
_BASES = {"0x": 16, "0X": 16, "0b": 2, "0B": 2, "0o": 8, "0O": 8}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NUMBER_START = frozenset("-+.0123456789")
_MOST_DIGITS = 400
"""Longer text is not meant as a number, and Python refuses to parse thousands of digits."""


def plain(text: str) -> GoScalar:
    """Return the value of a scalar without quotes and without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START or len(text) > _MOST_DIGITS:
        return text
    whole = _integer(text.replace("_", ""))
    if whole is not None:
        return whole
    if _FLOAT.match(text):
        number = float(text)
        # Kubernetes reads JSON that is made of it, in which a whole number has no point.
        return int(number) if number.is_integer() else number
    return text


def _integer(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("-", "+") else text
    base = _BASES.get(digits[:2], 8 if digits[:1] == "0" and len(digits) > 1 else 10)
    body = digits[2:] if digits[:2] in _BASES else digits
    try:
        return int(body, base) * (-1 if text[:1] == "-" else 1) if body.isalnum() else None
    except ValueError:
        return None


def tagged(tag: str, text: str) -> GoScalar:
    """Return the value of a scalar with a tag: a number, boolean or null by its text, else the text."""
    if tag.removeprefix(_TAG) in ("int", "float", "bool", "null"):
        return plain(text)
    return text
