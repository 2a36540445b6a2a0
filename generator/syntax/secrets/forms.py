"""The forms in which a program or a template may show a secret that it was given: quoted, escaped, encoded, cut.

Whatever else a template makes of it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

START = 50
"""Characters after which messages cut a value: a longer form is known by its start of this length."""
_SHORT_LINE = 4
"""Characters below which a line of a secret is too common to be hidden by itself."""
SHORT_WORD = 6
"""Characters below which a secret is too common to be hidden within a word, and in other cases."""
_WHOLE = 4_000
"""Characters of a secret that are escaped; of a longer one, the rest counts by its length."""
_CHANGED = 300
"""Characters of a secret that are encoded or changed."""
_GROWS = 12
"""How many characters one character can become: four bytes, each as `%20`."""
_MOST_REMEMBERED = 4_000
"""Secrets whose forms are remembered: several messages about a chart may show each."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]*")
"""Texts that nothing quotes."""
_NUMBER = re.compile(r"-?(?=\d)[\d.]{4,40}(?:e[+-]?\d{1,3})?")
_OF_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_OF_HTML_ELSEWHERE = {**_OF_HTML, '"': "&quot;", "'": "&#x27;"}
_OF_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D", "\n": "\\u000A"}
_OF_JSON = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_OF_GO = {"\\u0007": "\\a", "\\u000b": "\\v", "\\u007f": "\\x7f"}
_SPECIAL = r"([\\.+*?()|\[\]{}^$])"
"""What a regular expression quotes."""


def forms_of(secret: str) -> tuple[tuple[str, int], ...]:
    """Return the forms of a secret: the text that a form is known by, and how many characters belong to it."""
    return _of_short(secret) if len(secret) <= _WHOLE else _found(secret)


@lru_cache(_MOST_REMEMBERED)
def _of_short(secret: str) -> tuple[tuple[str, int], ...]:
    return _found(secret)


def _found(secret: str) -> tuple[tuple[str, int], ...]:
    found = dict.fromkeys(_forms(secret))
    return tuple((form[:START], max(reach, len(form))) for form, reach in found if form)


def _forms(secret: str) -> Iterator[tuple[str, int]]:
    rest = _GROWS * max(0, len(secret) - _WHOLE)
    yield secret, len(secret)
    yield from ((form, len(form) + rest) for form in _escaped(secret[:_WHOLE]))
    for text in dict.fromkeys((secret, secret.strip(), *(() if _PLAIN.fullmatch(secret) else (_json_of_go(secret[:_WHOLE]),)))):
        rest = _GROWS * max(0, len(text) - _CHANGED)
        yield from ((form, len(form) + rest) for form in _encoded(text[:_CHANGED]))
    yield from ((form, len(form)) for form in _as_number(secret))
    if "\n" in secret:
        yield from ((line.strip(), 0) for line in secret.split("\n") if len(line.strip()) >= _SHORT_LINE)


def _escaped(secret: str) -> Iterator[str]:
    """Yield how a secret is quoted, and how that is quoted again in JSON, as in a message about a text of an object."""
    if _PLAIN.fullmatch(secret):
        return
    for form in dict.fromkeys(_quoted(secret)):
        yield form
        if "\\" in form or '"' in form:
            yield _json(form)
            yield form.replace("\\", "\\\\")


def _quoted(secret: str) -> Iterator[str]:
    yield from (secret, " ".join(secret.split()), secret.replace("\n", "\\n"), secret.replace("\\", "\\\\"))
    yield from (_json(secret), _json(secret, ascii_only=False), _json_of_go(secret), repr(secret)[1:-1])
    yield from (_go(_json(secret)), _go(_json(secret, ascii_only=False)), _replaced(secret, _OF_JS))
    yield from (_replaced(secret, _OF_HTML), _replaced(secret, _OF_HTML_ELSEWHERE), re.sub(_SPECIAL, r"\\\1", secret))
    yield from (secret.replace("'", other) for other in ("''", "'\\''", "'\"'\"'"))


def _json(text: str, *, ascii_only: bool = True) -> str:
    import json  # only where something is hidden

    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _json_of_go(text: str) -> str:
    """Return a text as Go writes it in JSON: safe within HTML."""
    return _replaced(_json(text, ascii_only=False), _OF_JSON)


def _go(text: str) -> str:
    """Return a text in JSON as Go quotes it, such as for `%q` and `%+q`."""

    def whole(match: re.Match[str]) -> str:
        high, low = int(match[1], 16), int(match[2], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"

    text = re.sub(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", whole, text)
    return re.sub(r"\\u00([01][0-9a-f])", r"\\x\1", _replaced(text, _OF_GO))


def _replaced(text: str, others: dict[str, str]) -> str:
    return re.sub("|".join(map(re.escape, others)), lambda match: others[match[0]], text)


def _encoded(secret: str) -> Iterator[str]:
    """Yield what the usual functions of templates make of a secret."""
    import base64
    from urllib.parse import quote, quote_plus

    raw = secret.encode("utf-8", "surrogatepass")
    once = base64.b64encode(raw)
    for encoded in (once, base64.urlsafe_b64encode(raw), base64.b32encode(raw), base64.b64encode(once)):
        yield from (encoded.decode("ascii"), encoded.decode("ascii").rstrip("="))
    yield from _within_base64(raw)
    yield from (raw.hex(), raw.hex().upper(), quote(raw, safe=""), quote_plus(raw), quote(raw), quote(raw, safe="$&+=:@"))
    if len(secret) >= SHORT_WORD:
        yield from (secret.upper(), secret.lower(), secret.swapcase())
        yield from (re.sub(r"(?<!\w)\w", change, secret) for change in (_upper, _lower))


def _within_base64(raw: bytes) -> Iterator[str]:
    """Yield what is sure to be in the base64 of a text that a secret is a part of, such as `user:password`."""
    import base64

    for before in range(3):
        bits = 8 * before, 8 * (before + len(raw))
        first, last = -(-bits[0] // 6), bits[1] // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found = encode(bytes(before) + raw).decode("ascii")[first:last]
            if len(found) >= SHORT_WORD:
                yield found


def _as_number(secret: str) -> Iterator[str]:
    """Yield how Helm prints a secret that is a number: it reads each as a float of 64 bits."""
    if not _NUMBER.fullmatch(secret):
        return
    from generator.syntax.gotemplate.values import number

    try:
        value = float(secret)
        whole = int(value)
    except (ValueError, OverflowError):
        return
    yield from (number(value), f"{value:f}", f"{value:e}", str(whole), f"{whole:x}", f"{whole:X}", f"{whole:o}")


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()
