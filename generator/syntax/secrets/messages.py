"""Messages without the secrets that they quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.syntax.secrets.looks import MASK, without_looks


class Forms(NamedTuple):
    """Secrets in every form in which a message may quote them."""

    texts: frozenset[str]
    lengths: tuple[int, ...]
    """The lengths of the texts, the greatest first."""
    long: Mapping[str, int]
    """The starts of those that are longer than `_LONG`, which are not in `texts`, each with the greatest length."""


MOST_SAID = 2_000
"""Characters of a message that are looked at, and kept."""
MOST_OF_PROGRAM = 256 * 1024
"""Characters of what a program says that are looked at, and kept: it may name many faults, and quote all that it was given."""
_SHORT_LINE = 4
"""Characters below which a line of a secret is too common to be hidden by itself."""
_SHORT_WORD = 6
"""Characters below which a secret is too common to be hidden in upper and lower case as well."""
_LONG = 100
"""Characters of a secret from which on it is known by its start."""
_CHANGED = 300
"""Characters of a secret that are encoded or changed, in search of the form that a template gives it."""
_GROWS = 12
"""How many characters one character can become: four bytes, each as `%20`."""
_LONGEST = 50
"""Characters after which messages cut a value: from there on the start of it is enough."""


def without(message: str, secrets: Iterable[str]) -> str:
    """Return what a program says without secrets, in whatever form it quotes them, and without what is one by its look."""
    return hidden(message, [forms_of(secrets)], MOST_OF_PROGRAM)


def forms_of(secrets: Iterable[str]) -> Forms:
    """Return secrets in every form in which a message may quote them."""
    texts: set[str] = set()
    long: dict[str, int] = {}
    for form in (form for secret in secrets for form in _forms(secret) if form):
        if len(form) > _LONG:
            long[form[:_LONG]] = max(len(form), long.get(form[:_LONG], 0))
        else:
            texts.add(form)
    return Forms(frozenset(texts), tuple(sorted(set(map(len, texts)), reverse=True)), long)


def hidden(message: str, forms: Sequence[Forms], most: int = MOST_SAID) -> str:
    """Return the start of a message without secrets, given in all their forms, and without what is one by its look.

    A long secret is known by its start, and all is hidden that could belong to it.
    """
    text, at = "", 0
    for start, end in _places(message, forms, most):
        text += message[at:start] + MASK
        at = end
    if len(message) > most:
        return without_looks(text + message[at:most] + "…")
    return without_looks(text + message[at:])


def _places(message: str, forms: Sequence[Forms], most: int) -> Iterator[tuple[int, int]]:
    """Yield where secrets are in a message, as whole words and in order; those that overlap are one."""
    if not any(some.texts or some.long for some in forms):
        return
    first = last = 0
    for start in range(min(len(message), most)):
        if start and _in_word(message, start - 1):
            continue
        end = max(_end(message, start, some) for some in forms)
        if end and start < last:
            last = max(last, end)
        elif end:
            if last:
                yield first, last
            first, last = start, end
    if last:
        yield first, last


def _end(message: str, start: int, forms: Forms) -> int:
    """Return where the longest secret ends that starts at a place; 0 for none."""
    long = forms.long.get(message[start : start + _LONG], 0)
    if long:
        return min(start + long, len(message))
    ends = (start + length for length in forms.lengths if start + length <= len(message))
    return next((end for end in ends if not _in_word(message, end) and message[start:end] in forms.texts), 0)


def _in_word(message: str, at: int) -> bool:
    return at < len(message) and (message[at].isalnum() or message[at] == "_")


def _forms(secret: str) -> Iterator[str]:
    """Yield how a message may quote a secret: escaped, encoded, by its lines, or cut where it is long."""
    for form in dict.fromkeys((*_escaped(secret), *_changed(secret))):
        yield form
        if len(form) > _LONGEST:
            yield from (form[:length] for length in range(_LONGEST, min(len(form), 2 * _LONGEST)))
    if "\n" in secret:
        yield from (line.strip() for line in secret.split("\n") if len(line.strip()) >= _SHORT_LINE)


def _escaped(secret: str) -> Iterator[str]:
    import json  # only where something is hidden

    yield from (secret, secret.replace("\n", "\\n"), json.dumps(secret)[1:-1])
    yield from (json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _changed(secret: str) -> Iterator[str]:
    """Yield what the usual functions of templates make of a secret; whatever else a template makes of it is not known."""
    for text in dict.fromkeys((secret, secret.strip())):
        rest = "?" * (_GROWS * (len(text) - _CHANGED))  # a long one is known by its start; the rest counts by its length
        yield from (form + rest for form in _of_start(text[:_CHANGED]))


def _of_start(secret: str) -> Iterator[str]:
    import base64
    from urllib.parse import quote, quote_plus

    raw = secret.encode("utf-8", "surrogatepass")
    for encoded in (base64.b64encode(raw), base64.urlsafe_b64encode(raw), base64.b32encode(raw)):
        yield from (encoded.decode("ascii"), encoded.decode("ascii").rstrip("="))
    yield from (raw.hex(), quote(raw, safe=""), quote_plus(raw), quote(raw))
    if len(secret) >= _SHORT_WORD:
        yield from (secret.upper(), secret.lower(), secret.swapcase())
        yield from (re.sub(r"(?<!\w)\w", change, secret) for change in (_upper, _lower))
