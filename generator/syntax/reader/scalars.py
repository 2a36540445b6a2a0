"""The meaning of plain (unquoted) scalars, and those that YAML readers disagree about.

YAML 1.1 (PyYAML), YAML 1.2 (ruamel.yaml, editors) and Go's reader (Helm, Argo CD, kubectl) do not
agree on what `on`, `010`, `1e3`, `12:30` or `1_000` are. A spec may hold only what all of them read
alike: `true`, `false`, `null`, integers and short decimals in their one canonical spelling, and
text that no reader takes for anything else.
"""

from __future__ import annotations

import re

from generator.diagnostics import Fix

Plain = bool | int | float | str | None

MAX_INTEGER = 2**53 - 1
"""Helm reads numbers as 64-bit floats: beyond this the last digits are lost."""

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]{0,15})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{0,14}[1-9]\Z")

# Text that starts like this can't be a number, a date, a boolean or a null for anybody; the words
# that can are looked up apart. This is the usual case, so it is asked first.
_SURE_TEXT = re.compile(r"[A-Za-z/$(^]")

_RESERVED_WORDS = frozenset(
    word
    for base in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    for word in (base, base.title(), base.upper())
)

_NUMBER_LIKE = re.compile(
    r"""
      [-+]? (?:
          0[xX][0-9a-fA-F]*                       # hexadecimal
        | 0[oO][0-7]*                             # octal, YAML 1.2
        | 0[bB][-+]?[01]*                         # binary; Go takes a sign inside
        | [0-9]+ (?: \.[0-9]* )? (?: [eE][-+]?[0-9]* )?
        | \.[0-9]+ (?: [eE][-+]?[0-9]* )?
        | [0-9]+ (?: :[0-9]+ )+ (?: \.[0-9]* )?   # base 60, YAML 1.1
        | \.[iI][nN][fF]
      )
    | \.[nN][aA][nN]
    | [-+.]+                                      # what is left of `._` or `+_` without underscores
    """,
    re.VERBOSE,
)
_DATE_LIKE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?\Z", re.DOTALL)


class AmbiguousError(ValueError):
    """A plain scalar that readers disagree about; the message explains how."""


SURE_TEXTS: set[str] = set()
"""A bounded memo of short plain scalars that every reader takes for text: services repeat each other's."""
_MOST_SURE, _LONGEST_SURE = 10_000, 100


def plain(text: str) -> Plain:
    """Return the value of a plain scalar; raises AmbiguousError where readers disagree."""
    value = _value(text)
    if type(value) is str and len(text) <= _LONGEST_SURE and len(SURE_TEXTS) < _MOST_SURE:
        SURE_TEXTS.add(text)
    return value


def _value(text: str) -> Plain:
    if _SURE_TEXT.match(text):
        if text in _WORDS:
            return _WORDS[text]
        if text in _RESERVED_WORDS:
            raise AmbiguousError(_reserved(text))
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        number = int(text)
        if -MAX_INTEGER <= number <= MAX_INTEGER:
            return number
        raise AmbiguousError("Helm loses the last digits of a number this large")
    if _DECIMAL.match(text):
        return float(text)
    reason = _reason(text)
    if reason:
        raise AmbiguousError(reason)
    return text


def is_text(text: str) -> bool:
    """Tell whether every reader reads a plain scalar as a string."""
    try:
        return isinstance(plain(text), str)
    except AmbiguousError:
        return False


def fix_of(text: str, *, bare: bool) -> Fix | None:
    """Return how to write an ambiguous scalar: what looks like a number or a date is text, and a word is a truth value.

    Nothing where it is not `bare`: an anchor or a tag is part of its place, and would be lost.
    """
    if not bare:
        return None
    word = text.lower()
    if word in ("null", "~"):
        return Fix("null", safe=False)
    if text in _RESERVED_WORDS:
        return Fix("true" if word in ("y", "yes", "on", "true") else "false", safe=False)
    return Fix(f'"{text}"', safe=True)


def _reserved(text: str) -> str:
    if text.lower() in ("true", "false", "null"):
        return f"only the lowercase spelling is accepted: `{text.lower()}`"
    return "Helm and YAML 1.1 read it as true or false, YAML 1.2 as a string"


def _reason(text: str) -> str:
    """Say why a plain scalar is not sure to be text for every reader; empty if it is."""
    if text in ("=", "<<"):
        return "it has a special meaning in YAML 1.1"
    bare = text.replace("_", "")
    if bare and not _NUMBER_LIKE.fullmatch(bare):
        return "some readers read it as a date" if _DATE_LIKE.match(text) else ""
    if "_" in text or not any(letter.isdigit() for letter in text):
        if bare == text:
            return "readers disagree about it" if bare != "." and bare != "-" else ""
        return "some readers drop the underscores and read a number" if bare else ""
    return _reason_for_number(text)


def _reason_for_number(text: str) -> str:
    lowered = text.lower()
    if ":" in text:
        return "YAML 1.1 reads it as a base 60 number"
    if lowered.lstrip("+-").startswith(("0x", "0o", "0b")):
        return "some readers read it as a number in another base"
    if "e" in lowered:
        return "Helm reads it as a number with an exponent"
    if text == "-0":
        return "some readers read minus zero as 0, others as -0.0"
    if text.startswith("+"):
        return "it is read as a number, without its sign"
    if text.lstrip("-").startswith("0") and "." not in text:
        return "Helm reads a leading zero as octal, other readers as decimal"
    if "." in text:
        return f"it is read as the number {_shorter(text)}"
    return "Helm loses the last digits of a number this large"


def _shorter(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return "it looks like"
    return str(int(number)) if number.is_integer() and abs(number) < MAX_INTEGER else str(number)


_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
"""What YAML 1.1 reads as a boolean, and how it is written for every reader."""


def hint_for(value: str) -> str:
    """Return how to write an ambiguous value, as what it may be meant to be."""
    boolean = _BOOLEANS.get(value.lower(), "")
    return (f"write {boolean} if it is a boolean, " if boolean else "write ") + f'"{value}" if it is a string'
