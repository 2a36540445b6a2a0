"""Sprig's functions over texts, and those of Argo CD for names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from generator.syntax.gotemplate.functions.basic import quoted
from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import MAX_TEXT, Words, shown
from generator.syntax.patterns import Pattern, PatternError


def normalized(name: str) -> str:
    """Return a name as Argo CD's `normalize` makes it."""
    return re.sub(r"[^-a-z0-9.]", "-", name.lower())[:253].strip("-.")


def _slug(*given: Any) -> str:
    if not given:
        return ""
    *limits, name = given
    most, smart = (*limits, *(50, True)[len(limits) :])[:2]
    if not isinstance(name, str) or not isinstance(most, int) or not isinstance(smart, bool) or len(limits) > 2:
        raise ExecutionError("`slugify` takes a length, whether to cut at a hyphen, and a name")
    text = normalized(name)
    if any(ord(letter) > 127 for letter in text):
        raise UnevaluatedError("`slugify` of such a name is not evaluated")
    text = text if smart or len(text) < most else text[:most]
    text = re.sub(r"-+", "-", re.sub(r"[^a-z0-9_-]", "-", text)).strip("-_")
    if not smart or len(text) <= most:
        return text
    cut = text.rfind("-", 0, most + 1)
    return text[:cut] if cut >= 0 else text[:most]


def _bytes(text: str) -> str:
    """Return a text whose characters are bytes, so that it can be cut."""
    if not text.isascii():
        raise UnevaluatedError("it cuts a text with characters of several bytes")
    return text


def _cut(length: int, text: str) -> str:
    if length < 0:
        return _bytes(text)[length:] if -length < len(text) else text
    return _bytes(text)[:length]


def _part(start: int, end: int, text: str) -> str:
    if start < 0:
        return _bytes(text)[: max(end, 0)]
    if end < 0 or end > len(text):
        return _bytes(text)[start:]
    return _bytes(text)[start:end]


def _repeated(count: int, text: str) -> str:
    if count * len(text) > MAX_TEXT:
        raise UnevaluatedError("it makes a very long text")
    return text * max(count, 0)


def _indented(width: int, text: str) -> str:
    pad = _repeated(width, " ")
    return pad + text.replace("\n", f"\n{pad}")


def _title(text: str) -> str:
    return re.sub(r"(?<!\w)\w", lambda match: match[0].upper(), text)


def _split(separator: str, text: str, most: int = 0) -> dict[str, str]:
    parts = _parts(separator, text) if most <= 0 else text.split(separator, most - 1)
    return {f"_{index}": part for index, part in enumerate(parts)}


def _parts(separator: str, text: str) -> Words:
    return Words(text.split(separator) if separator else text)


def strings(value: Any) -> Words:
    """Return a value as a list of texts, as `join` reads it."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    return Words(shown(item) for item in items if item is not None)


def _quotes(mark: Callable[[str], str]) -> Callable[..., str]:
    return lambda *values: " ".join(mark(shown(value)) for value in values if value is not None)


def _matches(pattern: str, text: str) -> bool:
    try:
        return Pattern(pattern).search(text)
    except PatternError as error:
        raise UnevaluatedError(f"the pattern `{pattern}` is not evaluated: {error}") from None


_PLAIN_PATTERN = re.compile(r"(?:\[\^?(?:\\.|[^\]\\\[])+\]|\\[dswDSW.\-/]|[\w /:@,=-])(\+?)|[\^$]")


def _replaced(pattern: str, text: str, instead: str) -> str:
    """Return a text with what a pattern matches replaced, for patterns that no text keeps busy."""
    parts = list(_PLAIN_PATTERN.finditer(pattern))
    simple = "".join(part[0] for part in parts) == pattern and sum(bool(part[1]) for part in parts) <= 1
    if not simple or "$" in instead or not text.isascii():
        raise UnevaluatedError(f"replacing `{pattern}` is not evaluated")
    return re.sub(pattern, lambda _: instead, text)


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


TABLE: Table = {
    "normalize": ("s", normalized),
    "slugify": ("a*", _slug),
    "upper": ("s", str.upper),
    "lower": ("s", str.lower),
    "title": ("s", _title),
    "untitle": ("s", lambda text: re.sub(r"(?<!\S)\S", lambda match: match[0].lower(), text)),
    "trim": ("s", str.strip),
    "trimAll": ("ss", lambda letters, text: text.strip(letters) if letters else text),
    "trimall": ("ss", lambda letters, text: text.strip(letters) if letters else text),
    "trimPrefix": ("ss", lambda start, text: text.removeprefix(start)),
    "trimSuffix": ("ss", lambda end, text: text.removesuffix(end)),
    "nospace": ("s", lambda text: re.sub(r"\s", "", text)),
    "contains": ("ss", lambda part, text: part in text),
    "hasPrefix": ("ss", lambda start, text: text.startswith(start)),
    "hasSuffix": ("ss", lambda end, text: text.endswith(end)),
    "replace": ("sss", lambda old, new, text: text.replace(old, new)),
    "repeat": ("is", _repeated),
    "substr": ("iis", _part),
    "trunc": ("is", _cut),
    "plural": ("ssi", _plural),
    "indent": ("is", _indented),
    "nindent": ("is", lambda width, text: "\n" + _indented(width, text)),
    "quote": ("a*", _quotes(quoted)),
    "squote": ("a*", _quotes(lambda text: f"'{text}'")),
    "cat": ("a*", lambda *values: " ".join(shown(value) for value in values if value is not None)),
    "toString": ("a", shown),
    "toStrings": ("a", strings),
    "join": ("sa", lambda separator, value: separator.join(strings(value))),
    "split": ("ss", _split),
    "splitn": ("sis", lambda separator, most, text: _split(separator, text, most)),
    "splitList": ("ss", _parts),
    "sortAlpha": ("a", lambda value: Words(sorted(strings(value)))),
    "regexMatch": ("ss", _matches),
    "mustRegexMatch": ("ss", _matches),
    "regexReplaceAll": ("sss", _replaced),
    "mustRegexReplaceAll": ("sss", _replaced),
    "regexReplaceAllLiteral": ("sss", _replaced),
    "mustRegexReplaceAllLiteral": ("sss", _replaced),
    "regexQuoteMeta": ("s", lambda text: re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)),
    "base": ("s", lambda path: posixpath.basename(path.rstrip("/")) or ("/" if path else ".")),
    "dir": ("s", lambda path: posixpath.normpath(posixpath.dirname(path) or ".")),
    "clean": ("s", lambda path: posixpath.normpath(path or ".").replace("//", "/")),
    "ext": ("s", lambda path: re.sub(r"\A.*?(\.[^./]*)?\Z", r"\1", path, flags=re.DOTALL)),
    "isAbs": ("s", lambda path: path.startswith("/")),
}
