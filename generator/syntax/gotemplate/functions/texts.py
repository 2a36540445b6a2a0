"""Sprig's functions over texts, and those of Argo CD for names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from generator.syntax.budget import ITEM, STEP, Budget
from generator.syntax.gotemplate.functions.basic import quoted
from generator.syntax.gotemplate.functions.function import Table
from generator.syntax.gotemplate.problems import ExecutionError, UnevaluatedError
from generator.syntax.gotemplate.values import MAX_TEXT, Words, cut, shown
from generator.syntax.patterns import MAX_LENGTH, MAX_STATES, Pattern, PatternError


def normalized(name: str) -> str:
    """Return a name as Argo CD's `normalize` makes it."""
    return re.sub(r"[^-a-z0-9.]", "-", name.lower())[:253].strip("-.")


def _normalized(budget: Budget, name: str) -> str:
    budget.spend(len(name) * _EXAMINED)
    return normalized(name)


_EXAMINED = 10
"""What a letter takes that a pattern looks at by itself."""


def _slug(budget: Budget, *given: Any) -> str:
    if not given:
        return ""
    *limits, name = given
    most, smart = (*limits, *(50, True)[len(limits) :])[:2]
    if not isinstance(name, str) or not isinstance(most, int) or not isinstance(smart, bool) or len(limits) > 2:
        raise ExecutionError("`slugify` takes a length, whether to cut at a hyphen, and a name")
    text = _normalized(budget, name)
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


def _repeated(budget: Budget, count: int, text: str) -> str:
    if count * len(text) > MAX_TEXT:
        raise UnevaluatedError("it makes a very long text")
    budget.spend(max(count, 0) * len(text))
    return text * max(count, 0)


def _indented(budget: Budget, width: int, text: str) -> str:
    pad = _repeated(budget, width, " ")
    _repeated(budget, text.count("\n"), pad)
    return pad + text.replace("\n", f"\n{pad}")


def _substituted(budget: Budget, old: str, new: str, text: str) -> str:
    _repeated(budget, text.count(old), new)
    return text.replace(old, new)


def _joined(budget: Budget, separator: str, value: Any) -> str:
    items = strings(value)
    _repeated(budget, len(items), separator)
    return separator.join(items)


def _trimmed(budget: Budget, letters: str, text: str) -> str:
    """Return a text without some letters at its ends, which Python looks up in all of them, one by one."""
    budget.spend((len(letters) + len(text)) * STEP // 10)
    known = frozenset(letters)
    start = next((index for index, letter in enumerate(text) if letter not in known), len(text))
    end = next((index for index in range(len(text), start, -1) if text[index - 1] not in known), start)
    return text[start:end]


def _title(budget: Budget, text: str) -> str:
    budget.spend(len(text) * _CALLED)
    return re.sub(r"(?<!\w)\w", lambda match: match[0].upper(), text)


def _untitled(budget: Budget, text: str) -> str:
    budget.spend(len(text) * _CALLED)
    return re.sub(r"(?<!\S)\S", lambda match: match[0].lower(), text)


_CALLED = 40
"""What a letter takes if Python is called for it."""


def _split(budget: Budget, separator: str, text: str, most: int = 0) -> dict[str, str]:
    parts = _parts(budget, separator, text) if most <= 0 else text.split(separator, most - 1)
    budget.spend(len(parts) * ITEM)
    return {f"_{index}": part for index, part in enumerate(parts)}


def _parts(budget: Budget, separator: str, text: str) -> Words:
    budget.spend((text.count(separator) + 1) * ITEM)
    return Words(text.split(separator) if separator else text)


def strings(value: Any) -> Words:
    """Return a value as a list of texts, as `join` reads it."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    return Words(shown(item) for item in items if item is not None)


def _quotes(mark: Callable[[str], str]) -> Callable[..., str]:
    return lambda *values: " ".join(mark(shown(value)) for value in values if value is not None)


def _matches(budget: Budget, pattern: str, text: str) -> bool:
    found = budget.kept(pattern, lambda: _compiled(budget, pattern))
    if isinstance(found, PatternError):
        raise UnevaluatedError(f"the pattern `{cut(pattern)}` is not evaluated: {found}")
    budget.spend(len(text) * _OF_LETTER)
    return found.search(text, lambda states: budget.spend(states * _OF_STATE))


def _compiled(budget: Budget, pattern: str) -> Pattern | PatternError:
    try:
        found = Pattern(pattern)
    except PatternError as error:
        budget.spend(MAX_STATES * _BUILT)
        return error
    budget.spend(found.size * _BUILT)
    return found


_BUILT = 500
"""What a state of a pattern takes that is made."""
_OF_LETTER = 60
"""What a letter takes if a pattern has seen it before."""
_OF_STATE = 25
"""What a letter takes for each state of a pattern, if it has not."""

_PLAIN_PATTERN = re.compile(r"(?:\[\^?(?:\\.|[^\]\\\[])+\]|\\[dswDSW.\-/]|[\w /:@,=-])(\+?)|[\^$]")


def _replaced(budget: Budget, pattern: str, text: str, instead: str) -> str:
    """Return a text with what a pattern matches replaced.

    Python tries out one way after the other. With at most one `+`, and nothing else that repeats, that takes no more
    than the square of the text, which is paid for.
    """
    parts = list(_PLAIN_PATTERN.finditer(pattern[:MAX_LENGTH]))
    simple = "".join(part[0] for part in parts) == pattern and sum(bool(part[1]) for part in parts) <= 1
    if not simple or "$" in instead or not text.isascii():
        raise UnevaluatedError(f"replacing `{cut(pattern)}` is not evaluated")
    ends = not any(part[1] for part in parts[:-1])  # what repeats is the last part, and what it has taken it keeps
    budget.spend(len(parts) * STEP + len(text) * (len(parts) if ends else len(parts) + len(text)))
    _repeated(budget, len(text), instead)
    return re.sub(pattern, lambda _: instead, text)


def _contains(budget: Budget, part: str, text: str) -> bool:
    budget.spend(len(text) * min(len(part), _MOST_COMPARED) // 25)  # in the worst case, of a part that begins everywhere
    return part in text


_MOST_COMPARED = 100
"""Letters of a part from which on Python finds it in linear time."""


def _escaped(budget: Budget, text: str) -> str:
    budget.spend(len(text) * _EXAMINED)
    return text.translate(_ESCAPED)


_ESCAPED = {ord(letter): f"\\{letter}" for letter in "\\.+*?()|[]{}^$"}


def _extension(path: str) -> str:
    _, dot, end = path.rpartition(".")
    return f"{dot}{end}" if dot and "/" not in end else ""


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


TABLE: Table = {
    "normalize": ("$s", _normalized),
    "slugify": ("$a*", _slug),
    "upper": ("s", str.upper),
    "lower": ("s", str.lower),
    "title": ("$s", _title),
    "untitle": ("$s", _untitled),
    "trim": ("s", str.strip),
    "trimAll": ("$ss", _trimmed),
    "trimall": ("$ss", _trimmed),
    "trimPrefix": ("ss", lambda start, text: text.removeprefix(start)),
    "trimSuffix": ("ss", lambda end, text: text.removesuffix(end)),
    "nospace": ("s", lambda text: "".join(text.split())),
    "contains": ("$ss", _contains),
    "hasPrefix": ("ss", lambda start, text: text.startswith(start)),
    "hasSuffix": ("ss", lambda end, text: text.endswith(end)),
    "replace": ("$sss", _substituted),
    "repeat": ("$is", _repeated),
    "substr": ("iis", _part),
    "trunc": ("is", _cut),
    "plural": ("ssi", _plural),
    "indent": ("$is", _indented),
    "nindent": ("$is", lambda budget, width, text: "\n" + _indented(budget, width, text)),
    "quote": ("a*", _quotes(quoted)),
    "squote": ("a*", _quotes(lambda text: f"'{text}'")),
    "cat": ("a*", lambda *values: " ".join(shown(value) for value in values if value is not None)),
    "toString": ("a", shown),
    "toStrings": ("a", strings),
    "join": ("$sa", _joined),
    "split": ("$ss", _split),
    "splitn": ("$sis", lambda budget, separator, most, text: _split(budget, separator, text, most)),
    "splitList": ("$ss", _parts),
    "sortAlpha": ("a", lambda value: Words(sorted(strings(value)))),
    "regexMatch": ("$ss", _matches),
    "mustRegexMatch": ("$ss", _matches),
    "regexReplaceAll": ("$sss", _replaced),
    "mustRegexReplaceAll": ("$sss", _replaced),
    "regexReplaceAllLiteral": ("$sss", _replaced),
    "mustRegexReplaceAllLiteral": ("$sss", _replaced),
    "regexQuoteMeta": ("$s", _escaped),
    "base": ("s", lambda path: posixpath.basename(path.rstrip("/")) or ("/" if path else ".")),
    "dir": ("s", lambda path: posixpath.normpath(posixpath.dirname(path) or ".")),
    "clean": ("s", lambda path: posixpath.normpath(path or ".").replace("//", "/")),
    "ext": ("s", _extension),
    "isAbs": ("s", lambda path: path.startswith("/")),
}
